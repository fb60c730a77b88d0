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

use support::apart::{self, Pull, Took};
use support::ratios::Ratios;

const EXPORT: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    if apart::is_asked_for() {
        return apart::pull().await;
    }
    let (mut ratios, mut all) = (Ratios::default(), Vec::new());
    for exports in [10, 100, 1000] {
        let transfer = pull(exports, Duration::ZERO).await;
        let whole = pull(exports, EXPORT).await;
        let of = format!(
            "{:.1} s, and {:.1} s of transfer alone; {:.1} MiB at most",
            whole.seconds,
            transfer.seconds,
            whole.memory as f64 / 1024.0
        );
        let ratio = EXPORT.as_secs_f64() / whole.seconds;
        ratios.say(&format!("exports, {exports} of 3 s"), ratio, &of);
        all.extend([transfer.out, whole.out]);
    }
    ratios.end();
}

/// Pulls one file of each instance.
async fn pull(files: usize, export: Duration) -> Took {
    let pull = Pull {
        files,
        size: 1_000..=10_000,
        export,
        concurrency: 8,
    };
    pull.run().await
}
