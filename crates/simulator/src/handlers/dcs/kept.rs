//! What the models of the service ask of Rust: what is known of instances, and the functions that they name.

use jiff::Timestamp;
use serde_json::Value;

use super::instances::{FREQUENCY_POLICIES, POLICY, known};
use super::{
    analysis, backups, diagnosis, instances, migration, moment, parameters, redis, security,
    templates,
};
use crate::call::{Call, Refusal};
use crate::engine::{self, Context, Function, Functions, Kept, State};
use crate::handlers::Outcome;
use crate::model;
use crate::records::{Record, Store};
use crate::spec::Service;
use crate::state::dcs::Redis;
use crate::state::dcs::instance::Instance;
use crate::world::World;

/// The functions that models name.
const FUNCTIONS: &Functions<Redis> = &[
    ("begin_copying", Function::Effect(migration::begin_copying)),
    ("begin_of_diagnosis", Function::Value(diagnosis::begin)),
    ("big_keys", Function::Value(analysis::big)),
    ("config_status", Function::Value(parameters::status)),
    ("config_time", Function::Value(parameters::time)),
    ("end_of_migration", Function::Value(migration::end_time)),
    ("has_address", Function::Filter(instances::has_address)),
    ("has_capacity", Function::Filter(instances::has_capacity)),
    ("has_details", Function::Value(has_details)),
    ("has_name", Function::Filter(instances::has_name)),
    ("has_tags", Function::Filter(instances::has_tags)),
    ("has_task_name", Function::Filter(migration::has_name)),
    ("hot_keys", Function::Value(analysis::hot)),
    (
        "not_being_restored",
        Function::Guard(backups::not_being_restored),
    ),
    ("importable", Function::Guard(migration::importable)),
    ("is_of_status", Function::Filter(instances::is_of_status)),
    ("migration_source", Function::Value(migration::source)),
    ("migration_target", Function::Value(migration::target)),
    ("node_reports", Function::Value(diagnosis::nodes)),
    ("number_of_keys", Function::Value(analysis::number)),
    (
        "remove_backup_files",
        Function::Effect(backups::remove_files),
    ),
    ("released_at", Function::Value(migration::released_at)),
    ("restore_data", Function::Effect(backups::restore)),
    (
        "source_instance",
        Function::Value(migration::source_instance),
    ),
    ("source_side", Function::Value(migration::source_side)),
    ("stop_migration", Function::Effect(migration::stop)),
    (
        "target_instance",
        Function::Value(migration::target_instance),
    ),
    ("target_side", Function::Value(migration::target_side)),
    ("template_values", Function::Value(templates::values)),
    ("times_of_day", Function::Guard(analysis::times_of_day)),
    ("whitelist", Function::Value(security::whitelist)),
];

/// What an operation of the service is about.
pub(super) type Scene<'a> = Context<'a, Redis>;

/// A value, or why the request is refused.
pub(super) type Valued = Result<Option<Value>, Refusal>;

/// Carries out an operation as the model of its resource says.
pub(in crate::handlers) fn by_model(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    engine::answer(call, model::of(Service::Dcs), FUNCTIONS, &mut *redis)
}

/// Checks that models name functions that there are.
pub(in crate::handlers) fn check() -> Result<(), String> {
    model::bundled()?;
    engine::check_functions(model::of(Service::Dcs), FUNCTIONS)
}

/// Makes what there is from the start.
pub(in crate::handlers) fn plant(world: &World) {
    let mut redis = super::lock(world);
    let now = redis.started;
    let models = model::of(Service::Dcs);
    engine::plant(&mut *redis, models, None, now, false);
    for kept in redis.all_kept("instance", now) {
        engine::plant(&mut *redis, models, Some(("instance", &kept)), now, false);
        // With this policy hot keys can be looked for.
        let policy = FREQUENCY_POLICIES.last().copied().unwrap_or_default();
        redis.set_parameter(&kept.id, POLICY, policy);
    }
    migration::plant(&mut redis);
}

/// Makes what an instance has that has just been made.
pub(super) fn plant_new(redis: &mut Redis, instance: &str, now: Timestamp) {
    if let Some(kept) = redis.kept("instance", instance, now) {
        let models = model::of(Service::Dcs);
        engine::plant(redis, models, Some(("instance", &kept)), now, true);
    }
}

/// Whether the conditions of this name hold for an instance.
pub(super) fn is_ready(
    call: &Call<'_>,
    redis: &Redis,
    instance: &Instance,
    guard: &str,
) -> Result<(), Refusal> {
    let about = ("instance", known(redis, instance, call.now()));
    engine::guard(call, model::of(Service::Dcs), about, guard, redis)
}

impl State for Redis {
    fn store(&self) -> &Store {
        &self.store
    }

    fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    fn all_kept(&self, _: &str, now: Timestamp) -> Vec<Kept> {
        let instances = self.instances.iter();
        instances
            .map(|instance| known(self, instance, now))
            .collect()
    }

    fn kept(&self, _: &str, id: &str, now: Timestamp) -> Option<Kept> {
        self.instance(id).map(|instance| known(self, instance, now))
    }

    fn time(time: Timestamp) -> String {
        moment(time)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every function is like this")]
fn has_details(_: &Scene<'_>, record: Option<&Record>, _: &Redis) -> Valued {
    let details = record.and_then(|record| record.fields.get("details")?.as_object());
    Ok(details.map(|details| Value::from(!details.is_empty())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_known_of_an_instance_is_what_its_model_names() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let redis = Redis::new(crate::ident::Seed(1), "eu-de", now, [1, 1, 1]);
        let named = model::of(Service::Dcs).get("instance").unwrap();
        let named: BTreeSet<String> = named.kept.iter().flatten().cloned().collect();
        let all = redis.all_kept("instance", now).into_iter();
        let known: BTreeSet<String> = all
            .flat_map(|kept| kept.facts)
            .map(|(name, _)| name)
            .collect();
        assert_eq!(known, named);
    }
}
