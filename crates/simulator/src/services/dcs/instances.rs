//! How instances are chosen from, and how they are deleted.

use serde_json::json;

use super::{
    Redis, Scene, good, hold, instances, is_ready, known, migration, of_each, redis, refuse,
};
use crate::call::{Call, CallError};
use crate::records::Record;
use crate::services::{Outcome, States};

/// Whether the name is the one that is asked for, or has it in it.
pub(super) fn has_name(scene: &Scene<'_>, instance: &Record, _: &Redis) -> bool {
    let own = instance.text("name");
    let is_exact = scene.text("name_equal") == Some("true");
    let wanted = scene.text("name");
    wanted.is_none_or(|wanted| own == wanted || (!is_exact && own.contains(wanted)))
}

/// Whether the status is the one that is asked for; without one, instances that could not be made are left out.
pub(super) fn is_of_status(scene: &Scene<'_>, instance: &Record, _: &Redis) -> bool {
    let own = known::status(instance, scene.now);
    let failures = scene.text("include_failure") == Some("true");
    match scene.text("status") {
        Some(wanted) => own == wanted,
        None => failures || own != "CREATEFAILED",
    }
}

/// Whether no data is on its way from or to the instance.
pub(super) fn not_migrating(
    scene: &Scene<'_>,
    instance: Option<&Record>,
    redis: &Redis,
) -> Result<(), CallError> {
    let is_end = |instance: &Record| migration::concerns(redis, &instance.id, scene.now);
    hold(!instance.is_some_and(is_end), "DCS.4026")
}

pub(super) fn removed(call: &Call<'_>, redis: &mut Redis, instance: &Record) {
    redis.remove(&instance.id);
    call.cloud.remove_files(&instance.id);
}

pub(super) fn delete_some(call: &Call<'_>, states: &States) -> Outcome {
    let mut redis = redis(call, states);
    let ids: Vec<String> = match call.params.truth("all_failure") {
        Some(true) => {
            let all = instances(call, &redis).into_iter();
            let failed = all.filter(|one| known::status(one, call.now()) == "CREATEFAILED");
            failed.map(|one| one.id.clone()).collect()
        }
        _ => named(call)?,
    };
    let results = of_each("instance", &ids, |id| {
        let found = redis
            .instance(id)
            .filter(|_| call.in_project_with_instances());
        let found = found.filter(|one| is_ready(call, &redis, one, "deletable").is_ok());
        let found = found.cloned();
        if let Some(instance) = &found {
            removed(call, &mut redis, instance);
        }
        found.is_some()
    });
    good(&json!({ "results": results }))
}

/// The ids in the body.
pub(super) fn named(call: &Call<'_>) -> Result<Vec<String>, CallError> {
    let ids = call.field_texts("instances");
    match ids.is_empty() {
        true => Err(refuse("DCS.4065")),
        false => Ok(ids.into_iter().map(ToOwned::to_owned).collect()),
    }
}
