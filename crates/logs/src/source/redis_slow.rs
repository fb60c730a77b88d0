//! The slow log of Redis: entries, written as JSON lines (page `ListSlowlog`).

use otcdb_core::{Result, Service};
use otcdb_dcs::types::SlowlogItem;
use serde_json::value::RawValue;

use super::Source;
use super::entries::{self, Log};
use crate::kind::LogKind;
use crate::list::List;
use crate::time::{Interval, milliseconds};

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let Some(fields) = LogKind::RedisSlow.fields() else {
        return Ok(());
    };
    let log = Log {
        old_name: "slowlog",
        fields,
        longest: None,
        list: slow_commands_list,
        described,
    };
    entries::pull(source, &log).await
}

fn slow_commands_list(instance: &str, interval: Interval) -> Result<List> {
    Ok(List::new(Service::Dcs, "ListSlowlog")?
        .of_entries()
        .set("instance_id", instance)
        .set("start_time", milliseconds(interval.from))
        .set("end_time", milliseconds(interval.to))
        // Oldest first: entries that come in meanwhile do not shift the pages.
        .set("sort_key", "start_time")
        .set("sort_dir", "asc"))
}

fn described(sent: &RawValue) -> Option<String> {
    let item: SlowlogItem = serde_json::from_str(sent.get()).ok()?;
    serde_json::to_string(&item).ok()
}
