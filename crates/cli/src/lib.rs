//! The `otcdb` program: pulls logs, calls every described operation of DCS and RDS, checks identities, makes raw calls
//! and runs a simulated cloud.
//!
//! [`command`] is the one definition that parsing, help, completions and manual pages come from; [`main`] is the
//! program. Both are a library so that tests can look at the whole command surface.

mod args;
mod body;
mod certificates;
mod cli;
mod columns;
mod commands;
mod complete;
mod console;
mod doctor;
mod exit;
mod interrupt;
mod operations;
mod output;
mod progress;
mod realms;
mod record;
mod rights;
mod runtime;
mod session;
mod simulated;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::error::{ContextKind, ContextValue};

use cli::{Auth, Cli, Command, Logs};
use console::Console;
use exit::Code;
use runtime::{block_on, block_on_here};

/// The definition of the command line.
pub fn command() -> clap::Command {
    Cli::definition()
}

/// An error with the few operations that are most like an unknown one, the likest first.
fn with_likest(mut error: clap::Error) -> clap::Error {
    const TOLD: usize = 3;
    const KIND: ContextKind = ContextKind::SuggestedSubcommand;
    if let Some(ContextValue::Strings(names)) = error.get(KIND) {
        // The likest is the last.
        let likest = names.iter().rev().take(TOLD).cloned().collect();
        error.insert(KIND, ContextValue::Strings(likest));
    }
    error
}

/// Reads the command line of this process, does what it says, and gives the exit code.
pub fn main() -> ExitCode {
    if let Some(code) = complete::reply() {
        return code;
    }
    let words: Vec<OsString> = std::env::args_os().collect();
    args::color_of(words.iter().cloned()).write_global();
    let parsed = Cli::definition_to_parse(&words)
        .try_get_matches_from(&words)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let mut cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            let error = with_likest(error);
            let printed = error.print().and_then(|()| io::stdout().flush());
            // Whoever closed the stream does not want to know.
            let printed = match printed {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
                _ => Ok(()),
            };
            return match (printed, error.use_stderr()) {
                (Ok(()), false) => Code::Success,
                (Err(error), false) => {
                    Console::new(&args::Global::default()).error(&output::unwritten(&error));
                    Code::Usage
                }
                (_, true) => Code::Usage,
            }
            .into();
        }
    };
    let console = Console::new(&cli.global);
    console.trace(&cli.global);
    let code = record::begin(&mut cli)
        .and_then(|()| run(&cli, &console))
        .unwrap_or_else(|error| {
            console.error(&error);
            Code::of(error.kind())
        });
    record::finish(&cli, &console, code).into()
}

fn run(cli: &Cli, console: &Console) -> otcdb_core::Result<Code> {
    if !matches!(
        cli.command,
        Command::Completions(_) | Command::Man(_) | Command::Simulate(_)
    ) {
        certificates::check()?;
    }
    match &cli.command {
        Command::Completions(args) => {
            cli.refuse_calls("completions")?;
            commands::documents::completions(args)
        }
        Command::Man(args) => {
            cli.refuse_calls("man")?;
            commands::documents::man(args)
        }
        Command::Logs(Logs::Pull(args)) => block_on(commands::pull::run(cli, args, console)),
        Command::Logs(Logs::List(args)) => block_on(commands::list::run(cli, args, console)),
        Command::Logs(Logs::Show(args)) => {
            block_on(commands::entries::show::run(cli, args, console))
        }
        Command::Logs(Logs::Follow(args)) => {
            block_on(commands::entries::follow::run(cli, args, console))
        }
        Command::Logs(Logs::Top(args)) => block_on(commands::entries::top::run(cli, args, console)),
        Command::Logs(Logs::Prune(args)) => {
            cli.refuse_calls("logs prune")?;
            block_on(async { commands::prune::run(args, console) })
        }
        Command::Simulate(args) => {
            cli.refuse_calls("simulate")?;
            block_on(commands::simulate::run(args, console))
        }
        Command::Auth(Auth::Check(args)) => {
            block_on_here(commands::auth::check(cli, args, console))
        }
        Command::Operation(called) => block_on_here(operations::run(cli, called, console)),
        Command::Api(args) => block_on_here(commands::api::run(cli, args, console)),
        Command::Doctor(args) => block_on(doctor::run(cli, args, console)),
    }
}
