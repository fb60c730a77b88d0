//! Redis instances: made, changed, resized, restarted, deleted; shards.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Cloud, builder, cloud, faulty, start, text};

pub(super) fn order(name: &str) -> Value {
    json!({
        "name": name, "engine": "Redis", "engine_version": "5.0", "capacity": 0.5,
        "spec_code": "redis.ha.xu1.tiny.r2.512", "az_codes": ["eu-de-01", "eu-de-02"],
        "vpc_id": "v", "subnet_id": "s", "password": "Simulated-1", "description": "first",
        "tags": [{ "key": "team", "value": "blue" }],
        "instance_backup_policy": { "backup_type": "auto", "save_days": "3,",
            "periodical_backup_plan": { "backup_at": ["1", 7], "period_type": "weekly", "begin_at": "23:00-00:00" } },
    })
}

pub(super) async fn create(cloud: &Cloud, name: &str) -> String {
    let (status, made) = cloud.post("/v2/P/instances", Some(order(name))).await;
    assert_eq!(status, 200, "{made}");
    text(&made, "/instances/0/instance_id").to_owned()
}

async fn status(cloud: &Cloud, id: &str) -> String {
    let (_, shown) = cloud.get(&format!("/v2/P/instances/{id}")).await;
    text(&shown, "/status").to_owned()
}

/// Status and code of a refusal.
pub(super) async fn refused(
    cloud: &Cloud,
    method: Method,
    path: &str,
    body: Value,
) -> (u16, String) {
    let (status, response) = cloud.send(method, path, Some(body)).await;
    (status, text(&response, "/error_code").to_owned())
}

pub(super) fn code(code: &str) -> (u16, String) {
    (400, code.to_owned())
}

