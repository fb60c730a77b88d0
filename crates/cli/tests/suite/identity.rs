//! Settings of other tools, and the secrets in them, as the program's user sees them.

use std::path::Path;
use std::process::Command;

use otcdb_stub::{Response, Stub};
use serde_json::json;

use crate::support::{Ran, otcdb, run};

const PASSWORD: &str = "Wd6/nPz&8rTk3Yq1";
const TOKEN: &str = "tok-Bx7mLc2Vh9Gs4Nf6";

/// A cloud that issues a token, and refuses everything else by sending back what it was sent.
fn echoing_cloud() -> Stub {
    Stub::answering(|request| {
        let says = format!("{TOKEN} of {PASSWORD}, or {}", &PASSWORD[4..]);
        let response = if request.head.starts_with("POST /v3/auth/tokens") {
            Response::json(201, json!({"token": {"project": {"id": "p1"}}}))
        } else if request.head.contains("/good") {
            Response::json(200, json!({"name": says, "size": 1}))
        } else {
            Response::json(400, json!({"error_code": "X.1", "error_msg": says}))
        };
        response
            .header("X-Subject-Token", TOKEN)
            .header("X-Request-Id", &TOKEN[..12])
    })
}

/// A folder with a clouds file of this mode.
fn folder(url: &str, mode: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "clouds:\n  c:\n    region_name: eu-de\n    auth:\n      username: u\n      password: '{PASSWORD}'\n      \
         user_domain_name: d\n    identity_endpoint_override: {url}\n    dcs_endpoint_override: {url}\n    \
         rds_endpoint_override: {url}\n"
    );
    write(&folder.path().join("clouds.yaml"), &text, mode);
    folder
}

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = mode;
}

fn otcdb_in<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = otcdb(arguments);
    command.current_dir(folder).env("HOME", folder);
    command
}

fn has_secret(ran: &Ran) -> bool {
    [
        PASSWORD,
        TOKEN,
        &PASSWORD[..8],
        &PASSWORD[8..],
        &TOKEN[..10],
        &TOKEN[10..],
    ]
    .iter()
    .any(|secret| ran.out.contains(secret) || ran.err.contains(secret))
}

#[test]
fn what_a_service_sends_back_of_the_secrets_is_shown_nowhere() {
    let cloud = echoing_cloud();
    let url = cloud.url();
    let folder = folder(&url, 0o600);
    for arguments in [
        &["logs", "pull", "--all"][..],
        &["logs", "pull", "--all", "--output", "json"],
        &["dcs", "list-instances"],
        &["dcs", "list-instances", "--output", "json"],
        &["auth", "check", "--output", "json"],
        &["api", "GET", "/v2/{project_id}/x"],
        &["api", "GET", "/v2/good", "--include"],
    ] {
        for more in [&[][..], &["--debug"]] {
            let all = ["--os-cloud", "c", "--attempts", "1"]
                .iter()
                .chain(arguments)
                .chain(more);
            let ran = run(&mut otcdb_in(folder.path(), all.copied()));
            assert!(!has_secret(&ran), "{arguments:?} {ran:?}");
            let said = arguments[0] == "auth" || format!("{ran:?}").contains("*** of ***, or ***");
            assert!(said, "{arguments:?} {ran:?}");
        }
    }
    let good = ["--os-cloud", "c", "api", "GET", "/v2/good"];
    let ran = run(&mut otcdb_in(folder.path(), good));
    assert_eq!(ran.json(), json!({"name": "*** of ***, or ***", "size": 1}));
}

#[cfg(unix)]
#[test]
fn a_file_of_secrets_that_others_may_read_is_noted_once() {
    let cloud = echoing_cloud();
    let url = cloud.url();
    let note = "note: clouds.yaml holds a secret and is open to others (mode 0644); close it with: chmod 600 clouds.yaml\n";
    let noted = |mode, more: &[&str]| {
        let folder = folder(&url, mode);
        write(&folder.path().join("token"), TOKEN, mode);
        let all = ["--os-cloud", "c", "auth", "check"].iter().chain(more);
        let ran = run(&mut otcdb_in(folder.path(), all.copied()));
        (ran.code, ran.err)
    };
    assert_eq!(noted(0o644, &[]), (0, note.to_owned()));
    assert_eq!(noted(0o644, &["--quiet"]), (0, String::new()));
    assert_eq!(noted(0o600, &[]), (0, String::new()));
    let (_, both) = noted(0o644, &["--token-file", "token"]);
    let of_token = note.replace("clouds.yaml", "token");
    assert!(both.starts_with(&format!("{of_token}{note}")), "{both}");
}

#[test]
fn auth_check_tells_what_is_not_used_and_why() {
    let cloud = echoing_cloud();
    let url = cloud.url();
    let folder = folder(&url, 0o600);
    let left = [
        ("OS_CLOUD", "c"),
        ("OS_USERNAME", "old"),
        ("OS_PASSWORD", "old-password"),
        ("OS_USER_DOMAIN_NAME", "d"),
        ("OS_REGION_NAME", "eu-de"),
        ("OS_AUTH_URL", &url),
    ];
    let ran = run(otcdb_in(folder.path(), ["auth", "check", "--output", "json"]).envs(left));
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = ran.json();
    assert_eq!(report["passed_over"], json!(["clouds.yaml (clouds.c)"]));
    let note = report["notes"][0].as_str().unwrap();
    assert!(
        note.starts_with(
            "variable OS_CLOUD names \"c\", but the identity from variable OS_USERNAME"
        ),
        "{note}"
    );
    assert_eq!(ran.err, format!("note: {note}\n"));
    let ran = run(otcdb_in(folder.path(), ["auth", "check", "--os-cloud", "c"]).envs(left));
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, ""),
        "the entry was chosen on purpose"
    );
    let says = "Not used: the identity from variable OS_USERNAME, since another comes first.";
    assert!(ran.out.contains(says), "{ran:?}");
}
