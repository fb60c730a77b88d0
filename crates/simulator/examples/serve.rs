//! Starts a simulated cloud and shows the variables with which another process reaches it.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_simulator::Simulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cloud = Simulator::builder().redis(1, 1, 0).start().await?;
    for (name, value) in cloud.env_token() {
        // The cloud's secrets open nothing but the cloud itself.
        println!("export {name}={value}");
    }
    cloud.shutdown().await;
    Ok(())
}
