//! Faults, each as a client meets it.

use std::error::Error;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Cloud, answer, builder, cloud, faulty, start, text};

const LIST: &str = "/v2/P/instances";

/// The body of a download, as far as it came, and whether the connection broke.
async fn read(cloud: &Cloud, link: &str) -> (Vec<u8>, Option<reqwest::Error>) {
    let mut bytes = Vec::new();
    let mut response = match cloud.client.get(link).send().await {
        Ok(response) => response,
        Err(error) => return (bytes, Some(error)),
    };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return (bytes, None),
            Err(error) => return (bytes, Some(error)),
        }
    }
}

/// Whether the cause is a TCP reset.
fn is_reset(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(error) = cause.downcast_ref::<std::io::Error>()
            && error.kind() == ErrorKind::ConnectionReset
        {
            return true;
        }
        source = cause.source();
    }
    false
}

#[tokio::test]
async fn statuses_come_as_often_as_asked_and_then_no_more() {
    let cloud = faulty(&[
        "dcs.ListInstances:429:times=2:retry-after=7",
        "rds.ListInstances:429",
        "ListErrorLogs:500",
        "ListSlowLogs:502",
        "ListRedislog:503:retry-after=3",
        "iam.*:503",
    ])
    .await;
    for _ in 0..2 {
        let response = cloud
            .request(reqwest::Method::GET, LIST)
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["retry-after"], "7");
        let (status, body) = answer(response).await;
        assert_eq!((status, text(&body, "/error_code")), (429, "APIGW.0308"));
    }
    assert_eq!(cloud.get(LIST).await.0, 200);
    let request = cloud.request(reqwest::Method::GET, "/v3/P/instances");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert!(!response.headers().contains_key("retry-after"));
    let (status, body) = cloud.get("/v3/P/instances/x/errorlog").await;
    assert_eq!((status, text(&body, "/error_code")), (500, "DBS.108000"));
    let (status, body) = cloud.get("/v3/P/instances/x/slowlog").await;
    assert_eq!(status, 502);
    assert!(body.as_str().unwrap().starts_with("<html>"));
    assert_eq!(cloud.get("/v2/P/instances/x/redislog").await.0, 503);
    let (status, body) = cloud.get("/v3/projects").await;
    assert_eq!((status, &body["error"]["code"]), (503, &json!(503)));
    assert_eq!(
        cloud.running.requests()[0].fault.as_deref(),
        Some("Throttle { retry_after: Some(7) }")
    );
}

#[tokio::test]
async fn bodies_are_spoilt_in_every_way() {
    let cloud = faulty(&[
        "ListInstances:corrupt-json",
        "ListInstances:html",
        "ListInstances:html:status=500",
        "ListInstances:error-in-200",
        "ListInstances:content-type",
        "ListInstances:empty",
    ])
    .await;
    let get = || async {
        let request = cloud.request(reqwest::Method::GET, LIST);
        let response = request.send().await.unwrap();
        let kind = response.headers().get("content-type").cloned();
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        (status, kind, response.text().await.unwrap())
    };
    let json = Some("application/json".to_owned());
    let (status, kind, body) = get().await;
    assert_eq!((status, &kind), (200, &json));
    assert!(body.starts_with('{') && serde_json::from_str::<Value>(&body).is_err());
    for expected in [200, 500] {
        let (status, kind, body) = get().await;
        assert_eq!((status, kind.as_deref()), (expected, Some("text/html")));
        assert!(body.starts_with("<html>"));
    }
    let (status, kind, body) = get().await;
    assert_eq!((status, &kind), (200, &json));
    assert!(body.contains("DCS.5000"));
    let (status, kind, body) = get().await;
    assert_eq!((status, kind.as_deref()), (200, Some("text/plain")));
    assert!(serde_json::from_str::<Value>(&body).is_ok());
    let (status, _, body) = get().await;
    assert_eq!((status, body.as_str()), (200, ""));
    let (status, _, body) = get().await;
    assert!(status == 200 && serde_json::from_str::<Value>(&body).is_ok());
}

#[tokio::test]
async fn a_reset_before_the_response_comes_after_the_work() {
    let cloud = faulty(&["CreateRedislog:reset", "ListRedislog:reset-head"]).await;
    let id = cloud.redis("redis-single-1").id;
    let path = format!("/v2/P/instances/{id}/redislog?log_type=run");
    let request = cloud.request(reqwest::Method::POST, &path);
    assert!(request.send().await.is_err());
    // The head of a response can be lost with the connection that it came on.
    let request = cloud.request(reqwest::Method::GET, &path);
    let broken = match request.send().await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    let (_, list) = cloud.get(&path).await;
    assert_eq!(list["total_num"], 1);
}

