//! Pulls all logs of the last two hours into a folder.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::time::Duration;

use otcdb_core::Session;
use otcdb_logs::{Options, Puller};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let options = Options::new("logs").since(Duration::from_secs(2 * 60 * 60));
    let summary = Puller::new(&session, options).run().await?;
    println!("{} files, {} bytes", summary.files.len(), summary.bytes());
    for failure in &summary.failures {
        println!("{failure}: {}", failure.error);
    }
    Ok(())
}
