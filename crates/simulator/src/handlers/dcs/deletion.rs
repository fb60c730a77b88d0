//! Deleting instances, one or several.

use serde_json::{Value, json};

use super::kept::{Scene, is_ready};
use super::{field_texts, good, migration, redis, refuse};
use crate::call::{Call, Refusal};
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::records::Record;
use crate::state::dcs::Redis;
use crate::state::dcs::instance::Instance;

/// Whether no data is on its way from or to the instance.
pub(super) fn not_migrating(
    scene: &Scene<'_>,
    instance: Option<&Record>,
    redis: &Redis,
) -> Result<(), Refusal> {
    match instance.is_some_and(|instance| migration::concerns(redis, &instance.id, scene.now)) {
        true => Err(refuse(refusals::STATE)),
        false => Ok(()),
    }
}

pub(super) fn removed(call: &Call<'_>, redis: &mut Redis, instance: &Record) {
    remove(call, redis, &instance.id);
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
            let good = instance.is_some_and(|one| deletable(call, &redis, one));
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

fn deletable(call: &Call<'_>, redis: &Redis, instance: &Instance) -> bool {
    is_ready(call, redis, instance, "deletable").is_ok()
        && !migration::concerns(redis, instance.id(), call.now())
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
