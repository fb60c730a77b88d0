//! What models cannot say of migrations: their two ends, how far they are, and how they are stopped.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::kept::{Scene, Valued};
use super::{bad_field, begin, field_texts, good, moment, redis, refusals, refuse};
use crate::call::{Call, Refusal};
use crate::clock::{earlier, later};
use crate::handlers::Outcome;
use crate::problem::Problem;
use crate::records::{Job, JobOutcome, JobStart, JobStatus, Record};
use crate::state::dcs::{Redis, takes};

/// How long the machine of an online migration is kept after the end.
const KEPT: Duration = Duration::from_secs(48 * 60 * 60);

/// Whether there are files to import, and an instance to import them to.
pub(super) fn importable(
    scene: &Scene<'_>,
    _: Option<&Record>,
    redis: &Redis,
) -> Result<(), Refusal> {
    if scene.text("migration_type") == Some("online_migration") {
        let why = "CreateOnlineMigrationTask makes online migrations";
        return Err(bad_field("migration_type", why));
    }
    if !scene.given("backup_files").is_some_and(Value::is_object) {
        return Err(bad_field("backup_files", "there is nothing to import"));
    }
    match side(scene, redis, "target_instance")?.get("id") {
        Some(_) => Ok(()),
        None => Err(Problem::NoInstance.into()),
    }
}

pub(super) fn source_side(scene: &Scene<'_>, _: Option<&Record>, redis: &Redis) -> Valued {
    side(scene, redis, "source_instance").map(Some)
}

pub(super) fn target_side(scene: &Scene<'_>, _: Option<&Record>, redis: &Redis) -> Valued {
    side(scene, redis, "target_instance").map(Some)
}

/// One end of a migration: an instance by its id, or any Redis by its address.
fn side(scene: &Scene<'_>, redis: &Redis, name: &str) -> Result<Value, Refusal> {
    let text = |field: &str| {
        let text = scene.given(name)?.get(field)?.as_str()?;
        (!text.is_empty()).then_some(text)
    };
    match (text("id"), text("addrs")) {
        (Some(id), _) => match redis.instance(id) {
            Some(_) => Ok(end(redis, id)),
            None => Err(Problem::NoInstance.into()),
        },
        (None, Some(addresses)) => Ok(json!({ "name": "", "addrs": addresses })),
        (None, None) => Err(bad_field(name, "it has neither id nor addrs")),
    }
}

fn end(redis: &Redis, id: &str) -> Value {
    let instance = redis.instance(id);
    let address = instance.map(|one| format!("{}:{}", one.shape.ip, one.port));
    json!({ "id": id, "name": instance.map(|one| &one.shape.name), "addrs": address })
}

pub(super) fn source(_: &Scene<'_>, task: Option<&Record>, redis: &Redis) -> Valued {
    Ok(present(task, redis, "source_side"))
}

pub(super) fn target(_: &Scene<'_>, task: Option<&Record>, redis: &Redis) -> Valued {
    Ok(present(task, redis, "target_side"))
}

/// An end with what its instance is like now, if it is still there.
fn present(task: Option<&Record>, redis: &Redis, field: &str) -> Option<Value> {
    let mut side = task?.fields.get(field)?.clone();
    let id = side.get("id").and_then(Value::as_str);
    if let Some(instance) = id.and_then(|id| redis.instance(id)) {
        side["status"] = Value::from(instance.status());
        side["subnet_id"] = Value::from(instance.subnet_id.clone());
        side["spec_code"] = Value::from(instance.spec_code.clone());
    }
    Some(side)
}

pub(super) fn source_instance(_: &Scene<'_>, task: Option<&Record>, _: &Redis) -> Valued {
    Ok(in_detail(task, "source_side"))
}

pub(super) fn target_instance(_: &Scene<'_>, task: Option<&Record>, _: &Redis) -> Valued {
    Ok(in_detail(task, "target_side"))
}

/// An end as the details show it. Passwords are not given back.
fn in_detail(task: Option<&Record>, field: &str) -> Option<Value> {
    let side = task?.fields.get(field)?.as_object()?;
    let addresses = side
        .get("addrs")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (ip, port) = addresses.rsplit_once(':').unwrap_or((addresses, "6379"));
    let more = json!({
        "ip": ip, "port": port, "proxy_multi_db": false, "db": "0", "task_status": "RUNNING",
    });
    let mut shown = side.clone();
    shown.extend(
        more.as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone())),
    );
    Some(Value::Object(shown))
}

pub(super) fn has_name(scene: &Scene<'_>, shown: &Map<String, Value>) -> bool {
    let own = shown.get("task_name").and_then(Value::as_str);
    scene
        .text("name")
        .is_none_or(|wanted| own.is_some_and(|own| own.contains(wanted)))
}

/// When what the task is doing ended. What follows changes ends only when it is stopped, unless copying failed before.
fn ended(task: &Record, now: Timestamp) -> Option<Timestamp> {
    let job = task.job(now).filter(|job| job.name != "prepare")?;
    match job.status(now) {
        JobStatus::Done(_) if job.name == "follow" => None,
        _ => job.ended(now),
    }
}

pub(super) fn end_time(scene: &Scene<'_>, task: Option<&Record>, _: &Redis) -> Valued {
    let end = task.and_then(|task| ended(task, scene.now));
    Ok(end.map(|end| Value::from(moment(end))))
}

