//! How `--wait` ends where it does not end well.

use std::time::Duration;

use otcdb_simulator::Clock;

use super::stub::{ID, answer_with, at};
use super::waiting::WAIT;
use crate::support::{Cloud, otcdb, run};

/// A hint to run it again would begin the work again.
#[test]
fn work_that_is_left_alone_is_told_how_to_be_followed() {
    for (fault, code, text) in [
        (
            "job-stuck",
            6,
            "goes on: do not call it again, follow it with `otcdb dcs show-bigkey-scan-task-details",
        ),
        (
            "job-failed",
            5,
            "its work has failed; see `otcdb dcs show-bigkey-scan-task-details",
        ),
    ] {
        let cloud = Cloud::with(|builder| {
            let fault = format!("CreateBigkeyScanTask:{fault}:times=always");
            let clock = Clock::auto(Duration::from_secs(60));
            builder.clock(clock).fault(fault.parse().unwrap())
        });
        let id = cloud.running.redis_instances()[0].id.clone();
        let begin = [
            "dcs",
            "create-bigkey-scan-task",
            "--instance-id",
            &id,
            "--output",
            "json",
            "--wait-timeout",
            "300ms",
        ];
        let ran = run(&mut cloud.otcdb(begin.into_iter().chain(WAIT)));
        assert_eq!(ran.code, code, "{ran:?}");
        let task = ran.json()["id"].as_str().unwrap().to_owned();
        let (_, hint) = ran.err.split_once("hint: ").unwrap();
        assert!(
            hint.contains(text) && hint.contains("CreateBigkeyScanTask was accepted"),
            "{ran:?}"
        );
        assert!(!hint.contains("run it again"), "{ran:?}");
        let command = format!("--instance-id {id} --bigkey-id {task}");
        assert!(hint.contains(&command), "{ran:?}");
        assert_eq!(hint.contains("--wait`"), code == 6, "{ran:?}");
        assert_eq!(cloud.running.count("CreateBigkeyScanTask"), 1);
    }
}

#[test]
fn a_response_that_cannot_be_followed_was_accepted_all_the_same() {
    let service = answer_with([r#"{"instances":[]}"#]);
    let arguments = ["dcs", "copy-instance", "--instance-id", ID, "--body", "{}"];
    let ran = run(&mut at(otcdb(arguments.into_iter().chain(WAIT)), &service));
    assert_eq!(service.count(), 1);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err
            .contains("CopyInstance was accepted: do not call it again"),
        "{ran:?}"
    );
    assert!(
        ran.out.contains("instances"),
        "what it answered is shown: {ran:?}"
    );
}

#[test]
fn an_element_of_a_list_is_followed_by_its_id() {
    let list = r#"{"backup_record_response":[{"backup_id":"b","status":"failed"}]}"#;
    let responses = [r#"{"backup_id":"b"}"#, list];
    let service = answer_with(responses);
    let arguments = ["dcs", "copy-instance", "--instance-id", ID, "--body", "{}"];
    let ran = run(&mut at(otcdb(arguments.into_iter().chain(WAIT)), &service));
    assert_eq!(service.count(), 2);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err
            .contains("see `otcdb dcs list-backup-records --instance-id 5560df16-cebf-4473-95c4-d1b573c16e79`, where backup_id is b"),
        "{ran:?}"
    );
}

/// What became of the call matters more than where its response was to go.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_does_not_hide_how_waiting_ended() {
    let list = r#"{"backup_record_response":[{"backup_id":"b","status":"failed"}]}"#;
    let responses = [r#"{"backup_id":"b"}"#, list];
    let service = answer_with(responses);
    let arguments = ["dcs", "copy-instance", "--instance-id", ID, "--body", "{}"];
    let mut command = at(otcdb(arguments.into_iter().chain(WAIT)), &service);
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let child = command
        .stdin(std::process::Stdio::null())
        .stdout(full)
        .stderr(std::process::Stdio::piped())
        .spawn();
    let ran: crate::support::Ran = child.unwrap().wait_with_output().unwrap().into();
    assert_eq!(service.count(), 2);
    assert_eq!(ran.code, 5, "{ran:?}");
    for text in ["cannot be written", "its state is failed", "backup_id is b"] {
        assert!(ran.err.contains(text), "{ran:?}");
    }
}
