//! Every operation of the bundles, called with what is documented for it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use otcdb_bundles::bundle;
use otcdb_openapi::{Operation, Parameter};
use otcdb_simulator::{Engine, RedisKind};
use serde_json::Value;

use super::database;
use crate::support::{Cloud, run};

/// Where ids come from: the parameter or field, the operation that lists them, and the field there. What is not listed
/// is the documented example's.
const IDS: [(&str, &str, &str); 8] = [
    ("backup_id", "list-backup-records", "backup_id"),
    ("bigkey_id", "list-bigkey-scan-tasks", "id"),
    ("hotkey_id", "list-hot-key-scan-tasks", "id"),
    ("group_id", "list-group-replication-info", "group_id"),
    ("job_id", "list-background-task", "id"),
    ("report_id", "list-diagnosis-tasks", "report_id"),
    ("task_id", "list-background-task", "id"),
    ("template_id", "list-config-templates", "template_id"),
];

#[test]
fn every_operation_can_be_called() {
    let operations: Vec<&Operation> = ["dcs", "rds"]
        .into_iter()
        .flat_map(|service| &bundle(service).unwrap().operations)
        .collect();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(operation) = operations.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(failure) = call(operation) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} operations:\n{}",
        failures.len(),
        operations.len(),
        failures.join("\n")
    );
}

/// Calls an operation in a cloud of its own. What goes wrong is told.
fn call(operation: &Operation) -> Option<String> {
    let cloud = Cloud::new();
    let arguments = arguments(&cloud, operation, operation);
    let ran = run(&mut cloud.otcdb(arguments.iter().map(String::as_str)));
    let shown = || {
        format!(
            "{}: {arguments:?}: {} {}",
            operation.qualified(),
            ran.out,
            ran.err
        )
    };
    if ran.code != 0 {
        return Some(shown());
    }
    if cloud.running.count(&operation.qualified()) != 1 {
        return Some(format!("called more or less than once: {}", shown()));
    }
    let is_described = operation
        .successes()
        .any(|response| response.schema.is_some());
    let is_list = operation.pagination.is_some();
    let answer = match ran.out.as_str() {
        "" => None,
        text => match serde_json::from_str::<Value>(text) {
            Ok(answer) => Some(answer),
            Err(error) => return Some(format!("{error}: {}", shown())),
        },
    };
    let fits = match answer {
        None => !is_described || operation.response(204).is_some(),
        Some(Value::Array(_)) if is_list => true,
        Some(answer) => operation.successes().any(|response| {
            let schema = response.schema.as_ref();
            schema.is_some_and(|schema| schema.complaints(&answer).is_empty())
        }),
    };
    (!fits).then(|| format!("the answer does not fit: {}", shown()))
}

/// The command line: what is required, as it is documented, with ids of things that there are. `about` is the operation
/// that the instance has to be fit for.
fn arguments(cloud: &Cloud, operation: &Operation, about: &Operation) -> Vec<String> {
    let service = &*operation.service;
    let mut arguments = vec![service.to_owned(), operation.name.clone()];
    let example = operation
        .body
        .as_ref()
        .and_then(|body| body.examples.first());
    for parameter in &operation.parameters {
        if parameter.name == "project_id" || !parameter.required {
            continue;
        }
        // One that pages are counted with would mean one page only.
        let paging = operation.pagination.as_ref();
        if paging.is_some_and(|paging| paging.counts_with(&parameter.name)) {
            continue;
        }
        arguments.push(format!("--{}", parameter.kebab));
        arguments.push(match id(cloud, about, &parameter.name) {
            Some(id) => id,
            None => documented(
                cloud,
                operation,
                parameter,
                example.map(|one| one.name.as_str()),
            ),
        });
    }
    if let Some(example) = example {
        let mut body = example.value.clone();
        replace_ids(cloud, about, &mut body);
        arguments.extend(["--body".to_owned(), body.to_string()]);
    }
    if operation.destroys.is_some() {
        arguments.push("--yes".to_owned());
    }
    arguments.extend(["--output", "json", "--quiet"].map(ToOwned::to_owned));
    arguments
}

fn documented(
    cloud: &Cloud,
    operation: &Operation,
    parameter: &Parameter,
    example: Option<&str>,
) -> String {
    let mut examples = parameter.examples.iter();
    let named = examples.find(|one| Some(one.name.as_str()) == example);
    let documented = named.or(parameter.examples.first());
    match documented.map(|example| &example.value) {
        Some(Value::String(text)) => recent(cloud, &parameter.name, text),
        Some(value) => value.to_string(),
        None => panic!("{} documents no {}", operation.id, parameter.name),
    }
}

