//! Has the slow log of the first MySQL instance exported, waits for it, and downloads it.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::waiter::{PollPolicy, Waiter};
use otcdb_core::{Result, Session};
use otcdb_rds::Client;
use otcdb_rds::types::{DatastoreTypeFilter, DownloadSlowlogRequest};

#[tokio::main]
async fn main() -> Result<()> {
    let session = Session::from_env().await?;
    let rds = Client::connect(&session);
    let waiter = Waiter::new("the export", PollPolicy::default());
    let call = rds
        .list_instances()
        .datastore_type(DatastoreTypeFilter::MySql);
    if let Some(instance) = call.stream().try_next().await? {
        let call = rds.download_slowlog().instance_id(&instance.id);
        let export = call
            .body(DownloadSlowlogRequest::new())
            .wait(&waiter)
            .await?;
        for file in export.list {
            if let Some(link) = &file.file_link {
                println!(
                    "{} bytes",
                    session.download(link).to_file("slow.log").await?
                );
            }
        }
    }
    Ok(())
}
