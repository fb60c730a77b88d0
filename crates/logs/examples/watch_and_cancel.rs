//! Shows what a pull does, and ends it at Ctrl-C. What has arrived by then is there for the next one.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::Session;
use otcdb_logs::{CancellationToken, Event, LogKind, Options, Puller};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    let token = CancellationToken::new();
    let interrupted = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    let summary = Puller::new(&session, Options::new("logs").kinds([LogKind::RdsSlow]))
        .observer(|event: Event<'_>| match event {
            Event::Step { instance, step, .. } => println!("{}: {}", instance.name, step.as_str()),
            Event::FileDone { record, .. } => println!("{}", record.file),
            _ => {}
        })
        .cancel(&token)
        .run()
        .await?;
    println!("{} sources failed", summary.sources_failed);
    Ok(())
}
