//! What Redis instances have beside their size: passwords, tags, addresses and times.

use reqwest::Method;
use serde_json::{Value, json};

use crate::dcs_instances::{code, create, order, refused};
use crate::support::{cloud, text};

#[tokio::test]
async fn passwords_are_changed_reset_and_locked_and_never_recorded() {
    let cloud = cloud().await;
    let id = create(&cloud, "with-password").await;
    cloud.advance(10);
    let path = format!("/v2/P/instances/{id}/password");
    let change = async |old: &str, new: &str| {
        let body = json!({ "old_password": old, "new_password": new });
        cloud.send(Method::PUT, &path, Some(body)).await.1
    };
    assert_eq!(
        change("Simulated-1", "Simulated-2").await["result"],
        "success"
    );
    let wrong = change("Simulated-1", "Simulated-3").await;
    assert_eq!(
        (text(&wrong, "/result"), text(&wrong, "/retry_times_left")),
        ("passwordFailed", "4")
    );
    assert_eq!(
        change("Simulated-2", "simple").await["error_code"],
        "DCS.4019"
    );
    for _ in 0..3 {
        change("Simulated-1", "Simulated-3").await;
    }
    let locked = change("Simulated-1", "Simulated-3").await;
    assert_eq!(
        (text(&locked, "/result"), text(&locked, "/lock_time_left")),
        ("locked", "5")
    );
    assert_eq!(
        change("Simulated-2", "Simulated-3").await["result"],
        "locked"
    );
    let reset = format!("{path}/reset");
    let body = json!({ "new_password": "Simulated-4" });
    assert_eq!(
        refused(&cloud, Method::POST, &reset, body.clone()).await,
        code("DCS.4026")
    );
    cloud.advance(300);
    assert_eq!(cloud.post(&reset, Some(body)).await.1["code"], "1");
    assert_eq!(
        change("Simulated-4", "Simulated-5").await["result"],
        "success"
    );
    for (body, expected) in [
        (json!({}), "DCS.4845"),
        (
            json!({ "new_password": "Simulated-6", "no_password_access": true }),
            "DCS.4849",
        ),
    ] {
        assert_eq!(
            refused(&cloud, Method::POST, &reset, body).await,
            code(expected)
        );
    }
    cloud
        .post(&reset, Some(json!({ "no_password_access": true })))
        .await;
    assert_eq!(
        change("Simulated-5", "Simulated-6").await["error_code"],
        "DCS.4850"
    );
    let recorded = format!("{:?}", cloud.running.requests());
    let secrets = cloud.running.secrets();
    assert!(secrets.iter().any(|secret| secret == "Simulated-4"));
    for secret in secrets {
        assert!(!recorded.contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn tags_are_added_and_deleted() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let act = async |action: &str, tags: Value| {
        let path = format!("/v2/P/dcs/{id}/tags/action");
        cloud
            .post(&path, Some(json!({ "action": action, "tags": tags })))
            .await
    };
    let tags = async || cloud.get(&format!("/v2/P/instances/{id}/tags")).await.1["tags"].clone();
    assert_eq!(
        act("create", json!([{ "key": "team", "value": "red" }]))
            .await
            .0,
        204
    );
    assert_eq!(
        act(
            "delete",
            json!([{ "key": "kind", "value": "other" }, { "key": "environment" }])
        )
        .await
        .0,
        204
    );
    assert_eq!(
        tags().await,
        json!([{ "key": "kind", "value": "ha" }, { "key": "team", "value": "red" }])
    );
    let (_, all) = cloud.get("/v2/P/dcs/tags").await;
    assert_eq!(
        all["tags"][0],
        json!({ "key": "environment", "values": ["simulated"] })
    );
    assert_eq!(
        all["tags"][1],
        json!({ "key": "kind", "values": ["cluster", "ha", "single"] })
    );
    assert_eq!(
        act(
            "create",
            json!([{ "key": "x", "value": "y" }, { "key": "z" }])
        )
        .await
        .0,
        400
    );
    assert_eq!(tags().await.as_array().unwrap().len(), 2);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_chosen_address_is_nobody_elses() {
    let cloud = cloud().await;
    let path = "/v2/P/instances";
    // Nodes have the addresses from 10.20.0.10 on; the next instance would get this one.
    let chosen = "10.20.0.20";
    let mut body = order("chosen");
    body["private_ip"] = json!(chosen);
    body["instance_num"] = json!(2);
    assert_eq!(
        refused(&cloud, Method::POST, path, body.clone()).await,
        code("DCS.4800")
    );
    body["instance_num"] = json!(1);
    let (_, made) = cloud.post(path, Some(body.clone())).await;
    let id = text(&made, "/instances/0/instance_id");
    let (_, shown) = cloud.get(&format!("{path}/{id}")).await;
    assert_eq!(text(&shown, "/ip"), chosen);
    body["name"] = json!("other");
    assert_eq!(
        refused(&cloud, Method::POST, path, body).await,
        code("DCS.4800")
    );
    for name in ["made-1", "made-2", "made-3"] {
        create(&cloud, name).await;
    }
    let instances = cloud.running.redis_instances();
    let mut all: Vec<&str> = instances
        .iter()
        .flat_map(|instance| &instance.replicas)
        .map(|node| node.ip.as_str())
        .collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[tokio::test]
async fn clock_times_and_days_have_no_signs() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instances/{id}");
    let policy = |at: &str, begin: &str| {
        json!({ "instance_backup_policy": { "backup_type": "auto", "save_days": 1,
            "periodical_backup_plan": { "backup_at": [at], "period_type": "weekly", "begin_at": begin } } })
    };
    for (body, expected) in [
        (
            json!({ "maintain_begin": "+2:00:00", "maintain_end": "03:00:00" }),
            "DCS.4106",
        ),
        (policy("1", "+2:00-03:00"), "DCS.4076"),
        (policy("+1", "02:00-03:00"), "DCS.4075"),
    ] {
        assert_eq!(
            refused(&cloud, Method::PUT, &path, body).await,
            code(expected)
        );
    }
    let good = policy("1", "23:00-24:00");
    assert_eq!(cloud.send(Method::PUT, &path, Some(good)).await.0, 204);
}
