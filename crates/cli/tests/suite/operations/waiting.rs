//! `--wait`.

use std::time::Duration;

use otcdb_simulator::Engine;

use super::{database, succeed};
use crate::support::{Cloud, run};

const WAIT: [&str; 3] = ["--wait", "--wait-interval", "10ms"];

#[test]
fn a_call_that_tells_how_far_its_work_is_is_repeated_until_it_is_done() {
    let cloud = Cloud::with(|builder| builder.export_delay(Duration::from_millis(200)));
    let id = database(&cloud, Engine::PostgreSql);
    let export = [
        "rds",
        "download-errorlog",
        "--instance-id",
        &id,
        "--output",
        "json",
    ];
    let ran = succeed(&cloud, export);
    assert!(ran.json()["list"][0]["file_link"].is_null(), "{ran:?}");
    let ran = succeed(&cloud, export.into_iter().chain(WAIT));
    assert!(ran.json()["list"][0]["file_link"].is_string(), "{ran:?}");
    assert!(
        ran.err
            .to_lowercase()
            .contains("downloaderrorlog: creating"),
        "{ran:?}"
    );
    assert!(cloud.running.count("DownloadErrorlog") > 2);
}

#[test]
fn work_that_fails_or_does_not_end_is_an_error() {
    for (fault, code, text) in [
        ("DownloadErrorlog:job-failed:times=always", 5, "failed"),
        (
            "DownloadErrorlog:job-stuck:times=always",
            6,
            "did not end within",
        ),
    ] {
        let cloud = Cloud::with_fault(fault);
        let id = database(&cloud, Engine::PostgreSql);
        let export = [
            "rds",
            "download-errorlog",
            "--instance-id",
            &id,
            "--wait-timeout",
            "300ms",
        ];
        let ran = run(&mut cloud.otcdb(export.into_iter().chain(WAIT)));
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.err.contains(text), "{ran:?}");
    }
}

#[test]
fn only_what_can_be_waited_for_is() {
    let cloud = Cloud::new();
    for arguments in [
        vec!["dcs", "list-instances", "--wait"],
        // Its state is that of one element, and nobody says of which.
        vec!["dcs", "list-backup-records", "--instance-id", "i", "--wait"],
        vec![
            "rds",
            "download-errorlog",
            "--instance-id",
            "i",
            "--wait-interval",
            "1s",
        ],
    ] {
        let ran = run(&mut cloud.otcdb(arguments.iter().copied()));
        assert!(ran.code == 2 && ran.err.contains("--wait"), "{ran:?}");
    }
    assert!(cloud.running.requests().is_empty());
}
