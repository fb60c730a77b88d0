//! Every operation of the bundled description of DCS is answered, with what the documentation shows as a request.

use std::collections::HashSet;

use otcdb_openapi::reference::resolve;
use otcdb_simulator::{Running, Service};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::{Cloud, builder, faulty, start, text};
use crate::tables;

const BUNDLE: &str = include_str!("../../../../openapi/dist/dcs.json");

struct Operation {
    id: String,
    method: Method,
    path: String,
    source: Value,
}

fn operations() -> Vec<Operation> {
    let bundle: Value = serde_json::from_str(BUNDLE).unwrap();
    let mut found = Vec::new();
    for (path, item) in bundle["paths"].as_object().unwrap() {
        for (method, source) in item.as_object().unwrap() {
            if let Some(id) = source.get("operationId") {
                let mut source = source.clone();
                let parameters = source["parameters"].as_array_mut();
                for parameter in parameters.into_iter().flatten() {
                    *parameter = resolve(&bundle, parameter).clone();
                }
                found.push(Operation {
                    id: id.as_str().unwrap().to_owned(),
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    source,
                });
            }
        }
    }
    found
}

/// Ids of things that are there, by the names of path parameters and members of bodies.
struct Good {
    instance: String,
    ids: Map<String, Value>,
}

impl Good {
    async fn new(cloud: &Cloud, operation: &str) -> Self {
        // Operations on replicas need more than one of them, some others need special instances or tasks.
        let name = match operation {
            "DeleteIpFromDomainName" => "redis-cluster-1",
            "CreateRedislog" | "CreateRedislogDownloadLink" => "redis-single-1",
            _ => "redis-ha-1",
        };
        let instance = cloud.redis(name).id;
        let base = format!("/v2/P/instances/{instance}");
        let first = |answer: (u16, Value), pointer: &str| {
            assert_eq!(answer.0, 200, "{pointer}: {}", answer.1);
            Value::from(text(&answer.1, pointer))
        };
        let mut ids = Map::new();
        let mut add = |name: &str, value: Value| ids.insert(name.to_owned(), value);
        let groups = cloud
            .get(&format!("/v2/P/instance/{instance}/groups"))
            .await;
        if name != "redis-single-1" {
            add("group_id", first(groups.clone(), "/group_list/0/group_id"));
            add(
                "node_id",
                first(groups, "/group_list/0/replication_list/1/node_id"),
            );
            let backups = cloud.get(&format!("{base}/backups")).await;
            add(
                "backup_id",
                first(backups, "/backup_record_response/0/backup_id"),
            );
        }
        for (name, list, pointer) in [
            ("bigkey_id", "bigkey-tasks", "/records/0/id"),
            ("hotkey_id", "hotkey-tasks", "/records/0/id"),
            (
                "report_id",
                "diagnosis",
                "/diagnosis_report_list/0/report_id",
            ),
            ("task_id", "tasks", "/tasks/0/id"),
            ("job_id", "tasks", "/tasks/0/id"),
        ] {
            add(
                name,
                first(cloud.get(&format!("{base}/{list}")).await, pointer),
            );
        }
        if operation.contains("Migration") {
            add("task_id", migration(cloud, operation, &instance).await);
        }
        if operation == "CreateRedislogDownloadLink" {
            let logs = format!("{base}/redislog?log_type=run");
            cloud.post(&logs, None).await;
            cloud.advance(60);
            add("id", first(cloud.get(&logs).await, "/file_list/0/id"));
        }
        Self { instance, ids }
    }

    fn path(&self, running: &Running, path: &str) -> String {
        let mut path = path
            .replace("{project_id}", running.project_id())
            .replace("{instance_id}", &self.instance);
        for (name, value) in &self.ids {
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap());
        }
        assert!(!path.contains('{'), "{path}");
        path
    }
}

