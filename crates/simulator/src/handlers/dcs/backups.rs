//! Backups and restorations.

use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    bad_field, bad_path, begin, field_text, find, find_mut, good, moment, nothing, period, quiet,
    redis, refuse, shown,
};
use crate::call::{Call, Refusal};
use crate::fault::FaultKind;
use crate::handlers::Outcome;
use crate::objects::Style;
use crate::problem::dcs as refusals;
use crate::state::dcs::backups::{Backup, Restore};
use crate::state::dcs::flavors::Mode;
use crate::state::dcs::instance::{Instance, Job};
use crate::state::dcs::seeds::stamped;
use crate::state::dcs::span::{Span, Stage};
use crate::state::dcs::timing::Takes;

/// What work that failed says of itself.
const FAILURE: &str = "dcs.08.0002";

fn remark(call: &Call<'_>) -> Result<String, Refusal> {
    let remark = field_text(call, "remark").unwrap_or_default();
    match remark.chars().count() <= 128 {
        true => Ok(remark.to_owned()),
        false => Err(refuse(refusals::REMARK)),
    }
}

/// Whether the instance can be backed up and restored, and nothing else is done to it.
fn ready(call: &Call<'_>, instance: &Instance) -> Result<(), Refusal> {
    if instance.mode == Mode::Single {
        return Err(refuse(refusals::NO_BACKUPS));
    }
    quiet(instance, call.now())
}

pub(super) fn create(call: &Call<'_>) -> Outcome {
    let remark = remark(call)?;
    let mut redis = redis(call);
    ready(call, find(call, &redis)?)?;
    let begin = begin(call);
    let id = redis.uuid("backup");
    let instance = find_mut(call, &mut redis)?;
    let span = Span::new(begin, Takes::Backup);
    instance.backups.push(Backup {
        id: id.clone(),
        name: stamped("backup", begin.now),
        remark,
        format: match field_text(call, "backup_format") {
            Some("aof") => "aof",
            _ => "rdb",
        },
        kind: "manual",
        size: 1_024 + instance.keys * 512,
        span,
    });
    let instance = instance.id().to_owned();
    redis
        .tasks
        .add(begin, &instance, "BACKUP", span.course, json!({}));
    good(&json!({ "backup_id": id }))
}

/// How a piece of work is called at each stage.
fn word(stage: Stage, running: &'static str) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Running => running,
        Stage::Done(_) => "succeed",
        Stage::Failed(_) => "failed",
    }
}

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let wanted = period(call, "begin_time", "end_time")?;
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let stale = call.suffers(FaultKind::StaleList);
    let now = call.now();
    let found: Vec<&Backup> = instance
        .backups
        .iter()
        .rev()
        .filter(|backup| wanted(backup.span.created) && !(stale && backup.span.under_way(now)))
        .collect();
    if found.is_empty() {
        return nothing(StatusCode::NO_CONTENT);
    }
    let page: Vec<Value> = shown(call, found.iter())
        .map(|backup| describe(instance, backup, now))
        .collect();
    good(&json!({ "total_num": found.len(), "backup_record_response": page }))
}

fn describe(instance: &Instance, backup: &Backup, now: Timestamp) -> Value {
    let stage = backup.span.stage(now);
    let done = matches!(stage, Stage::Done(_));
    json!({
        "backup_id": backup.id,
        "backup_name": backup.name,
        "instance_id": instance.id(),
        "backup_type": backup.kind,
        "backup_format": backup.format,
        "remark": backup.remark,
        "size": if done { backup.size } else { 0 },
        "status": word(stage, "backuping"),
        "progress": backup.span.progress(now),
        "is_support_restore": if done { "TRUE" } else { "FALSE" },
        "created_at": moment(backup.span.created),
        "execution_at": moment(backup.span.started),
        "updated_at": moment(backup.span.updated(now)),
        "error_code": error(stage),
        "period": {},
    })
}

/// As in the documented examples, an empty object where there is no error.
fn error(stage: Stage) -> Value {
    match stage {
        Stage::Failed(_) => Value::from(FAILURE),
        _ => json!({}),
    }
}

/// The backup in the path, if it is not being made.
fn finished<'a>(call: &Call<'_>, instance: &'a Instance) -> Result<&'a Backup, Refusal> {
    let id = call.params.text("backup_id").unwrap_or_default();
    let backup = instance.backups.iter().find(|backup| backup.id == id);
    let backup = backup.ok_or_else(|| bad_path("backup_id"))?;
    match backup.span.under_way(call.now()) {
        true => Err(refuse(refusals::BACKING_UP)),
        false => Ok(backup),
    }
}

