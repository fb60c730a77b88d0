//! Migration tasks.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    bad_field, begin, field_text, field_texts, good, makes_things, moment, nothing, redis, refuse,
    shown,
};
use crate::call::{Call, Refusal};
use crate::handlers::Outcome;
use crate::problem::{Problem, dcs as refusals};
use crate::state::dcs::Redis;
use crate::state::dcs::migration::{Migration, Phase, Side};
use crate::state::dcs::takes;

/// Version of the migrating machine.
const VERSION: &str = "6.0.21";

pub(super) fn import(call: &Call<'_>) -> Outcome {
    makes_things(call)?;
    if field_text(call, "migration_type") == Some("online_migration") {
        let why = "CreateOnlineMigrationTask makes online migrations";
        return Err(bad_field("migration_type", why));
    }
    let target = call.params.field("target_instance");
    let backup_files = call
        .params
        .field("backup_files")
        .filter(|files| files.is_object());
    let backup_files = backup_files
        .ok_or_else(|| bad_field("backup_files", "there is nothing to import"))?
        .clone();
    let mut redis = redis(call);
    let target = side(call, &redis, target, "target_instance")?;
    if target.id.is_none() {
        return Err(Problem::NoInstance.into());
    }
    let begin = begin(call);
    let id = redis.uuid("migration").replace('-', "");
    let migration = Migration {
        id,
        name: field_text(call, "task_name").unwrap_or_default().to_owned(),
        description: field_text(call, "description")
            .unwrap_or_default()
            .to_owned(),
        kind: "backupfile_import",
        method: field_text(call, "migration_method").map(ToOwned::to_owned),
        resume_mode: "auto".to_owned(),
        bandwidth: None,
        source: None,
        target: Some(target),
        backup_files: Some(backup_files),
        network: None,
        created: begin.now,
        phase: Phase::Importing(begin.deadline(takes("migration", "copy"))),
    };
    let body = started(call, &migration);
    redis.migrations.push(migration);
    good(&body)
}

pub(super) fn prepare(call: &Call<'_>) -> Outcome {
    makes_things(call)?;
    let begin = begin(call);
    let mut redis = redis(call);
    let id = redis.uuid("migration");
    let text = |name: &str| field_text(call, name).unwrap_or_default().to_owned();
    redis.migrations.push(Migration {
        id: id.clone(),
        name: text("name"),
        description: text("description"),
        kind: "online_migration",
        method: None,
        resume_mode: "auto".to_owned(),
        bandwidth: None,
        source: None,
        target: None,
        backup_files: None,
        network: Some([text("vpc_id"), text("subnet_id"), text("security_group_id")]),
        created: begin.now,
        phase: Phase::Preparing(begin.deadline(takes("migration", "prepare"))),
    });
    good(&json!({ "instance_id": id }))
}

pub(super) fn configure(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let task = named(call, &redis)?;
    let id = task.id.clone();
    // One that has ended can be configured anew, its machine is still there.
    let ready = task.rests(call.now()) && task.status(call.now()) != "FAILED";
    if task.kind != "online_migration" || !ready {
        return Err(refuse(refusals::TASK_STATE));
    }
    let field = |name: &str| call.params.field(name);
    let source = side(call, &redis, field("source_instance"), "source_instance")?;
    let target = side(call, &redis, field("target_instance"), "target_instance")?;
    let follows = field_text(call, "migration_method") == Some("incremental_migration");
    let begin = begin(call);
    let Some(task) = redis.migrations.iter_mut().find(|task| task.id == id) else {
        return Err(refuse(refusals::NO_JOB));
    };
    task.source = Some(source);
    task.target = Some(target);
    task.method = field_text(call, "migration_method").map(ToOwned::to_owned);
    task.resume_mode = field_text(call, "resume_mode").unwrap_or("auto").to_owned();
    task.bandwidth = field("bandwidth_limit_mb")
        .filter(|limit| !limit.is_null())
        .cloned();
    task.phase = Phase::Copying(begin.deadline(takes("migration", "copy")), follows);
    good(&started(call, task))
}

fn started(call: &Call<'_>, task: &Migration) -> Value {
    json!({ "id": task.id, "name": task.name, "status": task.status(call.now()), "error": "" })
}