/// A migration task that the operation can be carried out on.
async fn migration(cloud: &Cloud, operation: &str, instance: &str) -> Value {
    let new = json!({
        "name": "moving", "vpc_id": "v", "subnet_id": "s", "security_group_id": "g",
    });
    let (status, made) = cloud.post("/v2/P/migration/instance", Some(new)).await;
    assert_eq!(status, 200, "{made}");
    cloud.advance(60);
    let id = text(&made, "/instance_id");
    if operation.contains("Stop") {
        let body = json!({
            "migration_method": "incremental_migration", "resume_mode": "auto",
            "source_instance": { "addrs": "192.0.2.1:6379" }, "target_instance": { "id": instance },
        });
        let path = format!("/v2/P/migration/{id}/task");
        assert_eq!(cloud.post(&path, Some(body)).await.0, 200);
    }
    Value::from(id)
}

/// The first documented example of the body, with ids of things that are there and passwords that are good.
fn body(operation: &Operation, good: &Good) -> Option<Value> {
    let media = &operation.source.get("requestBody")?["content"]["application/json"];
    let mut body = media["examples"]
        .as_object()
        .and_then(|examples| examples.values().next())
        .map_or_else(|| json!({}), |example| example["value"].clone());
    let object = body.as_object_mut().unwrap();
    let has = |name: &str, object: &Map<String, Value>| object.contains_key(name);
    for name in ["password", "new_password"] {
        if has(name, object) {
            object.insert(name.to_owned(), json!("Simulated-1"));
        }
    }
    if has("target_instance", object) {
        object.insert("target_instance".to_owned(), json!({ "id": good.instance }));
    }
    if has("instances", object) {
        object.insert("instances".to_owned(), json!([good.instance]));
    }
    for name in ["migration_tasks", "task_id_list"] {
        if has(name, object) {
            object.insert(name.to_owned(), json!([good.ids["task_id"]]));
        }
    }
    if has("backup_id", object) {
        object.insert("backup_id".to_owned(), good.ids["backup_id"].clone());
    }
    Some(body)
}

