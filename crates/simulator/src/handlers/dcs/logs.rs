//! Run logs and slow logs.

use std::time::Duration;

use http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{LIMIT, find, redis};
use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::engine::slice;
use crate::fault::FaultKind;
use crate::handlers::Outcome;
use crate::objects::Style;
use crate::problem::Problem;
use crate::records::{Job, Record};
use crate::spec::{Invalid, InvalidBecause, Place};
use crate::state::dcs::{Redis, RedisInstance, RedisKind, Replica};
use crate::state::entries::SlowCommand;
use crate::times::TimeForm;

pub(super) fn collect(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find(call, &redis)?.shape.clone();
    let wanted = call.params.text("replication_id");
    let replica = match (instance.kind, wanted) {
        (RedisKind::Single, None) => instance.replicas.first(),
        (RedisKind::Single, Some(_)) => None,
        (_, None) => {
            return Err(Refusal::Invalid(Invalid {
                place: Place::Query,
                name: "replication_id".to_owned(),
                problem: InvalidBecause::Missing,
            }));
        }
        (_, Some(id)) => instance.replicas.iter().find(|replica| replica.id == id),
    };
    let Some(replica) = replica else {
        let why = "the instance has no such replica";
        return Err(Invalid::value(Place::Query, "replication_id", why).into());
    };
    if call.has_fault(FaultKind::JobLost) {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let days = call.params.number("query_time").unwrap_or(0).max(1);
    let job = Job::new(
        "collect",
        call.now(),
        (Duration::ZERO, call.cloud.options.collect_delay),
        call.outcome(),
    );
    let mut day = TimeZone::UTC.to_datetime(call.now()).date();
    for _ in 0..days {
        collect_day(&mut redis, &instance.id, replica, day, &job);
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    redis.store.of_mut("run-log", &instance.id).sort_by(|a, b| {
        let names = || a.text("file_name").cmp(b.text("file_name"));
        b.text("time").cmp(a.text("time")).then_with(names)
    });
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// Starts the collection of one day. What is being collected or is there already stays, what failed is tried again.
fn collect_day(redis: &mut Redis, instance: &str, replica: &Replica, day: Date, job: &Job) {
    let file_name = format!("redis_{}_{day}.log", replica.ip);
    let mut logs = redis.store.of_mut("run-log", instance).iter_mut();
    if let Some(log) = logs.find(|log| log.text("file_name") == file_name) {
        if !log.under_way(job.created) && !log.is_done(job.created) {
            log.job = Some(job.clone());
        }
        return;
    }
    let id = redis.seed.uuid(&format!("run log {instance} {file_name}"));
    let mut log = Record::new(id, instance, job.created);
    for (field, value) in [
        ("file_name", file_name),
        ("group_name", replica.group.clone()),
        ("replication_ip", replica.ip.clone()),
        ("time", day.to_string()),
    ] {
        log.fields.insert(field.to_owned(), Value::from(value));
    }
    log.job = Some(job.clone());
    redis.store.add("run-log", log);
}

pub(super) fn link(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = &find(call, &redis)?.shape;
    let id = call.params.text("id").unwrap_or_default();
    let mut logs = redis.store.of("run-log", &instance.id).iter();
    let log = logs.find(|log| log.id == id);
    let log = log.ok_or(Problem::NoObject("run log"))?;
    if !log.is_done(call.now()) {
        return Err(Invalid::value(Place::Path, "id", "the run log is not collected yet").into());
    }
    let key = call.cloud.key(&instance.id, log.text("file_name"));
    let day = log.text("time").parse().map_err(|_| Problem::Internal)?;
    call.cloud.store.put(&key, Style::RedisRun, day);
    let link = call.link(&key, call.cloud.options.redis_link_lifetime);
    let body = json!({ "id": log.id, "backup_id": log.id, "link": format!("http://{link}") });
    Ok(Answer::json(StatusCode::OK, &body))
}

pub(super) fn slow_log(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = &find(call, &redis)?.shape;
    let form = TimeForm::Milliseconds;
    let time = |name: &'static str| {
        call.params
            .text(name)
            .and_then(|text| form.read(text))
            .ok_or_else(|| Invalid::value(Place::Query, name, form.complaint()))
    };
    let (start, end) = (time("start_time")?, time("end_time")?);
    if start > end {
        return Err(Invalid::value(Place::Query, "end_time", "it is before start_time").into());
    }
    let mut found: Vec<SlowCommand> = call
        .cloud
        .journal
        .slow_commands(&instance.id)
        .into_iter()
        .filter(|command| (start..=end).contains(&command.time))
        .collect();
    if call.params.text("sort_key") == Some("duration") {
        found.sort_by_key(|command| std::cmp::Reverse(command.milliseconds));
    }
    if call.params.text("sort_dir") == Some("asc") {
        found.reverse();
    }
    let offset = call.params.number("offset").unwrap_or(0);
    let limit = call.params.number("limit").unwrap_or(LIMIT);
    let shown: Vec<Value> = slice(&found, offset, limit)
        .map(|command| describe_command(instance, command))
        .collect();
    let body = json!({ "total_num": found.len(), "count": found.len(), "slowlogs": shown });
    Ok(Answer::json(StatusCode::OK, &body))
}

/// A slow command as the API shows it.
pub(crate) fn describe_command(instance: &RedisInstance, command: &SlowCommand) -> Value {
    let mut value = json!({
        "id": command.id,
        "start_time": command.time.to_string(),
        "command": command.command,
        "duration": command.milliseconds.to_string(),
        "database_id": 0,
        "username": "default",
    });
    let masters: Vec<&Replica> = instance
        .replicas
        .iter()
        .filter(|replica| replica.master)
        .collect();
    let shard = masters.get(command.shard % masters.len().max(1));
    if instance.kind == RedisKind::Cluster
        && let (Some(shard), Some(object)) = (shard, value.as_object_mut())
    {
        object.insert("shard_name".to_owned(), Value::from(shard.group.clone()));
    }
    value
}
