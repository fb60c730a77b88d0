//! What models cannot say of migrations: their two ends, how far they are, and how they are stopped.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::state::object;
use super::topology::RedisInstance;
use super::{Redis, Scene, Valued, bad_field, good, hold, job, known, of_each, redis, refuse};
use crate::call::{Call, CallError};
use crate::clock::later;
use crate::engine::State;
use crate::records::{Job, JobStatus, Record};
use crate::services::{Outcome, States};

/// How long the machine of an online migration is kept after the end.
const KEPT: Duration = Duration::from_secs(48 * 60 * 60);

/// Whether there are files to import, and an instance to import them to.
pub(super) fn importable(
    scene: &Scene<'_>,
    _: Option<&Record>,
    redis: &Redis,
) -> Result<(), CallError> {
    if scene.text("migration_type") == Some("online_migration") {
        let why = "CreateOnlineMigrationTask makes online migrations";
        return Err(bad_field("migration_type", why));
    }
    if !scene.given("backup_files").is_some_and(Value::is_object) {
        return Err(bad_field("backup_files", "there is nothing to import"));
    }
    let target = side(scene, redis, "target_instance")?;
    hold(target.get("id").is_some(), "DCS.3022")
}

pub(super) fn source_side(scene: &Scene<'_>, _: Option<&Record>, redis: &Redis) -> Valued {
    side(scene, redis, "source_instance").map(Some)
}

pub(super) fn target_side(scene: &Scene<'_>, _: Option<&Record>, redis: &Redis) -> Valued {
    side(scene, redis, "target_instance").map(Some)
}

/// One end of a migration: an instance by its id, or any Redis by its address.
fn side(scene: &Scene<'_>, redis: &Redis, name: &str) -> Result<Value, CallError> {
    let text = |field: &str| {
        let text = scene.given(name)?.get(field)?.as_str()?;
        (!text.is_empty()).then_some(text)
    };
    match (text("id"), text("addrs")) {
        (Some(id), _) => {
            let instance = redis.instance(id);
            instance.map(end).ok_or_else(|| refuse("DCS.3022"))
        }
        (None, Some(addresses)) => Ok(json!({ "name": "", "addrs": addresses })),
        (None, None) => Err(bad_field(name, "it has neither id nor addrs")),
    }
}

fn end(instance: &Record) -> Value {
    let (ip, port) = (RedisInstance::of(instance).ip, instance.number("port"));
    let address = format!("{ip}:{port}");
    json!({ "id": instance.id, "name": instance.text("name"), "addrs": address })
}

/// An end with what its instance is like now, if it is still there.
fn present(scene: &Scene<'_>, task: &Record, redis: &Redis, field: &str) -> Option<Value> {
    let mut side = task.fields.get(field)?.clone();
    let id = side.get("id").and_then(Value::as_str);
    if let Some(instance) = id.and_then(|id| redis.instance(id)) {
        side["status"] = known::status(instance, scene.now);
        side["subnet_id"] = Value::from(instance.text("subnet_id"));
        side["spec_code"] = Value::from(instance.text("spec_code"));
    }
    Some(side)
}

/// An end as the details show it. Passwords are not given back.
fn in_detail(task: &Record, field: &str) -> Option<Value> {
    let side = task.fields.get(field)?.as_object()?;
    let addresses = side
        .get("addrs")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (ip, port) = addresses.rsplit_once(':').unwrap_or((addresses, "6379"));
    let mut shown = side.clone();
    shown.extend(object(json!({
        "ip": ip, "port": port, "proxy_multi_db": false, "db": "0", "task_status": "RUNNING",
    })));
    Some(Value::Object(shown))
}

/// When what the task is doing ended. What follows changes ends only when it is stopped, unless copying failed before.
fn ended(task: &Record, now: Timestamp) -> Option<Timestamp> {
    let job = task.job(now).filter(|job| job.name != "prepare")?;
    match job.status(now) {
        JobStatus::Done(_) if job.name == "follow" => None,
        _ => job.ended(now),
    }
}

/// Whether data is on its way.
fn moves(task: &Record, now: Timestamp) -> bool {
    task.job(now).is_some_and(|job| match job.name.as_str() {
        "import" | "copy" => job.under_way(now),
        "follow" => !matches!(job.status(now), JobStatus::Failed(_)),
        _ => false,
    })
}

/// Per cent of the full migration. What failed or was stopped stays at what it came to.
fn copied(task: &Record, now: Timestamp) -> u64 {
    let percent = |job: &Job, time| match job.name.as_str() {
        // From 0 to 100.
        "copy" | "follow" => (job.done(time) * 100.0).round() as u64,
        _ => 0,
    };
    match (task.job(now), &task.before) {
        (Some(job), Some(before)) if job.name == "stop" => percent(before, job.created),
        (Some(job), _) => percent(job, now),
        (None, _) => 0,
    }
}

