//! Counts Redis instances from a program that is not asynchronous.
#![allow(clippy::print_stdout, reason = "an example says what it did")]
use otcdb::{Session, dcs::Client};
fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let dcs = Client::connect(&runtime.block_on(Session::from_env())?);
    let all = runtime.block_on(dcs.list_instances().stream().collect_all())?;
    println!("{} instances", all.len());
    Ok(())
}
