//! The life of a database instance.

use otcdb_testing::{Ids, SmallCloud};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Cloud, builder, cloud, start, text};

const IN: &str = "/v3/P/instances";

/// What is ordered in the documented example, and can be had.
fn order() -> Value {
    let fixture = SmallCloud::new().fixture("rds.CreateInstance", &Ids::new());
    fixture.body.unwrap()
}

async fn shown(cloud: &Cloud, id: &str) -> Value {
    let (_, found) = cloud.get(&format!("{IN}?id={id}")).await;
    found["instances"][0].clone()
}

/// Begins something, waits for its task, and returns the task.
async fn done(cloud: &Cloud, path: &str, body: Value) -> Value {
    let (status, begun) = cloud.post(path, Some(body)).await;
    assert!(status == 200 || status == 202, "{path}: {status} {begun}");
    let job = format!("/v3/P/jobs?id={}", text(&begun, "/job_id"));
    let (_, running) = cloud.get(&job).await;
    assert_eq!(text(&running, "/job/status"), "Running");
    assert_eq!(running.pointer("/job/ended"), None);
    cloud.advance(20);
    let (_, ended) = cloud.get(&job).await;
    assert_eq!(text(&ended, "/job/status"), "Completed", "{path}");
    ended["job"].clone()
}

async fn refused(cloud: &Cloud, path: &str, body: Value) -> String {
    let (status, refused) = cloud.post(path, Some(body)).await;
    assert!(status >= 400, "{path}: {refused}");
    text(&refused, "/error_code").to_owned()
}