/// One end of a migration: an instance by its id, or any Redis by its address.
fn side(
    call: &Call<'_>,
    redis: &Redis,
    value: Option<&Value>,
    name: &str,
) -> Result<Side, Refusal> {
    let text = |field: &str| {
        let text = value
            .and_then(|value| value.get(field))
            .and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    };
    match (text("id"), text("addrs")) {
        (Some(id), _) => {
            let instance = redis.instance(id).filter(|_| call.in_main_project());
            let instance = instance.ok_or(Problem::NoInstance)?;
            Ok(Side {
                id: Some(id.to_owned()),
                name: instance.shape.name.clone(),
                addresses: format!("{}:{}", instance.shape.ip, instance.port),
            })
        }
        (None, Some(addresses)) => Ok(Side {
            id: None,
            name: String::new(),
            addresses: addresses.to_owned(),
        }),
        (None, None) => Err(bad_field(name, "it has neither id nor addrs")),
    }
}

/// The task in the path.
fn named<'a>(call: &Call<'_>, redis: &'a Redis) -> Result<&'a Migration, Refusal> {
    let id = call
        .params
        .text("task_id")
        .filter(|_| call.in_main_project());
    redis
        .migrations
        .iter()
        .find(|task| Some(task.id.as_str()) == id)
        .ok_or_else(|| refuse(refusals::NO_JOB))
}

fn named_mut<'a>(call: &Call<'_>, redis: &'a mut Redis) -> Result<&'a mut Migration, Refusal> {
    let id = call
        .params
        .text("task_id")
        .filter(|_| call.in_main_project());
    redis
        .migrations
        .iter_mut()
        .find(|task| Some(task.id.as_str()) == id)
        .ok_or_else(|| refuse(refusals::NO_JOB))
}

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let mut found: Vec<&Migration> = redis
        .migrations
        .iter()
        .filter(|_| call.in_main_project())
        .filter(|task| {
            call.params
                .text("name")
                .is_none_or(|name| task.name.contains(name))
        })
        .collect();
    call.drop_latest(&mut found);
    found.reverse();
    let page: Vec<Value> = shown(call, found.iter())
        .map(|task| Value::Object(summary(call, &redis, task)))
        .collect();
    good(&json!({ "count": found.len(), "migration_tasks": page }))
}

/// What list and details have in common. What is not known yet is left out.
fn common(call: &Call<'_>, task: &Migration) -> Map<String, Value> {
    let now = call.now();
    let mut body = Map::new();
    let mut add = |name: &str, value: Value| body.insert(name.to_owned(), value);
    add("task_id", Value::from(task.id.clone()));
    add("task_name", Value::from(task.name.clone()));
    add("description", Value::from(task.description.clone()));
    add("status", Value::from(task.status(now)));
    add("migration_type", Value::from(task.kind));
    add("version", Value::from(VERSION));
    add("resume_mode", Value::from(task.resume_mode.clone()));
    add("supported_features", json!([]));
    add("created_at", Value::from(moment(task.created)));
    if let Some(method) = &task.method {
        add("migration_method", Value::from(method.clone()));
    }
    if task.network.is_some() {
        add("ecs_tenant_private_ip", Value::from("10.20.255.10"));
    }
    if let Some(released) = task.released(now) {
        add("released_at", Value::from(moment(released)));
    }
    body
}

fn summary(call: &Call<'_>, redis: &Redis, task: &Migration) -> Map<String, Value> {
    let mut body = common(call, task);
    let bucket = task
        .backup_files
        .as_ref()
        .and_then(|files| files.get("bucket_name"));
    let failed = task.status(call.now()).ends_with("FAILED");
    body.insert(
        "error_message".to_owned(),
        json!(failed.then_some("The migration failed.")),
    );
    if let Some(bucket) = bucket {
        body.insert("data_source".to_owned(), bucket.clone());
    }
    for (word, side) in [("source", &task.source), ("target", &task.target)] {
        let Some(side) = side else { continue };
        let address = match word {
            "source" => "data_source".to_owned(),
            _ => "target_instance_addrs".to_owned(),
        };
        body.insert(address, Value::from(side.addresses.clone()));
        let Some(id) = &side.id else { continue };
        let mut add = |name: &str, value: &str| {
            body.insert(format!("{word}_instance_{name}"), Value::from(value))
        };
        add("id", id);
        add("name", &side.name);
        if let Some(instance) = redis.instance(id) {
            add("status", instance.status());
            add("subnet_id", &instance.subnet_id);
            add("spec_code", &instance.spec_code);
        }
    }
    body
}

