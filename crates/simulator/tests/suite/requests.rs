//! What the schemas of requests refuse, and what they leave out.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{cloud, text};

#[tokio::test]
async fn what_the_description_forbids_is_refused() {
    let cloud = cloud().await;
    let redis = format!("/v2/P/instances/{}", cloud.redis("redis-ha-1").id);
    for (path, name) in [
        ("/backups?limit=-1", "limit"),
        ("/redislog?log_type=run&limit=0", "limit"),
        ("/restores?offset=2147483648", "offset"),
        ("/backups?begin_time=", "begin_time"),
        ("/tasks?start_time=2020-06-09", "start_time"),
        ("/slowlog?start_time=-1&end_time=2", "start_time"),
    ] {
        let (status, refused) = cloud.get(&format!("{redis}{path}")).await;
        let message = format!("Invalid {name} in the request.");
        assert_eq!((status, text(&refused, "/error_msg")), (400, &*message));
    }
    for (method, path, code) in [
        (Method::PUT, "/v2/P/instances/status", "DCS.4065"),
        (Method::DELETE, "/v2/P/instances", "DCS.4065"),
        (Method::PUT, &*format!("{redis}/configs"), "DCS.4800"),
    ] {
        let (status, refused) = cloud.send(method, path, Some(json!({}))).await;
        assert_eq!(
            (status, text(&refused, "/error_code")),
            (400, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_body_that_may_be_left_out_is_not_missed() {
    let cloud = cloud().await;
    let backups = format!("/v2/P/instances/{}/backups", cloud.redis("redis-ha-1").id);
    let (status, made) = cloud.post(&backups, None).await;
    assert_eq!(status, 200, "{made}");
    let path = "/v2/P/instances?all_failure=true";
    let (status, deleted) = cloud.send(Method::DELETE, path, None).await;
    assert_eq!((status, &deleted["results"]), (200, &json!([])));
    let (status, refused) = cloud.send(Method::DELETE, "/v2/P/instances", None).await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DCS.4065"));
}

#[tokio::test]
async fn what_the_documentation_shows_in_another_type_is_taken_and_nothing_else() {
    let cloud = cloud().await;
    let path = format!("/v2/P/instances/{}", cloud.redis("redis-ha-1").id);
    let change = |days: Value, at: Value, port: Value| {
        json!({ "port": port, "instance_backup_policy": {
            "backup_type": "auto", "save_days": days,
            "periodical_backup_plan": { "backup_at": [at], "period_type": "weekly", "begin_at": "00:00-01:00" },
        } })
    };
    let (status, refused) = cloud
        .send(
            Method::PUT,
            &path,
            Some(change(json!("2,"), json!("7"), json!(6380))),
        )
        .await;
    assert_eq!(status, 204, "{refused}");
    let (_, shown) = cloud.get(&path).await;
    let policy = &shown["instance_backup_policy"]["policy"];
    assert_eq!(policy["save_days"], 2);
    assert_eq!(policy["periodical_backup_plan"]["backup_at"], json!([7]));
    for (body, code) in [
        (change(json!("8"), json!(7), json!(1)), "DCS.4072"),
        (change(json!(1), json!("0"), json!(1)), "DCS.4075"),
        (change(json!(1), json!(1), json!("6380")), "DCS.4800"),
    ] {
        let (status, refused) = cloud.send(Method::PUT, &path, Some(body)).await;
        assert_eq!((status, text(&refused, "/error_code")), (400, code));
    }
}