#[tokio::test]
async fn an_instance_is_made_changed_stopped_started_and_deleted() {
    let cloud = cloud().await;
    let order = tokio::task::spawn_blocking(order).await.unwrap();
    let (status, made) = cloud.post(IN, Some(order.clone())).await;
    assert_eq!((status, text(&made, "/instance/port")), (202, "8635"));
    let id = text(&made, "/instance/id").to_owned();
    assert!(id.ends_with("in01"), "{id}");
    let action = format!("{IN}/{id}/action");
    assert_eq!(text(&shown(&cloud, &id).await, "/status"), "BUILD");
    let restart = json!({ "restart": {} });
    assert_eq!(
        refused(&cloud, &action, restart.clone()).await,
        "DBS.200011"
    );
    cloud.advance(20);
    let instance = shown(&cloud, &id).await;
    assert_eq!(text(&instance, "/status"), "ACTIVE");
    assert_eq!(
        (&instance["port"], text(&instance, "/type")),
        (&json!(8635), "Single")
    );
    assert_eq!(text(&instance, "/nodes/0/role"), "master");

    let job = done(
        &cloud,
        &action,
        json!({ "enlarge_volume": { "size": 400 } }),
    )
    .await;
    assert_eq!(text(&job, "/entities/volume/original_size"), "100");
    assert_eq!(text(&job, "/instance/id"), id);
    assert_eq!(shown(&cloud, &id).await["volume"]["size"], 400);
    let smaller = json!({ "enlarge_volume": { "size": 40 } });
    assert_eq!(refused(&cloud, &action, smaller).await, "DBS.200306");
    let other = json!({ "resize_flavor": { "spec_code": "rds.pg.n1.large" } });
    assert_eq!(refused(&cloud, &action, other).await, "DBS.200053");
    done(
        &cloud,
        &action,
        json!({ "resize_flavor": { "spec_code": "rds.mysql.n1.xlarge" } }),
    )
    .await;
    assert_eq!(text(&shown(&cloud, &id).await, "/cpu"), "4");
    done(
        &cloud,
        &action,
        json!({ "single_to_ha": { "az_code_new_node": "eu-de-02" } }),
    )
    .await;
    let instance = shown(&cloud, &id).await;
    assert_eq!(
        (text(&instance, "/type"), text(&instance, "/nodes/1/role")),
        ("Ha", "slave")
    );
    assert_eq!(text(&instance, "/flavor_ref"), "rds.mysql.n1.xlarge.ha");

    let replica = json!({ "name": "replica", "replica_of_id": id, "flavor_ref": "rds.mysql.n1.large.rr",
        "volume": { "type": "ESSD", "size": 40 }, "availability_zone": "eu-de-01" });
    let (_, made) = cloud.post(IN, Some(replica)).await;
    let replica = text(&made, "/instance/id").to_owned();
    cloud.advance(20);
    let (one, other) = (shown(&cloud, &id).await, shown(&cloud, &replica).await);
    assert_eq!(text(&one, "/related_instance/0/id"), replica);
    assert_eq!(text(&other, "/related_instance/0/type"), "replica_of");
    assert_eq!(other["volume"]["size"], 400);

    done(&cloud, &format!("{action}/shutdown"), json!({})).await;
    for id in [&id, &replica] {
        assert_eq!(text(&shown(&cloud, id).await, "/status"), "SHUTDOWN");
    }
    assert_eq!(refused(&cloud, &action, restart).await, "DBS.200086");
    done(&cloud, &format!("{action}/startup"), json!({})).await;
    assert_eq!(text(&shown(&cloud, &replica).await, "/status"), "ACTIVE");

    let (status, _) = cloud
        .send(Method::DELETE, &format!("{IN}/{id}"), None)
        .await;
    assert_eq!(status, 202);
    assert_eq!(text(&shown(&cloud, &id).await, "/id"), id);
    cloud.advance(20);
    for id in [&id, &replica] {
        assert_eq!(shown(&cloud, id).await, Value::Null);
    }
    let (_, tasks) = cloud.get("/v3/P/tasklist?limit=50").await;
    assert_eq!(text(&tasks, "/tasks/0/name"), "DeleteMysqlInstance");
    assert!(tasks["actions"].as_array().unwrap().len() > 6, "{tasks}");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_with_its_documented_code() {
    let cloud = cloud().await;
    let order = tokio::task::spawn_blocking(order).await.unwrap();
    for (member, value, code) in [
        ("/flavor_ref", json!("rds.mysql.n1.large.ha"), "DBS.200053"),
        ("/datastore/version", json!("4.0"), "DBS.200041"),
        ("/password", json!("simple"), "DBS.200052"),
        ("/port", json!("12017"), "DBS.280204"),
        ("/availability_zone", json!("a,b"), "DBS.200025"),
        ("/volume/size", json!(39), "DBS.200023"),
        ("/name", json!("1a"), "DBS.200021"),
    ] {
        let mut order = order.clone();
        *order.pointer_mut(member).unwrap() = value;
        assert_eq!(refused(&cloud, IN, order).await, code, "{member}");
    }
    let (_, all) = cloud.get(IN).await;
    assert_eq!(all["total_count"], 3);
}

#[tokio::test]
async fn only_what_is_deleted_is_in_the_recycle_bin_and_not_for_ever() {
    let month = std::time::Duration::from_secs(30 * 24 * 60 * 60);
    let cloud = start(builder().token_lifetime(month)).await;
    let (kept, deleted) = (cloud.database("mysql-1"), cloud.database("sqlserver-1"));
    done(&cloud, &format!("{IN}/{kept}/action/shutdown"), json!({})).await;
    let own = format!("{IN}/{deleted}");
    assert_eq!(cloud.send(Method::DELETE, &own, None).await.0, 202);
    cloud.advance(60);
    let list = "/v3/P/recycle-instances?offset=0&limit=10";
    let bin = async || cloud.get(list).await.1["instances"].clone();
    let found = bin().await;
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(text(&found, "/0/id"), deleted);
    assert_eq!(
        text(&found, "/0/recycle_backups/0/backup_status"),
        "COMPLETED"
    );
    cloud.advance(6 * 24 * 60 * 60);
    assert_eq!(bin().await, found);
    cloud.advance(24 * 60 * 60);
    assert_eq!(bin().await, json!([]));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_project_has_no_more_instances_than_its_quota() {
    let cloud = start(builder().databases(498, 1, 1)).await;
    let order = tokio::task::spawn_blocking(order).await.unwrap();
    assert_eq!(refused(&cloud, IN, order).await, "DBS.200046");
    let (_, quotas) = cloud.get("/v3/P/quotas").await;
    let own = &quotas["quotas"]["resources"][0];
    assert_eq!((&own["quota"], &own["used"]), (&json!(500), &json!(500)));
}

#[tokio::test]
async fn a_rule_is_for_a_number_or_for_a_text() {
    let cloud = cloud().await;
    let rules = format!("{IN}/{}/sql-limit", cloud.database("postgresql-1"));
    let mut rule = json!({ "db_name": "db1", "query_id": 1, "query_string": "a", "max_concurrency": 1, "max_waiting": 0 });
    assert_eq!(refused(&cloud, &rules, rule.clone()).await, "DBS.280001");
    rule["query_id"] = Value::Null;
    assert_eq!(cloud.post(&rules, Some(rule)).await.0, 200);
}
