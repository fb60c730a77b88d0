//! Shows which nodes take writes.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_dds::{Client, types::NodeRole};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let dds = Client::connect(&Session::from_env().await?);
    let mut instances = dds.list_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        let nodes = instance.groups.into_iter().flat_map(|group| group.nodes);
        for node in nodes.filter(|node| node.role == NodeRole::Primary) {
            println!("{}: {}", instance.name, node.name);
        }
    }
    Ok(())
}
