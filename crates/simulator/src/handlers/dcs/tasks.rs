//! Background tasks and jobs.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{find, good, moment, nothing, period, redis, refuse, shown};
use crate::call::{Call, Refusal};
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::state::dcs::Redis;
use crate::state::dcs::tasks::Task;

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let wanted = period(call, "start_time", "end_time")?;
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let found: Vec<&Task> = redis
        .tasks
        .of(instance.id())
        .filter(|task| wanted(task.created))
        .collect();
    let page: Vec<Value> = shown(call, found.iter())
        .map(|task| describe(call, task))
        .collect();
    good(&json!({ "task_count": found.len(), "tasks": page }))
}

fn describe(call: &Call<'_>, task: &Task) -> Value {
    let (status, ended) = task.status(call.now());
    let accounts = &call.world.accounts;
    json!({
        "id": task.id,
        "name": task.name,
        "details": task.details,
        "user_name": accounts.user_name,
        "user_id": accounts.user_id,
        "params": "",
        "status": status,
        "created_at": moment(task.created),
        "updated_at": moment(ended.unwrap_or(task.created)),
        "enable_show": !task.details.is_empty(),
    })
}

/// A task of the project by its id.
fn task<'a>(call: &Call<'_>, redis: &'a Redis, parameter: &str) -> Result<&'a Task, Refusal> {
    call.params
        .text(parameter)
        .filter(|_| call.in_main_project())
        .and_then(|id| redis.tasks.get(id))
        .ok_or_else(|| refuse(refusals::NO_JOB))
}

fn remove(call: &Call<'_>, redis: &mut Redis, instance: Option<&str>) -> Result<(), Refusal> {
    let task = task(call, redis, "task_id")?;
    if instance.is_some_and(|instance| task.instance != instance) {
        return Err(refuse(refusals::NO_JOB));
    }
    if task.status(call.now()).1.is_none() {
        return Err(refuse(refusals::TASK_STATE));
    }
    let id = task.id.clone();
    redis.tasks.remove(&id);
    Ok(())
}

pub(super) fn delete(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find(call, &redis)?.id().to_owned();
    remove(call, &mut redis, Some(&instance))?;
    good(&json!({ "message": "" }))
}

pub(super) fn delete_of_center(call: &Call<'_>) -> Outcome {
    remove(call, &mut redis(call), None)?;
    nothing(StatusCode::OK)
}

pub(super) fn job(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let task = task(call, &redis, "job_id")?;
    let (status, ended) = task.status(call.now());
    let end = ended.map(|end| end.as_millisecond().to_string());
    let failed = status == "FAIL";
    good(&json!({
        "job_id": task.id,
        "job_type": task.name,
        "status": status,
        "begin_time": task.created.as_millisecond().to_string(),
        // A text even while there is no end yet.
        "end_time": end.unwrap_or_default(),
        "fail_reason": failed.then_some("The job failed."),
    }))
}
