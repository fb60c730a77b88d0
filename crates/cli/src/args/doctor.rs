//! Flags of `otcdb doctor`.

use clap::Args;
use otcdb_core::Service;

use super::values;
use crate::exit;
use crate::output::Format;

/// Compare what the services really send with their descriptions
///
/// It makes the calls that only read, first those that list, then those that show what was found, and compares each response
/// with what is described: fields, values, types, nulls, statuses. What the identity may not do is left alone. Nothing is
/// changed, no log is collected and no file fetched. The report names no id, name, address or content, so that it can be sent
/// to others; with --record, so can the responses themselves. The exit code is 5 if something differs.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  otcdb doctor --record doctor.har\n  otcdb doctor --service rds --output json > report.json\n  \
        otcdb doctor --simulate",
    after_long_help = format!("Examples:\n  otcdb doctor --record doctor.har\n  \
        otcdb doctor --service rds --output json > report.json\n  otcdb doctor --simulate\n\n{}", exit::help()),
)]
pub(crate) struct Doctor {
    /// The service; can be repeated. Without it, all of them
    #[arg(long, value_parser = values::service(&Service::ALL))]
    pub(crate) service: Vec<Service>,
    /// How many resources of one kind are looked at, of different types where there are some
    #[arg(long, value_name = "NUMBER", default_value = "3", value_parser = values::up_to(100))]
    pub(crate) each: usize,
    /// Ask a simulated cloud, which needs no account
    #[arg(long)]
    pub(crate) simulate: bool,
    /// The form of the report
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
}
