//! Has the error log of a PostgreSQL instance exported, waits for it, and downloads it.
#![allow(clippy::print_stdout, reason = "an example says what it did")]
use anyhow::Context as _;
use otcdb::Session;
use otcdb::rds::{Client, types::DatastoreTypeFilter};
use otcdb::waiter::{PollPolicy, Waiter};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let session = Session::from_env().await?;
    let rds = Client::connect(&session);
    let list = rds.list_instances();
    let list = list.datastore_type(DatastoreTypeFilter::PostgreSql);
    let first = list.stream().try_next().await?;
    let id = first.context("there is no such instance")?.id;
    let waiter = Waiter::new("the export", PollPolicy::default());
    let export = rds.download_errorlog().instance_id(id).wait(&waiter);
    for file in export.await?.list {
        let link = file.file_link.context("the file has no link")?;
        let content = session.download(&link).bytes().await?;
        println!("{:?}: {} bytes", file.file_name, content.len());
    }
    Ok(())
}
