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
    let mut command = otcdb(arguments.into_iter().chain(WAIT));
    let ran = run(command
        .env("OTCDB_TOKEN", "t")
        .env("OTCDB_REGION", "eu-de")
        .env("OTCDB_PROJECT_ID", "p")
        .env("OTCDB_DCS_ENDPOINT", &endpoint));
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
