//! The functions that the service's models name, and how the models are carried out.

use jiff::Timestamp;
use otcdb_openapi::Operation;

use super::state::INSTANCE;
use super::{
    Redis, analysis, backups, diagnosis, instances, known, logs, management, migration, models,
    order, parameters, redis, schedules, security, tags,
};
use crate::call::Call;
use crate::cloud::Cloud;
use crate::engine::Function::{Effect, Facts, Filter, Guard, Value};
use crate::engine::{self, Functions};
use crate::log_entries::LogEntries;
use crate::model;
use crate::records::Record;
use crate::services::{Outcome, States};

/// The functions that models name.
pub(super) const FUNCTIONS: &Functions<Redis> = &[
    ("backup_policy", Value(schedules::backup_policy)),
    ("backup_links", Value(backups::links)),
    ("begin_copying", Effect(migration::begin_copying)),
    ("certificate_link", Value(security::certificate)),
    ("changeable", Guard(order::changeable)),
    ("found_keys", Facts(analysis::found)),
    ("has_name", Filter(instances::has_name)),
    ("importable", Guard(migration::importable)),
    ("instance_facts", Facts(known::fact)),
    ("instances_made", Value(order::made)),
    ("is_of_status", Filter(instances::is_of_status)),
    ("leave_port", Effect(order::leave_port)),
    ("make_instances", Effect(make_instances)),
    ("milliseconds", Value(known::milliseconds)),
    ("migration_facts", Facts(migration::fact)),
    ("mode", Value(order::mode)),
    ("node_reports", Value(diagnosis::nodes)),
    ("not_being_restored", Guard(backups::not_being_restored)),
    ("not_migrating", Guard(instances::not_migrating)),
    ("orderable", Guard(order::orderable)),
    ("remove_backup_files", Effect(backups::remove_files)),
    ("remove_instance", Effect(instances::removed)),
    ("restore_data", Effect(backups::restore)),
    ("shard_of", Value(logs::shard_of)),
    ("source_side", Value(migration::source_side)),
    ("stop_migration", Effect(migration::stop)),
    ("swapped_nodes", Value(management::swapped)),
    ("tags_given", Value(tags::given)),
    ("target_side", Value(migration::target_side)),
    ("template_values", Value(parameters::template_values)),
    ("times_of_day", Guard(analysis::times_of_day)),
    ("whitelist", Value(security::whitelist)),
];

/// Carries out an operation as the model of its resource says.
pub(in crate::services) fn by_model(call: &Call<'_>, states: &States) -> Outcome {
    engine::answer(call, models(), FUNCTIONS, &mut *redis(call, states))
}

/// All entries that an operation lists of an instance.
pub(in crate::services) fn entries(
    states: &States,
    when: (LogEntries, Timestamp),
    asked: (&Operation, &str),
) -> Vec<serde_json::Value> {
    engine::entries_of((models(), FUNCTIONS), &*super::lock(states), when, asked)
}

/// Checks that models name functions that there are.
pub(in crate::services) fn check() -> Result<(), String> {
    model::bundled()?;
    engine::check_functions(models(), FUNCTIONS)
}

/// Makes what there is from the start.
pub(in crate::services) fn plant(cloud: &Cloud, states: &States) {
    let options = &cloud.options;
    plant_all(&mut super::lock(states), &options.region, options.redis);
}

pub(super) fn plant_all(redis: &mut Redis, region: &str, counts: [usize; 3]) {
    let when = (redis.started, None, false);
    engine::plant(redis, models(), FUNCTIONS, None, when);
    redis.multiply(region, counts);
    migration::plant(redis);
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
    let when = (redis.started, Some(&call.cloud.options), false);
    for id in ids {
        let instance = Some((INSTANCE, id.as_str()));
        engine::plant(redis, models(), FUNCTIONS, instance, when);
        // With this policy hot keys can be looked for.
        redis.set_parameter(&id, known::POLICY, "volatile-lfu");
    }
}

/// Makes what is ordered: beside the first instance, which has its other records, as many as there shall be.
fn make_instances(call: &Call<'_>, redis: &mut Redis, first: &Record) {
    let made = order::make(call, redis, first);
    for id in made.iter().filter(|id| **id != first.id) {
        let instance = Some((INSTANCE, id.as_str()));
        let when = (call.now(), Some(&call.cloud.options), true);
        engine::plant(redis, models(), FUNCTIONS, instance, when);
    }
    order::set_up(call, redis, &made);
}
