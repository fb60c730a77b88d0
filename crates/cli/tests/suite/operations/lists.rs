//! Lists: all pages, or one.

use otcdb_simulator::{Engine, Service};
use serde_json::Value;

use super::{database, succeed};
use crate::support::{Cloud, run};

/// A cloud whose logs have more entries than fit on a page.
fn with_entries() -> (Cloud, String) {
    let cloud = Cloud::with(|builder| builder.entries(250));
    let id = database(&cloud, Engine::MySql);
    (cloud, id)
}

fn span(cloud: &Cloud) -> [String; 2] {
    let now = cloud.running.clock().now();
    [8, 0].map(|days| {
        let time = now - jiff::SignedDuration::from_hours(24 * days);
        time.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
    })
}

#[test]
fn all_pages_come_unless_one_is_asked_for() {
    let (cloud, id) = with_entries();
    let [start, end] = span(&cloud);
    let list = |more: &[&str]| {
        cloud.running.clear_requests();
        let arguments = [
            "rds",
            "list-error-logs",
            "--instance-id",
            &id,
            "--start-date",
            &start,
            "--end-date",
            &end,
            "--output",
            "json",
            "--quiet",
        ];
        let ran = succeed(&cloud, arguments.into_iter().chain(more.iter().copied()));
        let items = ran.json().as_array().unwrap().clone();
        (items, cloud.running.count("ListErrorLogs"))
    };
    let (all, calls) = list(&[]);
    assert_eq!(
        (all.len(), calls),
        (250, 3),
        "pages are as large as they may be"
    );
    let expected = cloud
        .running
        .expected_entries(Service::Rds, "ListErrorLogs", &id);
    assert_eq!(all, expected, "in order, each once");
    let (one, calls) = list(&["--limit", "7"]);
    assert_eq!((one.as_slice(), calls), (&all[..7], 1));
    let (one, calls) = list(&["--offset", "2", "--limit", "100"]);
    assert_eq!(
        (one.as_slice(), calls),
        (&all[100..200], 1),
        "a page number, as documented"
    );
    let (none, calls) = list(&["--offset", "99"]);
    assert_eq!((none.len(), calls), (0, 1));
}

#[test]
fn position_and_size_may_stand_in_the_body() {
    let (cloud, id) = with_entries();
    let [start, end] = span(&cloud);
    let list = |more: Value| {
        cloud.running.clear_requests();
        let mut body = serde_json::json!({ "start_time": start, "end_time": end });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let ran = succeed(
            &cloud,
            [
                "rds",
                "list-slow-log-statistics-for-lts",
                "--instance-id",
                &id,
                "--output",
                "json",
                "--body",
                &body.to_string(),
            ],
        );
        let requests = cloud.running.requests();
        let sent = requests
            .iter()
            .map(|request| serde_json::from_slice(&request.body).unwrap());
        (
            ran.json().as_array().unwrap().len(),
            sent.collect::<Vec<Value>>(),
        )
    };
    let (all, sent) = list(serde_json::json!({}));
    assert!(all > 0);
    assert_eq!(
        (sent.len(), &sent[0]["offset"], &sent[0]["limit"]),
        (1, &0.into(), &100.into())
    );
    let (again, sent) = list(serde_json::json!({ "limit": 10, "order": "asc" }));
    assert_eq!(again, all);
    assert_eq!(
        (&sent[0]["limit"], &sent[0]["order"]),
        (&10.into(), &"asc".into())
    );
    let (one, sent) = list(serde_json::json!({ "limit": 10, "offset": 0 }));
    assert_eq!((one, sent.len()), (all.min(10), 1));
}

#[test]
fn lines_are_written_as_pages_come_and_stay_if_a_later_page_fails() {
    let cloud = Cloud::with(|builder| {
        let fault = "ListErrorLogs:500:after=1:times=always";
        builder.entries(250).fault(fault.parse().unwrap())
    });
    let id = database(&cloud, Engine::MySql);
    let [start, end] = span(&cloud);
    let ran = run(&mut cloud.otcdb([
        "rds",
        "list-error-logs",
        "--instance-id",
        &id,
        "--start-date",
        &start,
        "--end-date",
        &end,
        "--attempts",
        "1",
        "--output",
        "jsonl",
    ]));
    assert_eq!(ran.code, 5, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 100, "the first page");
    assert!(
        ran.out
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
    assert!(
        ran.err.contains("ListErrorLogs") && ran.err.contains("request id"),
        "{ran:?}"
    );
}

#[test]
fn no_body_is_an_empty_list() {
    let cloud = Cloud::new();
    let id = cloud.running.redis_instances()[0].id.clone();
    let list = |form, more: &[&'static str]| {
        let list = [
            "dcs",
            "list-redislog",
            "--instance-id",
            &id,
            "--log-type",
            "run",
            "--output",
            form,
        ];
        succeed(&cloud, list.into_iter().chain(more.iter().copied()))
    };
    let ran = list("json", &[]);
    assert_eq!(ran.json(), serde_json::json!([]), "{ran:?}");
    assert_eq!(ran.err, "the list is empty\n");
    let ran = list("table", &["--quiet"]);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
}

#[test]
fn a_list_that_nobody_reads_is_not_fetched_to_its_end() {
    let cloud = Cloud::with(|builder| builder.entries(2000));
    let id = database(&cloud, Engine::MySql);
    let [start, end] = span(&cloud);
    let mut command = cloud.otcdb([
        "rds",
        "list-error-logs",
        "--instance-id",
        &id,
        "--start-date",
        &start,
        "--end-date",
        &end,
        "--output",
        "jsonl",
    ]);
    let mut child = command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran: crate::support::Ran = child.wait_with_output().unwrap().into();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        cloud.running.count("ListErrorLogs") < 20,
        "{}",
        cloud.running.count("ListErrorLogs")
    );
}