/// When the machine of an online migration is given back.
pub(super) fn released_at(scene: &Scene<'_>, task: Option<&Record>, _: &Redis) -> Valued {
    let task = task.filter(|task| task.text("migration_type") == "online_migration");
    let end = task.and_then(|task| ended(task, scene.now));
    Ok(end.map(|end| Value::from(moment(later(end, KEPT)))))
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
    redis.store.all("migration").any(|task| {
        let mut sides = ["source_side", "target_side"].into_iter();
        let is_side = |side| {
            task.fields
                .get(side)
                .is_some_and(|side| side["id"] == instance)
        };
        sides.any(is_side) && moves(task, now)
    })
}

fn job(name: &str, begin: JobStart) -> Job {
    let times = (Duration::ZERO, takes("migration", name));
    Job::new(name, begin.now, times, begin.outcome)
}

pub(super) fn begin_copying(call: &Call<'_>, redis: &mut Redis, task: &Record) {
    let follows = task.text("migration_method") == "incremental_migration";
    if let Some(task) = redis.store.get_mut("migration", &task.id) {
        task.job = Some(job(if follows { "follow" } else { "copy" }, begin(call)));
        task.before = None;
    }
}

/// Begins to stop a task that moves data, with what `begin` says of that work.
fn stop_one(task: &mut Record, now: Timestamp, begin: impl FnOnce() -> JobStart) {
    if moves(task, now) {
        task.before = task.job(now).cloned();
        task.job = Some(job("stop", begin()));
    }
}

pub(super) fn stop(call: &Call<'_>, redis: &mut Redis, task: &Record) {
    if let Some(task) = redis.store.get_mut("migration", &task.id) {
        stop_one(task, call.now(), || begin(call));
    }
}

pub(super) fn stop_some(call: &Call<'_>) -> Outcome {
    let mut begun = None;
    let mut redis = redis(call);
    let ids = field_texts(call, "migration_tasks").unwrap_or_default();
    let results: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            let task = redis.store.get_mut("migration", id);
            let task = task.filter(|_| call.in_main_project());
            let good = task.is_some_and(|task| {
                // One fault concerns all that the call stops.
                stop_one(task, call.now(), || {
                    *begun.get_or_insert_with(|| begin(call))
                });
                task.job.as_ref().is_some_and(|job| job.name == "stop")
            });
            json!({ "task_id": id, "result": if good { "success" } else { "failed" } })
        })
        .collect();
    good(&json!({ "migration_tasks": results }))
}

pub(super) fn stats(call: &Call<'_>) -> Outcome {
    const KEYS: u64 = 531_221;
    let redis = redis(call);
    let id = call.params.text("task_id").unwrap_or_default();
    let task = redis.store.get("migration", id);
    let task = task
        .filter(|task| call.in_main_project() && task.text("migration_type") == "online_migration")
        .ok_or_else(|| refuse(refusals::NO_JOB))?;
    let (copied, moves) = (copied(task, call.now()), moves(task, call.now()));
    good(&json!({
        "full_migration_progress": copied.to_string(),
        "offset": "0",
        "source_dbsize": KEYS.to_string(),
        "target_dbsize": (KEYS * copied / 100).to_string(),
        "target_input_kbps": if moves { "50" } else { "0" },
        "target_ops": if moves { "5300" } else { "0" },
        "is_migrating": moves,
    }))
}

pub(super) fn delete(call: &Call<'_>) -> Outcome {
    let now = call.now();
    let mut redis = redis(call);
    let ids = field_texts(call, "task_id_list").unwrap_or_default();
    // Those that are not there are left out of the answer.
    let found = ids
        .into_iter()
        .filter_map(|id| redis.store.get("migration", id));
    let found: Vec<&Record> = found.filter(|_| call.in_main_project()).collect();
    if found
        .iter()
        .any(|task| moves(task, now) || task.under_way(now))
    {
        return Err(refuse(refusals::TASK_STATE));
    }
    let deleted: Vec<String> = found.iter().map(|task| task.id.clone()).collect();
    for id in &deleted {
        redis.store.remove("migration", id);
    }
    good(&json!({ "task_id_list": deleted }))
}

/// A migration between the first two instances that ended well.
pub(super) fn plant(redis: &mut Redis) {
    let mut ids = redis.instances.iter().map(|one| one.id().to_owned());
    let (Some(source), Some(target)) = (ids.next(), ids.next()) else {
        return;
    };
    drop(ids);
    let seed = redis.seed;
    let created = earlier(redis.started, Duration::from_secs(10 * 24 * 60 * 60));
    let mut task = Record::new(seed.uuid("first migration"), "", created);
    let start = JobStart {
        now: created,
        outcome: JobOutcome::Good,
    };
    task.job = Some(job("copy", start));
    let fields = json!({
        "task_name": "dcs-migration-first",
        "description": "moved to a larger instance",
        "migration_type": "online_migration",
        "migration_method": "full_amount_migration",
        "resume_mode": "auto",
        "ecs_tenant_private_ip": "10.20.255.10",
        "tenant_vpc_id": seed.uuid("vpc"),
        "tenant_subnet_id": seed.uuid("subnet"),
        "tenant_security_group_id": seed.uuid("security group"),
        "source_side": end(redis, &source),
        "target_side": end(redis, &target),
    });
    task.fields = fields.as_object().cloned().unwrap_or_default();
    redis.store.add("migration", task);
}
