//! Lets a week pass in a cloud, so that what it gave out has ended.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::time::Duration;

use otcdb_core::Service;
use otcdb_simulator::{Clock, Simulator};
use reqwest::{Method, header::HeaderMap};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse()?);
    let cloud = Simulator::builder().clock(clock.clone()).start().await?;
    let rds = cloud.session().service(Service::Rds);
    let list = || {
        rds.execute_raw(
            Method::GET,
            "/v3/{project_id}/instances",
            &[],
            HeaderMap::new(),
            "".into(),
        )
    };
    println!("{}: {}", clock.now(), list().await?.status);
    clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    if let Err(error) = list().await {
        println!("{}: {error}", clock.now());
    }
    Ok(())
}
