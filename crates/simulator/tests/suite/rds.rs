//! Databases: instances, entries, statistics, audit logs.

use std::collections::HashSet;

use otcdb_simulator::Service;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{builder, cloud, start, text};
use crate::tables;

const WEEK: &str = "start_date=2026-04-09T12:00:00%2B0000&end_date=2026-04-16T12:00:00%2B0000";

#[tokio::test]
async fn instances_come_in_pages_and_by_criteria() {
    let cloud = cloud().await;
    let (status, page) = cloud.get("/v3/P/instances?limit=2&offset=2").await;
    assert_eq!((status, &page["total_count"]), (200, &json!(3)));
    assert_eq!(page["instances"].as_array().unwrap().len(), 1);
    let (_, found) = cloud.get("/v3/P/instances?datastore_type=PostgreSQL").await;
    assert_eq!(text(&found, "/instances/0/name"), "postgresql-1");
    let (_, found) = cloud.get("/v3/P/instances?name=*sql-1").await;
    assert_eq!(found["total_count"], 2);
    assert_eq!(cloud.get("/v3/P/instances?name=*").await.0, 400);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn what_the_tables_call_a_text_is_sent_as_one() {
    let cloud = start(builder().trace_files(2)).await;
    let id = |name: &str| cloud.database(name);
    let own = |name: &str, rest: &str| format!("/v3/P/instances/{}/{rest}", id(name));
    let span = "2026-04-09T12:00:00+0000&end_time=2026-04-16T12:00:00+0000";
    let audit = own(
        "mysql-1",
        &format!("auditlog?start_time={span}&offset=0&limit=10"),
    );
    let (_, logs) = cloud.get(&audit).await;
    let (_, export) = cloud
        .post(&own("mysql-1", "slowlog-download"), Some(json!({})))
        .await;
    let job = text(&export, "/list/0/workflow_id").to_owned();
    let statistics = own("mysql-1", "slow-logs/statistics").replace("v3", "v3.1");
    let week = json!({ "start_time": "2026-04-09T12:00:00+0000", "end_time": "2026-04-16T12:00:00+0000",
        "offset": 0, "limit": 10 });
    let of_file = json!({ "ids": [logs["auditlogs"][0]["id"]] });
    let log = |name: &str, path: &str| own(name, &format!("{path}?{WEEK}&offset=1&limit=10"));
    let in_pages = format!("slowlog/statistics?{WEEK}&cur_page=1&per_page=10&type=ALL");
    let mut checked = HashSet::new();
    for (path, body) in [
        ("/v3/P/instances".to_owned(), None),
        (audit, None),
        (own("mysql-1", "auditlog-policy"), None),
        (own("mysql-1", "auditlog-links"), Some(of_file)),
        (log("mysql-1", "errorlog"), None),
        (log("mysql-1", "slowlog"), None),
        (own("mysql-1", &in_pages), None),
        (statistics, Some(week)),
        (own("sqlserver-1", "slowlog-files?offset=0&limit=10"), None),
        (own("mysql-1", "slowlog-download"), Some(json!({}))),
        (own("postgresql-1", "errorlog-download"), None),
        (format!("/v3/P/jobs?id={job}"), None),
    ] {
        let method = match body.is_some() || path.ends_with("-download") {
            true => Method::POST,
            false => Method::GET,
        };
        for seconds in [0, 30] {
            cloud.advance(seconds);
            let (status, response) = cloud.send(method.clone(), &path, body.clone()).await;
            assert_eq!(status, 200, "{path}: {response}");
            let (described, _) = path.split_once('?').unwrap_or((&path, ""));
            let described = described.replace("/P", "/{project_id}");
            let mut described: Vec<&str> = described.split('/').collect();
            if described.len() > 4 {
                described[4] = "{instance_id}";
            }
            let described = described.join("/");
            let no_texts = tables::no_texts(Service::Rds, &method, &described, status, &response);
            assert_eq!(no_texts, [""; 0], "{path}");
            checked.insert(described);
        }
    }
    assert_eq!(checked.len(), 12);
    assert_eq!(cloud.running.deviations(), [""; 0]);
    assert_eq!(cloud.running.unknown_parameters(), [""; 0]);
}

#[tokio::test]
async fn entries_come_in_numbered_pages() {
    let cloud = cloud().await;
    for (name, path, log, list) in [
        ("sqlserver-1", "errorlog", "ListErrorLogs", "error_log_list"),
        ("postgresql-1", "slowlog", "ListSlowLogs", "slow_log_list"),
    ] {
        let id = cloud.database(name);
        let mut shown: Vec<Value> = Vec::new();
        for page in 1..=3 {
            let path = format!("/v3/P/instances/{id}/{path}?{WEEK}&offset={page}&limit=10");
            let (status, response) = cloud.get(&path).await;
            assert_eq!((status, &response["total_record"]), (200, &json!(25)));
            shown.extend(response[list].as_array().unwrap().iter().cloned());
        }
        assert_eq!(
            shown,
            cloud.running.expected_entries(Service::Rds, log, &id)
        );
    }
    let id = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{id}/errorlog?{WEEK}&level=FATAL&limit=100");
    let (_, fatal) = cloud.get(&path).await;
    let all = fatal["error_log_list"].as_array().unwrap();
    assert!(!all.is_empty() && all.len() < 25);
    assert!(all.iter().all(|entry| entry["level"] == "FATAL"));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn values_in_slow_statements_are_hidden_until_asked_for() {
    let cloud = cloud().await;
    let id = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{id}/slowlog?{WEEK}&type=SELECT");
    let sample = |response: &Value| text(response, "/slow_log_list/0/query_sample").to_owned();
    let (_, hidden) = cloud.get(&path).await;
    assert!(sample(&hidden).contains("> N;"), "{hidden}");
    let switch = format!("/v3/P/instances/{id}/slowlog-sensitization");
    assert_eq!(
        cloud
            .send(Method::PUT, &format!("{switch}/on"), None)
            .await
            .0,
        200
    );
    let (_, shown) = cloud.get(&path).await;
    assert!(!sample(&shown).contains("> N;"), "{shown}");
    assert_eq!(
        cloud
            .send(Method::PUT, &format!("{switch}/maybe"), None)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn statistics_count_statements_that_are_alike() {
    let cloud = cloud().await;
    let id = cloud.database("mysql-1");
    let path =
        format!("/v3/P/instances/{id}/slowlog/statistics?{WEEK}&type=ALL&cur_page=1&per_page=100");
    let (_, old) = cloud.get(&path).await;
    let counts: u32 = old["slowLogList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            let (count, share) = text(group, "/count").split_once(' ').unwrap();
            assert!(share.starts_with('(') && share.ends_with("%)"));
            count.parse::<u32>().unwrap()
        })
        .sum();
    assert_eq!(counts, 25);
    assert_eq!(old["startTime"], Value::Null);
    let path = format!("/v3.1/P/instances/{id}/slow-logs/statistics");
    let mut body = json!({
        "start_time": "2026-04-09T12:00:00+0000",
        "end_time": "2026-04-16T12:00:00+0000",
        "limit": 2,
        "order": "asc",
    });
    let (status, new) = cloud.post(&path, Some(body.clone())).await;
    assert_eq!(status, 200, "{new}");
    assert_eq!(new["total_count"], old["totalRecord"]);
    assert_eq!(new["slow_log_list"].as_array().unwrap().len(), 2);
    body["limit"] = json!(101);
    let (status, refused) = cloud.post(&path, Some(body)).await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DBS.280001"));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

const AUDIT: &str = "start_time=2026-04-09T12:00:00%2B0000&end_time=2026-04-16T12:00:00%2B0000";

#[tokio::test]
async fn audit_logs_are_listed_linked_and_downloaded() {
    let cloud = start(builder().audit_files(4)).await;
    let id = cloud.database("mysql-1");
    let list = format!("/v3/P/instances/{id}/auditlog?{AUDIT}&offset=1&limit=2");
    let (status, page) = cloud.get(&list).await;
    assert_eq!((status, &page["total_record"]), (200, &json!(4)));
    let files = page["auditlogs"].as_array().unwrap();
    let ids: Vec<&Value> = files.iter().map(|file| &file["id"]).collect();
    assert_eq!(ids.len(), 2);
    let path = format!("/v3/P/instances/{id}/auditlog-links");
    let (_, links) = cloud.post(&path, Some(json!({ "ids": ids }))).await;
    for (link, file) in links["links"].as_array().unwrap().iter().zip(files) {
        let response = cloud
            .client
            .get(link.as_str().unwrap())
            .send()
            .await
            .unwrap();
        let bytes = response.bytes().await.unwrap();
        let expected = cloud.running.expected_bytes(text(file, "/name")).unwrap();
        assert!(bytes == expected);
        assert_eq!(
            file["size"].as_f64().unwrap() * 1024.0,
            expected.len() as f64
        );
    }
    let many: Vec<&Value> = std::iter::repeat_n(ids[0], 51).collect();
    assert_eq!(cloud.post(&path, Some(json!({ "ids": many }))).await.0, 400);
    let unknown = json!({ "ids": ["x"] });
    assert_eq!(cloud.post(&path, Some(unknown)).await.0, 404);
    cloud.advance(300);
    let link = links["links"][0].as_str().unwrap();
    assert_eq!(cloud.client.get(link).send().await.unwrap().status(), 403);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn turning_audit_off_can_delete_the_files() {
    let cloud = cloud().await;
    let id = cloud.database("mysql-1");
    let policy = format!("/v3/P/instances/{id}/auditlog-policy");
    assert_eq!(cloud.get(&policy).await, (200, json!({ "keep_days": 7 })));
    let five = json!({ "keep_days": 5 });
    assert_eq!(
        cloud.send(Method::PUT, &policy, Some(five.clone())).await,
        (200, Value::Null)
    );
    assert_eq!(cloud.get(&policy).await, (200, five));
    let off = json!({ "keep_days": 0, "reserve_auditlogs": false });
    cloud.send(Method::PUT, &policy, Some(off)).await;
    let list = format!("/v3/P/instances/{id}/auditlog?{AUDIT}&offset=0&limit=10");
    assert_eq!(cloud.get(&list).await.1["total_record"], 0);
    assert!(cloud.running.objects().is_empty());
    let too_long = list.replace("2026-04-09", "2026-03-09");
    assert_eq!(cloud.get(&too_long).await.0, 400);
}
