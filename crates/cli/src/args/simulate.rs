//! Flags of `otcdb simulate`.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use otcdb_core::Service;
use otcdb_simulator::{Fault, MOST_ENTRIES, MOST_FILES};

use super::values::{self, Counts};

/// The help of `--port`.
fn ports() -> String {
    let services = Service::ALL.map(Service::as_str).join(", ");
    format!(
        "The port of the first service on 127.0.0.1, behind which those of the others follow ({services}); 0 takes any \
         free ones"
    )
}

/// Run a simulated cloud until interrupted
///
/// It listens on 127.0.0.1 only, at a port for each service, and writes the addresses and the variables that lead a
/// client to them, ready to be copied.
/// It serves every operation of the bundled descriptions, with real state for logs, tokens, links and signatures. The
/// same seed gives the same instances, logs and faults.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  otcdb simulate --port 8080 --auth access-key\n  \
        otcdb simulate --fault ListRedislog:429:times=2:retry-after=1 --fault 'download:truncate:p=0.2'",
    after_long_help = FAULTS,
)]
pub(crate) struct Simulate {
    #[arg(long, default_value_t = 0, help = ports())]
    pub(crate) port: u16,
    /// What ids, names, logs, secrets and probable faults follow from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Something that goes wrong; can be repeated. See below
    #[arg(long, value_name = "SPEC", value_parser = values::parsed::<Fault>)]
    pub(crate) fault: Vec<Fault>,
    /// Answer from a recording, such as --record writes: by method, path and query, several responses in turn. What was not
    /// recorded is refused with 404
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// The way to prove identity that the variables are for
    #[arg(long, value_enum, default_value_t, value_name = "WAY")]
    pub(crate) auth: AuthKind,
    /// Ask for no proof of identity
    #[arg(long)]
    pub(crate) no_auth: bool,
    /// Numbers of single-node, primary/standby and cluster instances of Redis
    #[arg(long, value_name = "N,N,N", default_value = "2,2,2", value_parser = values::counts)]
    pub(crate) redis: Counts,
    /// Numbers of MySQL, PostgreSQL and SQL Server instances
    #[arg(long, value_name = "N,N,N", default_value = "2,2,2", value_parser = values::counts)]
    pub(crate) databases: Counts,
    /// The size of log files in bytes, or smallest and largest
    #[arg(long, value_name = "BYTES[-BYTES]", default_value = "40000-120000", value_parser = values::sizes)]
    pub(crate) log_size: RangeInclusive<u64>,
    /// The number of entries in each slow log and error log
    #[arg(long, value_name = "NUMBER", default_value = "120", value_parser = values::up_to(MOST_ENTRIES))]
    pub(crate) entries: usize,
    /// The number of audit log files of each MySQL instance
    #[arg(long, value_name = "NUMBER", default_value = "6", value_parser = values::up_to(MOST_FILES))]
    pub(crate) audit_files: usize,
    /// How long the collection of a Redis run log takes
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = values::duration)]
    pub(crate) collect_delay: Duration,
    /// How long the export of a database log takes
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = values::duration)]
    pub(crate) export_delay: Duration,
    /// How long tokens are good
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = values::duration)]
    pub(crate) token_lifetime: Duration,
    /// How long links to Redis run logs are good
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = values::duration)]
    pub(crate) redis_link_lifetime: Duration,
    /// How long links to database logs are good
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = values::duration)]
    pub(crate) rds_link_lifetime: Duration,
    /// Also write what every operation can be called with, for tests of other clients
    #[arg(long, hide = true)]
    pub(crate) fixtures: bool,
    /// The form in which addresses and variables are written
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: SimulateFormat,
}

/// Ways to prove identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthKind {
    #[default]
    Token,
    Password,
    AccessKey,
    TemporaryAccessKey,
}

/// Forms of the first lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimulateFormat {
    /// Lines for a POSIX shell
    #[default]
    Shell,
    /// One JSON document on one line
    Json,
}

const FAULTS: &str = "Examples:
  otcdb simulate --port 8080 --auth access-key
  otcdb simulate --fault ListRedislog:429:times=2:retry-after=1 --fault 'download:truncate:p=0.2'

Faults: TARGET[+TARGET…]:KIND[:KEY=VALUE…]
  TARGET  an operationId, SERVICE.OPERATION_ID, SERVICE.*, download, *
  KIND    400, 403, 404, 429, 500, 502, 503, slow, stall, reset, reset-head, reset-body,
          truncate, corrupt-json, html, error-in-200, content-type, empty, expired-link,
          new-field, new-value, other-type, nulls, new-status,
          changed, no-etag, chunked, no-length, no-range, no-if-range, wrong-range, 416,
          redirect, expired-token, missing, damaged, encrypted,
          stale-list, job-failed, job-stuck, job-lost,
          any status from 400 to 599 with code=ERROR_CODE, such as ShowInstance:404:code=DCS.3022
  KEY     times=NUMBER|always (1), p=PROBABILITY, after=NUMBER, path=TEXT,
          retry-after=SECONDS, delay=MILLISECONDS, at=BYTES, status=CODE";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use otcdb_simulator::Fault;

    use super::FAULTS;

    fn kinds<'a>(text: &'a str, end: &str) -> BTreeSet<&'a str> {
        let (kinds, _) = text.split_once(end).unwrap();
        let words = kinds.split(',').map(str::trim);
        words.filter(|word| !word.is_empty()).collect()
    }

    #[test]
    fn the_help_names_the_kinds_of_faults_that_there_are() {
        let error = "*:none".parse::<Fault>().unwrap_err().to_string();
        let (_, known) = error.split_once("the kinds are ").unwrap();
        let (_, named) = FAULTS.split_once("KIND ").unwrap();
        assert_eq!(kinds(named, "any status"), kinds(known, "and any status"));
    }
}
