//! Flags of `otcdb logs show`, `follow` and `top`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use otcdb_entries::{Regex, RegexBuilder, Severity};
use otcdb_logs::LogKind;

use super::moment::{self, Moment};
use super::values;
use crate::exit;
use crate::output::Format;

/// The folder that `otcdb logs pull` writes to unless it is told otherwise.
pub(crate) const FOLDER: &str = "logs";

/// Which entries.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Entries of this instance only; can be repeated
    #[arg(long, value_name = "ID-OR-NAME")]
    pub(crate) instance: Vec<String>,
    /// Entries of logs of this kind only; can be repeated
    #[arg(long, value_name = "KIND", value_parser = values::kind())]
    pub(crate) kind: Vec<LogKind>,
    /// Entries of this level or a graver one; those that state none count as info
    #[arg(long, value_name = "LEVEL", value_parser = values::parsed::<Severity>)]
    pub(crate) level: Option<Severity>,
    /// Entries in which this regular expression is found, in any of their lines; (?i) at its beginning ignores case
    #[arg(long, value_name = "REGEX", value_parser = pattern)]
    pub(crate) grep: Option<Regex>,
    /// The time zone of logs that state none, such as Europe/Berlin or +02:00
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = moment::zone_named)]
    pub(crate) log_timezone: TimeZone,
}

/// A time to look at.
#[derive(Debug, Args)]
pub(crate) struct Window {
    /// Entries from this time on, such as 02:10 (the last such time), 'yesterday 14:00', '2026-11-22 02:10 Europe/Berlin' or
    /// 2026-11-22T01:10:00Z
    #[arg(long, value_name = "TIME", value_parser = moment::moment)]
    pub(crate) from: Option<Moment>,
    /// Entries before this time
    #[arg(long, value_name = "TIME", value_parser = moment::moment)]
    pub(crate) to: Option<Moment>,
    /// The time zone of --from and --to where they name none, such as Europe/Berlin, UTC or +01:00 [default: this machine's]
    #[arg(long, value_name = "ZONE", value_parser = moment::zone_named)]
    pub(crate) time_zone: Option<TimeZone>,
    /// Entries of this long before now, such as 20m or 2h
    #[arg(long, value_name = "DURATION", value_parser = values::positive, conflicts_with = "from")]
    pub(crate) since: Option<Duration>,
}

/// What is done before.
#[derive(Debug, Args)]
pub(crate) struct First {
    /// Pull the logs of the chosen instances and kinds into DIR first
    #[arg(long, conflicts_with = "simulate")]
    pub(crate) pull: bool,
    /// Pull them from all projects in the region that the identity can enter
    #[arg(long, requires = "pull")]
    pub(crate) all_projects: bool,
    /// Pull from a simulated cloud inside this program first; without DIR, into a folder that is removed at the end
    #[arg(long)]
    pub(crate) simulate: bool,
}

/// Show what the databases said, entries of all instances in the order of time
///
/// Reads a folder of pulled logs. Lines that begin no entry belong to the one before. An entry that is older than the one
/// before it in the same file takes that one's time, so that any number of logs of any size are merged in little memory.
/// Entries that several exports of a log have are shown once. Compressed files (.gz, .zst) are read, too.
#[derive(Debug, Args)]
#[command(
    after_help = SHOW,
    after_long_help = format!("{SHOW}\n\n{}", exit::help()),
)]
pub(crate) struct Show {
    /// The folder with the logs [default: logs]
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) window: Window,
    #[command(flatten)]
    pub(crate) choice: Choice,
    #[command(flatten)]
    pub(crate) first: First,
    /// The form of the entries
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Form,
}

/// Keep pulling, and show each new entry once
///
/// What was shown stands in DIR/manifest-shown.json, so that another run goes on where this one stopped; one that is killed
/// while it writes may show the last 256 KiB again. What cannot be had in one round is asked for in the next. A signal ends it
/// in order.
#[derive(Debug, Args)]
#[command(
    after_help = FOLLOW,
    after_long_help = format!("{FOLLOW}\n\n{}", exit::help()),
)]
pub(crate) struct Follow {
    /// The folder to pull into [default: logs]
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// How far back the first round looks
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = values::positive)]
    pub(crate) since: Duration,
    /// How long to wait between two rounds
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = values::positive)]
    pub(crate) interval: Duration,
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// The logs of every instance of the project, of the chosen kinds; needed where no instance or kind is chosen
    #[arg(long, conflicts_with = "instance")]
    pub(crate) all: bool,
    /// The logs of all projects in the region that the identity can enter
    #[arg(long, conflicts_with = "simulate")]
    pub(crate) all_projects: bool,
    /// Follow a simulated cloud inside this program; without DIR, in a folder that is removed at the end
    #[arg(long)]
    pub(crate) simulate: bool,
    /// Write entries to the end of this file instead of the standard output stream
    #[arg(long, value_name = "FILE")]
    pub(crate) append: Option<PathBuf>,
    /// The form of the entries
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Form,
}

/// Group slow statements by what they have in common, over all instances
///
/// Reads the slow query log of MySQL, lines with `duration:` of PostgreSQL, and entries of slow statements and commands.
/// Statements that differ only in their values are alike.
#[derive(Debug, Args)]
#[command(
    after_help = TOP,
    after_long_help = format!("{TOP}\n\n{}", exit::help()),
)]
pub(crate) struct Top {
    /// The folder with the logs [default: logs]
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) window: Window,
    #[command(flatten)]
    pub(crate) choice: Choice,
    #[command(flatten)]
    pub(crate) first: First,
    /// How many groups to show; 0 shows all
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) limit: usize,
    /// The form of the groups
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
}

/// Forms of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people: time in UTC, instance, entry
    #[default]
    Text,
    /// OpenTelemetry's log data model, one JSON document per line
    Jsonl,
    /// The bytes of the entries, and nothing else
    Raw,
}

fn pattern(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text)
        .multi_line(true)
        .build()
        .map_err(|error| error.to_string())
}

const SHOW: &str = "Examples:
  otcdb logs show --simulate --level warning
  otcdb logs show --from 02:10 --to 02:30
  otcdb logs show /var/log/otc --since 20m --grep 'deadlock|timeout' --output jsonl
  otcdb logs show --pull --instance orders-db --kind rds-error --since 2h";

const FOLLOW: &str = "Examples:
  otcdb logs follow --simulate --interval 5s
  otcdb logs follow --instance orders-db --since 10m --level error
  otcdb logs follow /var/log/otc --all --output jsonl | jq .body";

const TOP: &str = "Examples:
  otcdb logs top --simulate
  otcdb logs top --since 1d --kind rds-slow --limit 5
  otcdb logs top /var/log/otc --output json";
