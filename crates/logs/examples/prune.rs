//! Pulls the audit logs, and says which files of the folder ended more than a day ago.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::path::Path;
use std::time::Duration;

use otcdb_core::Session;
use otcdb_logs::{LogKind, Options, Puller, prune};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let options = Options::new("logs").kinds([LogKind::RdsAudit]);
    Puller::new(&session, options).run().await?;
    let day = Duration::from_secs(24 * 60 * 60);
    // As a rehearsal: nothing is deleted.
    let old = prune(Path::new("logs"), day, true)?;
    println!("{} files are older than a day", old.files.len());
    Ok(())
}
