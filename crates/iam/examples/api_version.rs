//! Shows which version of the API the service has, with status and request id of the response.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_iam::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let iam = Client::connect(&Session::from_env().await?);
    let response = iam.keystone_show_version().send_with_meta().await?;
    println!("{} {:?}", response.status, response.request_id);
    println!("{:?}", response.value.version);
    Ok(())
}
