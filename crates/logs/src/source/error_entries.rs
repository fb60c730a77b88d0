//! Error logs of engines whose error log is not exported: entries, written as JSON lines (page `rds_06_0004`).

use std::time::Duration;

use otcdb_core::{Result, Service};
use otcdb_rds::types::ErrorLogItem;
use serde_json::value::RawValue;

use super::Source;
use super::entries::{self, Log};
use crate::kind::LogKind;
use crate::list::List;
use crate::time::{Interval, rds};

/// Entries are kept, and can be asked for, that long.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let Some(fields) = LogKind::RdsError.fields() else {
        return Ok(());
    };
    let log = Log {
        old_name: "errorlog",
        fields,
        longest: Some(LONGEST),
        list: error_entries_list,
        described,
    };
    entries::pull(source, &log).await
}

fn error_entries_list(instance: &str, interval: Interval) -> Result<List> {
    Ok(List::new(Service::Rds, "ListErrorLogs")?
        .of_entries()
        .set("instance_id", instance)
        .set("start_date", rds(interval.from))
        .set("end_date", rds(interval.to)))
}

fn described(sent: &RawValue) -> Option<String> {
    let item: ErrorLogItem = serde_json::from_str(sent.get()).ok()?;
    serde_json::to_string(&item).ok()
}