/// The mandatory query parameters with values of the documentation.
fn query(operation: &Operation) -> Vec<(String, String)> {
    let parameters = operation.source["parameters"].as_array();
    let parameters = parameters.into_iter().flatten();
    parameters
        .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
        .map(|parameter| {
            let example = parameter["examples"]
                .as_object()
                .unwrap()
                .values()
                .next()
                .unwrap();
            let value = match &example["value"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (parameter["name"].as_str().unwrap().to_owned(), value)
        })
        .collect()
}

#[tokio::test]
async fn every_operation_answers_its_documented_request() {
    let operations = operations();
    assert_eq!(operations.len(), 74);
    let mut ids = HashSet::new();
    for operation in operations {
        // A world of its own for each, since some destroy what others need.
        let cloud = start(builder()).await;
        let good = Good::new(&cloud, &operation.id).await;
        cloud.running.clear_requests();
        let path = good.path(&cloud.running, &operation.path);
        let mut request = cloud
            .request(operation.method.clone(), &path)
            .query(&query(&operation));
        if let Some(body) = body(&operation, &good) {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let detail = response.headers().get("x-simulator-detail").cloned();
        let answer = response.text().await.unwrap();
        assert!(
            status.is_success(),
            "{}: {status} {answer} {detail:?}",
            operation.id
        );
        let body = serde_json::from_str(&answer).unwrap_or_default();
        let (method, path) = (&operation.method, operation.path.as_str());
        let no_texts = tables::no_texts(Service::Dcs, method, path, status.as_u16(), &body);
        assert_eq!(no_texts, [""; 0], "{}", operation.id);
        assert_eq!(cloud.running.count(&operation.id), 1, "{}", operation.id);
        assert_eq!(cloud.running.deviations(), [""; 0], "{}", operation.id);
        ids.insert(operation.id);
    }
    assert_eq!(ids.len(), 74);
}

#[tokio::test]
async fn every_operation_on_an_instance_refuses_an_unknown_one() {
    let cloud = start(builder()).await;
    for operation in operations() {
        if !operation.path.contains("{instance_id}") {
            continue;
        }
        let good = Good {
            instance: "no-such-instance".to_owned(),
            ids: [
                "group_id",
                "node_id",
                "backup_id",
                "bigkey_id",
                "hotkey_id",
                "task_id",
                "id",
            ]
            .map(|name| (name.to_owned(), json!("none")))
            .into_iter()
            .collect(),
        };
        let path = good.path(&cloud.running, &operation.path);
        let mut request = cloud
            .request(operation.method.clone(), &path)
            .query(&query(&operation));
        if let Some(body) = body(&operation, &good) {
            request = request.json(&body);
        }
        let (status, refused) = crate::support::answer(request.send().await.unwrap()).await;
        let code = text(&refused, "/error_code");
        assert_eq!((status, code), (404, "DCS.3022"), "{}", operation.id);
    }
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

/// What the main project has, as its own token shows it.
async fn main_project(cloud: &Cloud, instance: &str) -> Vec<Value> {
    let of = |what: &str| format!("/v2/P/instances/{instance}{what}");
    let mut shown = Vec::new();
    for path in [
        "/v2/P/instances?limit=1000&include_failure=true".to_owned(),
        "/v2/P/config-templates?type=user".to_owned(),
        "/v2/P/migration-tasks".to_owned(),
        "/v2/P/quota".to_owned(),
        "/v2/P/instances-logical-nodes".to_owned(),
        format!("/v2/P/instance/{instance}/whitelist"),
        of(""),
        of("/tasks"),
        of("/backups"),
        of("/restores"),
        of("/configs"),
        of("/bigkey-tasks"),
        of("/hotkey-tasks"),
        of("/bigkey/autoscan"),
    ] {
        let (status, answer) = cloud.get(&path).await;
        assert!(status < 300, "{path}: {answer}");
        shown.push(answer);
    }
    shown
}

#[tokio::test]
async fn no_operation_reaches_the_main_project_with_the_token_of_another() {
    let mut seen = 0;
    for operation in operations() {
        if operation.method == Method::GET || !operation.path.contains("{project_id}") {
            continue;
        }
        let cloud = start(builder()).await;
        let good = Good::new(&cloud, &operation.id).await;
        let before = main_project(&cloud, &good.instance).await;
        let other = cloud.running.accounts().other_project_id.clone();
        let path = good.path(&cloud.running, &operation.path);
        let path = path.replace(cloud.running.project_id(), &other);
        let mut request = cloud
            .bare(operation.method.clone(), &path)
            .header("X-Auth-Token", cloud.token_of(&other).await)
            .query(&query(&operation));
        if let Some(body) = body(&operation, &good) {
            request = request.json(&body);
        }
        let (status, answer) = crate::support::answer(request.send().await.unwrap()).await;
        if operation.id.starts_with("Create") {
            assert!([403, 404].contains(&status), "{}: {answer}", operation.id);
        }
        let after = main_project(&cloud, &good.instance).await;
        assert_eq!(after, before, "{}", operation.id);
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
}

#[tokio::test]
async fn every_list_of_a_resource_can_be_stale() {
    let mut seen = 0;
    for operation in operations() {
        let resource = operation.source["x-resource"].as_str().unwrap_or_default();
        if !resource.ends_with("#list") {
            continue;
        }
        let cloud = faulty(&[&format!("{}:stale-list", operation.id)]).await;
        let good = Good {
            instance: cloud.redis("redis-ha-1").id,
            ids: Map::new(),
        };
        let path = good.path(&cloud.running, &operation.path);
        let request = cloud.request(Method::GET, &path).query(&query(&operation));
        let status = request.send().await.unwrap().status();
        assert!(status.is_success(), "{}: {status}", operation.id);
        assert_eq!(cloud.running.idle_faults(), [""; 0], "{}", operation.id);
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}
