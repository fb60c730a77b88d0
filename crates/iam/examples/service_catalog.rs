//! Shows where the services of the project are.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_iam::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let iam = Client::connect(&Session::from_env().await?);
    for service in iam.keystone_show_catalog().await?.catalog {
        for endpoint in service.endpoints {
            println!("{:?} {:?}", service.type_, endpoint.url);
        }
    }
    Ok(())
}
