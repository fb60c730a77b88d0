//! Pulls the run logs and slow commands of Redis of the last day into a folder.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb::Session;
use otcdb::logs::{LogKind, Options, Puller};

#[tokio::main]
async fn main() -> otcdb::Result<()> {
    let session = Session::from_env().await?;
    let kinds = [LogKind::RedisRun, LogKind::RedisSlow];
    let options = Options::new("logs").kinds(kinds);
    let summary = Puller::new(&session, options).run().await?;
    let (files, failures) = (summary.files.len(), summary.failures.len());
    println!("{files} files, {failures} parts failed");
    Ok(())
}