pub(super) fn delete(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find_mut(call, &mut redis)?;
    let id = finished(call, instance)?.id.clone();
    if instance.restoring_from(&id, call.now()) {
        return Err(refuse(refusals::RESTORING));
    }
    instance.backups.retain(|backup| backup.id != id);
    let folder = format!("{}{id}/", call.world.backups(instance.id()));
    call.world.store.remove_folder(&folder);
    nothing(StatusCode::NO_CONTENT)
}

pub(super) fn links(call: &Call<'_>) -> Outcome {
    let seconds = call
        .params
        .field("expiration")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let backup = finished(call, instance)?;
    let Stage::Done(end) = backup.span.stage(call.now()) else {
        return Err(refuse(refusals::BACKUP_STATE));
    };
    let world = call.world;
    let bucket = format!("backups-{}", world.options.region);
    let path = format!("{}/{}/", instance.id(), backup.id);
    let time = TimeZone::UTC.to_datetime(backup.span.created);
    let masters = instance.shape.replicas.iter().filter(|node| node.master);
    let links: Vec<Value> = masters
        .map(|node| {
            let stamp = time.strftime("%Y%m%d%H%M%S");
            let name = format!(
                "redis_{}_{}_{stamp}.{}",
                node.ip, instance.port, backup.format
            );
            let key = format!("{}{}/{name}", world.backups(instance.id()), backup.id);
            // Nobody reads what is in a backup here; it has the lines of a log.
            world
                .store
                .put(&key, Style::RedisRun, TimeZone::UTC.to_datetime(end).date());
            let link = call.link(&key, std::time::Duration::from_secs(seconds));
            json!({ "file_name": name, "link": format!("http://{link}") })
        })
        .collect();
    good(&json!({ "file_path": path, "bucket_name": bucket, "links": links }))
}

pub(super) fn restore(call: &Call<'_>) -> Outcome {
    let remark = remark(call)?;
    let mut redis = redis(call);
    let instance = find(call, &redis)?;
    ready(call, instance)?;
    let wanted = field_text(call, "backup_id").unwrap_or_default();
    let backup = instance.backups.iter().find(|backup| backup.id == wanted);
    let backup = backup
        .ok_or_else(|| bad_field("backup_id", "the instance has no such backup"))?
        .clone();
    if !matches!(backup.span.stage(call.now()), Stage::Done(_)) {
        return Err(refuse(refusals::BACKUP_STATE));
    }
    let begin = begin(call);
    let id = redis.uuid("restore");
    let instance = find_mut(call, &mut redis)?;
    let span = Span::new(begin, Takes::Restore);
    instance.job = Some((Job::Restore, span.course));
    instance.restores.push(Restore {
        id: id.clone(),
        name: stamped("restore", begin.now),
        remark,
        backup_id: backup.id,
        backup_name: backup.name,
        backup_remark: backup.remark,
        span,
    });
    let instance = instance.id().to_owned();
    redis
        .tasks
        .add(begin, &instance, "RESTORE", span.course, json!({}));
    good(&json!({ "restore_id": id }))
}

pub(super) fn list_restores(call: &Call<'_>) -> Outcome {
    let wanted = period(call, "begin_time", "end_time")?;
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let now = call.now();
    let found: Vec<&Restore> = instance
        .restores
        .iter()
        .rev()
        .filter(|restore| wanted(restore.span.created))
        .collect();
    if found.is_empty() {
        return nothing(StatusCode::NO_CONTENT);
    }
    let page: Vec<Value> = shown(call, found.iter())
        .map(|restore| {
            let stage = restore.span.stage(now);
            json!({
                "restore_id": restore.id,
                "restore_name": restore.name,
                "restore_remark": restore.remark,
                "backup_id": restore.backup_id,
                "backup_name": restore.backup_name,
                "backup_remark": restore.backup_remark,
                "status": word(stage, "restoring"),
                "progress": restore.span.progress(now),
                "created_at": moment(restore.span.created),
                "updated_at": moment(restore.span.updated(now)),
                "error_code": error(stage),
            })
        })
        .collect();
    good(&json!({ "total_num": found.len(), "restore_record_response": page }))
}
