//! How much memory a pull takes at the most, however much is pulled at once: `cargo bench -p otcdb-tests --bench memory`.
//!
//! Each pull has a process of its own, whose memory is measured (on Linux). What counts is the growth with files, their size,
//! and how many are pulled at once.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod support;

use std::time::Duration;

use support::apart::{self, Pull};

const MIB: u64 = 1 << 20;

#[tokio::main]
async fn main() {
    if apart::is_asked_for() {
        return apart::pull().await;
    }
    for (files, size) in [(100, MIB), (1000, MIB), (100, 10 * MIB), (10, 100 * MIB)] {
        for concurrency in [8, 64, 256] {
            if concurrency / 8 > files {
                continue;
            }
            let pull = Pull {
                files,
                size: size..=size,
                export: Duration::ZERO,
                concurrency,
            };
            let took = pull.run().await;
            println!(
                "{files} files of {} MiB, {concurrency} at once: {:.1} MiB at most, {:.1} s",
                size / MIB,
                took.memory as f64 / 1024.0,
                took.seconds
            );
        }
    }
}