/// Whether data is being migrated from or to an instance.
pub(super) fn concerns(redis: &Redis, instance: &str, now: Timestamp) -> bool {
    redis.store().all("migration").any(|task| {
        let mut sides = ["source_side", "target_side"].into_iter();
        let is_side = |side| {
            task.fields
                .get(side)
                .is_some_and(|side| side["id"] == instance)
        };
        sides.any(is_side) && moves(task, now)
    })
}

pub(super) fn begin_copying(call: &Call<'_>, redis: &mut Redis, task: &Record) {
    let follows = task.text("migration_method") == "incremental_migration";
    if let Some(task) = redis.store_mut().get_mut("migration", &task.id) {
        let name = if follows { "follow" } else { "copy" };
        task.job = Some(job(call, "migration", name));
        task.before = None;
    }
}

/// Begins to stop a task that moves data, by the job that is made then.
fn stop_one(task: &mut Record, now: Timestamp, job: impl FnOnce() -> Job) {
    if moves(task, now) {
        task.before = task.job(now).cloned();
        task.job = Some(job());
    }
}

pub(super) fn stop(call: &Call<'_>, redis: &mut Redis, task: &Record) {
    if let Some(task) = redis.store_mut().get_mut("migration", &task.id) {
        stop_one(task, call.now(), || job(call, "migration", "stop"));
    }
}

pub(super) fn stop_some(call: &Call<'_>, states: &States) -> Outcome {
    let (mut begun, mut redis) = (None, redis(call, states));
    let results = of_each("task_id", &call.field_texts("migration_tasks"), |id| {
        let task = redis.store_mut().get_mut("migration", id);
        let task = task.filter(|_| call.in_project_with_instances());
        task.is_some_and(|task| {
            // One fault concerns all that the call stops.
            let begun = &mut begun;
            let stop = || {
                begun
                    .get_or_insert_with(|| job(call, "migration", "stop"))
                    .clone()
            };
            stop_one(task, call.now(), stop);
            task.job.as_ref().is_some_and(|job| job.name == "stop")
        })
    });
    good(&json!({ "migration_tasks": results }))
}

/// What a migration is like now.
pub(super) fn fact(scene: &Scene<'_>, task: &Record, redis: &Redis, field: &str) -> Option<Value> {
    const KEYS: u64 = 531_221;
    let now = scene.now;
    let moving = |rate: &str| Value::from(if moves(task, now) { rate } else { "0" });
    let end = || ended(task, now);
    match field {
        "full_migration_progress" => Some(Value::from(copied(task, now).to_string())),
        "source_dbsize" => Some(Value::from(KEYS.to_string())),
        "target_dbsize" => {
            let moved = KEYS * copied(task, now) / 100;
            Some(Value::from(moved.to_string()))
        }
        "target_input_kbps" => Some(moving("50")),
        "target_ops" => Some(moving("5300")),
        "is_migrating" => Some(Value::from(moves(task, now))),
        "source" => present(scene, task, redis, "source_side"),
        "target" => present(scene, task, redis, "target_side"),
        "source_instance" => in_detail(task, "source_side"),
        "target_instance" => in_detail(task, "target_side"),
        "updated_at" => end().map(|end| stamp(end, "%Y/%m/%d %H:%M:%S")),
        // The machine of an online migration is given back some time after the end.
        "released_at" => {
            let end = end().filter(|_| task.text("migration_type") == "online_migration");
            end.map(|end| stamp(later(end, KEPT), "%Y%m%d%H%M"))
        }
        _ => None,
    }
}

/// A time as the details have it, without a zone.
fn stamp(time: Timestamp, form: &str) -> Value {
    let time = TimeZone::UTC.to_datetime(time);
    time.strftime(form).to_string().into()
}

pub(super) fn delete(call: &Call<'_>, states: &States) -> Outcome {
    let now = call.now();
    let mut redis = redis(call, states);
    // Those that are not there are left out of the response.
    let ids = call.field_texts("task_id_list").into_iter();
    let found = ids.filter_map(|id| redis.store().get("migration", id));
    let found: Vec<&Record> = found.filter(|_| call.in_project_with_instances()).collect();
    let is_busy = |task: &&Record| moves(task, now) || task.under_way(now);
    hold(!found.iter().any(is_busy), "DCS.4957")?;
    let deleted: Vec<String> = found.iter().map(|task| task.id.clone()).collect();
    for id in &deleted {
        redis.store_mut().remove("migration", id);
    }
    good(&json!({ "task_id_list": deleted }))
}

/// The migration that is there from the start went from the first instance to the second one.
pub(super) fn plant(redis: &mut Redis) {
    let (seed, migration) = (redis.seed, "migration");
    let ends: Vec<Value> = redis.instances().take(2).map(end).collect();
    let [source, target] = ends.as_slice() else {
        return redis.store_mut().forget(migration, "");
    };
    for task in redis.store_mut().of_mut(migration, "") {
        task.fields.extend(object(json!({
            "tenant_vpc_id": seed.uuid("vpc"),
            "tenant_subnet_id": seed.uuid("subnet"),
            "tenant_security_group_id": seed.uuid("security group"),
            "source_side": source,
            "target_side": target,
        })));
    }
}
