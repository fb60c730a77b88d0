//! Bodies: from where, and whether they fit.

use std::io::Write as _;
use std::process::Stdio;

use otcdb_simulator::Engine;
use serde_json::{Value, json};

use super::stub::ID;
use super::{database, succeed};
use crate::support::{Cloud, Ran, otcdb, run};

const SET: [&str; 3] = ["rds", "set-auditlog-policy", "--instance-id"];

#[test]
fn a_body_comes_from_the_flag_a_file_or_a_stream() {
    let cloud = Cloud::new();
    let id = database(&cloud, Engine::MySql);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    let body = r#"{ "keep_days": 5 }"#;
    std::fs::write(&file, body).unwrap();
    for given in [body, &format!("@{}", file.display()), "-"] {
        let mut command =
            cloud.otcdb(
                SET.into_iter()
                    .chain([id.as_str(), "--yes", "--body", given]),
            );
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
        assert_eq!(ran.out, "", "an empty response is nothing");
        assert_eq!(ran.err, "SetAuditlogPolicy: done; the response is empty\n");
        let request = cloud.running.requests().pop().unwrap();
        let sent: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(sent, json!({ "keep_days": 5 }));
        assert!(
            request
                .headers
                .contains(&("content-type".to_owned(), "application/json".to_owned()))
        );
    }
}

#[test]
fn all_that_is_wrong_with_a_body_is_said_before_anything_is_sent() {
    let cloud = Cloud::new();
    let body = r#"{ "keep_dys": 3, "reserve_auditlogs": "no" }"#;
    let ran = run(&mut cloud.otcdb(SET.into_iter().chain(["i", "--body", body])));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    insta::assert_snapshot!("complaints", ran.err);

    let ran = run(&mut cloud.otcdb(SET.into_iter().chain(["i", "--body", "{\"keep_days\": 5,"])));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("from --body is no JSON at line 1 column 16"),
        "{ran:?}"
    );
    let ran = run(&mut cloud.otcdb(SET.into_iter().chain(["i", "--body", "@/no/such/file"])));
    assert!(
        ran.code == 2 && ran.err.contains("/no/such/file"),
        "{ran:?}"
    );
    let ran = run(&mut cloud.otcdb(SET.into_iter().chain(["i"])));
    assert!(ran.code == 2 && ran.err.contains("--body"), "{ran:?}");
    assert!(cloud.running.requests().is_empty());
}

#[test]
fn a_secret_in_a_body_that_does_not_fit_is_not_quoted() {
    let cloud = Cloud::new();
    let body = r#"{ "old_password": "hunter2-old", "new_password": ["hunter2-new"] }"#;
    let ran = run(&mut cloud.otcdb([
        "dcs",
        "update-password",
        "--instance-id",
        ID,
        "--debug",
        "--body",
        body,
    ]));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("/new_password: "), "{ran:?}");
    assert!(!ran.err.contains("hunter2"), "{ran:?}");
    // Nor one that is all of it.
    let ran = run(&mut cloud.otcdb([
        "dcs",
        "update-password",
        "--instance-id",
        ID,
        "--body",
        r#""hunter2""#,
    ]));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(!ran.err.contains("hunter2"), "{ran:?}");
}

#[test]
fn a_body_is_what_is_meant_or_refused() {
    let cloud = Cloud::new();
    let id = database(&cloud, Engine::MySql);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    std::fs::write(&file, "\u{feff}{ \"keep_days\": 5 }").unwrap();
    let marked = format!("@{}", file.display());
    succeed(
        &cloud,
        SET.into_iter()
            .chain([id.as_str(), "--yes", "--body", &marked]),
    );
    let sent = cloud.running.requests().pop().unwrap();
    assert_eq!(&sent.body[..], br#"{"keep_days":5}"#);
    cloud.running.clear_requests();
    for (body, texts) in [
        (
            "@",
            ["no file is named", "hint: write its name after the @"],
        ),
        (
            r#"{ "keep_days": 5, "keep_days": 0 }"#,
            ["\"keep_days\" stands there twice", "--body-example"],
        ),
    ] {
        let ran = run(&mut cloud.otcdb(SET.into_iter().chain(["i", "--body", body])));
        assert_eq!(ran.code, 2, "{ran:?}");
        for text in texts {
            assert!(ran.err.contains(text), "{ran:?}");
        }
    }
    assert!(cloud.running.requests().is_empty());
}

#[test]
fn who_has_secrets_to_send_is_told_not_to_type_them() {
    for (arguments, is_told) in [
        (["dcs", "update-password", "--help"], true),
        (["rds", "set-auditlog-policy", "--help"], false),
    ] {
        let ran = run(&mut otcdb(arguments));
        let help = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(help.contains("give it as @FILE or -"), is_told, "{help}");
    }
}

#[test]
fn a_documented_body_can_be_begun_with() {
    let ran = run(&mut otcdb(["rds", "set-auditlog-policy", "--body-example"]));
    assert_eq!((ran.code, ran.json()), (0, json!({ "keep_days": 5 })));
    let ran = run(&mut otcdb([
        "rds",
        "set-auditlog-policy",
        "--body-example=turn_off_and_delete",
    ]));
    assert_eq!(
        ran.json(),
        json!({ "keep_days": 0, "reserve_auditlogs": false })
    );
    let cloud = Cloud::new();
    let id = database(&cloud, Engine::MySql);
    succeed(
        &cloud,
        SET.into_iter()
            .chain([id.as_str(), "--yes", "--body", &ran.out]),
    );
}
