//! Operations of the Redis service.

use std::sync::{MutexGuard, PoisonError};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Outcome, page};
use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::fault::FaultKind;
use crate::objects::Style;
use crate::problem::Problem;
use crate::spec::{Invalid, InvalidBecause, Place};
use crate::state::Progress;
use crate::state::dcs::{Redis, RedisInstance, RedisKind, Replica};
use crate::state::entries::SlowCommand;

/// Where the documentation gives no default.
const LIMIT: u64 = 10;

fn redis<'a>(call: &Call<'a>) -> MutexGuard<'a, Redis> {
    call.world
        .redis
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

fn instance<'a>(call: &Call<'_>, redis: &'a Redis) -> Result<&'a RedisInstance, Problem> {
    call.params
        .text("instance_id")
        .filter(|_| call.in_main_project())
        .and_then(|id| redis.instance(id))
        .ok_or(Problem::NoInstance)
}

pub(super) fn list_instances(call: &Call<'_>) -> Outcome {
    let params = &call.params;
    let redis = redis(call);
    let whole_name = params.text("name_equal") == Some("true");
    let found: Vec<&RedisInstance> = redis
        .instances
        .iter()
        .filter(|_| call.in_main_project())
        .filter(|instance| match params.text("name") {
            Some(name) if whole_name => instance.name == name,
            Some(name) => instance.name.contains(name),
            None => true,
        })
        .filter(|instance| {
            params
                .text("instance_id")
                .is_none_or(|id| instance.id == id)
        })
        .filter(|instance| {
            params
                .text("ip")
                .is_none_or(|ip| instance.ip.split(',').any(|own| own == ip))
        })
        .filter(|_| {
            params
                .text("status")
                .is_none_or(|status| status == "RUNNING")
        })
        .filter(|_| {
            params
                .text("capacity")
                .is_none_or(|capacity| capacity == "1")
        })
        .filter(|_| params.text("tags").is_none_or(str::is_empty))
        .collect();
    let offset = params.number("offset").unwrap_or(0);
    let limit = params.number("limit").unwrap_or(LIMIT);
    let shown: Vec<Value> = page::slice(&found, offset, limit)
        .map(|instance| describe(call, instance))
        .collect();
    let body = json!({ "instances": shown, "instance_num": found.len() });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn describe(call: &Call<'_>, instance: &RedisInstance) -> Value {
    let accounts = &call.world.accounts;
    let spec_code = match instance.kind {
        RedisKind::Single => "redis.single.xu1.large.1",
        RedisKind::Replicated => "redis.ha.xu1.large.r2.1",
        RedisKind::Cluster => "redis.cluster.xu1.large.r2.24",
    };
    json!({
        "instance_id": instance.id,
        "name": instance.name,
        "status": "RUNNING",
        "engine": "Redis",
        "engine_version": "5.0",
        "capacity": 1,
        "capacity_minor": "",
        "ip": instance.ip,
        "port": 6379,
        "spec_code": spec_code,
        "az_codes": [format!("{}-01", accounts.region)],
        "vpc_id": call.world.seed.uuid("vpc"),
        "vpc_name": "vpc-default",
        "charging_mode": 0,
        "created_at": "2025-08-29T09:00:34.335Z",
        "max_memory": 1024,
        "used_memory": 2,
        "user_id": accounts.user_id,
        "user_name": accounts.user_name,
        "enable_ssl": false,
        "no_password_access": "false",
        "tags": [],
        "enterprise_project_id": "0",
        "order_id": null,
    })
}

pub(super) fn list_groups(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = instance(call, &redis)?;
    let mut groups: Vec<(&str, Vec<&Replica>)> = Vec::new();
    if instance.kind != RedisKind::Single {
        for replica in &instance.replicas {
            match groups.last_mut() {
                Some((name, replicas)) if *name == replica.group => replicas.push(replica),
                _ => groups.push((&replica.group, vec![replica])),
            }
        }
    }
    let list: Vec<Value> = groups
        .iter()
        .map(|(name, replicas)| {
            let replicas: Vec<Value> = replicas
                .iter()
                .map(|replica| describe_replica(call, instance, replica))
                .collect();
            json!({
                "group_id": call.world.seed.uuid(&format!("group {} {name}", instance.id)),
                "group_name": name,
                "replication_list": replicas,
            })
        })
        .collect();
    let body = json!({ "group_count": list.len(), "group_list": list });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn describe_replica(call: &Call<'_>, instance: &RedisInstance, replica: &Replica) -> Value {
    let seed = call.world.seed;
    json!({
        "replication_id": replica.id,
        "replication_ip": replica.ip,
        "replication_role": if replica.master { "master" } else { "slave" },
        "is_replication": false,
        "status": "Active",
        "node_id": seed.hex32(&format!("node {}", replica.id)),
        "az_code": format!("{}-01", call.world.accounts.region),
        "dimensions": [
            { "name": "dcs_instance_id", "value": instance.id },
            { "name": "dcs_cluster_redis_node", "value": seed.hex32(&format!("metric {}", replica.id)) },
        ],
    })
}

pub(super) fn collect(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = instance(call, &redis)?.clone();
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
    let days = call.params.number("query_time").unwrap_or(0);
    redis.collect(
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
    let id = instance(call, &redis)?.id.clone();
    let stale = call.suffers(FaultKind::StaleList);
    let logs = redis.run_logs(&id, call.now(), stale);
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
    let instance = instance(call, &redis)?;
    let id = call.params.text("id").unwrap_or_default();
    let log = redis
        .run_log(&instance.id, id)
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
    let instance = instance(call, &redis)?;
    let time = |name: &'static str| {
        call.params
            .text(name)
            .and_then(|text| text.parse().ok())
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
