//! Calls a cloud that refuses the first call with an error code, and looks at what it was asked.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Service;
use otcdb_simulator::Simulator;
use reqwest::{Method, header::HeaderMap};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cloud = Simulator::builder()
        .fault("ListInstances:404:code=DCS.3022".parse()?)
        .start()
        .await?;
    let dcs = cloud.session().service(Service::Dcs);
    for _ in 0..2 {
        let path = "/v2/{project_id}/instances";
        match dcs
            .execute_raw(Method::GET, path, &[], HeaderMap::new(), "".into())
            .await
        {
            Ok(answer) => println!("{}", answer.status),
            Err(error) => println!("{error}"),
        }
    }
    println!(
        "{} calls, faults that never came: {:?}",
        cloud.count("ListInstances"),
        cloud.idle_faults()
    );
    Ok(())
}
