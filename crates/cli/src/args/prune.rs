//! Flags of `otcdb logs prune`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values;
use crate::exit;
use crate::output::Format;

/// Delete old logs, and remember that they were pulled
///
/// Deletes the files below DIR whose logs end more than DURATION ago. Where that is not known, the time counts at which the
/// file was fetched. Only files that DIR/manifest.jsonl lists are deleted. Their lines stay in it,
/// so that no pull fetches them again. Logs are deleted from this machine only; the service keeps what it has.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit::help()),
)]
pub(crate) struct Prune {
    /// The folder that logs were pulled into
    #[arg(long, value_name = "DIR", default_value = "logs")]
    pub(crate) out: PathBuf,
    /// How long ago the logs in a file have to end, such as 30d or 12w
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) older_than: Duration,
    /// Delete nothing, and say what would be deleted
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The form of the summary
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
}

const EXAMPLES: &str = "Examples:
  otcdb logs prune --older-than 30d --dry-run
  otcdb logs prune --older-than 12w --out logs --output json";
