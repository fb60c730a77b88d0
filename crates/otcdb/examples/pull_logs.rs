//! Pulls the slow commands and run logs of the last two hours into a folder.

use std::time::Duration;

use otcdb::Session;
use otcdb::logs::{LogKind, Options, Puller};

#[tokio::main]
async fn main() -> otcdb::Result<()> {
    let options = Options::new("logs").kinds([LogKind::RedisRun, LogKind::RedisSlow]);
    let options = options.since(Duration::from_secs(2 * 60 * 60));
    let summary = Puller::new(&Session::from_env().await?, options).run().await?;
    println!("{} files, {} parts failed", summary.files.len(), summary.failures.len());
    Ok(())
}
