//! How long a thousand exports take, beside the slowest of them: `cargo bench -p otcdb-tests --bench waiting`.
//!
//! The same files are pulled twice from the same simulated cloud's kind: once where exports are ready at once, which is the
//! transfer, and once where each takes three seconds. What counts is the second over three seconds plus the first. Both are
//! at the defaults. Memory is that of the simulated cloud too, which runs in the same process.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

use std::time::{Duration, Instant};

use otcdb_core::Session;
use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_logs::{LogKind, Options, Puller};
use otcdb_simulator::Simulator;

const INSTANCES: usize = 1000;
const EXPORT: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let transfer = pull(Duration::ZERO).await;
    let whole = pull(EXPORT).await;
    let ratio = whole.as_secs_f64() / (EXPORT + transfer).as_secs_f64();
    println!(
        "{INSTANCES} exports of {EXPORT:?} each, at the defaults: {whole:.1?}; the transfer alone {transfer:.1?}; ratio {ratio:.2}"
    );
}

/// How long it takes to pull one file of each instance.
async fn pull(export: Duration) -> Duration {
    let cloud = Simulator::builder()
        .redis(0, 0, 0)
        .databases(0, INSTANCES, 0)
        .log_size(1_000..=10_000)
        .export_delay(export)
        .start()
        .await
        .unwrap();
    let missing = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    let environment = Environment::new(cloud.env_token(), None, missing);
    let settings = Settings::discover(Layer::new(), &environment).unwrap();
    let session: Session = settings.session().unwrap().build().unwrap();
    let out = tempfile::tempdir().unwrap();
    let options = Options::new(out.path()).kinds([LogKind::RdsError]);
    let begun = Instant::now();
    let summary = Puller::new(&session, options).run().await.unwrap();
    let took = begun.elapsed();
    assert!(summary.failures.is_empty() && summary.files.len() == INSTANCES);
    cloud.shutdown().await;
    took
}
