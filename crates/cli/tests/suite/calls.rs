//! `otcdb api` and `otcdb auth check`.

use std::io::Write as _;
use std::process::Stdio;

use otcdb_simulator::AuthUsed;

use crate::support::{Cloud, Ran, otcdb, run};

#[test]
fn a_raw_call_gives_the_body_as_it_is() {
    let cloud = Cloud::new();
    let ran = run(&mut cloud.otcdb([
        "api",
        "get",
        "/v2/{project_id}/instances",
        "--query",
        "limit=2",
    ]));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert_eq!(ran.json()["instances"].as_array().unwrap().len(), 2);
    assert!(!ran.out.ends_with('\n'), "not a byte is added");
    let ran = run(&mut cloud.otcdb([
        "api",
        "GET",
        "/v3/{project_id}/instances",
        "--service",
        "rds",
        "--header",
        "X-Language: zh-cn",
    ]));
    assert_eq!(ran.json()["total_count"], 3);
    let request = cloud.running.requests().pop().unwrap();
    assert!(
        request
            .headers
            .contains(&("x-language".to_owned(), "zh-cn".to_owned())),
        "{request:?}"
    );
}

#[test]
fn a_raw_call_of_a_path_that_services_share_asks_whose_it_is_and_is_not_sent() {
    let cloud = Cloud::new();
    let ran = run(&mut cloud.otcdb(["api", "GET", "/v3/{project_id}/instances"]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
    assert!(ran.err.contains("does not tell whose path"), "{ran:?}");
    assert!(ran.err.contains("--service"), "{ran:?}");
    assert!(cloud.running.requests().is_empty());
}

#[test]
fn a_body_comes_from_the_flag_a_file_or_a_stream() {
    let cloud = Cloud::new();
    let id = &cloud.running.database_instances()[0].id;
    let path = format!("/v3/{{project_id}}/instances/{id}/auditlog-policy");
    let body = r#"{"keep_days": 5}"#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    std::fs::write(&file, body).unwrap();
    for given in [body, &format!("@{}", file.display()), "-"] {
        let mut command = cloud.otcdb(["api", "PUT", &path, "--service", "rds", "--body", given]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(body.as_bytes());
        let ran: Ran = child.wait_with_output().unwrap().into();
        assert_eq!(ran.code, 0, "{ran:?}");
        let request = cloud.running.requests().pop().unwrap();
        assert_eq!(
            (request.method.as_str(), &request.body[..]),
            ("PUT", body.as_bytes()),
            "{given}"
        );
    }
}

#[test]
fn a_raw_call_is_repeated_and_signed_like_any_other() {
    let cloud = Cloud::with_fault("dcs.ListInstances:503:times=1:retry-after=0");
    for (form, used) in [
        ("sdk-hmac-sha256", AuthUsed::SdkHmac),
        ("sigv4", AuthUsed::SigV4),
    ] {
        let arguments = [
            "api",
            "GET",
            "/v2/{project_id}/instances",
            "--signature",
            form,
            "--verbose",
        ];
        let ran = run(otcdb(arguments).envs(cloud.running.env_access_key()));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(
            ran.err
                .contains(": response operation=GET /v2/{project_id}/instances method=GET"),
            "{ran:?}"
        );
        assert_eq!(cloud.running.requests().pop().unwrap().auth, used);
    }
    assert_eq!(cloud.running.count("dcs.ListInstances"), 3);
}

#[test]
fn the_check_says_which_source_won() {
    let cloud = Cloud::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{}\n", cloud.running.token())).unwrap();
    let mut command = cloud.otcdb([
        "auth",
        "check",
        "--output",
        "json",
        "--token-file",
        file.to_str().unwrap(),
    ]);
    let ran = run(command
        .env("OS_REGION_NAME", "eu-nl")
        .env("OTCDB_TOKEN", "wrong"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = ran.json();
    let setting = |name: &str| {
        let mut settings = report["settings"].as_array().unwrap().iter();
        let line = settings.find(|line| line["setting"] == name).unwrap();
        (
            line["value"].as_str().unwrap().to_owned(),
            line["source"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(
        setting("token"),
        ("***".to_owned(), "flag --token-file".to_owned())
    );
    assert_eq!(
        setting("region"),
        ("eu-de".to_owned(), "variable OTCDB_REGION".to_owned())
    );
    assert_eq!(report["project_id"], cloud.running.project_id());
    assert_eq!(
        report["session"]["endpoints"][0]["url"],
        cloud.running.base_url()
    );
    assert_eq!(report["session"]["identity"], "token");
}

#[test]
fn the_check_reports_what_it_found_even_if_it_is_not_enough() {
    let ran = run(otcdb(["auth", "check", "--region", "eu-nl"]).env("OS_ACCESS_KEY", "AKEXAMPLE"));
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.out.contains("flag --region") && ran.out.contains("Not proved."),
        "{ran:?}"
    );
    assert!(
        !ran.out.contains("AKEXAMPLE") && !ran.err.contains("AKEXAMPLE"),
        "{ran:?}"
    );
    assert!(ran.err.contains("lack the secret_key"), "{ran:?}");
}
