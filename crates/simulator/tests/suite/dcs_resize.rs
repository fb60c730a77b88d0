//! What a change of the size or of the replicas of an instance may leave, and what it counts for.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Cloud, cloud, text};

const LARGER: &str = "redis.ha.xu1.large.r3.1";

async fn resize(cloud: &Cloud, id: &str, body: Value) -> (u16, Value) {
    let path = format!("/v2/P/instances/{id}/resize");
    let (status, response) = cloud.post(&path, Some(body)).await;
    (status, response["error_code"].clone())
}

fn refusal(code: &str) -> (u16, Value) {
    (400, json!(code))
}

fn add(code: &str) -> Value {
    json!({ "spec_code": code, "new_capacity": 1, "change_type": "createReplication",
        "available_zones": ["eu-de-02"] })
}

fn delete(node: &Value) -> Value {
    json!({ "spec_code": "redis.ha.xu1.large.r2.1", "new_capacity": 1,
        "change_type": "deleteReplication", "node_list": [node["node_id"]] })
}

/// The nodes of the primary/standby instance.
async fn nodes(cloud: &Cloud) -> Vec<Value> {
    let (_, all) = cloud
        .get("/v2/P/instances-logical-nodes?offset=1&limit=1")
        .await;
    all["instances"][0]["nodes"].as_array().unwrap().clone()
}

fn node_path(id: &str, node: &Value, what: &str) -> String {
    let (group, node) = (text(node, "/group_id"), text(node, "/node_id"));
    format!("/v2/P/instances/{id}/groups/{group}/replications/{node}/{what}")
}

async fn weigh(cloud: &Cloud, id: &str, node: &Value, weight: u64) {
    let body = json!({ "slave_priority_weight": weight });
    let path = node_path(id, node, "slave-priority");
    assert_eq!(cloud.post(&path, Some(body)).await.0, 204);
}

async fn hide(cloud: &Cloud, id: &str, node: &Value) {
    let path = node_path(id, node, "remove-ip");
    assert_eq!(cloud.send(Method::DELETE, &path, None).await.0, 200);
    cloud.advance(1);
}

#[tokio::test]
async fn the_last_replica_that_can_be_read_or_become_the_master_stays() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    assert_eq!(resize(&cloud, &id, add(LARGER)).await.0, 204);
    cloud.advance(10);
    let list = nodes(&cloud).await;
    hide(&cloud, &id, &list[2]).await;
    assert_eq!(
        resize(&cloud, &id, delete(&list[1])).await,
        refusal("DCS.4935")
    );
    weigh(&cloud, &id, &list[1], 0).await;
    assert_eq!(
        resize(&cloud, &id, delete(&list[2])).await,
        refusal("DCS.4253")
    );
    weigh(&cloud, &id, &list[1], 5).await;
    assert_eq!(resize(&cloud, &id, delete(&list[2])).await.0, 204);
    cloud.advance(10);
    assert_eq!(nodes(&cloud).await.len(), 2);
}

#[tokio::test]
async fn a_switchover_leaves_weight_and_address_with_the_replica() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    assert_eq!(resize(&cloud, &id, add(LARGER)).await.0, 204);
    cloud.advance(10);
    let list = nodes(&cloud).await;
    weigh(&cloud, &id, &list[1], 7).await;
    hide(&cloud, &id, &list[1]).await;
    let swap = format!("/v2/P/instances/{id}/swap");
    assert_eq!(cloud.post(&swap, None).await.0, 204);
    cloud.advance(2);
    let shown: Vec<Value> = nodes(&cloud)
        .await
        .iter()
        .map(|node| {
            json!([
                node["node_type"],
                node["priority_weight"],
                node["is_remove_ip"]
            ])
        })
        .collect();
    let wanted = [
        json!(["slave", 7, true]),
        json!(["master", 100, false]),
        json!(["slave", 100, false]),
    ];
    assert_eq!(shown, wanted);
}

#[tokio::test]
async fn the_quota_counts_what_instances_are_to_become() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-cluster-1").id;
    let large = json!({ "spec_code": "redis.cluster.xu1.large.r2.1024", "new_capacity": 1024 });
    assert_eq!(resize(&cloud, &id, large).await.0, 204);
    let order = |name: &str, code: &str, capacity: u64| {
        json!({ "name": name, "engine": "Redis", "engine_version": "5.0", "capacity": capacity, "spec_code": code,
            "az_codes": ["eu-de-01"], "vpc_id": "v", "subnet_id": "s", "no_password_access": true })
    };
    let path = "/v2/P/instances";
    for name in ["large-1", "large-2", "large-3"] {
        let body = order(name, "redis.cluster.xu1.large.r2.1024", 1024);
        assert_eq!(cloud.post(path, Some(body)).await.0, 200);
    }
    let body = order("one-more", "redis.single.xu1.large.32", 32);
    let (_, refused) = cloud.post(path, Some(body)).await;
    assert_eq!(text(&refused, "/error_code"), "DCS.4036");
    let (_, quota) = cloud.get("/v2/P/quota").await;
    assert_eq!(quota["quotas"]["resources"][1]["used"], 2 + 4 * 1024);
}

#[tokio::test]
async fn only_codes_that_are_listed_for_the_capacity_are_taken() {
    let cloud = cloud().await;
    let order = |code: &str, capacity: f64| {
        json!({ "name": "flavored", "engine": "Redis", "engine_version": "5.0", "capacity": capacity,
            "spec_code": code, "az_codes": ["eu-de-01"], "vpc_id": "v", "subnet_id": "s", "no_password_access": true })
    };
    for (code, capacity) in [
        ("redis.ha.foo.bar", 1.0),
        ("redis.ha.xu1.large.r2.64", 0.125),
        ("redis.ha.xu1.large.r9.1", 1.0),
        ("redis.ha.au1.large.2", 4.0),
    ] {
        let (status, refused) = cloud
            .post("/v2/P/instances", Some(order(code, capacity)))
            .await;
        assert_eq!(
            (status, &refused["error_code"]),
            (400, &json!("DCS.4927")),
            "{code}"
        );
    }
    let id = cloud.redis("redis-ha-1").id;
    for (body, code) in [
        (
            json!({ "spec_code": "redis.ha.xu1.large.r2.2", "new_capacity": 4 }),
            "DCS.4927",
        ),
        (add("redis.ha.xu1.large.r4.1"), "DCS.4927"),
        (
            json!({ "spec_code": "redis.ha.xu1.large.r2.2", "new_capacity": 2,
                "change_type": "createReplication", "available_zones": ["eu-de-02"] }),
            "DCS.4012",
        ),
        (
            json!({ "spec_code": LARGER, "new_capacity": 1,
                "change_type": "createReplication", "available_zones": [""] }),
            "DCS.4933",
        ),
        (
            json!({ "spec_code": LARGER, "new_capacity": 1,
                "change_type": "createReplication", "available_zones": ["eu-de-02", "nowhere"] }),
            "DCS.4933",
        ),
    ] {
        assert_eq!(
            resize(&cloud, &id, body.clone()).await,
            refusal(code),
            "{body}"
        );
    }
    assert_eq!(resize(&cloud, &id, add(LARGER)).await.0, 204);
}
