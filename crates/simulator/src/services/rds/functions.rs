//! The functions that the service's models name, and how the models are carried out.

use jiff::tz::TimeZone;
use otcdb_core::sync::unpoisoned;

use super::state::INSTANCE;
use super::{
    Databases, Engine, catalog, databases, extensions, instances, models, orders, parameters,
};
use crate::call::Call;
use crate::cloud::Cloud;
use crate::engine::Function::{Effect, Guard, Value};
use crate::engine::{self, Functions};
use crate::model;
use crate::objects::Style;
use crate::services::{Outcome, States};

/// The functions that models name.
const FUNCTIONS: &Functions<Databases> = &[
    ("addresses", Value(orders::addresses)),
    ("all_applied", Value(parameters::all_applied)),
    ("applied", Value(parameters::applied)),
    ("apply_template", Effect(parameters::apply)),
    ("can_be_loaded", Guard(extensions::can_be_loaded)),
    ("changed_values", Value(parameters::changed)),
    ("created_entities", Value(instances::entities)),
    ("created_entity", Value(instances::entity)),
    ("ignored", Value(parameters::ignored)),
    ("kind", Value(orders::kind)),
    ("needs_restart", Value(parameters::needs_restart)),
    ("nodes", Value(instances::nodes)),
    ("orderable", Guard(orders::orderable)),
    ("parameters", Value(parameters::all)),
    ("password_if_needed", Guard(orders::password_if_needed)),
    ("port", Value(orders::port)),
    ("related", Value(instances::related)),
    ("resizable", Guard(orders::resizable)),
    ("set_up", Effect(orders::set_up)),
    ("task_of_creation", Value(instances::task_of_creation)),
    ("template_fits", Guard(parameters::template_fits)),
    ("template_values", Value(parameters::of_template)),
    ("updated_stamp", Value(parameters::updated)),
    ("volume_fits", Guard(orders::volume_fits)),
    ("volume_type", Value(orders::volume_type)),
    ("with_extension", Value(extensions::with)),
    ("with_new_version", Value(extensions::upgraded)),
    ("with_replicas", Effect(instances::with_replicas)),
    ("without_extension", Value(extensions::without)),
    ("zone_names", Value(catalog::zone_names)),
    ("zones", Value(catalog::zones)),
];

/// Carries out an operation as the model of its resource says.
pub(in crate::services) fn by_model(call: &Call<'_>, states: &States) -> Outcome {
    engine::answer(call, models(), FUNCTIONS, &mut *databases(call, states))
}

/// Checks that models name functions that there are.
pub(in crate::services) fn check() -> Result<(), String> {
    model::bundled()?;
    engine::check_functions(models(), FUNCTIONS)
}

/// Makes what there is from the start.
pub(in crate::services) fn plant(cloud: &Cloud, states: &States) {
    let (options, started) = (&cloud.options, cloud.log_entries.started);
    let mut databases = unpoisoned(states.databases.lock());
    engine::plant(&mut *databases, models(), FUNCTIONS, None, started, false);
    databases.multiply(&options.region, options.databases);
    let ids: Vec<String> = databases.instances().map(|one| one.id).collect();
    for id in &ids {
        let parent = Some((INSTANCE, id.as_str()));
        engine::plant(&mut *databases, models(), FUNCTIONS, parent, started, false);
    }
    let instances = databases.instances();
    for instance in instances.filter(|one| one.engine == Engine::MySql) {
        for file in databases.audit_files(&instance.id) {
            let day = TimeZone::UTC.to_datetime(file.begin).date();
            let key = cloud.key(&instance.id, &file.name);
            cloud.store.put(&key, Style::MysqlAudit, day);
        }
    }
}
