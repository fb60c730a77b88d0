//! Makes a Redis instance, waits until it runs, and deletes it. Retries, timeouts and errors are as one likes.

use std::time::Duration;

use otcdb::dcs::{Client, types::CreateInstanceRequest, types::EngineVersionChoice};
use otcdb::waiter::{PollPolicy, Waiter};
use otcdb::{ErrorKind, RetryPolicy, SessionBuilder, Timeouts};

#[tokio::main]
async fn main() -> otcdb::Result<()> {
    let session = SessionBuilder::from_env().await?;
    let session = session.retry(RetryPolicy::default().attempts(5));
    let session = session.timeouts(Timeouts::default().total(Duration::from_secs(60))).build()?;
    let dcs = Client::connect(&session);
    let (spec, vpc) = ("redis.ha.xu1.tiny.r2.128", "c5cd009b-9ba9-41f2-9a26-2b8c3f3ffd39");
    let subnet = "7e95c4d6-d7af-424c-a3cf-2be10968fe81";
    let body = CreateInstanceRequest::new("orders", "Redis", 0.125, spec, ["eu-de-01"], vpc, subnet)
        .engine_version(EngineVersionChoice::V6_0)
        .password("a-Strong-1-password");
    let call = dcs.create_instance().body(body);
    let waiter = Waiter::new("the instance", PollPolicy::default());
    for made in call.send_and_wait(&waiter).await? {
        let made = made?;
        println!("{} is {}", made.name, made.status);
        dcs.delete_single_instance().instance_id(&made.instance_id).await?;
        match dcs.show_instance().instance_id(&made.instance_id).await {
            Err(error) if error.kind() == ErrorKind::NotFound => println!("gone: {error}"),
            shown => println!("still {}", shown?.status),
        }
    }
    Ok(())
}
