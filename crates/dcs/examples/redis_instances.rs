//! Lists the Redis instances that run, page after page.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_dcs::{Client, types::InstanceStatus};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let dcs = Client::connect(&session);
    let mut instances = dcs.list_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        if instance.status == InstanceStatus::Running {
            println!("{} since {:?}", instance.name, instance.created_at());
        }
    }
    Ok(())
}
