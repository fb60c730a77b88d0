//! Has the run logs of a Redis instance collected, waits for them, and downloads them.
#![allow(clippy::print_stdout, reason = "an example says what it did")]
use anyhow::Context as _;
use otcdb::Session;
use otcdb::dcs::{Client, types::RedislogType};
use otcdb::waiter::{PollPolicy, Waiter};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let session = Session::from_env().await?;
    let dcs = Client::connect(&session);
    let first = dcs.list_instances().stream().try_next().await?;
    let id = first.context("there is no instance")?.instance_id;
    let waiter = Waiter::new("the run log", PollPolicy::default());
    let collect = dcs.create_redislog().instance_id(&id).query_time(0);
    let collect = collect.log_type(RedislogType::Run);
    for log in collect.send_and_wait(&waiter).await? {
        let call = dcs.create_redislog_download_link().instance_id(&id);
        let link = call.id(log.id).await?.link.context("there is no link")?;
        let content = session.download(&link).bytes().await?;
        println!("{:?}: {} bytes", log.file_name, content.len());
    }
    Ok(())
}
