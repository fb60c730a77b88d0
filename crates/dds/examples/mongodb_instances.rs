//! Lists the MongoDB instances with their states.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_dds::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let dds = Client::connect(&session);
    let mut instances = dds.list_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        println!("{} is {}", instance.name, instance.status);
    }
    Ok(())
}
