//! Lists Redis instances from a program that is not asynchronous.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb::Session;
use otcdb::dcs::Client;

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let session = runtime.block_on(Session::from_env())?;
    let list = Client::connect(&session).list_instances().limit(3);
    println!("{:?}", runtime.block_on(list.send())?.instances.len());
    Ok(())
}
