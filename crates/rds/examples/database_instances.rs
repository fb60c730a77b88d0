//! Lists the database instances with their engines.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_rds::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let rds = Client::connect(&session);
    let mut instances = rds.list_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        let engine = instance.datastore.and_then(|store| store.type_);
        println!("{} {:?} {}", instance.name, engine, instance.status);
    }
    Ok(())
}
