//! Has the error log of a PostgreSQL instance exported, waits for it, and downloads it.

use anyhow::Context as _;
use otcdb::Session;
use otcdb::rds::{Client, types::DatastoreType};
use otcdb::waiter::{PollPolicy, Waiter};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let session = Session::from_env().await?;
    let rds = Client::connect(&session);
    let mut instances = rds.list_instances().datastore_type(DatastoreType::PostgreSql).stream();
    let instance = instances.try_next().await?.context("there is no PostgreSQL instance")?;
    let waiter = Waiter::new("the export", PollPolicy::default());
    let export = rds.download_errorlog().instance_id(&instance.id).wait(&waiter).await?;
    for file in export.list {
        let link = file.file_link.context("the file has no link")?;
        let content = session.download(&link).max_size(1 << 30).bytes().await?;
        println!("{}: {} bytes", file.file_name.unwrap_or_default(), content.len());
    }
    Ok(())
}
