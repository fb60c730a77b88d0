//! Makes a call that no client describes, with the session's identity, retries and errors.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::reqwest::Method;
use otcdb_core::{RawCall, Service, Session};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let dcs = Session::from_env().await?.service(Service::Dcs);
    let call = RawCall::new(Method::GET, "/v2/{project_id}/instances").idempotent(true);
    let received = dcs.execute(call).await?;
    println!("{}: {} bytes", received.status, received.body.len());
    Ok(())
}
