//! `otcdb dcs` and `otcdb rds`.

mod all_operations;
mod bodies;
mod contract;
mod destroying;
mod faults;
mod interrupted_wait;
mod lists;
mod names;
mod odd_responses;
mod output_formats;
#[cfg(target_os = "linux")]
mod prompt;
mod selecting;
pub(crate) mod stub;
mod usage;
mod waiting;

use crate::support::{Cloud, Ran, run};

/// The id of a simulated database of this engine.
pub(crate) fn database(cloud: &Cloud, engine: otcdb_simulator::Engine) -> String {
    let instances = cloud.running.database_instances();
    let found = instances.iter().find(|instance| instance.engine == engine);
    found.unwrap().id.clone()
}

/// What a command did that has to succeed.
pub(crate) fn succeed<'a>(cloud: &Cloud, arguments: impl IntoIterator<Item = &'a str>) -> Ran {
    let ran = run(&mut cloud.otcdb(arguments));
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}
