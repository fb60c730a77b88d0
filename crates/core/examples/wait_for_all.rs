//! Waits until no instance is being made or changed, by a question of one's own.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::reqwest::Method;
use otcdb_core::waiter::{Observation, PollPolicy, Waiter};
use otcdb_core::{RawCall, Result, Service, Session};

#[tokio::main]
async fn main() -> Result<()> {
    let dcs = Session::from_env().await?.service(Service::Dcs);
    let waiter = Waiter::new("quiet", PollPolicy::default());
    let ask = || async {
        let call = RawCall::new(Method::GET, "/v2/{project_id}/instances").idempotent(true);
        let received = dcs.execute(call).await?;
        let text = String::from_utf8_lossy(&received.body);
        let busy = ["CREATING", "EXTENDING", "RESTARTING", "RESTORING"];
        let state = busy.into_iter().find(|state| text.contains(state));
        Ok(match state {
            Some(state) => Observation::Continue(Some(state.to_owned())),
            None => Observation::Done(text.len()),
        })
    };
    println!("all is quiet: {} bytes", waiter.wait(ask).await?);
    Ok(())
}
