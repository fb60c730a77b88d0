//! The functions that the service's models name, and how the models are carried out.

use jiff::Timestamp;
use otcdb_core::sync::unpoisoned;
use otcdb_openapi::Operation;

use super::state::INSTANCE;
use super::{Databases, backups, databases, instances, major_versions, models, parameters};
use crate::call::Call;
use crate::cloud::Options;
use crate::engine::Function::{Effect, Guard, Value};
use crate::engine::{self, Functions};
use crate::log_entries::LogEntries;
use crate::model;
use crate::services::{Outcome, States};

/// The functions that models name.
pub(super) const FUNCTIONS: &Functions<Databases> = &[
    ("apply_template", Effect(parameters::apply)),
    ("four_hours", Guard(instances::four_hours)),
    ("free_address", Value(instances::address)),
    ("make_upgraded", Effect(major_versions::make)),
    ("nodes", Value(instances::nodes)),
    ("restore_times", Value(backups::restore_times)),
    ("set_up", Effect(instances::set_up)),
    ("used_space", Value(instances::used_space)),
];

/// Carries out an operation as the model of its resource says.
pub(in crate::services) fn by_model(call: &Call<'_>, states: &States) -> Outcome {
    let mut databases = databases(call, states);
    let outcome = engine::answer(call, models(), FUNCTIONS, &mut *databases)?;
    for id in std::mem::take(&mut databases.made) {
        plant_below(
            &mut databases,
            &id,
            (call.now(), Some(&call.cloud.options), true),
        );
    }
    let given = ["password", "db_user_pwd"].map(|name| call.field_text(name));
    for password in given.into_iter().flatten() {
        databases.remember(password);
    }
    Ok(outcome)
}

/// All entries that an operation lists of an instance.
pub(in crate::services) fn entries(
    states: &States,
    when: (LogEntries, Timestamp),
    asked: (&Operation, &str),
) -> Vec<serde_json::Value> {
    let databases = unpoisoned(states.databases.lock());
    engine::entries_of((models(), FUNCTIONS), &*databases, when, asked)
}

/// Checks that models name functions that there are.
pub(in crate::services) fn check() -> Result<(), String> {
    model::bundled()?;
    engine::check_functions(models(), FUNCTIONS)
}

/// Makes what an instance has from the start.
pub(super) fn plant_below(
    databases: &mut Databases,
    id: &str,
    when: (Timestamp, Option<&Options>, bool),
) {
    let parent = Some((INSTANCE, id));
    engine::plant(databases, models(), FUNCTIONS, parent, when);
}
