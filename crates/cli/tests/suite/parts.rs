//! What `otcdb logs pull` says of parts that failed, and of what is not there to be pulled.

use crate::support::{Cloud, run};

fn pull(cloud: &Cloud, arguments: &[&str]) -> crate::support::Ran {
    let out = tempfile::tempdir().unwrap();
    let fixed = ["--quiet", "--attempts", "1", "--timeout", "1s"];
    run(cloud.pull(out.path(), fixed).args(arguments))
}

#[test]
fn a_replica_or_a_file_that_failed_is_named_in_every_form() {
    for (fault, part) in [
        ("CreateRedislog:400", "replica"),
        ("CreateRedislogDownloadLink:404", "file"),
    ] {
        let cloud = || Cloud::with(|builder| builder.redis(0, 1, 0).fault(fault.parse().unwrap()));
        let chosen = ["--kind", "redis-run", "--since", "1d"];
        let ran = pull(&cloud(), &[&chosen[..], &["--output", "json"]].concat());
        let json = ran.json();
        assert_eq!(
            (&json["sources_failed"], &json["files_fetched"]),
            (&1.into(), &1.into()),
            "{ran:?}"
        );
        let failures = json["failures"].as_array().unwrap();
        assert_eq!(failures.len(), 1, "{ran:?}");
        let failure = &failures[0];
        assert_eq!(
            (&failure["service"], &failure["kind"]),
            (&"dcs".into(), &"redis-run".into())
        );
        assert!(failure["instance"].is_string() && failure["instance_name"].is_string());
        let named = failure[part].as_str().unwrap();
        assert!(
            ran.err.contains(&format!(
                " redis-run {}",
                failure["replica"].as_str().unwrap()
            )),
            "{ran:?}"
        );
        assert!(ran.err.contains(named), "{ran:?}");
        assert!(ran.code == 1 || ran.code == 4, "{ran:?}");

        let ran = pull(&cloud(), &chosen);
        assert!(
            ran.out.contains("PART") && ran.out.contains("; 1 of 1 sources failed."),
            "{ran:?}"
        );
    }
}

#[test]
fn a_service_that_refuses_is_named_and_costs_no_other() {
    let cloud = Cloud::with_fault("dcs.ListInstances:403:times=always");
    let ran = pull(&cloud, &["--all"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err.contains("error: dcs: ") && ran.err.contains("403"),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("Fetched ") && ran.out.contains("not all instances of dcs"),
        "{ran:?}"
    );
    let ran = pull(&cloud, &["--all", "--output", "json"]);
    let failure = &ran.json()["failures"][0];
    assert_eq!(
        (&failure["service"], &failure["reason"]),
        (&"dcs".into(), &"permission".into())
    );
    assert!(failure.get("instance").is_none() && failure.get("kind").is_none());
    // What may be there is not called missing.
    let ran = pull(&cloud, &["--instance", "orders"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err.contains("orders may be there") && !ran.err.contains("no instance"),
        "{ran:?}"
    );
}

#[test]
fn where_no_service_can_be_asked_the_reason_that_they_share_is_the_exit_code() {
    for (fault, code) in [
        ("*:403:times=always", 3),
        ("*:500:times=always", 5),
        ("*:reset:times=always", 7),
        ("dcs.*:403:times=always", 3),
    ] {
        let cloud = Cloud::with_fault(fault);
        let chosen = if fault.starts_with("dcs") {
            ["--service", "dcs"]
        } else {
            ["--output", "table"]
        };
        let all = if fault.starts_with("dcs") {
            vec![]
        } else {
            vec!["--all"]
        };
        let ran = pull(&cloud, &[&chosen[..], &all].concat());
        assert_eq!(ran.code, code, "{fault}: {ran:?}");
        assert!(ran.out.contains("Fetched nothing"), "{fault}: {ran:?}");
        assert!(ran.err.contains("error: dcs: "), "{fault}: {ran:?}");
    }
}

#[test]
fn why_nothing_is_pulled_is_said() {
    let cloud = Cloud::new();
    let ran = pull(
        &cloud,
        &["--instance", "redis-single-1", "--kind", "rds-error"],
    );
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.err.contains("redis-single-1 is an instance of dcs")
            && !ran.err.contains("no instance"),
        "{ran:?}"
    );
    let ran = pull(&cloud, &["--instance", "no-such", "--kind", "rds-error"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let chosen = [
        "--instance",
        "redis-single-1",
        "--kind",
        "rds-error",
        "--kind",
        "redis-slow",
    ];
    let ran = pull(&cloud, &[&chosen[..], &["--output", "json"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let json = ran.json();
    let note = json["notes"][0].as_str().unwrap();
    assert!(note.contains("rds-error"), "{note}");
}
