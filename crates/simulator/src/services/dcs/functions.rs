//! The functions that the service's models name, and how the models are carried out.

use super::state::INSTANCE;
use super::{
    Redis, analysis, backups, diagnosis, instances, known, management, migration, models, order,
    parameters, redis, schedules, security, tags, templates,
};
use crate::call::Call;
use crate::cloud::Cloud;
use crate::engine::Function::{Effect, Facts, Filter, Guard, Value};
use crate::engine::{self, Functions};
use crate::model;
use crate::services::Outcome;

/// The functions that models name.
pub(super) const FUNCTIONS: &Functions<Redis> = &[
    ("backup_policy", Value(schedules::backup_policy)),
    ("begin_copying", Effect(migration::begin_copying)),
    ("begin_of_diagnosis", Value(diagnosis::begin)),
    ("big_keys", Value(analysis::big)),
    ("changeable", Guard(order::changeable)),
    ("config_status", Value(parameters::status)),
    ("config_time", Value(parameters::time)),
    ("copy_statistics", Facts(migration::statistics)),
    ("end_of_migration", Value(migration::end_time)),
    ("has_address", Filter(instances::has_address)),
    ("has_capacity", Filter(instances::has_capacity)),
    ("has_details", Value(has_details)),
    ("has_name", Filter(instances::has_name)),
    ("has_tags", Filter(instances::has_tags)),
    ("hot_keys", Value(analysis::hot)),
    ("importable", Guard(migration::importable)),
    ("instance_facts", Facts(known::facts)),
    ("instances_made", Value(order::made)),
    ("is_of_status", Filter(instances::is_of_status)),
    ("leave_port", Effect(order::leave_port)),
    ("make_instances", Effect(order::make)),
    ("migration_source", Value(migration::source)),
    ("migration_target", Value(migration::target)),
    ("mode", Value(order::mode)),
    ("node_reports", Value(diagnosis::nodes)),
    ("not_being_restored", Guard(backups::not_being_restored)),
    ("not_migrating", Guard(instances::not_migrating)),
    ("number_of_keys", Value(analysis::number)),
    ("orderable", Guard(order::orderable)),
    ("released_at", Value(migration::released_at)),
    ("remove_backup_files", Effect(backups::remove_files)),
    ("remove_instance", Effect(instances::removed)),
    ("restore_data", Effect(backups::restore)),
    ("source_instance", Value(migration::source_instance)),
    ("source_side", Value(migration::source_side)),
    ("stop_migration", Effect(migration::stop)),
    ("swapped_nodes", Value(management::swapped)),
    ("tags_given", Value(tags::given)),
    ("target_instance", Value(migration::target_instance)),
    ("target_side", Value(migration::target_side)),
    ("template_values", Value(templates::values)),
    ("times_of_day", Guard(analysis::times_of_day)),
    ("whitelist", Value(security::whitelist)),
];

/// Carries out an operation as the model of its resource says.
pub(in crate::services) fn by_model(call: &Call<'_>) -> Outcome {
    engine::answer(call, models(), FUNCTIONS, &mut *redis(call))
}

/// Checks that models name functions that there are.
pub(in crate::services) fn check() -> Result<(), String> {
    model::bundled()?;
    engine::check_functions(models(), FUNCTIONS)
}

/// Makes what there is from the start.
pub(in crate::services) fn plant(cloud: &Cloud) {
    let mut redis = super::lock(cloud);
    let now = redis.started;
    engine::plant(&mut *redis, models(), FUNCTIONS, None, now, false);
    migration::plant(&mut redis);
}

/// Makes what instances have from the start, when a call first concerns it: there may be very many instances.
pub(super) fn plant_missing(call: &Call<'_>, redis: &mut Redis) {
    let resource = models().operation(&call.operation.id);
    let ids = match call.params.text("instance_id") {
        Some(id) => redis.unplanted.take(id).into_iter().collect(),
        // A record of an instance that the call does not name.
        None if resource.is_some_and(|(_, model, _)| model.parent.is_some()) => {
            std::mem::take(&mut redis.unplanted)
        }
        None => return,
    };
    let now = redis.started;
    for id in ids {
        engine::plant(
            redis,
            models(),
            FUNCTIONS,
            Some((INSTANCE, &id)),
            now,
            false,
        );
        // With this policy hot keys can be looked for.
        redis.set_parameter(&id, known::POLICY, "volatile-lfu");
    }
}

/// Makes what an instance has that has just been made.
pub(super) fn plant_new(redis: &mut Redis, instance: &str, now: jiff::Timestamp) {
    engine::plant(
        redis,
        models(),
        FUNCTIONS,
        Some((INSTANCE, instance)),
        now,
        true,
    );
}

#[expect(clippy::unnecessary_wraps, reason = "every function is like this")]
fn has_details(
    _: &super::Scene<'_>,
    record: Option<&crate::records::Record>,
    _: &Redis,
) -> super::Valued {
    let details = record.and_then(|record| record.fields.get("details")?.as_object());
    Ok(details.map(|details| (!details.is_empty()).into()))
}
