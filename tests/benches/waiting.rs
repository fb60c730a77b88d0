//! How long many exports take, beside the slowest of them: `cargo bench -p otcdb-tests --bench waiting`.
//!
//! The same files are pulled once where exports are ready at once, which is the transfer, and once where each takes three
//! seconds, both at the defaults. What counts are three seconds over the second.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod support;

use std::time::Duration;

use otcdb_logs::LogKind;
use otcdb_simulator::Simulator;
use support::apart::{self, Pull, Took};
use support::ratios::Ratios;

const EXPORT: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    if apart::is_asked_for() {
        return apart::pull().await;
    }
    let mut ratios = Ratios::default();
    for exports in [10, 100, 1000] {
        let transfer = pull(exports, Duration::ZERO).await.seconds;
        let Took { seconds, memory } = pull(exports, EXPORT).await;
        let of = format!(
            "{seconds:.1} s, and {transfer:.1} s of transfer alone; {:.1} MiB at most",
            memory as f64 / 1024.0
        );
        let ratio = EXPORT.as_secs_f64() / seconds;
        ratios.say(&format!("exports, {exports} of 3 s"), ratio, &of);
    }
    ratios.end();
}

/// Pulls one file of each instance.
async fn pull(exports: usize, export: Duration) -> Took {
    let cloud = Simulator::builder()
        .redis(0, 0, 0)
        .databases(0, exports, 0)
        .log_size(1_000..=10_000)
        .export_delay(export)
        .keep_requests(false)
        .start()
        .await
        .unwrap();
    let pull = Pull {
        kind: LogKind::RdsError,
        concurrency: 8,
        files: exports,
    };
    let took = pull.run(&cloud).await;
    cloud.shutdown().await;
    took
}
