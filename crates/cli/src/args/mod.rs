//! The flags of the single commands, and what their values are.

mod doctor;
mod entries;
mod identity;
mod list;
pub(crate) mod moment;
mod prune;
mod pull;
mod simulate;
mod sources;
pub(crate) mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Args, ValueEnum};
use clap_complete::Shell;
use http::{HeaderName, HeaderValue, Method};
use otcdb_core::Service;

use crate::exit;
use crate::output::Format;

/// Headings in help.
pub(crate) const IDENTITY: &str = "Identity and region";
pub(crate) const CALLS: &str = "Calls";

pub(crate) use doctor::Doctor;
pub(crate) use entries::{Choice, FOLDER, First, Follow, Form, Show, Top, Window};
pub(crate) use identity::{Calls, Identity};
pub(crate) use list::List;
pub(crate) use prune::Prune;
pub(crate) use pull::Pull;
pub(crate) use simulate::{AuthKind, Simulate, SimulateFormat};
pub(crate) use sources::Sources;

/// Flags of every command.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Show no progress and no notes, only results and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Show each call, its response's status and request id, and each retry
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// Show calls with headers and bodies too, like -vv; secrets are masked
    #[arg(long, global = true, conflicts_with = "quiet")]
    pub(crate) debug: bool,
    /// When to use colours; NO_COLOR is honoured
    // Read before the rest by `color_of`, since help and usage errors have colours too.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// What `--color` says. Anything that is no such flag is left to the parser.
pub(crate) fn color_of(arguments: impl IntoIterator<Item = OsString>) -> ColorChoice {
    let mut choice = ColorChoice::Auto;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let value = match argument.to_str() {
            Some("--") => break,
            Some("--color") => arguments.next(),
            Some(argument) => argument.strip_prefix("--color=").map(OsString::from),
            None => None,
        };
        choice = match value.as_ref().and_then(|value| value.to_str()) {
            Some("auto") => ColorChoice::Auto,
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => choice,
        };
    }
    choice
}

/// Show which source won for each setting, and prove the identity with one call
///
/// Secrets are never shown. The report is written even if the identity turns out to be incomplete or is refused.
#[derive(Debug, Args)]
#[command(after_long_help = exit::help())]
pub(crate) struct Check {
    /// The form of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
}

/// Make any call with the same identity, retries and redaction
///
/// The body of the response goes to the standard output stream as it is, on a terminal as indented JSON. A response
/// that is no success is an error. Calls that are not idempotent are only sent again if the service cannot have taken
/// them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  otcdb api GET '/v2/{project_id}/instances' --query limit=5\n  \
        otcdb api GET '/v3/{project_id}/instances' --service rds --query datastore_type=MySQL\n  \
        otcdb api PUT '/v3/{project_id}/instances/ID/auditlog-policy' --service rds --body @policy.json",
    after_long_help = format!("Examples:\n  otcdb api GET '/v2/{{project_id}}/instances' --query limit=5\n  \
        otcdb api GET '/v3/{{project_id}}/instances' --service rds --query datastore_type=MySQL\n  \
        otcdb api PUT '/v3/{{project_id}}/instances/ID/auditlog-policy' --service rds --body @policy.json\n\n{}", exit::help()),
)]
pub(crate) struct Api {
    /// GET, POST, PUT, PATCH, DELETE or HEAD
    #[arg(value_parser = values::method)]
    pub(crate) method: Method,
    /// The path, which starts with a slash; {project_id} in it is replaced
    pub(crate) path: String,
    /// The service; without it, the path has to tell, by the described operation that it is most like
    #[arg(long, value_parser = values::service(&Service::ALL))]
    pub(crate) service: Option<Service>,
    /// A query parameter; can be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = values::pair)]
    pub(crate) query: Vec<(String, String)>,
    /// A header; can be repeated. Those that prove the identity are set by the program
    #[arg(long, value_name = "NAME: VALUE", value_parser = values::header)]
    pub(crate) header: Vec<(HeaderName, HeaderValue)>,
    /// The body: JSON, or @ and the name of a file, or - for the standard input stream
    #[arg(long, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    pub(crate) body: Option<String>,
    /// Write the status and the headers, with secrets masked, before the body
    #[arg(short, long)]
    pub(crate) include: bool,
}

/// Write what makes a shell complete commands, flags and values
///
/// The shell then asks this program while a command is typed, also for the names of instances where an identity is at
/// hand. It belongs into the shell's own start file, so that it fits the program that is there.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  source <(otcdb completions bash)      in ~/.bashrc\n  \
    source <(otcdb completions zsh)       in ~/.zshrc, after compinit\n  \
    otcdb completions fish | source       in ~/.config/fish/config.fish"
)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Write the manual page, or a page for each command
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  otcdb man | man -l -\n  otcdb man --out ~/.local/share/man/man1"
)]
pub(crate) struct Man {
    /// A folder to write the page of every command to; without it, the main page is written to the standard output
    /// stream
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_known_before_the_rest() {
        let of = |text: &str| color_of(text.split(' ').map(OsString::from));
        assert_eq!(of("otcdb logs --color never pull"), ColorChoice::Never);
        assert_eq!(of("otcdb --color=always"), ColorChoice::Always);
        assert_eq!(of("otcdb --color purple"), ColorChoice::Auto);
        assert_eq!(of("otcdb -- --color never"), ColorChoice::Auto);
    }
}
