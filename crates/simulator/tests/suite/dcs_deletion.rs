//! What goes with a Redis instance or a backup that is deleted, and what cannot be deleted.

use reqwest::Method;
use serde_json::json;

use crate::dcs_jobs::code;
use crate::support::{cloud, text};

#[tokio::test]
async fn files_of_what_is_deleted_are_gone() {
    let cloud = cloud().await;
    let status = async |link: &str| cloud.client.get(link).send().await.unwrap().status();
    let link = cloud.run_log_link().await;
    assert_eq!(status(&link).await, 200);
    let single = cloud.redis("redis-single-1").id;
    let one = format!("/v2/P/instances/{single}");
    assert_eq!(cloud.send(Method::DELETE, &one, None).await.0, 204);
    assert_eq!(status(&link).await, 404);

    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instances/{id}/backups");
    let (_, made) = cloud.post(&path, Some(json!({}))).await;
    cloud.advance(60);
    let (_, list) = cloud.get(&path).await;
    let first = text(&list, "/backup_record_response/1/backup_id");
    let second = text(&made, "/backup_id");
    let mut links = Vec::new();
    for backup in [first, second] {
        let body = Some(json!({ "expiration": 300 }));
        let (_, response) = cloud.post(&format!("{path}/{backup}/links"), body).await;
        links.push(text(&response, "/links/0/link").to_owned());
    }
    let certificate = format!("/v2/P/instances/{id}/ssl-certs/download");
    let (_, certificate) = cloud.post(&certificate, None).await;
    links.push(text(&certificate, "/link").to_owned());
    for link in &links {
        assert_eq!(status(link).await, 200);
    }
    let deleted = cloud
        .send(Method::DELETE, &format!("{path}/{first}"), None)
        .await;
    assert_eq!(deleted.0, 204);
    assert_eq!(status(&links[0]).await, 404);
    assert_eq!(status(&links[1]).await, 200);
    let body = json!({ "instances": [id] });
    cloud
        .send(Method::DELETE, "/v2/P/instances", Some(body))
        .await;
    assert_eq!(status(&links[1]).await, 404);
    assert_eq!(status(&links[2]).await, 404);
}

#[tokio::test]
async fn what_is_in_use_is_not_deleted() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instances/{id}");
    let (_, list) = cloud.get(&format!("{path}/backups")).await;
    let backup = text(&list, "/backup_record_response/0/backup_id");
    let restore = json!({ "backup_id": backup });
    cloud.post(&format!("{path}/restores"), Some(restore)).await;
    let backup = format!("{path}/backups/{backup}");
    assert_eq!(
        code(&cloud, Method::DELETE, &backup, None).await,
        "DCS.4097"
    );
    cloud.advance(60);
    assert_eq!(cloud.send(Method::DELETE, &backup, None).await.0, 204);

    let import = json!({
        "task_name": "import", "migration_type": "backupfile_import", "migration_method": "full_amount_migration",
        "backup_files": { "bucket_name": "b", "files": [{ "file_name": "f" }] }, "target_instance": { "id": id },
    });
    cloud.post("/v2/P/migration-task", Some(import)).await;
    assert_eq!(code(&cloud, Method::DELETE, &path, None).await, "DCS.4026");
    let body = json!({ "instances": [id] });
    let (_, results) = cloud
        .send(Method::DELETE, "/v2/P/instances", Some(body))
        .await;
    assert_eq!(text(&results, "/results/0/result"), "failed");
    cloud.advance(8);
    assert_eq!(cloud.send(Method::DELETE, &path, None).await.0, 204);
}
