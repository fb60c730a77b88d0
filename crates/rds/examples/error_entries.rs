//! Shows the newest entries of the error log of each MySQL instance.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_core::jiff::{Timestamp, ToSpan as _};
use otcdb_rds::{Client, types::DatastoreTypeFilter};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let rds = Client::connect(&Session::from_env().await?);
    let now = Timestamp::now();
    let mut instances = rds
        .list_instances()
        .datastore_type(DatastoreTypeFilter::MySql)
        .stream();
    while let Some(instance) = instances.try_next().await? {
        let call = rds.list_error_logs().instance_id(&instance.id);
        let call = call.start_date(now - 24.hours()).end_date(now);
        let mut entries = call.stream().limit(20);
        while let Some(entry) = entries.try_next().await? {
            println!("{} {:?} {:?}", instance.name, entry.level, entry.content);
        }
    }
    Ok(())
}
