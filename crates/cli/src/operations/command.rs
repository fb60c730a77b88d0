//! Commands made of operations.

use clap::{ArgAction, Command};
use otcdb_bundles::bundle;
use otcdb_core::Service;
use otcdb_openapi::Operation;

use super::{flags, options, words};

/// Adds the operations of DCS.
pub(super) fn dcs(command: Command) -> Command {
    with_operations(command, Service::Dcs, |command| {
        of_operation(command, Service::Dcs)
    })
}

/// Adds the operations of RDS.
pub(super) fn rds(command: Command) -> Command {
    with_operations(command, Service::Rds, |command| {
        of_operation(command, Service::Rds)
    })
}

/// Only names and summaries; the rest of a command is made when that command is asked for.
fn with_operations(command: Command, service: Service, of: fn(Command) -> Command) -> Command {
    // That the bundle can be read is a test's business; a program without it has no operations.
    let Ok(bundle) = bundle(service.as_str()) else {
        return command;
    };
    let mut operations: Vec<&Operation> = bundle.operations.iter().collect();
    operations.sort_by(|a, b| a.name.cmp(&b.name));
    command.subcommands(operations.into_iter().map(|operation| {
        Command::new(operation.name.as_str())
            .about(operation.summary.as_str())
            .defer(of)
    }))
}

fn of_operation(command: Command, service: Service) -> Command {
    let operation = bundle(service.as_str())
        .ok()
        .and_then(|bundle| bundle.named(command.get_name()));
    let Some(operation) = operation else {
        return command;
    };
    let names = flags::names(operation);
    let flags = names
        .iter()
        .enumerate()
        .map(|(order, (parameter, long))| flags::flag(operation, parameter, long, order));
    let command = match words::usage(operation, &names) {
        Some(usage) => command.override_usage(usage),
        None => command,
    };
    let command = command
        .long_about(words::about(operation, &names))
        .after_help(words::examples(operation, &names))
        .after_long_help(words::after(operation, &names))
        .args(flags);
    options::add(command, operation).next_display_order(None)
}

/// Whether a flag was given any number of times, for flags without a value.
pub(super) fn is_set(matches: &clap::ArgMatches, id: &str) -> bool {
    // A flag that the operation does not have is not among its matches.
    matches
        .try_get_one::<bool>(id)
        .ok()
        .flatten()
        .copied()
        .unwrap_or_default()
}

/// A flag without a value.
pub(super) fn switch(id: &'static str) -> clap::Arg {
    clap::Arg::new(id).long(id).action(ArgAction::SetTrue)
}
