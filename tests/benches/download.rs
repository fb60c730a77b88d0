//! How fast a file is downloaded, beside curl: `cargo bench -p otcdb-tests --bench download`.
//!
//! Both fetch the same 1 GiB file from the same simulated cloud in the same run, in turns. What counts is the ratio of the
//! medians. A download here also hashes the file and writes it out to the disk.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use otcdb_core::Session;
use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_core::waiter::PollPolicy;
use otcdb_dcs::types::RedislogType;
use otcdb_logs::{Event, LogKind, Observer, Options, Puller};
use otcdb_simulator::{Clock, Running, Simulator};

const SIZE: u64 = 1 << 30;
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() {
    let mut ours = Vec::new();
    let mut curls = Vec::new();
    for round in 1..=ROUNDS {
        let cloud = cloud().await;
        let ours_now = pull(&cloud).await;
        let curl_now = curl(&cloud).await;
        println!(
            "round {round}: otcdb {:.0} MB/s, curl {:.0} MB/s",
            rate(ours_now),
            rate(curl_now)
        );
        ours.push(ours_now);
        curls.push(curl_now);
    }
    let ratio = median(&mut curls).as_secs_f64() / median(&mut ours).as_secs_f64();
    println!(
        "otcdb downloads at {ratio:.2} of curl's rate (medians of {ROUNDS} rounds of {SIZE} bytes)"
    );
}

/// A cloud with one Redis instance and one file, ready for download.
async fn cloud() -> Running {
    let builder = Simulator::builder().redis(1, 0, 0).databases(0, 0, 0);
    let builder = builder
        .clock(Clock::auto(Duration::from_secs(60)))
        .log_size(SIZE..=SIZE);
    builder.start().await.unwrap()
}

fn session(cloud: &Running) -> Session {
    let missing = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    let environment = Environment::new(cloud.env_token(), None, missing);
    Settings::discover(Layer::new(), &environment)
        .unwrap()
        .session()
        .unwrap()
        .build()
        .unwrap()
}

/// From the first byte asked for to the file's final name.
#[derive(Default)]
struct Watch(Mutex<(Option<Instant>, Duration)>);

impl Observer for Watch {
    fn event(&self, event: Event<'_>) {
        let mut watch = self.0.lock().unwrap();
        match event {
            Event::FileStarted { .. } => {
                watch.0.get_or_insert_with(Instant::now);
            }
            Event::FileDone { .. } => watch.1 = watch.0.unwrap().elapsed(),
            _ => {}
        }
    }
}

async fn pull(cloud: &Running) -> Duration {
    let out = tempfile::tempdir().unwrap();
    let mut options = Options::new(out.path());
    options.selection.kinds = vec![LogKind::RedisRun];
    options.since = Duration::ZERO;
    options.poll = PollPolicy::default().interval(Duration::from_millis(1));
    let watch = Watch::default();
    let puller =
        Puller::new(&session(cloud), options).observer(|event: Event<'_>| watch.event(event));
    let summary = puller.run().await.unwrap();
    drop(puller);
    assert!(
        summary.failures.is_empty() && summary.bytes() == SIZE,
        "{summary:?}"
    );
    watch.0.into_inner().unwrap().1
}

async fn curl(cloud: &Running) -> Duration {
    let out = tempfile::tempdir().unwrap();
    let client = otcdb_dcs::Client::connect(&session(cloud));
    let instance = cloud.redis_instances().remove(0).id;
    let list = client
        .list_redislog()
        .instance_id(&instance)
        .log_type(RedislogType::Run);
    let files = list.stream().collect_all().await.unwrap();
    let link = client
        .create_redislog_download_link()
        .instance_id(&instance)
        .id(&files[0].id);
    let link = link.await.unwrap().link.unwrap();
    let mut command = Command::new("curl");
    command.args(["--silent", "--fail", "--noproxy", "*", "--output"]);
    command.arg(out.path().join("file")).arg(link.expose());
    let begun = Instant::now();
    let status = tokio::task::spawn_blocking(move || command.status())
        .await
        .unwrap();
    let took = begun.elapsed();
    assert!(status.unwrap().success());
    assert_eq!(
        std::fs::metadata(out.path().join("file")).unwrap().len(),
        SIZE
    );
    took
}

fn rate(took: Duration) -> f64 {
    SIZE as f64 / 1e6 / took.as_secs_f64()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
