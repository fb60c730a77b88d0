//! The command line: the one definition that parsing, help, completions and manual pages come from.

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};
use otcdb_core::{Error, Result};

use crate::args::{
    Api, CALLS, Calls, Check, Completions, Doctor, Follow, Global, IDENTITY, Identity, List, Man,
    Prune, Pull, Show, Simulate, Top,
};
use crate::exit;
use crate::operations::{self, Invocation};

/// Pulls Redis, MySQL, PostgreSQL and SQL Server logs from Open Telekom Cloud and Huawei Cloud
///
/// Identity, region and endpoints come from flags, from OTCDB_* variables, from OS_* and HUAWEICLOUD_SDK_* variables,
/// from clouds.yaml with secure.yaml, and from the credentials file of Huawei Cloud, in this order. `otcdb auth check`
/// shows what was found where, and proves it with one call. `otcdb logs pull --simulate` needs none of this.
#[derive(Debug, Parser)]
#[command(name = "otcdb", version, after_long_help = exit::help(), max_term_width = 120)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(flatten)]
    pub(crate) identity: Identity,
    #[command(flatten)]
    pub(crate) calls: Calls,
}

impl Cli {
    /// The definition.
    pub(crate) fn definition() -> clap::Command {
        without_flags_of_calls(Self::command())
    }

    /// The definition as far as these words need it.
    pub(crate) fn definition_for(words: &[OsString]) -> clap::Command {
        Self::definition().mut_subcommands(|command| {
            match Invocation::service(command.get_name()) {
                Some(service) => operations::of_service_for(service, words),
                None => command,
            }
        })
    }

    /// The definition as far as it takes to parse these words. Where they name an operation, its neighbours are left out,
    /// for every command gets its own copy of the flags of all.
    pub(crate) fn definition_to_parse(words: &[OsString]) -> clap::Command {
        Self::definition().mut_subcommands(|command| {
            match Invocation::service(command.get_name()) {
                Some(service) => operations::of_service_to_parse(service, words),
                None => command,
            }
        })
    }

    /// The definition without `otcdb help …`, which is no command to be described.
    pub(crate) fn described() -> clap::Command {
        without_flags_of_calls(Self::command().disable_help_subcommand(true))
    }

    /// Refuses flags that would choose an identity where none is used, or record calls where none are made, instead of
    /// ignoring them.
    ///
    /// # Errors
    /// One of them is given.
    pub(crate) fn refuse_calls(&self, what: &str) -> Result<()> {
        self.refuse_identity(what)?;
        match self.calls.record {
            None => Ok(()),
            Some(_) => Err(Error::invalid_argument(format!(
                "{what} makes no calls, so there is nothing to --record"
            ))
            .with_hint("leave --record out")),
        }
    }

    /// The same of the identity alone.
    ///
    /// # Errors
    /// One of them is given.
    pub(crate) fn refuse_identity(&self, what: &str) -> Result<()> {
        match self.identity.first_given() {
            None => Ok(()),
            Some(flag) => Err(Error::invalid_argument(format!(
                "{what} uses no identity and no region of yours, so {flag} cannot be given"
            ))
            .with_hint(format!("leave {flag} out"))),
        }
    }
}

/// Commands that make no calls do not show the flags of calls. Flags of every command reach the single commands when
/// those are built, unless they have them already.
fn without_flags_of_calls(mut command: clap::Command) -> clap::Command {
    let hidden: Vec<_> = command
        .get_arguments()
        .filter(|arg| matches!(arg.get_help_heading(), Some(IDENTITY | CALLS)))
        .map(|arg| arg.clone().hide(true))
        .collect();
    for name in ["simulate", "completions", "man"] {
        command = command.mut_subcommand(name, |command| command.args(hidden.iter().cloned()));
    }
    // Each in its place: `mut_subcommand` would put it last.
    command.mut_subcommands(|command| match command.get_name() {
        "logs" => command.mut_subcommand("prune", |command| command.args(hidden.iter().cloned())),
        _ => command,
    })
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Logs of instances
    #[command(subcommand)]
    Logs(Logs),
    /// Identity, region and endpoints
    #[command(subcommand)]
    Auth(Auth),
    #[command(flatten)]
    Operation(Invocation),
    Api(Api),
    Doctor(Doctor),
    Simulate(Simulate),
    Completions(Completions),
    Man(Man),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Logs {
    Pull(Box<Pull>),
    List(List),
    Show(Show),
    Follow(Follow),
    Top(Top),
    Prune(Prune),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    Check(Check),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
        Cli::definition().debug_assert();
    }
}
