//! Every described operation as a command: `otcdb dcs list-instances`.
//!
//! The commands are not written down anywhere: they are made from the bundled description when one of them, or their
//! list, is asked for.
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
use clap::{ArgMatches, Args, Command, FromArgMatches};
use otcdb_bundles::bundle;
use otcdb_core::Service;
use otcdb_openapi::Operation;

pub(crate) use run::run;

/// An operation with what was typed for it.
#[derive(Debug)]
pub(crate) struct Called {
    operation: &'static Operation,
    matches: ArgMatches,
}

impl Called {
    fn of(service: Service, matches: &ArgMatches) -> Result<Self, clap::Error> {
        matches
            .subcommand()
            .and_then(|(name, matches)| {
                let operation = bundle(service.as_str()).ok()?.named(name)?;
                Some(Self {
                    operation,
                    matches: matches.clone(),
                })
            })
            .ok_or_else(|| clap::Error::new(ErrorKind::MissingSubcommand))
    }
}

/// An operation of DCS.
#[derive(Debug)]
pub(crate) struct Dcs(pub(crate) Called);

/// An operation of RDS.
#[derive(Debug)]
pub(crate) struct Rds(pub(crate) Called);

macro_rules! service {
    ($name:ident, $deferred:path) => {
        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Called::of(Service::$name, matches).map(Self)
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }

        impl Args for $name {
            fn augment_args(command: Command) -> Command {
                command
                    .subcommand_required(true)
                    .arg_required_else_help(true)
                    .subcommand_value_name("OPERATION")
                    .subcommand_help_heading("Operations")
                    .defer($deferred)
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }
    };
}

service!(Dcs, command::dcs);
service!(Rds, command::rds);
