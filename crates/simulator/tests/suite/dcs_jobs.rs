//! What is done with Redis instances: backups, parameters, templates, security, tasks, analyses, migrations, reports.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Cloud, cloud, faulty, text};

pub(crate) async fn code(cloud: &Cloud, method: Method, path: &str, body: Option<Value>) -> String {
    let (status, response) = cloud.send(method, path, body).await;
    assert_eq!(status, 400, "{response}");
    text(&response, "/error_code").to_owned()
}

#[tokio::test]
async fn a_backup_is_made_listed_downloaded_restored_and_deleted() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-cluster-1").id;
    let path = format!("/v2/P/instances/{id}/backups");
    let (_, made) = cloud
        .post(
            &path,
            Some(json!({ "remark": "mine", "backup_format": "aof" })),
        )
        .await;
    let backup = text(&made, "/backup_id").to_owned();
    let one = format!("{path}/{backup}");
    let first = async || cloud.get(&path).await.1["backup_record_response"][0].clone();
    assert_eq!(first().await["status"], "waiting");
    cloud.advance(5);
    let running = first().await;
    assert_eq!(
        (text(&running, "/status"), text(&running, "/progress")),
        ("backuping", "50.00")
    );
    assert_eq!(code(&cloud, Method::DELETE, &one, None).await, "DCS.4096");
    let restores = format!("/v2/P/instances/{id}/restores");
    let wanted = json!({ "backup_id": backup });
    assert_eq!(
        code(&cloud, Method::POST, &restores, Some(wanted.clone())).await,
        "DCS.4096"
    );
    cloud.advance(4);
    let done = first().await;
    assert_eq!(
        (text(&done, "/status"), text(&done, "/remark")),
        ("succeed", "mine")
    );
    let (_, list) = cloud
        .get(&format!(
            "{path}?begin_time=20260416120000&end_time=20260416120000"
        ))
        .await;
    assert_eq!(list["total_num"], 1);
    let (_, page) = cloud.get(&format!("{path}?offset=1&limit=5")).await;
    assert_eq!(
        (
            &page["total_num"],
            page["backup_record_response"].as_array().unwrap().len()
        ),
        (&json!(2), 1)
    );

    let (_, links) = cloud
        .post(&format!("{one}/links"), Some(json!({ "expiration": 300 })))
        .await;
    assert_eq!(links["links"].as_array().unwrap().len(), 3);
    let link = text(&links, "/links/0/link");
    assert!(
        cloud
            .client
            .get(link)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    cloud.advance(300);
    assert_eq!(cloud.client.get(link).send().await.unwrap().status(), 403);

    let (_, restored) = cloud.post(&restores, Some(wanted)).await;
    let (_, shown) = cloud.get(&format!("/v2/P/instances/{id}")).await;
    assert_eq!(text(&shown, "/status"), "RESTORING");
    cloud.advance(6);
    let (_, records) = cloud.get(&restores).await;
    assert_eq!(
        records["restore_record_response"][0]["restore_id"],
        restored["restore_id"]
    );
    assert_eq!(
        text(&records, "/restore_record_response/0/status"),
        "succeed"
    );
    assert_eq!(cloud.send(Method::DELETE, &one, None).await.0, 204);
    let (_, list) = cloud.get(&path).await;
    assert_eq!(list["total_num"], 1);
    assert_eq!(cloud.send(Method::DELETE, &one, None).await.0, 400);
    let single = cloud.redis("redis-single-1").id;
    let path = format!("/v2/P/instances/{single}/backups");
    assert_eq!(
        code(&cloud, Method::POST, &path, Some(json!({}))).await,
        "DCS.4095"
    );
    assert_eq!(cloud.get(&path).await, (204, Value::Null));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_backup_that_fails_cannot_be_restored() {
    let cloud = faulty(&["CopyInstance:job-failed"]).await;
    let id = cloud.redis("redis-ha-1").id;
    let (_, made) = cloud
        .post(&format!("/v2/P/instances/{id}/backups"), Some(json!({})))
        .await;
    cloud.advance(60);
    let (_, list) = cloud.get(&format!("/v2/P/instances/{id}/backups")).await;
    assert_eq!(text(&list, "/backup_record_response/0/status"), "failed");
    assert_eq!(
        text(&list, "/backup_record_response/0/error_code"),
        "dcs.08.0002"
    );
    let path = format!("/v2/P/instances/{id}/restores");
    let body = json!({ "backup_id": made["backup_id"] });
    assert_eq!(
        code(&cloud, Method::POST, &path, Some(body)).await,
        "DCS.4087"
    );
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn parameters_change_with_a_record() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-single-1").id;
    let path = format!("/v2/P/instances/{id}/configs");
    let set = |name: &str, value: &str| {
        Some(
            json!({ "redis_config": [{ "param_id": "1", "param_name": name, "param_value": value }] }),
        )
    };
    assert_eq!(
        cloud
            .send(Method::PUT, &path, set("timeout", "1000"))
            .await
            .0,
        204
    );
    let (_, list) = cloud.get(&path).await;
    assert_eq!(
        (
            text(&list, "/config_status"),
            text(&list, "/redis_config/0/param_value")
        ),
        ("UPDATING", "0")
    );
    assert_eq!(
        code(&cloud, Method::PUT, &path, set("timeout", "1")).await,
        "DCS.4114"
    );
    cloud.advance(2);
    let (_, list) = cloud.get(&path).await;
    assert_eq!(
        (
            text(&list, "/config_status"),
            text(&list, "/redis_config/0/param_value")
        ),
        ("SUCCESS", "1000")
    );
    let one = |id: &str, name: &str, value: &str| json!({ "param_id": id, "param_name": name, "param_value": value });
    for list in [
        json!([one("99", "timeout", "1")]),
        json!([one("1", "timeout", "1"), one("1", "timeout", "2")]),
    ] {
        assert_eq!(
            code(
                &cloud,
                Method::PUT,
                &path,
                Some(json!({ "redis_config": list }))
            )
            .await,
            "DCS.4066"
        );
    }
    for (name, value) in [
        ("timeout", "7201"),
        ("timeout", "soon"),
        ("timeout", "+7"),
        ("nothing", "1"),
    ] {
        assert_eq!(
            code(&cloud, Method::PUT, &path, set(name, value)).await,
            "DCS.4066"
        );
    }
    let (_, histories) = cloud
        .get(&format!("/v2/P/instances/{id}/config-histories?limit=1"))
        .await;
    assert_eq!(histories["history_num"], 2);
    assert_eq!(histories["histories"].as_array().unwrap().len(), 1);
    assert_eq!(text(&histories, "/histories/0/status"), "SUCCESS");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_template_is_made_listed_and_used() {
    let cloud = cloud().await;
    let path = "/v2/P/config-templates";
    let (_, system) = cloud
        .get(&format!(
            "{path}?type=sys&engine_version=5.0&cache_mode=single"
        ))
        .await;
    assert_eq!(
        (
            &system["template_num"],
            text(&system, "/templates/0/template_id")
        ),
        (&json!(1), "11")
    );
    let body =
        json!({ "template_id": "11", "name": "mine", "type": "user", "params": { "timeout": 15 } });
    let (_, made) = cloud.post(path, Some(body.clone())).await;
    let (_, own) = cloud.get(&format!("{path}?type=user&name=in")).await;
    assert_eq!(
        (&own["template_num"], &own["templates"][0]["template_id"]),
        (&json!(1), &made["id"])
    );
    let mut bad = body;
    bad["params"] = json!({ "timeout": "never" });
    assert_eq!(
        code(&cloud, Method::POST, path, Some(bad)).await,
        "DCS.4066"
    );
    let order = json!({
        "name": "from-template", "engine": "Redis", "engine_version": "5.0", "capacity": 1,
        "spec_code": "redis.single.xu1.large.1", "az_codes": ["eu-de-01"], "vpc_id": "v",
        "subnet_id": "s", "no_password_access": true, "template_id": made["id"],
    });
    let (_, instance) = cloud.post("/v2/P/instances", Some(order)).await;
    let id = text(&instance, "/instances/0/instance_id");
    cloud.advance(10);
    let (_, list) = cloud.get(&format!("/v2/P/instances/{id}/configs")).await;
    assert_eq!(text(&list, "/redis_config/0/param_value"), "15");
    // It has an older version, which knows no SSL, and a policy under which there are no hot keys.
    let of = |what: &str| format!("/v2/P/instances/{id}/{what}");
    assert_eq!(
        code(&cloud, Method::GET, &of("ssl"), None).await,
        "DCS.4201"
    );
    assert_eq!(
        code(&cloud, Method::POST, &of("hotkey-task"), None).await,
        "DCS.4922"
    );
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn the_whitelist_is_replaced_and_checked() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instance/{id}/whitelist");
    let body = json!({ "enable_whitelist": false, "whitelist": [
        { "group_name": "a", "ip_list": ["10.10.10.1", "10.10.0.0/16"] }, { "group_name": "b", "ip_list": [] },
    ] });
    assert_eq!(
        cloud.send(Method::PUT, &path, Some(body.clone())).await.0,
        204
    );
    let (_, shown) = cloud.get(&path).await;
    assert_eq!(
        (&shown["enable_whitelist"], &shown["whitelist"]),
        (&json!(false), &body["whitelist"])
    );
    let many: Vec<String> = (1..22).map(|number| format!("10.0.0.{number}")).collect();
    for list in [
        json!(["0.0.0.0"]),
        json!(["0.0.0.0/0"]),
        json!(["here"]),
        json!(["10.1.0.0/+8"]),
        json!(many),
    ] {
        let body = json!({ "enable_whitelist": true, "whitelist": [{ "group_name": "a", "ip_list": list }] });
        assert_eq!(
            code(&cloud, Method::PUT, &path, Some(body)).await,
            "DCS.4800"
        );
    }
    assert_eq!(cloud.get(&path).await.1, shown);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn ssl_is_switched_on_with_a_job() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instances/{id}/ssl");
    assert_eq!(cloud.get(&path).await, (204, Value::Null));
    let (_, job) = cloud
        .send(Method::PUT, &path, Some(json!({ "enabled": true })))
        .await;
    let job = format!("/v2/P/jobs/{}", text(&job, "/job_id"));
    assert_eq!(cloud.get(&job).await.1["status"], "RUNNING");
    assert_eq!(cloud.get(&path).await.0, 204);
    cloud.advance(1);
    let (_, ended) = cloud.get(&job).await;
    assert_eq!(ended["status"], "SUCCESS");
    // No page says what such a job and its task are called.
    assert_eq!(ended["job_type"], Value::Null);
    let (_, tasks) = cloud.get(&format!("/v2/P/instances/{id}/tasks")).await;
    let names = tasks["tasks"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|task| text(task, "/name")).collect();
    assert_eq!(names, ["AddWhitelist"]);
    assert_eq!(tasks["task_count"], "1");
    assert_eq!(cloud.get(&path).await.1["enabled"], true);
    let (_, certificate) = cloud
        .post(&format!("/v2/P/instances/{id}/ssl-certs/download"), None)
        .await;
    let link = text(&certificate, "/link");
    assert!(
        cloud
            .client
            .get(link)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    assert_eq!(
        cloud.get("/v2/P/jobs/unknown").await.1["error_code"],
        "DCS.4133"
    );
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn tasks_are_listed_by_time_and_deleted_when_they_have_ended() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-ha-1").id;
    let path = format!("/v2/P/instances/{id}/tasks");
    cloud
        .post(&format!("/v2/P/instances/{id}/swap"), None)
        .await;
    let (_, all) = cloud.get(&path).await;
    assert_eq!(all["task_count"], "2");
    let (_, today) = cloud
        .get(&format!(
            "{path}?start_time=20260416000000&end_time=20260416235959"
        ))
        .await;
    assert_eq!(
        (&today["task_count"], text(&today, "/tasks/0/status")),
        (&json!("1"), "RUNNING")
    );
    let (_, bad) = cloud
        .get(&format!(
            "{path}?start_time=20260417000000&end_time=20260416000000"
        ))
        .await;
    assert_eq!(text(&bad, "/error_code"), "DCS.4025");
    let task = text(&today, "/tasks/0/id");
    let one = format!("{path}/{task}");
    assert_eq!(code(&cloud, Method::DELETE, &one, None).await, "DCS.4957");
    cloud.advance(2);
    assert_eq!(cloud.send(Method::DELETE, &one, None).await.0, 200);
    assert_eq!(code(&cloud, Method::DELETE, &one, None).await, "DCS.4133");
    let old = format!("/v2/P/tasks/{}", text(&all, "/tasks/1/id"));
    assert_eq!(cloud.send(Method::DELETE, &old, None).await.0, 200);
    assert_eq!(cloud.get(&path).await.1["task_count"], "0");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn keys_are_analysed_one_analysis_at_a_time() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-cluster-1").id;
    for (word, unknown) in [("bigkey", "DCS.4942"), ("hotkey", "DCS.4941")] {
        let base = format!("/v2/P/instances/{id}/{word}");
        let (_, made) = cloud.post(&format!("{base}-task"), None).await;
        assert_eq!(
            (text(&made, "/status"), &made["num"]),
            ("waiting", &json!(0))
        );
        let running = code(&cloud, Method::POST, &format!("{base}-task"), None).await;
        assert_eq!(
            running,
            if word == "bigkey" {
                "DCS.4918"
            } else {
                "DCS.4957"
            }
        );
        let one = format!("{base}-task/{}", text(&made, "/id"));
        cloud.advance(2);
        let (_, shown) = cloud.get(&one).await;
        assert_eq!(text(&shown, "/status"), "running");
        assert!(shown.get("started_at").is_some() && shown.get("finished_at").is_none());
        assert_eq!(code(&cloud, Method::DELETE, &one, None).await, "DCS.4957");
        let (_, list) = cloud.get(&format!("{base}-tasks?status=running")).await;
        assert_eq!(
            (&list["count"], &list["records"][0]["id"]),
            (&json!(1), &made["id"])
        );
        cloud.advance(4);
        let (_, shown) = cloud.get(&one).await;
        assert_eq!(
            (text(&shown, "/status"), &shown["num"]),
            ("success", &json!(5))
        );
        assert_eq!(cloud.send(Method::DELETE, &one, None).await, (200, shown));
        assert_eq!(cloud.send(Method::DELETE, &one, None).await.0, 204);
        assert_eq!(code(&cloud, Method::GET, &one, None).await, unknown);
        assert_eq!(cloud.get(&format!("{base}-tasks")).await.1["count"], 1);

        let config = format!("{base}/autoscan");
        assert_eq!(cloud.get(&config).await.1["enable_auto_scan"], false);
        let body = json!({ "enable_auto_scan": true, "schedule_at": ["21:00"] });
        let (_, set) = cloud.send(Method::PUT, &config, Some(body)).await;
        assert_eq!(cloud.get(&config).await, (200, set));
        for time in ["24:00", "+1:00", "01:+0"] {
            let bad = json!({ "enable_auto_scan": true, "schedule_at": [time] });
            assert_eq!(
                code(&cloud, Method::PUT, &config, Some(bad)).await,
                "DCS.4800"
            );
        }
    }
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_online_migration_is_prepared_configured_followed_stopped_and_deleted() {
    let cloud = cloud().await;
    let target = cloud.redis("redis-ha-1").id;
    let new =
        json!({ "name": "moving", "vpc_id": "v", "subnet_id": "s", "security_group_id": "g" });
    let (_, made) = cloud.post("/v2/P/migration/instance", Some(new)).await;
    let id = text(&made, "/instance_id");
    let status =
        async || cloud.get(&format!("/v2/P/migration-task/{id}")).await.1["status"].clone();
    let configure = format!("/v2/P/migration/{id}/task");
    let body = json!({
        "migration_method": "incremental_migration", "resume_mode": "auto", "bandwidth_limit_mb": 5,
        "source_instance": { "id": null, "addrs": "192.0.2.1:6379", "password": "of-the-source" },
        "target_instance": { "id": target, "addrs": null, "password": null },
    });
    assert_eq!(
        code(&cloud, Method::POST, &configure, Some(body.clone())).await,
        "DCS.4957"
    );
    cloud.advance(5);
    assert_eq!(status().await, "RUNNING");
    let mut nowhere = body.clone();
    nowhere["target_instance"]["id"] = json!("unknown");
    assert_eq!(cloud.post(&configure, Some(nowhere)).await.0, 404);
    let (_, started) = cloud.post(&configure, Some(body)).await;
    assert_eq!(text(&started, "/status"), "FULLMIGRATING");
    cloud.advance(4);
    let stats = format!("/v2/P/migration-task/{id}/stats");
    assert_eq!(cloud.get(&stats).await.1["full_migration_progress"], "50");
    cloud.advance(4);
    assert_eq!(status().await, "INCRMIGRATING");
    let one = format!("/v2/P/migration-task/{id}");
    cloud
        .send(Method::PUT, &one, Some(json!({ "resume_mode": "manual" })))
        .await;
    let (_, list) = cloud.get("/v2/P/migration-tasks?name=moving").await;
    assert_eq!(
        (
            &list["count"],
            text(&list, "/migration_tasks/0/resume_mode")
        ),
        (&json!(1), "manual")
    );
    assert_eq!(
        text(&list, "/migration_tasks/0/data_source"),
        "192.0.2.1:6379"
    );
    assert_eq!(
        text(&list, "/migration_tasks/0/target_instance_name"),
        "redis-ha-1"
    );
    let delete = json!({ "task_id_list": [id, "unknown"] });
    let deleting = "/v2/P/migration-tasks/delete";
    assert_eq!(
        code(&cloud, Method::DELETE, deleting, Some(delete.clone())).await,
        "DCS.4957"
    );
    for _ in 0..2 {
        let (_, stopped) = cloud.post(&format!("{one}/stop"), None).await;
        assert_eq!(text(&stopped, "/status"), "TERMINATING");
        assert!(!stopped.to_string().contains("of-the-source"));
    }
    cloud.advance(2);
    assert_eq!(status().await, "TERMINATED");
    let (_, deleted) = cloud.send(Method::DELETE, deleting, Some(delete)).await;
    assert_eq!(deleted["task_id_list"], json!([id]));
    assert_eq!(code(&cloud, Method::GET, &one, None).await, "DCS.4133");
    assert_eq!(cloud.get("/v2/P/migration-tasks").await.1["count"], 1);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_import_ends_or_is_stopped_with_others() {
    let cloud = cloud().await;
    let target = cloud.redis("redis-ha-1").id;
    let body = json!({
        "task_name": "import", "migration_type": "backupfile_import", "migration_method": "full_amount_migration",
        "backup_files": { "bucket_name": "b", "files": [{ "file_name": "f" }] }, "target_instance": { "id": target },
    });
    let path = "/v2/P/migration-task";
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (_, made) = cloud.post(path, Some(body.clone())).await;
        assert_eq!(text(&made, "/status"), "MIGRATING");
        ids.push(text(&made, "/id").to_owned());
    }
    let stop = json!({ "migration_tasks": [ids[0], "unknown"] });
    let (_, stopped) = cloud.post(&format!("{path}/batch-stop"), Some(stop)).await;
    let expected = json!([{ "task_id": ids[0], "result": "success" }, { "task_id": "unknown", "result": "failed" }]);
    assert_eq!(stopped["migration_tasks"], expected);
    cloud.advance(8);
    for (id, status) in ids.iter().zip(["TERMINATED", "SUCCESS"]) {
        let (_, shown) = cloud.get(&format!("{path}/{id}")).await;
        assert_eq!(text(&shown, "/status"), status);
    }
    assert_eq!(
        code(
            &cloud,
            Method::POST,
            &format!("{path}/{}/stop", ids[1]),
            None
        )
        .await,
        "DCS.4957"
    );
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn catalogues_reports_and_monitored_objects_fit_the_instances() {
    let cloud = cloud().await;
    let id = cloud.redis("redis-cluster-1").id;
    let (_, reports) = cloud.get(&format!("/v2/P/instances/{id}/diagnosis")).await;
    assert_eq!(reports["diagnosis_report_list"][0]["node_num"], 6);
    let report = text(&reports, "/diagnosis_report_list/0/report_id");
    let (_, report) = cloud.get(&format!("/v2/P/diagnosis/{report}")).await;
    assert_eq!(
        report["diagnosis_node_report_list"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    assert_eq!(
        code(&cloud, Method::GET, "/v2/P/diagnosis/unknown", None).await,
        "DCS.4800"
    );
    let (_, flavors) = cloud
        .get("/v2/P/flavors?cache_mode=ha&capacity=0.125&cpu_type=x86_64")
        .await;
    assert_eq!(
        text(&flavors, "/flavors/0/spec_code"),
        "redis.ha.xu1.tiny.r2.128"
    );
    assert_eq!(flavors["flavors"].as_array().unwrap().len(), 1);
    let (_, zones) = cloud.get("/v2/available-zones").await;
    assert_eq!(text(&zones, "/available_zones/0/code"), "eu-de-01");
    let (_, objects) = cloud
        .get("/v2/P/dims/monitored-objects?dim_name=dcs_instance_id&limit=2")
        .await;
    assert_eq!(
        (
            &objects["total"],
            objects["instances"].as_array().unwrap().len()
        ),
        (&json!(3), 2)
    );
    let (_, nodes) = cloud
        .get(&format!(
            "/v2/P/dims/monitored-objects/{id}?dim_name=dcs_instance_id"
        ))
        .await;
    assert_eq!(nodes["dcs_cluster_redis_node"].as_array().unwrap().len(), 6);
    let (_, other) = cloud.get("/v2/P/instances/statistic").await;
    assert_eq!(other["statistics"].as_array().unwrap().len(), 3);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}
