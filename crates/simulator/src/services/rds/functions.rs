//! The functions that the service's models name, and how the models are carried out.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use otcdb_core::sync::unpoisoned;

use super::state::INSTANCE;
use super::{
    Databases, Engine, backups, catalog, changes, databases, extensions, instances, major_versions,
    models, orders, parameters, proxies,
};
use crate::call::Call;
use crate::cloud::Cloud;
use crate::engine::Function::{Effect, Facts, Guard, Value};
use crate::engine::{self, Functions};
use crate::model;
use crate::objects::Style;
use crate::services::{Outcome, States};

/// The functions that models name.
const FUNCTIONS: &Functions<Databases> = &[
    ("address_changed", Value(major_versions::address_changed)),
    ("addresses", Value(orders::addresses)),
    ("all_applied", Value(parameters::all_applied)),
    ("applied", Value(parameters::applied)),
    ("apply_template", Effect(parameters::apply)),
    ("back_up", Effect(backups::back_up)),
    ("backup_files", Value(backups::files)),
    ("can_be_loaded", Guard(extensions::can_be_loaded)),
    ("can_grow", Guard(changes::can_grow)),
    ("certificate_link", Value(changes::certificate_link)),
    ("changed_values", Value(parameters::changed)),
    ("check_counts", Value(major_versions::check_counts)),
    ("check_expires", Value(major_versions::check_expires)),
    ("created_entities", Value(instances::entities)),
    ("created_entity", Value(instances::entity)),
    ("diagnosed", Value(instances::diagnosed)),
    ("disable_all", Effect(instances::disable_all)),
    ("eip_fits", Guard(changes::eip_fits)),
    ("flavors_to_resize_to", Value(changes::flavors_to_resize_to)),
    ("four_hours", Guard(changes::four_hours)),
    ("free_address", Value(proxies::address)),
    (
        "has_major_version_status",
        Guard(major_versions::has_status),
    ),
    ("ignored", Value(parameters::ignored)),
    ("is_available_version", Guard(major_versions::is_available)),
    ("kept_backups", Value(backups::kept)),
    ("kind", Value(orders::kind)),
    ("major_version_status", Facts(major_versions::status)),
    ("make_upgraded", Effect(major_versions::make)),
    ("migrated_nodes", Value(changes::migrated_nodes)),
    ("mode_fits", Guard(changes::mode_fits)),
    ("names_standby", Guard(changes::names_standby)),
    ("needs_restart", Value(parameters::needs_restart)),
    ("nodes", Value(instances::nodes)),
    ("orderable", Guard(orders::orderable)),
    ("parameters", Value(parameters::all)),
    ("password_fits", Guard(changes::password_fits)),
    ("password_if_needed", Guard(orders::password_if_needed)),
    ("port", Value(orders::port)),
    ("port_fits", Guard(changes::port_fits)),
    ("proxied_replicas", Value(proxies::replicas)),
    ("proxied_zones", Value(proxies::zones)),
    ("proxy_flavors", Value(proxies::flavors)),
    ("proxy_nodes", Value(proxies::nodes)),
    ("public_ips", Value(changes::public_ips)),
    ("quotas", Value(instances::quotas)),
    ("recycle", Effect(backups::recycle)),
    ("related", Value(instances::related)),
    ("remember_password", Effect(changes::remember_password)),
    ("resizable", Guard(orders::resizable)),
    ("restorable", Guard(backups::restorable)),
    ("restore_times", Value(backups::restore_times)),
    ("set_backup_strategy", Effect(backups::set_strategy)),
    ("set_up", Effect(orders::set_up)),
    ("switched_nodes", Value(changes::switched_nodes)),
    ("task_of_creation", Value(instances::task_of_creation)),
    ("template_fits", Guard(parameters::template_fits)),
    ("template_values", Value(parameters::of_template)),
    ("updated_stamp", Value(parameters::updated)),
    ("upgradable", Guard(changes::upgradable)),
    ("volume_fits", Guard(orders::volume_fits)),
    ("volume_type", Value(orders::volume_type)),
    ("was_checked", Guard(major_versions::was_checked)),
    ("with_extension", Value(extensions::with)),
    ("with_new_version", Value(extensions::upgraded)),
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
    for id in ids {
        plant_below(&mut databases, &id, started, false);
        backups::plant(&mut databases, &id, started);
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

/// Makes what an instance has from the start.
pub(super) fn plant_below(databases: &mut Databases, id: &str, now: Timestamp, is_new: bool) {
    let parent = Some((INSTANCE, id));
    engine::plant(databases, models(), FUNCTIONS, parent, now, is_new);
}
