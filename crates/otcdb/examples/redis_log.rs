//! Has the run logs of a Redis instance collected, waits for them, and downloads them.

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
    let call = dcs.create_redislog().instance_id(&id).log_type(RedislogType::Run).query_time(0);
    for log in call.send_and_wait(&waiter).await? {
        let link = dcs.create_redislog_download_link().instance_id(&id).id(log.id).await?;
        let length = session.download(&link.link).to_file(&log.file_name).await?;
        println!("{}: {length} bytes", log.file_name);
    }
    Ok(())
}
