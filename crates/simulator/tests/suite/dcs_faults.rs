//! Work on Redis instances that fails, and calls that are refused while faults wait for work.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Cloud, faulty, text};

async fn statuses_of_tasks(cloud: &Cloud, id: &str) -> Vec<String> {
    let (_, list) = cloud.get(&format!("/v2/P/instances/{id}/tasks")).await;
    let tasks = list["tasks"].as_array().unwrap();
    tasks
        .iter()
        .map(|task| text(task, "/status").to_owned())
        .collect()
}

#[tokio::test]
async fn what_changes_with_the_response_has_a_task_that_succeeds() {
    let cloud = faulty(&["dcs.*:job-failed:times=always"]).await;
    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instances/{id}");
    let list = json!({ "enable_whitelist": true, "whitelist": [{ "group_name": "a", "ip_list": ["10.1.1.1"] }] });
    for (method, path, body) in [
        (Method::PUT, path.clone(), json!({ "port": 6390 })),
        (
            Method::PUT,
            format!("/v2/P/instance/{id}/whitelist"),
            list.clone(),
        ),
        (
            Method::POST,
            format!("{path}/password/reset"),
            json!({ "new_password": "Simulated-1" }),
        ),
        (
            Method::PUT,
            format!("{path}/password"),
            json!({ "old_password": "Simulated-1", "new_password": "Simulated-2" }),
        ),
    ] {
        let (status, response) = cloud.send(method, &path, Some(body)).await;
        assert!(status < 300, "{path}: {response}");
    }
    cloud.advance(60);
    assert_eq!(cloud.get(&path).await.1["port"], 6390);
    let (_, shown) = cloud.get(&format!("/v2/P/instance/{id}/whitelist")).await;
    assert_eq!(shown["whitelist"], list["whitelist"]);
    assert!(
        !statuses_of_tasks(&cloud, &id)
            .await
            .contains(&"FAIL".to_owned())
    );
}

#[tokio::test]
async fn an_address_stays_if_the_work_of_removing_it_fails() {
    let cloud = faulty(&["DeleteIpFromDomainName:job-failed"]).await;
    let id = cloud.redis("redis-cluster-1").id;
    let (_, groups) = cloud.get(&format!("/v2/P/instance/{id}/groups")).await;
    let group = text(&groups, "/group_list/0/group_id");
    let node = text(&groups, "/group_list/0/replication_list/1/node_id");
    let path = format!("/v2/P/instances/{id}/groups/{group}/replications/{node}/remove-ip");
    let hidden = async || {
        let (_, all) = cloud.get("/v2/P/instances-logical-nodes?offset=2").await;
        all["instances"][0]["nodes"][1]["is_remove_ip"].clone()
    };
    for (end, is_hidden) in [("FAIL", false), ("SUCCESS", true)] {
        let (_, job) = cloud.send(Method::DELETE, &path, None).await;
        let job = format!("/v2/P/jobs/{}", text(&job, "/job_id"));
        assert_eq!(hidden().await, false);
        let (_, again) = cloud.send(Method::DELETE, &path, None).await;
        assert_eq!(text(&again, "/error_code"), "DCS.4998");
        cloud.advance(1);
        assert_eq!(cloud.get(&job).await.1["status"], end);
        assert_eq!(hidden().await, is_hidden);
    }
}

