//! Restarts, flushes, passwords, switchover and statistics.

use serde_json::{Value, json};

use super::instances::named;
use super::login::{Changed, LOCK_MINUTES, is_complex};
use super::state::INSTANCE;
use super::{
    Redis, RedisInstance, Scene, Valued, at_once, good, hold, instances, is_ready, job, known,
    of_each, ready, redis, refuse,
};
use crate::call::Call;
use crate::records::Record;
use crate::services::{Outcome, States};

pub(super) fn restart_or_flush(call: &Call<'_>, states: &States) -> Outcome {
    let action = call
        .field_text("action")
        .ok_or_else(|| refuse("DCS.4064"))?;
    let (name, then) = match action {
        "flush" => ("flush", json!({ "keys": 0 })),
        _ => ("restart", json!({})),
    };
    let ids = named(call)?;
    let (mut begun, mut redis) = (None, redis(call, states));
    let results = of_each("instance", &ids, |id| {
        let found = redis
            .instance(id)
            .filter(|_| call.in_project_with_instances());
        let is_good = found.is_some_and(|one| is_ready(call, &redis, one, "quiet").is_ok());
        if is_good {
            // One fault concerns all that the call does.
            let job = begun.get_or_insert_with(|| job(call, INSTANCE, name));
            redis.begin(id, job.clone(), then.clone());
        }
        is_good
    });
    good(&json!({ "results": results }))
}

pub(super) fn change_password(call: &Call<'_>, states: &States) -> Outcome {
    let old = call.field_text("old_password").unwrap_or_default();
    let new = call.field_text("new_password").unwrap_or_default();
    let mut redis = redis(call, states);
    let id = ready(call, &redis, "idle")?.id.clone();
    hold(!redis.is_open(&id), "DCS.4850")?;
    hold(is_complex(new) && old != new, "DCS.4019")?;
    let changed = redis.login(&id).change(old, new, call.now());
    let (word, retries, locked, message) = match changed {
        Changed::Done => ("success", 5, None, "Modify DCSInstance password success."),
        Changed::Wrong(left) => ("passwordFailed", left, None, "The old password is wrong."),
        Changed::Locked(left) => ("locked", 0, Some(left), "The instance is locked."),
    };
    if changed == Changed::Done {
        redis.remember(new);
        redis.leave_task(&id, &at_once(call), ("modify", json!({})));
    }
    good(&json!({
        "result": word,
        "message": message,
        "retry_times_left": retries.to_string(),
        "lock_time": locked.map_or(0, |_| LOCK_MINUTES).to_string(),
        "lock_time_left": locked.unwrap_or(0).to_string(),
    }))
}

pub(super) fn reset_password(call: &Call<'_>, states: &States) -> Outcome {
    let new = call
        .field_text("new_password")
        .filter(|new| !new.is_empty());
    let is_open = call.field_truth("no_password_access") == Some(true);
    let mut redis = redis(call, states);
    let id = ready(call, &redis, "idle")?.id.clone();
    hold(!is_open || new.is_none(), "DCS.4849")?;
    hold(is_open || new.is_some(), "DCS.4845")?;
    hold(new.is_none_or(is_complex), "DCS.4019")?;
    hold(redis.login(&id).locked(call.now()).is_none(), "DCS.4026")?;
    redis.set_password(&id, new);
    redis.leave_task(&id, &at_once(call), ("modify", json!({})));
    good(&json!({
        "code": "1",
        "message": "success",
        "ext_message": null,
        "retry_times_left": "5",
        "lock_time": "0",
        "lock_time_left": "0",
    }))
}

/// The nodes as they are after a switchover.
pub(super) fn swapped(_: &Scene<'_>, instance: Option<&Record>, _: &Redis) -> Valued {
    let mut shape = instance.map(RedisInstance::of);
    shape.iter_mut().for_each(RedisInstance::swap);
    Ok(shape.map(|shape| shape.nodes()))
}

pub(super) fn statistics(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let all = instances(call, &redis).into_iter();
    let running = all.filter(|one| known::status(one, call.now()) == "RUNNING");
    let statistics = running.map(|one| {
        let mut rng = redis.seed.rng(&format!("statistics {}", one.id));
        let keys = one.number("keys");
        json!({
            "instance_id": one.id,
            "keys": keys,
            "used_memory": known::used_megabytes(one),
            "max_memory": known::megabytes(one),
            "cmd_get_count": keys * 7,
            "cmd_set_count": keys,
            "input_kbps": format!("{}.{:02}", rng.u8(0..9), rng.u8(0..99)),
            "output_kbps": format!("{}.{:02}", rng.u8(0..9), rng.u8(0..99)),
            "used_cpu": format!("{}.{}", rng.u8(0..90), rng.u8(0..9)),
        })
    });
    good(&json!({ "statistics": statistics.collect::<Vec<Value>>() }))
}