#[tokio::test]
async fn a_download_breaks_where_it_is_told_to() {
    let cloud = start(builder().databases(0, 0, 0).log_size(300_000..=300_000)).await;
    let link = cloud.run_log_link().await;
    let whole = cloud.running.objects()[0].bytes();
    let set = |text: &str| {
        let faults = vec![text.parse().unwrap()];
        cloud.running.set_faults(faults).unwrap();
    };

    set("download:truncate:at=70000");
    let (bytes, error) = read(&cloud, &link).await;
    assert!(bytes == whole[..70_000], "{}", bytes.len());
    assert!(!is_reset(&error.unwrap()));

    set("download:reset-body:at=20000");
    let (bytes, error) = read(&cloud, &link).await;
    assert!(whole.starts_with(&bytes) && bytes.len() <= 20_000);
    assert!(is_reset(&error.unwrap()));

    set("download:reset");
    let (bytes, error) = read(&cloud, &link).await;
    assert!(bytes.is_empty() && is_reset(&error.unwrap()));

    // Without a position, and far behind the end.
    for text in ["download:truncate", "download:reset-body:at=999999999"] {
        set(text);
        let (bytes, _) = read(&cloud, &link).await;
        assert!(whole.starts_with(&bytes));
    }

    // The connection that is next is a good one.
    let (bytes, error) = read(&cloud, &link).await;
    assert!(error.is_none() && bytes == whole);
}

#[tokio::test]
async fn a_stalled_response_does_not_go_on_and_does_not_keep_the_cloud_from_ending() {
    let fault = "download:stall:at=100".parse().unwrap();
    let cloud = start(builder().databases(0, 0, 0).fault(fault)).await;
    let link = cloud.run_log_link().await;
    let mut response = cloud.client.get(&link).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut received = 0;
    while received < 100 {
        received += response.chunk().await.unwrap().unwrap().len();
    }
    assert_eq!(received, 100);
    cloud.running.shutdown().await;
    assert!(response.chunk().await.is_err());
}