pub(super) fn show(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let task = named(call, &redis)?;
    good(&details(call, task))
}

/// Everything about a task. Passwords are not given back.
fn details(call: &Call<'_>, task: &Migration) -> Value {
    let mut body = common(call, task);
    let mut add = |name: &str, value: Value| body.insert(name.to_owned(), value);
    add("network_type", Value::from("vpc"));
    for (name, side) in [
        ("source_instance", &task.source),
        ("target_instance", &task.target),
    ] {
        if let Some(side) = side {
            let (ip, port) = side
                .addresses
                .rsplit_once(':')
                .unwrap_or((&side.addresses, "6379"));
            let mut value = json!({
                "addrs": side.addresses, "name": side.name, "ip": ip, "port": port,
                "proxy_multi_db": false, "db": "0", "task_status": "RUNNING",
            });
            if let Some(id) = &side.id {
                value["id"] = Value::from(id.clone());
            }
            add(name, value);
        }
    }
    if let Some(files) = &task.backup_files {
        add("backup_files", files.clone());
    }
    if let Some([vpc, subnet, group]) = &task.network {
        add("tenant_vpc_id", Value::from(vpc.clone()));
        add("tenant_subnet_id", Value::from(subnet.clone()));
        add("tenant_security_group_id", Value::from(group.clone()));
    }
    if let Some(limit) = &task.bandwidth {
        add("bandwidth_limit_mb", limit.clone());
    }
    if let Some(end) = task.ended(call.now()) {
        add("updated_at", Value::from(moment(end)));
    }
    Value::Object(body)
}

pub(super) fn stats(call: &Call<'_>) -> Outcome {
    const KEYS: u64 = 531_221;
    let redis = redis(call);
    let task = named(call, &redis)?;
    if task.kind != "online_migration" {
        return Err(refuse(refusals::NO_JOB));
    }
    let copied = task.copied(call.now());
    let moves = task.moves(call.now());
    good(&json!({
        "full_migration_progress": copied,
        "offset": 0,
        "source_dbsize": KEYS,
        "target_dbsize": KEYS * copied / 100,
        "target_input_kbps": if moves { 50 } else { 0 },
        "target_ops": if moves { 5_300 } else { 0 },
        "is_migrating": moves,
    }))
}

pub(super) fn reconnect(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let task = named_mut(call, &mut redis)?;
    if let Some(mode) = field_text(call, "resume_mode") {
        mode.clone_into(&mut task.resume_mode);
    }
    nothing(StatusCode::OK)
}

pub(super) fn stop(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let task = named_mut(call, &mut redis)?;
    match task.stop(call.now(), || begin(call)) {
        true => good(&details(call, task)),
        false => Err(refuse(refusals::TASK_STATE)),
    }
}

pub(super) fn stop_some(call: &Call<'_>) -> Outcome {
    let mut begun = None;
    let mut redis = redis(call);
    let ids = field_texts(call, "migration_tasks").unwrap_or_default();
    let results: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            let mut tasks = redis
                .migrations
                .iter_mut()
                .filter(|_| call.in_main_project());
            let task = tasks.find(|task| task.id == id);
            // One fault concerns all that the call stops.
            let begin = || *begun.get_or_insert_with(|| begin(call));
            let good = task.is_some_and(|task| task.stop(call.now(), begin));
            json!({ "task_id": id, "result": if good { "success" } else { "failed" } })
        })
        .collect();
    good(&json!({ "migration_tasks": results }))
}

pub(super) fn delete(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let ids = field_texts(call, "task_id_list").unwrap_or_default();
    // Those that are not there are left out of the answer.
    let found: Vec<&Migration> = redis
        .migrations
        .iter()
        .filter(|task| call.in_main_project() && ids.contains(&task.id.as_str()))
        .collect();
    if found.iter().any(|task| !task.rests(call.now())) {
        return Err(refuse(refusals::TASK_STATE));
    }
    let deleted: Vec<String> = found.iter().map(|task| task.id.clone()).collect();
    redis.migrations.retain(|task| !deleted.contains(&task.id));
    good(&json!({ "task_id_list": deleted }))
}