#[tokio::test]
async fn an_instance_is_made_shown_changed_and_deleted() {
    let cloud = cloud().await;
    let id = create(&cloud, "made-here").await;
    let path = format!("/v2/P/instances/{id}");
    let (_, shown) = cloud.get(&path).await;
    assert_eq!(text(&shown, "/status"), "CREATING");
    assert_eq!(
        (&shown["capacity"], text(&shown, "/capacity_minor")),
        (&json!(0), ".5")
    );
    assert_eq!(text(&shown, "/cache_mode"), "ha");
    assert_eq!(shown["az_codes"], json!(["eu-de-01", "eu-de-02"]));
    assert_eq!(
        shown["instance_backup_policy"]["policy"]["periodical_backup_plan"]["backup_at"],
        json!([1, 7])
    );
    assert_eq!(shown["instance_backup_policy"]["policy"]["save_days"], 3);
    let (_, nodes) = cloud.get("/v2/P/instances-logical-nodes?offset=3").await;
    assert_eq!(
        (&nodes["count"], &nodes["instances"][0]["node_count"]),
        (&json!(4), &json!(0))
    );
    assert_eq!(
        cloud.send(Method::DELETE, &path, None).await.1["error_code"],
        "DCS.4099"
    );
    cloud.advance(9);
    assert_eq!(status(&cloud, &id).await, "CREATING");
    cloud.advance(1);
    assert_eq!(status(&cloud, &id).await, "RUNNING");

    let (_, quota) = cloud.get("/v2/P/quota").await;
    assert_eq!(quota["quotas"]["resources"][0]["used"], 4);
    let change = json!({ "name": "renamed", "description": "", "port": 6380,
        "maintain_begin": "23:00:00", "maintain_end": "00:00:00" });
    assert_eq!(cloud.send(Method::PUT, &path, Some(change)).await.0, 204);
    let (_, list) = cloud
        .get("/v2/P/instances?name=renamed&tags=team%3Dblue")
        .await;
    assert_eq!(list["instance_num"], 1);
    assert_eq!(list["instances"][0]["port"], 6380);
    assert_eq!(text(&list, "/instances/0/maintain_begin"), "23:00:00");
    let (_, tasks) = cloud.get(&format!("{path}/tasks")).await;
    assert_eq!(
        (&tasks["task_count"], text(&tasks, "/tasks/0/name")),
        (&json!("1"), "UpdatePort")
    );
    assert_eq!(
        tasks["tasks"][0]["details"],
        json!({ "old_port": 6379, "new_port": 6380 })
    );

    assert_eq!(
        cloud.send(Method::DELETE, &path, None).await,
        (204, Value::Null)
    );
    assert_eq!(cloud.get(&path).await.1["error_code"], "DCS.3022");
    let (_, list) = cloud.get("/v2/P/instances").await;
    assert_eq!(list["instance_num"], 3);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn bad_orders_are_refused_with_their_own_codes() {
    let cloud = cloud().await;
    let path = "/v2/P/instances";
    for (field, value, expected) in [
        ("name", json!("x"), "DCS.4010"),
        ("name", json!("redis-ha-1"), "DCS.4060"),
        ("engine", json!("Memcached"), "DCS.4006"),
        ("engine_version", json!("3.0"), "DCS.4008"),
        ("capacity", json!(3), "DCS.4012"),
        ("spec_code", json!("dcs.master"), "DCS.4927"),
        ("vpc_id", json!(""), "DCS.4013"),
        ("subnet_id", Value::Null, "DCS.4016"),
        ("az_codes", json!([]), "DCS.4042"),
        ("password", json!("abcdefgh"), "DCS.4019"),
        ("password", json!("abc"), "DCS.4019"),
        ("maintain_begin", json!("22:00:00"), "DCS.4106"),
        ("description", json!("x".repeat(1025)), "DCS.4011"),
        ("private_ip", json!("here"), "DCS.4800"),
        ("private_ip", json!("10.20.0.10"), "DCS.4800"),
        (
            "tags",
            json!([{ "key": "a", "value": "1" }, { "key": "a", "value": "2" }]),
            "DCS.4800",
        ),
        ("instance_num", json!(100), "DCS.4035"),
    ] {
        let mut body = order("ordered");
        body[field] = value;
        if field == "instance_num" {
            create(&cloud, "one-more").await;
        }
        assert_eq!(
            refused(&cloud, Method::POST, path, body).await,
            code(expected),
            "{field}"
        );
    }
    let mut body = order("ordered");
    body.as_object_mut().unwrap().remove("password");
    assert_eq!(
        refused(&cloud, Method::POST, path, body.clone()).await,
        code("DCS.4845")
    );
    body["no_password_access"] = json!(true);
    body["instance_num"] = json!(2);
    let (_, made) = cloud.post(path, Some(body)).await;
    assert_eq!(text(&made, "/instances/1/instance_name"), "ordered-001");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_instance_that_cannot_be_made_is_listed_when_asked_for_and_deleted_with_the_others() {
    let cloud = faulty(&["CreateInstance:job-failed"]).await;
    let id = create(&cloud, "unlucky").await;
    cloud.advance(10);
    assert_eq!(status(&cloud, &id).await, "CREATEFAILED");
    let (_, list) = cloud.get("/v2/P/instances").await;
    assert_eq!(list["instance_num"], 3);
    let (_, list) = cloud.get("/v2/P/instances?include_failure=true").await;
    assert_eq!(list["instance_num"], 4);
    let path = format!("/v2/P/instances/{id}/bigkey-task");
    assert_eq!(cloud.post(&path, None).await.1["error_code"], "DCS.4026");
    let path = "/v2/P/instances?all_failure=true";
    let (_, deleted) = cloud.send(Method::DELETE, path, Some(json!({}))).await;
    assert_eq!(
        deleted,
        json!({ "results": [{ "instance": id, "result": "success" }] })
    );
    let (_, list) = cloud.get("/v2/P/instances?include_failure=true").await;
    assert_eq!(list["instance_num"], 3);
}

#[tokio::test]
async fn several_instances_are_deleted_and_restarted_each_with_its_result() {
    let cloud = cloud().await;
    let (single, ha) = (
        cloud.redis("redis-single-1").id,
        cloud.redis("redis-ha-1").id,
    );
    let path = "/v2/P/instances/status";
    let body = json!({ "action": "restart", "instances": [single, "unknown"] });
    let (_, done) = cloud.send(Method::PUT, path, Some(body.clone())).await;
    let expected = json!({ "results": [
        { "instance": single, "result": "success" }, { "instance": "unknown", "result": "failed" },
    ] });
    assert_eq!(done, expected);
    assert_eq!(status(&cloud, &single).await, "RESTARTING");
    let (_, again) = cloud.send(Method::PUT, path, Some(body)).await;
    assert_eq!(again["results"][0]["result"], "failed");
    let path = "/v2/P/instances";
    let body = json!({ "instances": [single, ha] });
    let (_, deleted) = cloud.send(Method::DELETE, path, Some(body)).await;
    assert_eq!(deleted["results"][0]["result"], "failed");
    assert_eq!(deleted["results"][1]["result"], "success");
    cloud.advance(5);
    assert_eq!(status(&cloud, &single).await, "RUNNING");

    let path = "/v2/P/instances/status";
    let flush = json!({ "action": "flush", "instances": [single] });
    cloud.send(Method::PUT, path, Some(flush)).await;
    cloud.advance(2);
    let (_, statistics) = cloud.get("/v2/P/instances/statistic").await;
    assert_eq!(statistics["statistics"][0]["keys"], 0);
    let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
    for (body, expected) in [
        (json!({ "action": "restart" }), "DCS.4065"),
        (json!({ "instances": [single] }), "DCS.4064"),
        (
            json!({ "action": "restart", "instances": many }),
            "DCS.4100",
        ),
    ] {
        assert_eq!(
            refused(&cloud, Method::PUT, path, body).await,
            code(expected)
        );
    }
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_resized_instance_has_its_new_size_when_the_work_is_done() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instances/{id}/resize");
    let body = json!({ "spec_code": "redis.ha.xu1.large.r2.4", "new_capacity": 4 });
    assert_eq!(cloud.post(&path, Some(body.clone())).await.0, 204);
    assert_eq!(
        refused(&cloud, Method::POST, &path, body.clone()).await,
        code("DCS.4113")
    );
    let (_, shown) = cloud.get(&format!("/v2/P/instances/{id}")).await;
    assert_eq!(
        (text(&shown, "/status"), &shown["capacity"]),
        ("EXTENDING", &json!(1))
    );
    cloud.advance(10);
    let (_, shown) = cloud.get(&format!("/v2/P/instances/{id}")).await;
    assert_eq!(
        (text(&shown, "/status"), &shown["capacity"]),
        ("RUNNING", &json!(4))
    );
    assert_eq!(text(&shown, "/spec_code"), "redis.ha.xu1.large.r2.4");
    for (spec_code, capacity, change, expected) in [
        ("redis.ha.xu1.large.r2.4", json!(4), Value::Null, "DCS.4103"),
        (
            "redis.single.xu1.large.8",
            json!(8),
            Value::Null,
            "DCS.4200",
        ),
        ("redis.ha.xu1.large.r2.5", json!(5), Value::Null, "DCS.4012"),
        ("large", json!(8), Value::Null, "DCS.4927"),
        (
            "redis.ha.xu1.large.r2.4",
            json!(4),
            json!("deleteReplication"),
            "DCS.4937",
        ),
        (
            "redis.ha.xu1.large.r2.4",
            json!(4),
            json!("createReplication"),
            "DCS.4933",
        ),
    ] {
        let mut body = json!({ "spec_code": spec_code, "new_capacity": capacity });
        if !change.is_null() {
            body["change_type"] = change;
        }
        assert_eq!(
            refused(&cloud, Method::POST, &path, body).await,
            code(expected)
        );
    }
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn replicas_are_added_weighed_hidden_and_deleted() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let nodes = async || {
        let (_, groups) = cloud.get(&format!("/v2/P/instance/{id}/groups")).await;
        let group = groups["group_list"][0].clone();
        (
            text(&group, "/group_id").to_owned(),
            group["replication_list"].as_array().unwrap().clone(),
        )
    };
    let (group, list) = nodes().await;
    let of = |node: &Value| {
        let node = text(node, "/node_id");
        format!("/v2/P/instances/{id}/groups/{group}/replications/{node}")
    };
    let hide = |node: &Value| format!("{}/remove-ip", of(node));
    let (_, last) = cloud.send(Method::DELETE, &hide(&list[1]), None).await;
    assert_eq!(text(&last, "/error_code"), "DCS.4879");
    let weigh = |node: &Value| format!("{}/slave-priority", of(node));
    for (node, weight, expected) in [
        (&list[0], 1, "DCS.4027"),
        (&list[1], 0, "DCS.4253"),
        (&list[1], 101, "DCS.4939"),
    ] {
        let body = json!({ "slave_priority_weight": weight });
        assert_eq!(
            refused(&cloud, Method::POST, &weigh(node), body).await,
            code(expected)
        );
    }
    let more = json!({ "spec_code": "redis.ha.xu1.large.r3.1", "new_capacity": 1,
        "change_type": "createReplication", "available_zones": ["eu-de-02"] });
    cloud
        .post(&format!("/v2/P/instances/{id}/resize"), Some(more))
        .await;
    cloud.advance(10);
    let (_, list) = nodes().await;
    assert_eq!(list.len(), 3);
    let body = json!({ "slave_priority_weight": 7 });
    assert_eq!(cloud.post(&weigh(&list[2]), Some(body)).await.0, 204);
    let (status, job) = cloud.send(Method::DELETE, &hide(&list[2]), None).await;
    assert_eq!(status, 200);
    let job = format!("/v2/P/jobs/{}", text(&job, "/job_id"));
    assert_eq!(cloud.get(&job).await.1["status"], "RUNNING");
    cloud.advance(1);
    assert_eq!(cloud.get(&job).await.1["status"], "SUCCESS");
    let (_, all) = cloud
        .get("/v2/P/instances-logical-nodes?offset=1&limit=1")
        .await;
    let shown = &all["instances"][0]["nodes"][2];
    assert_eq!(
        (&shown["priority_weight"], &shown["is_remove_ip"]),
        (&json!(7), &json!(true))
    );

    let less = |node: &Value| {
        json!({ "spec_code": "redis.ha.xu1.large.r2.1", "new_capacity": 1,
        "change_type": "deleteReplication", "node_list": [node["node_id"]] })
    };
    let path = format!("/v2/P/instances/{id}/resize");
    assert_eq!(
        refused(&cloud, Method::POST, &path, less(&list[0])).await,
        code("DCS.4936")
    );
    assert_eq!(cloud.post(&path, Some(less(&list[2]))).await.0, 204);
    cloud.advance(10);
    assert_eq!(nodes().await.1.len(), 2);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_instance_that_refuses_work_is_not_running_until_it_takes_it_again() {
    let every = |body: Value| (Method::PUT, "/v2/P/instances/status", Some(body));
    for work in ["swap", "resize", "restart", "flush", "restore"] {
        let cloud = cloud().await;
        let id = cloud.redis("redis-ha-1").id;
        let own = format!("/v2/P/instances/{id}");
        let of_own = |what: &str| format!("{own}/{what}");
        let act = |action: &str| every(json!({ "instances": [id], "action": action }));
        let (_, backups) = cloud.get(&of_own("backups")).await;
        let backup = text(&backups, "/backup_record_response/0/backup_id");
        let (resize, swap, restore) = (of_own("resize"), of_own("swap"), of_own("restores"));
        let (method, path, body) = match work {
            "swap" => (Method::POST, swap.as_str(), None),
            "restore" => (
                Method::POST,
                restore.as_str(),
                Some(json!({ "backup_id": backup })),
            ),
            "resize" => {
                let larger = json!({ "spec_code": "redis.ha.xu1.large.r2.2", "new_capacity": 2 });
                (Method::POST, resize.as_str(), Some(larger))
            }
            action => act(action),
        };
        let (code, response) = cloud.send(method, path, body).await;
        assert!(code < 300, "{work}: {response}");
        let rename = json!({ "name": "renamed" });
        let mut refused = 0;
        while cloud.send(Method::PUT, &own, Some(rename.clone())).await.0 == 400 {
            let status = status(&cloud, &id).await;
            assert!(
                ["RESTARTING", "EXTENDING", "FLUSHING", "RESTORING"].contains(&status.as_str()),
                "{work}: {status}"
            );
            refused += 1;
            cloud.advance(1);
        }
        assert!((1..20).contains(&refused), "{work}: {refused}");
        assert_eq!(status(&cloud, &id).await, "RUNNING", "{work}");
    }
}

#[tokio::test]
async fn a_switchover_makes_the_replica_the_master() {
    let cloud = cloud().await;
    let before = cloud.redis("redis-ha-1");
    let path = format!("/v2/P/instances/{}/swap", before.id);
    assert_eq!(cloud.post(&path, None).await.0, 204);
    let (_, tasks) = cloud
        .get(&format!("/v2/P/instances/{}/tasks", before.id))
        .await;
    assert_eq!(text(&tasks, "/tasks/0/name"), "masterStandbySwapJob");
    assert_eq!(status(&cloud, &before.id).await, "RESTARTING");
    cloud.advance(2);
    assert_eq!(status(&cloud, &before.id).await, "RUNNING");
    let after = cloud.redis("redis-ha-1");
    assert!(before.replicas[0].master && after.replicas[1].master && !after.replicas[0].master);
    assert_eq!(after.ip, before.replicas[1].ip);
    let single = cloud.redis("redis-single-1").id;
    let (status, refused) = cloud
        .post(&format!("/v2/P/instances/{single}/swap"), None)
        .await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DCS.4855"));
}

#[tokio::test]
async fn however_many_instances_there_are_a_new_one_takes_the_place_of_none() {
    let cloud = start(builder().redis(1_001, 0, 0)).await;
    create(&cloud, "one-more").await;
    let (_, list) = cloud.get("/v2/P/instances?limit=1").await;
    assert_eq!(list["instance_num"], 1_002);
    let first = cloud.redis("redis-single-1").id;
    assert_eq!(status(&cloud, &first).await, "RUNNING");
}
