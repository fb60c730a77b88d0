//! Flags of `otcdb logs list`.

use std::path::PathBuf;

use clap::Args;

use super::sources::Sources;
use crate::exit;
use crate::output::Format;

/// Show what would be pulled, what is there, and since when
///
/// Lists the chosen kinds of log of the chosen instances, as `otcdb logs pull` with the same flags would pull them, with the
/// files that are there and the time that they cover. Where logs come as entries, none was left out from SINCE up to UNTIL.
/// Logs that come as files or exports have UNTIL alone: when their content ended or, where that is not known, when the last
/// one was fetched. No log is asked for and nothing is written.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit::help()),
)]
pub(crate) struct List {
    /// The folder or the bucket that logs are pulled into, as for `otcdb logs pull`
    #[arg(long, value_name = "DIR|s3://BUCKET/PREFIX", default_value = "logs")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// Let files count that are no longer in their place, as for a pull with this flag
    #[arg(long)]
    pub(crate) no_refetch: bool,
    /// The form of the list
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
}

const EXAMPLES: &str = "Examples:
  otcdb logs list
  otcdb logs list --instance 'orders-*' --out /var/log/otc
  otcdb logs list --shard 3/8 --out s3://otc-logs/eu-de --output json";
