//! `--wait`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use otcdb_simulator::{Clock, Engine};

use super::{database, succeed};
use crate::support::{Cloud, otcdb, run};

const WAIT: [&str; 3] = ["--wait", "--wait-interval", "10ms"];

#[test]
fn a_call_that_tells_how_far_its_work_is_is_repeated_until_it_is_done() {
    // The clock goes on by a second with each question.
    let second = Duration::from_secs(1);
    let cloud = Cloud::with(|builder| builder.clock(Clock::auto(second)).export_delay(4 * second));
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
fn an_answer_that_cannot_be_followed_was_accepted_all_the_same() {
    let (endpoint, server) = answer_with(vec![r#"{"instances":[]}"#.to_owned()]);
    let arguments = ["dcs", "copy-instance", "--instance-id", "i", "--body", "{}"];
    let ran = run(&mut at(otcdb(arguments.into_iter().chain(WAIT)), &endpoint));
    server.join().unwrap();
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
    let answers = [r#"{"backup_id":"b"}"#, list];
    let (endpoint, server) = answer_with(answers.map(ToOwned::to_owned).to_vec());
    let arguments = ["dcs", "copy-instance", "--instance-id", "i", "--body", "{}"];
    let ran = run(&mut at(otcdb(arguments.into_iter().chain(WAIT)), &endpoint));
    server.join().unwrap();
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err
            .contains("see `otcdb dcs list-backup-records --instance-id i`, where backup_id is b"),
        "{ran:?}"
    );
}

/// The body of a call that makes two instances at once.
fn two_instances() -> String {
    let example = run(&mut otcdb(["dcs", "create-instance", "--body-example"]));
    let mut body = example.json();
    body["instance_num"] = 2.into();
    body["password"] = "Simulated-1".into();
    body.to_string()
}

#[test]
fn all_that_was_begun_is_waited_for() {
    let create = ["dcs", "create-instance", "--output", "json", "--body"];
    let body = two_instances();
    let cloud = Cloud::new();
    let create = create.into_iter().chain([body.as_str()]).chain(WAIT);
    let ran = succeed(&cloud, create.clone());
    let made = ran.json();
    let ids: Vec<_> = made
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["instance_id"])
        .collect();
    assert!(ids.len() == 2 && ids[0] != ids[1], "{ran:?}");
    for one in made.as_array().unwrap() {
        assert_eq!(one["status"], "RUNNING", "{ran:?}");
    }

    // One of the two questions is not answered as documented.
    let cloud = Cloud::with_fault("dcs.ShowInstance:html:times=1");
    let ran = run(&mut cloud.otcdb(create));
    assert_eq!(ran.code, 1, "{ran:?}");
    let made = ran.json();
    let (done, lost): (Vec<_>, Vec<_>) = made
        .as_array()
        .unwrap()
        .iter()
        .partition(|one| one["status"] == "RUNNING");
    let ([_], [lost]) = (done.as_slice(), lost.as_slice()) else {
        panic!("{ran:?}");
    };
    let id = lost["instance_id"].as_str().unwrap();
    let follow = format!("follow it with `otcdb dcs show-instance --instance-id {id} --wait`");
    assert!(ran.err.contains(&follow), "{ran:?}");
}

#[test]
fn what_has_many_elements_is_a_table_of_them() {
    let cloud = Cloud::new();
    let body = two_instances();
    let create = ["dcs", "create-instance", "--body", &body];
    let ran = succeed(&cloud, create.into_iter().chain(WAIT));
    let rows: Vec<&str> = ran.out.lines().collect();
    assert_eq!(rows.len(), 3, "{ran:?}");
    assert!(rows[0].starts_with("INSTANCE_ID "), "{ran:?}");
}

#[test]
fn a_list_in_which_nothing_was_begun_is_not_waited_for() {
    let cloud = Cloud::new();
    let id = cloud.running.redis_instances()[0].id.clone();
    let list = [
        "dcs",
        "list-redislog",
        "--instance-id",
        &id,
        "--log-type",
        "run",
        "--output",
        "json",
        "--wait-timeout",
        "2s",
    ];
    let ran = succeed(&cloud, list.into_iter().chain(WAIT));
    assert_eq!(ran.json(), serde_json::json!([]));
    assert_eq!(cloud.running.count("ListRedislog"), 1);
}

/// The list that says that all is done is the one that is shown.
#[test]
fn a_list_whose_work_is_done_is_not_fetched_again() {
    let lists = ["exporting", "succeed"]
        .map(|state| format!(r#"{{"file_list":[{{"id":"a","status":"{state}"}}],"total_num":1}}"#));
    let (endpoint, server) = answer_with(lists.to_vec());
    let list = [
        "dcs",
        "list-redislog",
        "--instance-id",
        "i",
        "--log-type",
        "run",
        "--output",
        "json",
    ];
    let ran = run(&mut at(otcdb(list.into_iter().chain(WAIT)), &endpoint));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.json(),
        serde_json::json!([{ "id": "a", "status": "succeed" }])
    );
    assert_eq!(server.join().unwrap().len(), 2);
}

/// Which characters a name has is not for the program to change.
#[test]
fn a_document_is_written_byte_by_byte() {
    let (endpoint, server) = answer_with(vec!["{\"name\":\"a\u{7f}b\u{9b}c\"}".to_owned()]);
    let show = [
        "dcs",
        "show-instance",
        "--instance-id",
        "i",
        "--output",
        "json",
    ];
    let ran = run(&mut at(otcdb(show), &endpoint));
    server.join().unwrap();
    assert_eq!(ran.json()["name"], "a\u{7f}b\u{9b}c", "{ran:?}");
}

/// What became of the call matters more than where its answer was to go.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_does_not_hide_how_waiting_ended() {
    let list = r#"{"backup_record_response":[{"backup_id":"b","status":"failed"}]}"#;
    let answers = [r#"{"backup_id":"b"}"#, list];
    let (endpoint, server) = answer_with(answers.map(ToOwned::to_owned).to_vec());
    let arguments = ["dcs", "copy-instance", "--instance-id", "i", "--body", "{}"];
    let mut command = at(otcdb(arguments.into_iter().chain(WAIT)), &endpoint);
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
    server.join().unwrap();
    assert_eq!(ran.code, 5, "{ran:?}");
    for text in ["cannot be written", "its state is failed", "backup_id is b"] {
        assert!(ran.err.contains(text), "{ran:?}");
    }
}

/// A command with an identity for a service at this place.
fn at(mut command: std::process::Command, endpoint: &str) -> std::process::Command {
    command
        .env("OTCDB_TOKEN", "t")
        .env("OTCDB_REGION", "eu-de")
        .env("OTCDB_PROJECT_ID", "p")
        .env("OTCDB_DCS_ENDPOINT", endpoint);
    command
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

#[test]
fn work_is_followed_by_the_link_of_its_operation() {
    let minute = Duration::from_secs(60);
    let cloud = Cloud::with(|builder| builder.clock(Clock::auto(minute)));
    let instances = cloud.running.redis_instances();
    let begin = [
        "dcs",
        "create-bigkey-scan-task",
        "--instance-id",
        &instances[0].id,
        "--output",
        "json",
    ];
    let begun = succeed(&cloud, begin).json();
    // One at a time: the next can begin when this one has ended.
    cloud.running.clock().advance(minute);
    let ran = succeed(&cloud, begin.into_iter().chain(WAIT));
    assert_eq!(ran.json()["status"], "success", "{ran:?}");
    let request = cloud.running.requests().pop().unwrap();
    assert_eq!(
        request.operation.as_deref(),
        Some("dcs.ShowBigkeyScanTaskDetails")
    );
    assert!(
        begun["id"].is_string() && request.path.contains("/bigkey-task/"),
        "{request:?}"
    );
}

/// The list has other elements too, whose states say nothing about this one.
#[test]
fn the_element_that_was_begun_is_the_one_that_is_waited_for() {
    let lists = [
        r#"{"backup_record_response":[{"backup_id":"a","status":"failed"}]}"#,
        r#"{"backup_record_response":[{"backup_id":"a","status":"succeed"},{"backup_id":"b","status":"waiting"}]}"#,
        r#"{"backup_record_response":[{"backup_id":"a","status":"failed"},{"backup_id":"b","status":"succeed"}]}"#,
    ];
    let answers = std::iter::once(r#"{"backup_id":"b"}"#).chain(lists);
    let (endpoint, server) = answer_with(answers.map(ToOwned::to_owned).collect());
    let arguments = [
        "dcs",
        "copy-instance",
        "--instance-id",
        "i",
        "--body",
        "{}",
        "--output",
        "json",
    ];
    let ran = run(&mut at(otcdb(arguments.into_iter().chain(WAIT)), &endpoint));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        ran.json(),
        serde_json::json!({ "backup_id": "b", "status": "succeed" })
    );
    assert_eq!(ran.err, "CopyInstance: waiting\n");
    let requests = server.join().unwrap();
    assert!(
        requests[0].starts_with("POST /v2/p/instances/i/backups "),
        "{requests:?}"
    );
    assert!(
        requests[1].starts_with("GET /v2/p/instances/i/backups?"),
        "{requests:?}"
    );
}

/// A service that gives these answers in turn, and then the lines of the requests.
fn answer_with(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let answer = |body: String| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                match line.trim() {
                    "" => break,
                    line => lines.push(line.to_owned()),
                }
            }
            let length = lines.iter().find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            });
            reader
                .read_exact(&mut vec![0; length.unwrap_or(0)])
                .unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
            lines.swap_remove(0)
        };
        answers.into_iter().map(answer).collect()
    });
    (endpoint, server)
}
