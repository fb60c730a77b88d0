//! Run logs and slow logs.

use http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::state::INSTANCE;
use super::state::object;
use super::{Redis, RedisInstance, RedisKind, Replica, Scene, Valued, find, job, nothing, redis};
use crate::call::Call;
use crate::engine::State;
use crate::fault::FaultKind;
use crate::records::{Job, Record};
use crate::services::{Outcome, States};
use crate::spec::{InvalidRequest, Place};

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

/// The shard that a slow command is of, in a cluster.
pub(super) fn shard_of(scene: &Scene<'_>, record: Option<&Record>, redis: &Redis) -> Valued {
    let number = record.and_then(|record| record.fields.get("shard")?.as_u64());
    let instance = scene
        .parent
        .as_ref()
        .and_then(|parent| redis.store().get(INSTANCE, &parent.id));
    let (Some(number), Some(instance)) = (number, instance.map(RedisInstance::of)) else {
        return Ok(None);
    };
    let shards = instance.groups();
    let number = usize::try_from(number).unwrap_or(0) % shards.len().max(1);
    let shard = shards.into_iter().nth(number);
    Ok(shard
        .filter(|_| instance.kind == RedisKind::Cluster)
        .map(Value::from))
}