/// The id of something that there is.
fn id(cloud: &Cloud, about: &Operation, name: &str) -> Option<String> {
    if name == "instance_id" {
        return Some(instance(cloud, about));
    }
    // Some things have to be begun first.
    match (about.id.as_str(), name) {
        ("CreateRedislogDownloadLink", "id") => {
            other(cloud, about, "create-redislog");
            let logs = other(cloud, about, "list-redislog");
            return Some(logs[0]["id"].as_str()?.to_owned());
        }
        ("ListJobInfo", "id") => {
            let export = other(cloud, about, "download-errorlog");
            return Some(export["list"][0]["workflow_id"].as_str()?.to_owned());
        }
        (_, "node_id") => {
            let groups = other(cloud, about, "list-group-replication-info");
            let replica = &groups[0]["replication_list"][1];
            return Some(replica["node_id"].as_str()?.to_owned());
        }
        (operation, "task_id") if operation.contains("Migration") => {
            let task = other(cloud, about, "list-migration-task")[0]["task_id"].clone();
            // Only what moves can be stopped; what has ended can be begun anew.
            if operation == "StopMigrationTask" {
                const BEGIN: &str = "set-online-migration-task";
                let begin = bundle(&about.service).unwrap().named(BEGIN).unwrap();
                other(cloud, begin, BEGIN);
            }
            return Some(task.as_str()?.to_owned());
        }
        _ => {}
    }
    let (_, lists, field) = IDS.iter().find(|(known, ..)| *known == name)?;
    let things = other(cloud, about, lists);
    Some(things.get(0)?.get(field)?.as_str()?.to_owned())
}

/// What another operation answers.
fn other(cloud: &Cloud, about: &Operation, name: &str) -> Value {
    let operation = bundle(&about.service).unwrap().named(name).unwrap();
    let arguments = arguments(cloud, operation, about);
    let ran = run(&mut cloud.otcdb(arguments.iter().map(String::as_str)));
    assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap_or_default()
}

/// An instance that has what the operation is about.
fn instance(cloud: &Cloud, about: &Operation) -> String {
    match (&*about.service, about.id.as_str()) {
        ("rds", "DownloadErrorlog" | "ListJobInfo") => database(cloud, Engine::PostgreSql),
        ("rds", "ListSlowLogFile") => database(cloud, Engine::SqlServer),
        ("rds", _) => database(cloud, Engine::MySql),
        (_, id) => {
            let wanted = match id {
                "CreateRedislog" | "CreateRedislogDownloadLink" => RedisKind::Single,
                // The read-only domain name of the other kind leads to one replica only, which has to stay.
                "DeleteIpFromDomainName" => RedisKind::Cluster,
                _ => RedisKind::Replicated,
            };
            let instances = cloud.running.redis_instances();
            let is_fit = |kind: &RedisKind| *kind == wanted;
            let found = instances.iter().find(|instance| is_fit(&instance.kind));
            found.unwrap().id.clone()
        }
    }
}

/// A documented time of years ago as one of the last hours; any other text as it is.
fn recent(cloud: &Cloud, name: &str, text: &str) -> String {
    const FORM: &str = "%Y-%m-%dT%H:%M:%S%z";
    if jiff::Timestamp::strptime(FORM, text).is_err() {
        return text.to_owned();
    }
    let hours = if name.starts_with("end") { 0 } else { 20 };
    let time = cloud.running.clock().now() - jiff::SignedDuration::from_hours(hours);
    time.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

fn replace_ids(cloud: &Cloud, operation: &Operation, body: &mut Value) {
    match body {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace_ids(cloud, operation, item)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    // The documentation masks passwords.
                    Value::String(text) if name == "old_password" => "Simulated-0".clone_into(text),
                    Value::String(text) if name.ends_with("password") => {
                        "Simulated-1".clone_into(text);
                    }
                    Value::Object(target) if name == "target_instance" => {
                        target.insert("id".to_owned(), instance(cloud, operation).into());
                    }
                    Value::String(text) => match id(cloud, operation, name) {
                        Some(id) => *text = id,
                        None => *text = recent(cloud, name, text),
                    },
                    Value::Array(ids) if operation.id == "ShowAuditlogDownloadLink" => {
                        let files = other(cloud, operation, "list-auditlogs");
                        *ids = vec![files[0]["id"].clone()];
                    }
                    Value::Array(ids)
                        if name == "instances" && ids.iter().all(Value::is_string) =>
                    {
                        *ids = vec![instance(cloud, operation).into()];
                    }
                    value => replace_ids(cloud, operation, value),
                }
            }
        }
        _ => {}
    }
}