#[tokio::test]
async fn a_slow_response_takes_at_least_its_delay() {
    let cloud = faulty(&["ListInstances:slow:delay=150", "ListInstances:500"]).await;
    let before = Instant::now();
    // Slowness goes together with another fault.
    assert_eq!(cloud.get(LIST).await.0, 500);
    assert!(before.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn links_can_have_ended_when_they_come() {
    let cloud = faulty(&[
        "CreateRedislogDownloadLink:expired-link",
        "ShowAuditlogDownloadLink:expired-link",
        "DownloadSlowlog:expired-link",
    ])
    .await;
    let status = |link: String| {
        let request = cloud.client.get(link);
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(status(cloud.run_log_link().await).await, 403);
    assert_eq!(status(cloud.run_log_link().await).await, 200);

    let id = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{id}/slowlog-download");
    cloud.post(&path, Some(json!({}))).await;
    cloud.advance(20);
    for expected in [403, 200] {
        let (_, response) = cloud.post(&path, Some(json!({}))).await;
        let link = text(&response, "/list/0/file_link").to_owned();
        assert_eq!(status(link).await, expected);
    }

    let faults = vec!["download:expired-link:after=1".parse().unwrap()];
    cloud.running.set_faults(faults).unwrap();
    let link = cloud.run_log_link().await;
    assert_eq!(status(link.clone()).await, 200);
    assert_eq!(status(link.clone()).await, 403);
    assert_eq!(status(link).await, 200);
}

#[tokio::test]
async fn a_stale_list_shows_what_is_new_later() {
    let cloud = faulty(&[
        "ListRedislog:stale-list:times=2",
        "ListAuditlogs:stale-list",
    ])
    .await;
    let id = cloud.redis("redis-single-1").id;
    let path = format!("/v2/P/instances/{id}/redislog?log_type=run");
    cloud.post(&path, None).await;
    cloud.advance(10);
    for _ in 0..2 {
        assert_eq!(cloud.get(&path).await, (204, Value::Null));
    }
    let (_, list) = cloud.get(&path).await;
    assert_eq!(text(&list, "/file_list/0/status"), "succeed");
    let id = cloud.database("mysql-1");
    let path = format!(
        "/v3/P/instances/{id}/auditlog?start_time=2026-04-09T12:00:00%2B0000\
         &end_time=2026-04-16T12:00:00%2B0000&offset=0&limit=50"
    );
    assert_eq!(cloud.get(&path).await.1["total_record"], 5);
    assert_eq!(cloud.get(&path).await.1["total_record"], 6);
}

#[tokio::test]
async fn work_fails_or_never_ends_and_can_be_begun_again() {
    let cloud = faulty(&[
        "CreateRedislog:job-failed",
        "DownloadSlowlog:job-failed",
        "DownloadErrorlog:job-stuck",
    ])
    .await;
    let redis = cloud.redis("redis-single-1").id;
    let path = format!("/v2/P/instances/{redis}/redislog?log_type=run");
    for expected in ["failed", "succeed"] {
        cloud.post(&path, None).await;
        cloud.advance(10);
        let (_, list) = cloud.get(&path).await;
        assert_eq!(text(&list, "/file_list/0/status"), expected);
    }

    let id = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{id}/slowlog-download");
    let (_, first) = cloud.post(&path, Some(json!({}))).await;
    cloud.advance(20);
    let (_, failed) = cloud.post(&path, Some(json!({}))).await;
    assert_eq!(text(&failed, "/status"), "FAILED");
    assert_eq!(text(&failed, "/list/0/status"), "FAILED");
    let job = format!("/v3/P/jobs?id={}", text(&first, "/list/0/workflow_id"));
    let (_, job) = cloud.get(&job).await;
    assert_eq!(text(&job, "/job/status"), "Failed");
    cloud.post(&path, Some(json!({}))).await;
    cloud.advance(20);
    let (_, good) = cloud.post(&path, Some(json!({}))).await;
    assert_eq!(text(&good, "/status"), "FINISH");

    let id = cloud.database("postgresql-1");
    let path = format!("/v3/P/instances/{id}/errorlog-download");
    cloud.post(&path, None).await;
    cloud.advance(80_000);
    let (_, stuck) = cloud.post(&path, None).await;
    assert_eq!(text(&stuck, "/status"), "CREATING");
}

#[tokio::test]
async fn a_call_is_refused_or_comes_to_nothing() {
    let cloud = faulty(&[
        "CreateRedislog:400",
        "CreateRedislog:403",
        "CreateRedislog:404",
        "CreateRedislog:job-lost",
    ])
    .await;
    let redis = cloud.redis("redis-single-1").id;
    let path = format!("/v2/P/instances/{redis}/redislog?log_type=run");
    for (status, code) in [(400, "DCS.4800"), (403, "DCS.3003"), (404, "DCS.3022")] {
        let (found, body) = cloud.post(&path, None).await;
        assert_eq!((found, text(&body, "/error_code")), (status, code));
    }
    assert_eq!(cloud.post(&path, None).await.0, 204);
    cloud.advance(10);
    assert_eq!(cloud.get(&path).await, (204, Value::Null));
    cloud.post(&path, None).await;
    cloud.advance(10);
    assert_eq!(cloud.get(&path).await.0, 200);
    assert_eq!(cloud.running.idle_faults(), [""; 0]);
}

#[tokio::test]
async fn a_fault_for_an_operation_that_does_not_exist_is_refused() {
    let error = builder()
        .fault("ListRedisLogs:500".parse().unwrap())
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("ListRedisLogs"), "{error}");
    let cloud = cloud().await;
    let fault = "iam.ListInstances:500".parse().unwrap();
    assert!(cloud.running.set_faults(vec![fault]).is_err());
}

#[tokio::test]
async fn a_call_is_refused_with_a_status_and_a_code_of_ones_choice() {
    let cloud = faulty(&[
        "dcs.ListInstances:403:code=DCS.9999",
        "rds.ListInstances:409:code=DBS.200019:times=2",
        "KeystoneListProjects:418:code=any",
        "ListRedislog:404:code=DCS.4133",
        "ShowTags:429:code=APIGW.0308",
    ])
    .await;
    let (status, refused) = cloud.get("/v2/P/instances").await;
    assert_eq!((status, &refused["error_code"]), (403, &json!("DCS.9999")));
    for _ in 0..2 {
        let (status, refused) = cloud.get("/v3/P/instances").await;
        assert_eq!(
            (status, &refused["error_code"]),
            (409, &json!("DBS.200019"))
        );
    }
    assert_eq!(cloud.get("/v3/P/instances").await.0, 200);
    let (status, refused) = cloud.get("/v3/projects").await;
    assert_eq!((status, &refused["error"]["code"]), (418, &json!(418)));
    let id = cloud.redis("redis-ha-1").id;
    let log = format!("/v2/P/instances/{id}/redislog?log_type=run");
    let (status, refused) = cloud.get(&log).await;
    // The documented message goes with a documented code.
    assert_eq!(status, 404);
    assert_eq!(refused["error_msg"], "Instance job is not found.");
    let (status, refused) = cloud.get(&format!("/v2/P/instances/{id}/tags")).await;
    assert_eq!(
        (status, &refused["error_code"]),
        (429, &json!("APIGW.0308"))
    );
    assert!(refused["request_id"].is_string());
    assert_eq!(cloud.running.idle_faults(), [""; 0]);
}
