//! Redis: instances, run logs, slow log.

use std::collections::HashSet;

use otcdb_simulator::Service;
use serde_json::{Value, json};

use crate::support::{cloud, text};

#[tokio::test]
async fn instances_come_in_pages_and_by_name() {
    let cloud = cloud().await;
    let (status, page) = cloud.get("/v2/P/instances?offset=1&limit=1").await;
    assert_eq!(status, 200);
    assert_eq!(page["instance_num"], 3);
    assert_eq!(page["instances"].as_array().unwrap().len(), 1);
    assert_eq!(text(&page, "/instances/0/name"), "redis-ha-1");
    let (_, found) = cloud.get("/v2/P/instances?name=cluster").await;
    assert_eq!(text(&found, "/instances/0/name"), "redis-cluster-1");
    let (_, none) = cloud
        .get("/v2/P/instances?name=cluster&name_equal=true")
        .await;
    assert_eq!(none["instance_num"], 0);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_cluster_has_three_shards_with_two_replicas_each() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-cluster-1").id;
    let (_, groups) = cloud.get(&format!("/v2/P/instance/{id}/groups")).await;
    assert_eq!(groups["group_count"], 3);
    let list = groups["group_list"].as_array().unwrap();
    let replicas: HashSet<&str> = list
        .iter()
        .flat_map(|group| group["replication_list"].as_array().unwrap())
        .map(|replica| text(replica, "/replication_id"))
        .collect();
    assert_eq!(replicas.len(), 6);
    let single = cloud.redis("redis-single-1").id;
    let (_, none) = cloud.get(&format!("/v2/P/instance/{single}/groups")).await;
    assert_eq!(none, json!({ "group_count": 0, "group_list": [] }));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_run_log_is_collected_listed_linked_and_downloaded() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-single-1").id;
    let base = format!("/v2/P/instances/{id}/redislog");
    assert_eq!(
        cloud.get(&format!("{base}?log_type=run")).await,
        (204, Value::Null)
    );
    let collect = format!("{base}?log_type=run&query_time=3");
    assert_eq!(cloud.post(&collect, None).await, (204, Value::Null));
    cloud.advance(9);
    let (_, pending) = cloud.get(&format!("{base}?log_type=run")).await;
    assert_eq!(pending["total_num"], 3);
    assert_eq!(text(&pending, "/file_list/0/status"), "collecting");
    let log = text(&pending, "/file_list/0/id");
    let (status, refused) = cloud.post(&format!("{base}/{log}/links"), None).await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DCS.4800"));

    cloud.advance(1);
    // Collecting again changes nothing.
    cloud.post(&collect, None).await;
    let (_, page) = cloud
        .get(&format!("{base}?log_type=run&offset=1&limit=1"))
        .await;
    assert_eq!(page["total_num"], 3);
    assert_eq!(page["file_list"].as_array().unwrap().len(), 1);
    assert_eq!(text(&page, "/file_list/0/status"), "succeed");
    assert_eq!(text(&page, "/file_list/0/time"), "2026-04-15");
    let (log, name) = (
        text(&page, "/file_list/0/id"),
        text(&page, "/file_list/0/file_name"),
    );
    let (_, link) = cloud.post(&format!("{base}/{log}/links"), None).await;
    assert_eq!(text(&link, "/id"), log);
    let bytes = cloud
        .client
        .get(text(&link, "/link"))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(bytes, cloud.running.expected_bytes(name).unwrap());
    let first = b" 15 Apr 2026 00:00:00.000 ".as_slice();
    assert!(bytes.windows(first.len()).any(|text| text == first));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_instance_with_replicas_is_collected_one_by_one() {
    let cloud = cloud().await;
    let instance = cloud.redis("redis-cluster-1");
    let base = format!("/v2/P/instances/{}/redislog?log_type=run", instance.id);
    let (status, missing) = cloud.post(&base, None).await;
    assert_eq!((status, text(&missing, "/error_code")), (400, "DCS.4800"));
    assert_eq!(
        text(&missing, "/error_msg"),
        "Invalid replication_id in the request."
    );
    let (status, _) = cloud.post(&format!("{base}&replication_id=x"), None).await;
    assert_eq!(status, 400);
    for replica in &instance.replicas {
        let path = format!("{base}&replication_id={}", replica.id);
        assert_eq!(cloud.post(&path, None).await.0, 204);
    }
    cloud.advance(10);
    let (_, list) = cloud.get(&base).await;
    let files = list["file_list"].as_array().unwrap();
    let names: HashSet<&str> = files.iter().map(|file| text(file, "/file_name")).collect();
    assert_eq!(names.len(), 6);
    for replica in &instance.replicas {
        let file = files
            .iter()
            .find(|file| text(file, "/replication_ip") == replica.ip)
            .unwrap();
        assert_eq!(text(file, "/group_name"), replica.group);
    }
}

#[tokio::test]
async fn the_slow_log_honours_span_order_and_pages() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-cluster-1").id;
    let end = cloud.running.clock().now().as_millisecond();
    let start = end - 7 * 24 * 60 * 60 * 1000;
    let path = |query: &str| {
        format!("/v2/P/instances/{id}/slowlog?start_time={start}&end_time={end}{query}")
    };
    let all = cloud
        .running
        .expected_entries(Service::Dcs, "ListSlowlog", &id);
    let (_, first) = cloud.get(&path("&limit=20")).await;
    let (_, second) = cloud.get(&path("&limit=20&offset=20")).await;
    assert_eq!(first["total_num"], 25);
    let shown: Vec<Value> = [&first, &second]
        .iter()
        .flat_map(|page| page["slowlogs"].as_array().unwrap().clone())
        .collect();
    assert_eq!(shown, all);
    let (_, slowest) = cloud.get(&path("&sort_key=duration&limit=1")).await;
    let longest = all
        .iter()
        .map(|entry| text(entry, "/duration").parse::<u32>().unwrap())
        .max()
        .unwrap();
    assert_eq!(text(&slowest, "/slowlogs/0/duration"), longest.to_string());
    let (_, oldest) = cloud.get(&path("&sort_dir=asc&limit=1")).await;
    assert_eq!(oldest["slowlogs"][0], all[24]);
    let (_, none) = cloud
        .get(&format!(
            "/v2/P/instances/{id}/slowlog?start_time={end}&end_time={end}"
        ))
        .await;
    assert_eq!(none["total_num"], 0);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}
