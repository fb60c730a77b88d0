//! Run logs and slow logs.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{LIMIT, find, redis};
use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::digits::number;
use crate::fault::FaultKind;
use crate::handlers::{Outcome, page};
use crate::objects::Style;
use crate::problem::Problem;
use crate::spec::{Invalid, InvalidBecause, Place};
use crate::state::Progress;
use crate::state::dcs::{RedisInstance, RedisKind, Replica};
use crate::state::entries::SlowCommand;

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
    if call.suffers(FaultKind::JobLost) {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let days = call.params.number("query_time").unwrap_or(0);
    let seed = redis.seed;
    redis.logs.collect(
        seed,
        &instance.id,
        replica,
        days,
        call.now(),
        call.world.options.collect_delay,
        call.fate(),
    );
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

pub(super) fn list_run_logs(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let id = find(call, &redis)?.shape.id.clone();
    let stale = call.suffers(FaultKind::StaleList);
    let logs = redis.logs.list(&id, call.now(), stale);
    if logs.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let offset = call.params.number("offset").unwrap_or(0);
    let limit = call.params.number("limit").unwrap_or(LIMIT);
    let shown: Vec<Value> = page::slice(&logs, offset, limit)
        .map(|log| {
            // Only `succeed` is documented.
            let status = match log.course.progress(call.now()) {
                Progress::UnderWay => "collecting",
                Progress::Done(_) => "succeed",
                Progress::Failed(_) => "failed",
            };
            json!({
                "id": log.id,
                "file_name": log.file_name,
                "group_name": log.group,
                "replication_ip": log.ip,
                "status": status,
                "time": log.day.to_string(),
                "backup_id": log.id,
            })
        })
        .collect();
    let body = json!({ "total_num": logs.len(), "file_list": shown });
    Ok(Answer::json(StatusCode::OK, &body))
}

pub(super) fn link(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = &find(call, &redis)?.shape;
    let id = call.params.text("id").unwrap_or_default();
    let log = redis
        .logs
        .get(&instance.id, id)
        .ok_or(Problem::NoObject("run log"))?;
    if !matches!(log.course.progress(call.now()), Progress::Done(_)) {
        return Err(Invalid::value(Place::Path, "id", "the run log is not collected yet").into());
    }
    let key = call.world.key(&instance.id, &log.file_name);
    call.world.store.put(&key, Style::RedisRun, log.day);
    let link = call.link(&key, call.world.options.redis_link_lifetime);
    let body = json!({ "id": log.id, "backup_id": log.id, "link": format!("http://{link}") });
    Ok(Answer::json(StatusCode::OK, &body))
}

pub(super) fn slow_log(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = &find(call, &redis)?.shape;
    let time = |name: &'static str| {
        call.params
            .text(name)
            .and_then(number)
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .ok_or_else(|| Invalid::value(Place::Query, name, "no number of milliseconds"))
    };
    let (start, end) = (time("start_time")?, time("end_time")?);
    if start > end {
        return Err(Invalid::value(Place::Query, "end_time", "it is before start_time").into());
    }
    let mut found: Vec<SlowCommand> = call
        .world
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
    let shown: Vec<Value> = page::slice(&found, offset, limit)
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
