//! Lists the projects that the identity sees.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_iam::Client;

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let iam = Client::connect(&session);
    for project in iam.keystone_list_projects().await?.projects {
        println!("{} {}", project.id, project.name);
    }
    Ok(())
}
