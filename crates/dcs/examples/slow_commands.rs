//! Shows the ten slowest commands of each Redis instance in a day.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_core::jiff::{Timestamp, ToSpan as _};
use otcdb_dcs::{Client, types::SlowlogSortDirection, types::SlowlogSortKey};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let dcs = Client::connect(&Session::from_env().await?);
    let now = Timestamp::now();
    let milliseconds = |time: Timestamp| time.as_millisecond().to_string();
    let day = (milliseconds(now - 24.hours()), milliseconds(now));
    for instance in dcs.list_instances().stream().collect_all().await? {
        let slowest = dcs
            .list_slowlog()
            .instance_id(&instance.instance_id)
            .start_time(&day.0)
            .end_time(&day.1)
            .sort_key(SlowlogSortKey::Duration)
            .sort_dir(SlowlogSortDirection::Desc)
            .limit(10)
            .await?;
        for entry in slowest.slowlogs {
            println!("{} {:?} {:?}", instance.name, entry.duration, entry.command);
        }
    }
    Ok(())
}
