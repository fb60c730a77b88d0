//! Every described operation as a command: `otcdb SERVICE list-instances`.
//!
//! The commands are not written down anywhere, nor are the services: they are made from the bundled descriptions, those
//! of a service when one of them, or their list, is asked for.
//!
//! - [`command`], [`flags`] and [`words`] make commands, flags and help of operations;
//! - [`request`] makes a request of what was typed, and checks it;
//! - [`call`], [`pages`] and [`wait`] send it, page by page or until its work has ended, which [`finish`] tells;
//! - [`show`] and [`table`] write the answer.

mod call;
mod command;
mod confirm;
mod expression;
mod finish;
mod flags;
mod options;
mod pages;
mod request;
mod run;
mod show;
mod table;
mod wait;
mod words;

use clap::error::ErrorKind;
use clap::{ArgMatches, Command, FromArgMatches, Subcommand};
use otcdb_bundles::bundle;
use otcdb_openapi::Operation;

pub(crate) use run::run;

/// An operation with what was typed for it.
#[derive(Debug)]
pub(crate) struct Called {
    operation: &'static Operation,
    matches: ArgMatches,
}

impl FromArgMatches for Called {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        matches
            .subcommand()
            .and_then(|(service, matches)| {
                let (name, matches) = matches.subcommand()?;
                Some(Self {
                    operation: bundle(service).ok()?.named(name)?,
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

impl Subcommand for Called {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(command::services().map(command::of_service))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        command::services().any(|service| service.as_str() == name)
    }
}
