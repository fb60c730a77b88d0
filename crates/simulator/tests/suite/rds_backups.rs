//! Backups of databases, the times that can be restored, and the space that data takes.

use serde_json::{Value, json};

use crate::support::{cloud, text};

#[tokio::test]
async fn no_two_backups_have_one_name() {
    let cloud = cloud().await;
    let make = async |name: &str| {
        let body = json!({ "instance_id": cloud.database("mysql-1"), "name": name });
        let made = cloud.post("/v3/P/backups", Some(body)).await;
        cloud.advance(30);
        made
    };
    let (status, made) = make("before-the-change").await;
    assert_eq!(status, 200, "{made}");
    let (status, refused) = make("before-the-change").await;
    let code = text(&refused, "/error_code");
    assert_eq!((status, code), (409, "DBS.201201"), "{refused}");
    let id = text(&made, "/backup/id");
    let path = format!("/v3/P/backups/{id}");
    cloud.send(reqwest::Method::DELETE, &path, None).await;
    assert_eq!(make("before-the-change").await.0, 200, "it is free again");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn the_times_that_can_be_restored_are_those_of_the_day_that_is_asked_for() {
    let cloud = cloud().await;
    let path = format!("/v3/P/instances/{}/restore-time", cloud.database("mysql-1"));
    let span = async |query: &str| {
        let (status, body) = cloud.get(&format!("{path}{query}")).await;
        assert_eq!(status, 200, "{body}");
        let times = |span: &Value| {
            let time = |name: &str| {
                let time = span[name].as_i64().unwrap();
                jiff::Timestamp::from_millisecond(time).unwrap().to_string()
            };
            (time("start_time"), time("end_time"))
        };
        let spans = body["restore_time"].as_array().unwrap();
        spans.iter().map(times).collect::<Vec<_>>()
    };
    let [(first, last)] = &span("").await[..] else {
        panic!("there is one span");
    };
    // From one day into the next.
    let [begins, ends] = [first, last].map(|time| time.split_once('T').unwrap().0);
    assert_ne!(begins, ends);
    let on = async |day: &str| span(&format!("?date={day}")).await;
    let midnight = format!("{begins}T23:59:59.999Z");
    assert_eq!(on(begins).await, [(first.clone(), midnight)]);
    let midnight = format!("{ends}T00:00:00Z");
    assert_eq!(on(ends).await, [(midnight, last.clone())]);
    assert_eq!(on("2020-01-01").await, []);
    let (status, refused) = cloud.get(&format!("{path}?date=2026-02-30")).await;
    assert_eq!(status, 400, "{refused}");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_instance_uses_a_part_of_its_own_storage() {
    let cloud = cloud().await;
    let (_, list) = cloud.get("/v3/P/instances").await;
    let mut all = Vec::new();
    for instance in list["instances"].as_array().unwrap() {
        let id = text(instance, "/id");
        let path = format!("/v3/P/instances/{id}/storage-used-space");
        let (status, used) = cloud.get(&path).await;
        if instance["datastore"]["type"] == "PostgreSQL" {
            assert_eq!(status, 400, "{used}");
            continue;
        }
        assert_eq!(used["node_id"], instance["nodes"][0]["id"]);
        let used: f64 = text(&used, "/used").parse().unwrap();
        let size = instance["volume"]["size"].as_f64().unwrap();
        assert!(0.0 < used && used < size, "{used} of {size}");
        all.push(used.to_string());
    }
    all.dedup();
    assert!(all.len() > 1, "{all:?}");
}
