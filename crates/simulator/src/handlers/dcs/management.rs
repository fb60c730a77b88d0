//! Restarts, flushes, passwords, switchover and statistics.

use serde_json::{Value, json};

use super::deletion::{named, result};
use super::{at_once, begin, field_text, find_mut, good, is_ready, ready, redis, refuse};
use crate::call::Call;
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::records::Record;
use crate::state::dcs::Redis;
use crate::state::dcs::instance::InstanceJob;
use crate::state::dcs::security::{Changed, LOCK_MINUTES, is_complex};
use crate::state::dcs::takes;

pub(super) fn restart_or_flush(call: &Call<'_>) -> Outcome {
    let action = field_text(call, "action").ok_or_else(|| refuse(refusals::ACTION))?;
    let ids = named(call)?;
    let (job, word, task) = match action {
        "flush" => (InstanceJob::Flush, "flush", "FLUSH"),
        _ => (InstanceJob::Restart, "restart", "RESTART"),
    };
    let mut begun = None;
    let mut redis = redis(call);
    let mut results = Vec::new();
    for id in ids {
        let found = redis.instance(&id).filter(|_| call.in_main_project());
        let good = found.is_some_and(|found| is_ready(call, &redis, found, "quiet").is_ok());
        if let Some(instance) = redis.instance_mut(&id).filter(|_| good) {
            let begin = *begun.get_or_insert_with(|| begin(call));
            let deadline = begin.deadline(takes("instance", word));
            instance.job = Some((job.clone(), deadline));
            redis.leave_task(begin.now, &id, task, deadline, json!({}));
        }
        results.push(result(&id, good));
    }
    good(&json!({ "results": results }))
}

pub(super) fn change_password(call: &Call<'_>) -> Outcome {
    let old = field_text(call, "old_password").unwrap_or_default();
    let new = field_text(call, "new_password").unwrap_or_default();
    let mut redis = redis(call);
    ready(call, &redis, "idle")?;
    let instance = find_mut(call, &mut redis)?;
    if instance.login.is_open() {
        return Err(refuse(refusals::PASSWORD_FREE));
    }
    if !is_complex(new) || old == new {
        return Err(refuse(refusals::PASSWORD));
    }
    let (word, retries, locked, message) = match instance.login.change(old, new, call.now()) {
        Changed::Done => ("success", 5, None, "Modify DCSInstance password success."),
        Changed::Wrong(left) => ("passwordFailed", left, None, "The old password is wrong."),
        Changed::Locked(left) => ("locked", 0, Some(left), "The instance is locked."),
    };
    let id = instance.id().to_owned();
    if word == "success" {
        let begin = at_once(call);
        redis.remember(new);
        redis.leave_task(
            begin.now,
            &id,
            "modify",
            begin.deadline(takes("instance", "change")),
            json!({}),
        );
    }
    good(&json!({
        "result": word,
        "message": message,
        "retry_times_left": retries.to_string(),
        "lock_time": locked.map_or(0, |_| LOCK_MINUTES).to_string(),
        "lock_time_left": locked.unwrap_or(0).to_string(),
    }))
}

pub(super) fn reset_password(call: &Call<'_>) -> Outcome {
    let new = field_text(call, "new_password").filter(|new| !new.is_empty());
    let open = call
        .params
        .field("no_password_access")
        .and_then(Value::as_bool)
        == Some(true);
    let mut redis = redis(call);
    ready(call, &redis, "idle")?;
    let instance = find_mut(call, &mut redis)?;
    match (open, new) {
        (true, Some(_)) => return Err(refuse(refusals::NEEDLESS_PASSWORD)),
        (false, None) => return Err(refuse(refusals::NO_PASSWORD)),
        (false, Some(new)) if !is_complex(new) => return Err(refuse(refusals::PASSWORD)),
        _ if instance.login.locked(call.now()).is_some() => return Err(refuse(refusals::STATE)),
        _ => instance.login.set(new),
    }
    let id = instance.id().to_owned();
    let begin = at_once(call);
    if let Some(new) = new {
        redis.remember(new);
    }
    redis.leave_task(
        begin.now,
        &id,
        "modify",
        begin.deadline(takes("instance", "change")),
        json!({}),
    );
    good(&json!({
        "code": "1",
        "message": "success",
        "ext_message": null,
        "retry_times_left": "5",
        "lock_time": "0",
        "lock_time_left": "0",
    }))
}

pub(super) fn swap(_: &Call<'_>, redis: &mut Redis, instance: &Record) {
    let job = instance.job.as_ref().map(|job| job.deadline);
    if let Some((deadline, instance)) = job.zip(redis.instance_mut(&instance.id)) {
        instance.job = Some((InstanceJob::Swap, deadline));
    }
}

pub(super) fn statistics(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let running = redis
        .instances
        .iter()
        .filter(|one| call.in_main_project() && one.status() == "RUNNING");
    let statistics: Vec<Value> = running
        .map(|one| {
            let mut rng = redis.seed.rng(&format!("statistics {}", one.id()));
            json!({
                "instance_id": one.id(),
                "keys": one.keys,
                "used_memory": one.used_megabytes(),
                "max_memory": one.megabytes(),
                "cmd_get_count": one.keys * 7,
                "cmd_set_count": one.keys,
                "input_kbps": format!("{}.{:02}", rng.u8(0..9), rng.u8(0..99)),
                "output_kbps": format!("{}.{:02}", rng.u8(0..9), rng.u8(0..99)),
                "used_cpu": format!("{}.{}", rng.u8(0..90), rng.u8(0..9)),
            })
        })
        .collect();
    good(&json!({ "statistics": statistics }))
}
