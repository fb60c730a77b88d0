//! Makes a Redis instance, waits until it runs, and deletes it, with retries and timeouts as one likes.
#![allow(clippy::print_stdout, reason = "an example says what it did")]
use otcdb::dcs::Client;
use otcdb::dcs::types::{CreateInstanceRequest, EngineVersionChoice};
use otcdb::waiter::{PollPolicy, Waiter};
use otcdb::{ErrorKind, RetryPolicy, SessionBuilder, Timeouts};
use std::time::Duration;

#[tokio::main]
async fn main() -> otcdb::Result<()> {
    let timeouts = Timeouts::default().total(Duration::from_secs(60));
    let session = SessionBuilder::from_env().await?.timeouts(timeouts);
    let dcs = Client::connect(&session.retry(RetryPolicy::default().attempts(5)).build()?);
    let (vpc, subnet) = ("c5cd009b-9ba9-41f2-9a26", "7e95c4d6-d7af-424c-a3cf");
    let (spec, zones) = ("redis.ha.xu1.tiny.r2.128", ["region01", "region02"]);
    let body = CreateInstanceRequest::new("orders", "Redis", 0.125, spec, zones, vpc, subnet);
    let body = body.engine_version(EngineVersionChoice::V6_0);
    let body = body.password("a-Strong-1-password");
    let waiter = Waiter::new("the instance", PollPolicy::default());
    let call = dcs.create_instance().body(body);
    for made in call.send_and_wait(&waiter).await? {
        let (id, status) = made.map(|made| (made.instance_id, made.status))?;
        println!("{id} is {status}");
        dcs.delete_single_instance().instance_id(&id).await?;
        match dcs.show_instance().instance_id(&id).await {
            Err(error) if error.kind() == ErrorKind::NotFound => println!("gone: {error}"),
            shown => println!("still {}", shown?.status),
        }
    }
    Ok(())
}
