//! Lists the instances with their states.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_gaussdb::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let gaussdb = Client::connect(&session);
    let mut instances = gaussdb.list_gauss_my_sql_instances().stream();
    while let Some(instance) = instances.try_next().await? {
        println!("{} is {:?}", instance.name, instance.status);
    }
    Ok(())
}
