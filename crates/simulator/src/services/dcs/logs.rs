//! Run logs and slow logs.

use http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::state::object;
use super::{Redis, RedisInstance, RedisKind, Replica, find, job, nothing, redis};
use crate::call::Call;
use crate::engine::{State, list};
use crate::fault::FaultKind;
use crate::log_entries::SlowCommand;
use crate::records::{Job, Record};
use crate::services::{Outcome, States};
use crate::spec::{InvalidRequest, Place};
use crate::times::TimeForm;

pub(super) fn collect(call: &Call<'_>, states: &States) -> Outcome {
    let mut redis = redis(call, states);
    let instance = RedisInstance::of(find(call, &redis)?);
    let wanted = call.params.text("replication_id");
    let is_wanted = |replica: &&Replica| match instance.kind {
        RedisKind::Single => wanted.is_none(),
        _ => wanted == Some(&replica.id),
    };
    let why = "it has to be a replica of the instance, if that has any";
    let missing = || InvalidRequest::value(Place::Query, "replication_id", why);
    let mut replicas = instance.replicas.iter();
    let replica = replicas.find(is_wanted).ok_or_else(missing)?;
    if call.has_fault(FaultKind::JobLost) {
        return nothing(StatusCode::NO_CONTENT);
    }
    let days = call.params.number("query_time").unwrap_or(0).max(1);
    let job = job(call, "run-log", "collect");
    let mut day = TimeZone::UTC.to_datetime(call.now()).date();
    for _ in 0..days {
        collect_day(&mut redis, &instance.id, replica, day, &job);
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    redis
        .store_mut()
        .of_mut("run-log", &instance.id)
        .sort_by(|a, b| {
            let names = || a.text("file_name").cmp(b.text("file_name"));
            b.text("time").cmp(a.text("time")).then_with(names)
        });
    nothing(StatusCode::NO_CONTENT)
}

/// Starts the collection of one day. What is being collected or is there already stays, what failed is tried again.
fn collect_day(redis: &mut Redis, instance: &str, replica: &Replica, day: Date, job: &Job) {
    let file_name = format!("redis_{}_{day}.log", replica.ip);
    let mut logs = redis.store_mut().of_mut("run-log", instance).iter_mut();
    if let Some(log) = logs.find(|log| log.text("file_name") == file_name) {
        if !log.under_way(job.created) && !log.is_done(job.created) {
            log.job = Some(job.clone());
        }
        return;
    }
    let id = redis.seed.uuid(&format!("run log {instance} {file_name}"));
    let mut log = Record::new(id, instance, job.created);
    log.fields = object(json!({
        "file_name": file_name,
        "group_name": replica.group,
        "replication_ip": replica.ip,
        "time": day.to_string(),
    }));
    log.job = Some(job.clone());
    redis.store_mut().add("run-log", log);
}

pub(super) fn slow_log(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let instance = RedisInstance::of(find(call, &redis)?);
    let form = TimeForm::Milliseconds;
    let time = |name: &'static str| {
        call.params
            .text(name)
            .and_then(|text| form.read(text))
            .ok_or_else(|| InvalidRequest::value(Place::Query, name, form.validation_error()))
    };
    let (start, end) = (time("start_time")?, time("end_time")?);
    if start > end {
        return Err(
            InvalidRequest::value(Place::Query, "end_time", "it is before start_time").into(),
        );
    }
    let mut found: Vec<SlowCommand> = call
        .cloud
        .log_entries
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
    let beside = json!({ "count": found.len() });
    list(
        call,
        found,
        |command| describe_command(&instance, &command),
        &beside,
    )
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
    let masters: Vec<&Replica> = instance.masters().collect();
    let shard = masters.get(command.shard % masters.len().max(1));
    if instance.kind == RedisKind::Cluster
        && let (Some(shard), Some(object)) = (shard, value.as_object_mut())
    {
        object.insert("shard_name".to_owned(), Value::from(shard.group.clone()));
    }
    value
}
