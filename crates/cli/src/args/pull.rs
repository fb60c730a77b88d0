//! Flags of `otcdb logs pull`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;
use otcdb_logs::Compression;

use super::moment::{self, Moment};
use super::sources::Sources;
use super::values;
use crate::exit;
use crate::output::Format;

/// Collect, wait for and download logs
///
/// Has Redis run logs collected, and error, slow and audit logs of databases exported, waits until they are ready, and
/// downloads them to DIR/SERVICE/NAME--ID/FILE. A file has its name only when it is whole. DIR/manifest.jsonl lists the
/// files, so that the next run fetches only what is new; after an interruption it goes on where it stopped. A source that
/// fails does not stop the others.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit::help()),
)]
pub(crate) struct Pull {
    /// The folder to write below, or s3://BUCKET/PREFIX: a bucket of OBS, S3 or what speaks like it, with the same paths in its
    /// keys. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL and AWS_ALLOW_HTTP say whose and where;
    /// without them it is OBS of the region, with the access key that calls are signed with. With - the entries of each file go
    /// to the standard output stream when it is whole, as JSON lines
    #[arg(long, value_name = "DIR|s3://BUCKET/PREFIX|-", default_value = "logs")]
    pub(crate) out: PathBuf,
    /// The folder in which files are until they are whole and go to a bucket or the standard output stream; with the same one, an
    /// interrupted download goes on where it stopped, and what was written to the stream is not written again [default: a
    /// temporary one]
    #[arg(long, value_name = "DIR")]
    pub(crate) spool: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// How far back to look, such as 2h or 3d; exports of databases hold all that the service keeps
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = values::positive)]
    pub(crate) since: Duration,
    /// When the time begins whose logs are pulled, such as 02:10 (the last such time), 'yesterday 14:00',
    /// '2026-11-22 02:10 Europe/Berlin' or 2026-11-22T01:10:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "since", value_parser = moment::moment)]
    pub(crate) from: Option<Moment>,
    /// When it ends, likewise; files that hold later entries too are pulled whole [default: now]
    #[arg(long, value_name = "TIME", requires = "from", value_parser = moment::moment)]
    pub(crate) to: Option<Moment>,
    /// The time zone of --from and --to where they name none, such as Europe/Berlin, UTC or +01:00 [default: this machine's]
    #[arg(long, value_name = "ZONE", value_parser = moment::zone_named)]
    pub(crate) time_zone: Option<TimeZone>,
    /// How much of the end of what earlier runs have covered is asked for again, to find entries that the service showed
    /// late; entries that were written already are not written twice
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = values::duration)]
    pub(crate) overlap: Duration,
    /// Do not fetch files again that are no longer in their place, for those who move them away on purpose
    #[arg(long)]
    pub(crate) no_refetch: bool,
    /// How many calls of a service are made, and how many files are fetched, at once; at most 64 and 16. Logs that the
    /// services are preparing do not count: all are begun at once
    #[arg(long, value_name = "NUMBER", default_value = "8", value_parser = values::count)]
    pub(crate) concurrency: usize,
    /// How long to wait at most before asking again whether a log is ready [default: 5s, simulated 100ms]
    #[arg(long, value_name = "DURATION", value_parser = values::positive)]
    pub(crate) poll_interval: Option<Duration>,
    /// How long to wait for a log to be ready
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = values::positive)]
    pub(crate) timeout: Duration,
    /// How long a repeated Redis collection may show nothing new before the files of an earlier one count as its result
    /// [default: 30s, simulated 1s]
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) settle: Option<Duration>,
    /// The lowest rate of a download, in bytes per second over a minute, such as 500 or 10KiB; with 0, a download lasts as
    /// long as anything comes
    #[arg(long, value_name = "BYTES", default_value = "1KiB", value_parser = values::bytes)]
    pub(crate) min_rate: u64,
    /// The largest file that is fetched, such as 500MiB or 2GiB
    #[arg(long, value_name = "BYTES", default_value = "100GiB", value_parser = values::bytes)]
    pub(crate) max_file_size: u64,
    /// The permissions of files that are written, in octal, such as 640; who may read files may enter new folders. Files
    /// and folders that exist keep theirs
    #[arg(long, value_name = "MODE", default_value = "600", value_parser = values::mode)]
    pub(crate) file_mode: u32,
    /// How files are packed when they are whole, which then end in .zst or .gz; what a service has packed stays as it is
    #[arg(long, value_name = "zstd|gzip", value_parser = values::parsed::<Compression>)]
    pub(crate) compress: Option<Compression>,
    /// A file for Prometheus's node_exporter, which is written at the end: when each source was last pulled without a
    /// failure. Each pull that runs by itself needs a file of its own
    #[arg(long, value_name = "FILE")]
    pub(crate) textfile: Option<PathBuf>,
    /// The form of the summary
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
}

const EXAMPLES: &str = "Examples:
  otcdb logs pull --simulate
  otcdb logs pull --service dcs --since 2h --out logs
  otcdb logs pull --instance 'orders-*' --from 02:10 --to 02:40
  otcdb --os-cloud production logs pull --instance orders-db --kind rds-slow --kind rds-error
  otcdb logs pull --all --output json --quiet";
