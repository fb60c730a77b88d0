//! Shows the slow statements of the last day.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_core::jiff::{Timestamp, ToSpan as _};
use otcdb_dds::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let dds = Client::connect(&Session::from_env().await?);
    let now = Timestamp::now();
    let mut instances = dds.list_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        let call = dds.list_slow_logs().instance_id(&instance.id);
        let call = call.start_date(now - 24.hours()).end_date(now);
        for slow in call.stream().limit(10).collect_all().await? {
            println!(
                "{:?} {:?} {:?}",
                slow.start_time(),
                slow.time,
                slow.database
            );
        }
    }
    Ok(())
}
