//! Settings and times at the ends of what can be told.

use std::time::Duration;

use jiff::Timestamp;
use otcdb_simulator::{
    Clock, MOST_BYTES, MOST_ENTRIES, MOST_FILES, MOST_FILES_OF_ALL, MOST_INSTANCES, Simulator,
    StartError,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{answer, builder, start, text};

const BUNDLES: [&str; 3] = [
    include_str!("../../../../openapi/dist/dcs.json"),
    include_str!("../../../../openapi/dist/iam.json"),
    include_str!("../../../../openapi/dist/rds.json"),
];

/// Method and path of every operation.
fn operations() -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for bundle in BUNDLES {
        let bundle: Value = serde_json::from_str(bundle).unwrap();
        for (path, item) in bundle["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if operation.get("operationId").is_some() {
                    found.push((method.to_uppercase().parse().unwrap(), path.clone()));
                }
            }
        }
    }
    assert!(found.len() > 80);
    found
}

fn at_the_ends() -> [Timestamp; 4] {
    let second = Duration::from_secs(1);
    [
        Timestamp::MIN,
        Timestamp::MIN + second,
        Timestamp::MAX - second,
        Timestamp::MAX,
    ]
}

/// A response of any kind: none came where a handler had panicked.
#[tokio::test]
async fn every_operation_is_answered_at_the_ends_of_the_calendar() {
    for time in at_the_ends() {
        let settings = builder()
            .clock(Clock::manual(time))
            .require_auth(false)
            .collect_delay(Duration::MAX)
            .export_delay(Duration::MAX)
            .export_kept(Duration::MAX)
            .token_lifetime(Duration::MAX)
            .redis_link_lifetime(Duration::MAX)
            .rds_link_lifetime(Duration::MAX);
        let cloud = start(settings).await;
        let redis = cloud.redis("redis-ha-1").id;
        let database = cloud.database("mysql-1");
        let project = cloud.running.project_id().to_owned();
        for round in 0..2 {
            for (method, path) in operations() {
                let instance = if path.starts_with("/v3") {
                    &database
                } else {
                    &redis
                };
                let path = path
                    .replace("{project_id}", &project)
                    .replace("{instance_id}", instance)
                    .replace(['{', '}'], "");
                let request = cloud.bare(method.clone(), &path);
                let response = request.json(&json!({})).send().await;
                let response = response.unwrap_or_else(|error| panic!("{time} {path}: {error}"));
                assert_ne!(response.status().as_u16(), 500, "{time} {method} {path}");
            }
            if round == 0 {
                cloud.running.clock().advance(Duration::MAX);
            }
        }
    }
}

/// Names carry the time, and there is no later one.
#[tokio::test]
async fn exports_in_the_last_moment_have_names_of_their_own() {
    let settings = builder()
        .clock(Clock::manual(Timestamp::MAX))
        .require_auth(false)
        .export_delay(Duration::ZERO)
        .export_kept(Duration::ZERO);
    let cloud = start(settings).await;
    let id = cloud.database("mysql-1");
    let path = format!(
        "/v3/{}/instances/{id}/slowlog-download",
        cloud.running.project_id()
    );
    let mut names = Vec::new();
    for _ in 0..3 {
        let response = cloud
            .bare(Method::POST, &path)
            .json(&json!({}))
            .send()
            .await;
        let (status, list) = answer(response.unwrap()).await;
        assert_eq!(status, 200, "{list}");
        names.push(text(&list, "/list/0/file_name").to_owned());
    }
    names.dedup();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[tokio::test]
async fn more_than_there_can_be_is_refused() {
    let plain = Simulator::builder;
    for (settings, what) in [
        (plain().redis(MOST_INSTANCES + 1, 0, 0), "instances"),
        (plain().redis(0, 0, usize::MAX), "instances"),
        (plain().databases(0, usize::MAX, 0), "instances"),
        (plain().entries(MOST_ENTRIES + 1), "entries"),
        (plain().entries(usize::MAX), "entries"),
        (
            plain().audit_files(MOST_FILES + 1),
            "audit logs of an instance",
        ),
        (plain().trace_files(usize::MAX), "trace files"),
        (
            plain()
                .databases(MOST_FILES_OF_ALL / 100 + 1, 0, 0)
                .audit_files(100),
            "audit logs of all instances",
        ),
        (plain().log_size(0..=MOST_BYTES + 1), "bytes in a log file"),
        (plain().log_size(u64::MAX..=u64::MAX), "bytes in a log file"),
    ] {
        let error = settings.start().await.unwrap_err();
        assert!(matches!(error, StartError::TooMany { .. }), "{error:?}");
        assert!(error.to_string().contains(what), "{what}: {error}");
    }
    let none = plain()
        .redis(0, 0, 0)
        .databases(0, 0, 0)
        .log_size(0..=0)
        .entries(0)
        .audit_files(0);
    assert!(none.start().await.is_ok());
    assert!(
        plain()
            .log_size(MOST_BYTES..=MOST_BYTES)
            .start()
            .await
            .is_ok()
    );
}
