//! What was typed for an operation.

use clap::error::ErrorKind;
use clap::{ArgMatches, Command, FromArgMatches, Subcommand};
use otcdb_bundles::operation;
use otcdb_core::Service;
use otcdb_openapi::Operation;

use super::command;

/// An operation with what was typed for it.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) operation: &'static Operation,
    pub(crate) matches: ArgMatches,
}

impl Invocation {
    /// The service whose command has this name.
    pub(crate) fn service(name: &str) -> Option<Service> {
        command::services().find(|service| service.as_str() == name)
    }
}

impl FromArgMatches for Invocation {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        matches
            .subcommand()
            .and_then(|(service, matches)| {
                let (name, matches) = matches.subcommand()?;
                Some(Self {
                    operation: operation(service, name).ok()??,
                    matches: matches.clone(),
                })
            })
            .ok_or_else(|| clap::Error::new(ErrorKind::MissingSubcommand))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for Invocation {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(command::services().map(command::of_service))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        Self::service(name).is_some()
    }
}
