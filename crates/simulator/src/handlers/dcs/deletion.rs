//! Deleting instances, one or several.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{field_texts, find, good, migration, nothing, redis, refuse};
use crate::call::{Call, Refusal};
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::state::dcs::Redis;
use crate::state::dcs::instance::Instance;

pub(super) fn delete(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find(call, &redis)?;
    deletable(call, &redis, instance)?;
    let id = instance.id().to_owned();
    remove(call, &mut redis, &id);
    nothing(StatusCode::NO_CONTENT)
}

pub(super) fn delete_some(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let ids: Vec<String> = match call.params.truth("all_failure") {
        Some(true) => {
            let failed = redis
                .instances
                .iter()
                .filter(|one| one.status() == "CREATEFAILED");
            failed
                .filter(|_| call.in_main_project())
                .map(|one| one.id().to_owned())
                .collect()
        }
        _ => named(call)?,
    };
    let results: Vec<Value> = ids
        .iter()
        .map(|id| {
            let instance = redis.instance(id).filter(|_| call.in_main_project());
            let good = instance.is_some_and(|one| deletable(call, &redis, one).is_ok());
            if good {
                remove(call, &mut redis, id);
            }
            result(id, good)
        })
        .collect();
    good(&json!({ "results": results }))
}

fn remove(call: &Call<'_>, redis: &mut Redis, id: &str) {
    redis.remove(id);
    call.cloud.remove_files(id);
}

fn deletable(call: &Call<'_>, redis: &Redis, instance: &Instance) -> Result<(), Refusal> {
    match instance.status() {
        "CREATING" | "RESTARTING" => Err(refuse(refusals::CANNOT_DELETE)),
        "EXTENDING" => Err(refuse(refusals::EXTENDING)),
        "RESTORING" => Err(refuse(refusals::RESTORING)),
        // Data is on its way from or to it.
        _ if migration::concerns(redis, instance.id(), call.now()) => Err(refuse(refusals::STATE)),
        _ if redis.store.is_busy("backup", instance.id(), call.now()) => {
            Err(refuse(refusals::BACKING_UP))
        }
        _ => Ok(()),
    }
}

/// The ids in the body.
pub(super) fn named(call: &Call<'_>) -> Result<Vec<String>, Refusal> {
    let ids = field_texts(call, "instances").unwrap_or_default();
    if ids.is_empty() {
        return Err(refuse(refusals::INSTANCES));
    }
    Ok(ids.into_iter().map(ToOwned::to_owned).collect())
}

pub(super) fn result(id: &str, good: bool) -> Value {
    json!({ "instance": id, "result": if good { "success" } else { "failed" } })
}
