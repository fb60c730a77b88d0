//! Lists all Redis instances, ten at a time.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb::Session;
use otcdb::dcs::Client;

#[tokio::main]
async fn main() -> otcdb::Result<()> {
    let dcs = Client::connect(&Session::from_env().await?);
    let mut instances = dcs.list_instances().page_size(10).stream();
    while let Some(instance) = instances.try_next().await? {
        println!("{} is {}", instance.name, instance.status);
    }
    Ok(())
}
