//! How long a thousand exports take, beside the slowest of them, and how much memory that takes:
//! `cargo bench -p otcdb-tests --bench waiting`.
//!
//! The same files are pulled twice from the same simulated cloud's kind: once where exports are ready at once, which is the
//! transfer, and once where each takes three seconds. What counts is the second over three seconds plus the first. Both are
//! at the defaults. The pull has a process of its own, whose memory is measured (on Linux).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

use std::process::Command;
use std::time::{Duration, Instant};

use otcdb_core::Session;
use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_logs::{LogKind, Options, Puller};
use otcdb_simulator::Simulator;

const INSTANCES: usize = 1000;
const EXPORT: Duration = Duration::from_secs(3);

/// Names the folder to the process that pulls.
const OUT: &str = "WAITING_BENCH_OUT";

#[tokio::main]
async fn main() {
    if let Ok(out) = std::env::var(OUT) {
        return pull(&out).await;
    }
    let (transfer, _) = measure(Duration::ZERO).await;
    let (whole, memory) = measure(EXPORT).await;
    let ratio = whole / (EXPORT.as_secs_f64() + transfer);
    println!(
        "{INSTANCES} exports of {EXPORT:?} each, at the defaults: {whole:.1} s; the transfer alone {transfer:.1} s; ratio {ratio:.2}; \
         {memory} KiB at most"
    );
}

/// Seconds and, at the most, KiB that it takes to pull one file of each instance.
async fn measure(export: Duration) -> (f64, u64) {
    let cloud = Simulator::builder()
        .redis(0, 0, 0)
        .databases(0, INSTANCES, 0)
        .log_size(1_000..=10_000)
        .export_delay(export)
        .start()
        .await
        .unwrap();
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.envs(cloud.env_token()).env(OUT, out.path());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let (seconds, memory) = said.trim().split_once(' ').unwrap();
    cloud.shutdown().await;
    (seconds.parse().unwrap(), memory.parse().unwrap())
}

/// Pulls, and prints seconds and KiB.
async fn pull(out: &str) {
    let missing = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    let variables = std::env::vars().filter(|(name, _)| name.starts_with("OTCDB_"));
    let environment = Environment::new(variables, None, missing);
    let settings = Settings::discover(Layer::new(), &environment).unwrap();
    let session: Session = settings.session().unwrap().build().unwrap();
    let options = Options::new(out).kinds([LogKind::RdsError]);
    let begun = Instant::now();
    let summary = Puller::new(&session, options).run().await.unwrap();
    let took = begun.elapsed();
    assert!(summary.failures.is_empty() && summary.files.len() == INSTANCES);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let highest = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let memory = highest.and_then(|line| line.split_whitespace().next());
    println!("{} {}", took.as_secs_f64(), memory.unwrap_or("0"));
}
