//! The functions that the service's models name, and how the models are carried out.

use serde_json::Value;

use super::kept::{Scene, Valued};
use super::{
    analysis, backups, deletion, diagnosis, instances, management, migration, parameters, redis,
    security, templates,
};
use crate::call::Call;
use crate::cloud::Cloud;
use crate::engine::{self, Function, Functions};
use crate::handlers::Outcome;
use crate::model;
use crate::records::Record;
use crate::spec::Service;
use crate::state::dcs::Redis;

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
    ("not_migrating", Function::Guard(deletion::not_migrating)),
    ("number_of_keys", Function::Value(analysis::number)),
    (
        "remove_backup_files",
        Function::Effect(backups::remove_files),
    ),
    ("released_at", Function::Value(migration::released_at)),
    ("remove_instance", Function::Effect(deletion::removed)),
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
    ("swap_nodes", Function::Effect(management::swap)),
    ("target_side", Function::Value(migration::target_side)),
    ("template_values", Function::Value(templates::values)),
    ("times_of_day", Function::Guard(analysis::times_of_day)),
    ("whitelist", Function::Value(security::whitelist)),
];

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
pub(in crate::handlers) fn plant(cloud: &Cloud) {
    let mut redis = super::lock(cloud);
    let now = redis.started;
    let models = model::of(Service::Dcs);
    engine::plant(&mut *redis, models, None, now, false);
    redis.unplanted = redis
        .instances
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    migration::plant(&mut redis);
}

#[expect(clippy::unnecessary_wraps, reason = "every function is like this")]
fn has_details(_: &Scene<'_>, record: Option<&Record>, _: &Redis) -> Valued {
    let details = record.and_then(|record| record.fields.get("details")?.as_object());
    Ok(details.map(|details| Value::from(!details.is_empty())))
}
