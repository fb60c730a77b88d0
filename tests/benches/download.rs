//! How fast files are pulled, beside curl, sha256sum and sync: `cargo bench -p otcdb-tests --bench download`.
//!
//! Both fetch the same files from the same server, in turns. Here a file is hashed and written out to the disk while it comes;
//! the peer does one after the other. Time counts from the first byte that is asked for to the file's final name.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod support;

use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use otcdb_core::waiter::PollPolicy;
use otcdb_dcs::types::RedislogType;
use otcdb_logs::{Event, LogKind, Observer, Options, Puller};
use otcdb_simulator::{Clock, Running, Simulator};
use support::apart::session;
use support::ratios::{Ratios, is_checking};
use support::{clock, in_turns, shown};
use tokio::runtime::Runtime;

const MIB: u64 = 1 << 20;

fn main() {
    let runtime = Runtime::new().unwrap();
    let mut ratios = Ratios::default();
    for tool in ["curl", "sha256sum", "sync"] {
        if Command::new(tool).arg("--version").output().is_err() {
            println!("left out: {tool} is not installed");
            return;
        }
    }
    for (size, rounds) in [(MIB, 20), (10 * MIB, 15), (100 * MIB, 7), (1024 * MIB, 5)] {
        if is_checking() && size > 100 * MIB {
            continue;
        }
        let (ours, peer) = in_turns(
            rounds,
            &mut None,
            |served| {
                let cloud = runtime.block_on(cloud(size));
                let took = runtime.block_on(pull(&cloud, size));
                *served = Some(cloud);
                took.as_secs_f64()
            },
            |served| {
                // What was pulled is there to be fetched again.
                let cloud = served.take().unwrap();
                let link = runtime.block_on(link(&cloud));
                let took = one_after_the_other(&link, size);
                runtime.block_on(cloud.shutdown());
                took
            },
        );
        let of = format!(
            "{}, and {} of curl, sha256sum and sync",
            shown(ours),
            shown(peer)
        );
        ratios.say(&format!("download of {} MiB", size / MIB), peer / ours, &of);
    }
    ratios.end();
}

/// A cloud with one Redis instance and one file, ready for download.
async fn cloud(size: u64) -> Running {
    let builder = Simulator::builder()
        .redis(1, 0, 0)
        .databases(0, 0, 0)
        .keep_requests(false);
    let builder = builder
        .clock(Clock::auto(Duration::from_secs(60)))
        .log_size(size..=size);
    builder.start().await.unwrap()
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

async fn pull(cloud: &Running, size: u64) -> Duration {
    let out = tempfile::tempdir().unwrap();
    let mut options = Options::new(out.path());
    options.selection.kinds = vec![LogKind::RedisRun];
    options.since = Duration::ZERO;
    options.poll = PollPolicy::default().interval(Duration::from_millis(1));
    let watch = Watch::default();
    let session = session(cloud.env_token());
    let puller = Puller::new(&session, options).observer(|event: Event<'_>| watch.event(event));
    let summary = puller.run().await.unwrap();
    drop(puller);
    assert!(
        summary.failures.is_empty() && summary.bytes() == size,
        "{summary:?}"
    );
    watch.0.into_inner().unwrap().1
}

async fn link(cloud: &Running) -> String {
    let client = otcdb_dcs::Client::connect(&session(cloud.env_token()));
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
    link.await.unwrap().link.unwrap().expose().to_owned()
}

/// Seconds that curl, sha256sum and sync take.
fn one_after_the_other(link: &str, size: u64) -> f64 {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("file");
    let run = |command: &mut Command| assert!(command.output().unwrap().status.success());
    let took = clock(|| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--noproxy", "*", "--output"]);
        run(curl.arg(&path).arg(link));
        run(Command::new("sha256sum").arg(&path));
        run(Command::new("sync").arg(&path));
    });
    assert_eq!(std::fs::metadata(&path).unwrap().len(), size);
    took
}