#[tokio::test]
async fn a_refused_call_uses_up_no_fault() {
    let cloud = faulty(&[
        "RestartOrFlushInstances:job-failed",
        "StopMigrationTask+BatchStopMigrationTasks:job-failed",
        "ListBackupRecords:stale-list",
    ])
    .await;
    let id = cloud.redis("redis-ha-1").id;
    let restart = |id: &str| json!({ "instances": [id], "action": "restart" });
    let status = "/v2/P/instances/status";
    let (_, response) = cloud
        .send(Method::PUT, status, Some(restart("unknown")))
        .await;
    assert_eq!(text(&response, "/results/0/result"), "failed");
    let stop = async |id: &str| {
        let path = format!("/v2/P/migration-task/{id}/stop");
        cloud.post(&path, None).await
    };
    assert_eq!(stop("unknown").await.0, 400);
    let batch = async |id: &str| {
        let body = json!({ "migration_tasks": [id] });
        cloud
            .post("/v2/P/migration-task/batch-stop", Some(body))
            .await
            .1
    };
    assert_eq!(
        text(&batch("unknown").await, "/migration_tasks/0/result"),
        "failed"
    );
    assert_eq!(cloud.get("/v2/P/instances/unknown/backups").await.0, 404);

    let backups = format!("/v2/P/instances/{id}/backups");
    assert_eq!(cloud.post(&backups, Some(json!({}))).await.0, 200);
    assert_eq!(cloud.get(&backups).await.1["total_num"], 1);
    assert_eq!(cloud.get(&backups).await.1["total_num"], 2);
    cloud.advance(60);
    let import = json!({
        "task_name": "import", "migration_type": "backupfile_import", "migration_method": "full_amount_migration",
        "backup_files": { "bucket_name": "b", "files": [{ "file_name": "f" }] }, "target_instance": { "id": id },
    });
    let (_, made) = cloud.post("/v2/P/migration-task", Some(import)).await;
    let task = text(&made, "/id");
    assert_eq!(
        text(&batch(task).await, "/migration_tasks/0/result"),
        "success"
    );
    cloud.advance(3);
    let (_, shown) = cloud.get(&format!("/v2/P/migration-task/{task}")).await;
    assert_ne!(text(&shown, "/status"), "TERMINATED");

    cloud.send(Method::PUT, status, Some(restart(&id))).await;
    cloud.advance(60);
    let (_, shown): (u16, Value) = cloud.get(&format!("/v2/P/instances/{id}")).await;
    assert_eq!(text(&shown, "/status"), "ERROR");
}

/// An online migration to the primary/standby instance that has begun to copy.
async fn copying(cloud: &Cloud) -> String {
    let new =
        json!({ "name": "moving", "vpc_id": "v", "subnet_id": "s", "security_group_id": "g" });
    let (_, made) = cloud.post("/v2/P/migration/instance", Some(new)).await;
    let id = text(&made, "/instance_id").to_owned();
    cloud.advance(5);
    let body = json!({
        "migration_method": "incremental_migration", "resume_mode": "auto",
        "source_instance": { "addrs": "192.0.2.1:6379" },
        "target_instance": { "id": cloud.redis("redis-ha-1").id },
    });
    let (status, response) = cloud
        .post(&format!("/v2/P/migration/{id}/task"), Some(body))
        .await;
    assert_eq!(status, 200, "{response}");
    id
}

/// Status and percentage of a migration.
async fn migrated(cloud: &Cloud, id: &str) -> (String, u64) {
    let (_, shown) = cloud.get(&format!("/v2/P/migration-task/{id}")).await;
    let (_, stats) = cloud.get(&format!("/v2/P/migration-task/{id}/stats")).await;
    (
        text(&shown, "/status").to_owned(),
        text(&stats, "/full_migration_progress").parse().unwrap(),
    )
}

#[tokio::test]
async fn a_migration_that_fails_or_is_stopped_keeps_its_percentage() {
    let cloud = faulty(&["SetOnlineMigrationTask:job-failed"]).await;
    let failing = copying(&cloud).await;
    cloud.advance(100);
    assert_eq!(
        migrated(&cloud, &failing).await,
        ("MIGRATION_FAILED".to_owned(), 50)
    );
    let stopped = copying(&cloud).await;
    cloud.advance(2);
    cloud
        .post(&format!("/v2/P/migration-task/{stopped}/stop"), None)
        .await;
    assert_eq!(
        migrated(&cloud, &stopped).await,
        ("TERMINATING".to_owned(), 25)
    );
    cloud.advance(100);
    assert_eq!(
        migrated(&cloud, &stopped).await,
        ("TERMINATED".to_owned(), 25)
    );
}

#[tokio::test]
async fn a_migration_whose_stop_fails_goes_on_and_can_be_stopped_again() {
    let cloud = faulty(&["StopMigrationTask:job-failed"]).await;
    let id = copying(&cloud).await;
    cloud.advance(2);
    let stop = format!("/v2/P/migration-task/{id}/stop");
    cloud.post(&stop, None).await;
    assert_eq!(migrated(&cloud, &id).await, ("TERMINATING".to_owned(), 25));
    cloud.advance(2);
    assert_eq!(
        migrated(&cloud, &id).await,
        ("FULLMIGRATING".to_owned(), 50)
    );
    assert_eq!(cloud.post(&stop, None).await.0, 200);
    cloud.advance(2);
    assert_eq!(migrated(&cloud, &id).await, ("TERMINATED".to_owned(), 50));
}
