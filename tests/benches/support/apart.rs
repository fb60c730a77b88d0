//! A pull in a process of its own, so that its memory can be told from the simulator's.

use std::ops::RangeInclusive;
use std::process::Command;
use std::time::{Duration, Instant};

use otcdb_core::Session;
use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_logs::{LogKind, Options, Puller};
use otcdb_simulator::Simulator;
use tempfile::TempDir;

/// Tells the process that pulls what to pull.
const ASKED: &str = "BENCH_PULL";

/// A pull of one file of each of so many instances.
pub(crate) struct Pull {
    pub(crate) files: usize,
    /// Bytes of a file.
    pub(crate) size: RangeInclusive<u64>,
    /// How long the service takes to make one.
    pub(crate) export: Duration,
    /// How many instances and files at once.
    pub(crate) concurrency: usize,
}

/// What a pull took.
pub(crate) struct Took {
    pub(crate) seconds: f64,
    /// The most memory that it had, in KiB; 0 where the system does not say.
    pub(crate) memory: u64,
    /// What was pulled. Some file systems make files slowly for a minute after others were removed.
    pub(crate) out: TempDir,
}

/// Whether this process is to pull.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(ASKED).is_some()
}

/// A session of whom the environment names.
pub(crate) fn session(variables: Vec<(String, String)>) -> Session {
    let missing = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    let environment = Environment::new(variables, None, missing);
    let settings = Settings::discover(Layer::new(), &environment).unwrap();
    settings.session().unwrap().build().unwrap()
}

impl Pull {
    /// Pulls from a simulated cloud.
    pub(crate) async fn run(self) -> Took {
        let cloud = Simulator::builder()
            .redis(0, 0, 0)
            .databases(0, self.files, 0)
            .log_size(self.size)
            .export_delay(self.export)
            .keep_requests(false)
            .start()
            .await
            .unwrap();
        let out = tempfile::tempdir().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        let asked = format!(
            "{} {} {}",
            self.concurrency,
            self.files,
            out.path().display()
        );
        command.envs(cloud.env_token()).env(ASKED, asked);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        cloud.shutdown().await;
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        let (seconds, memory) = said.trim().split_once(' ').unwrap();
        Took {
            seconds: seconds.parse().unwrap(),
            memory: memory.parse().unwrap(),
            out,
        }
    }
}

/// Pulls what is asked for, and says how long that took and how much memory.
pub(crate) async fn pull() {
    let asked = std::env::var(ASKED).unwrap();
    let mut asked = asked.splitn(3, ' ');
    let mut next = || asked.next().unwrap();
    let (concurrency, files, out) = (next(), next(), next());
    let variables = std::env::vars().filter(|(name, _)| name.starts_with("OTCDB_"));
    let session = session(variables.collect());
    let options = Options::new(out)
        .kinds([LogKind::RdsError])
        .concurrency(concurrency.parse().unwrap());
    let begun = Instant::now();
    let summary = Puller::new(&session, options).run().await.unwrap();
    let took = begun.elapsed();
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    assert_eq!(summary.files.len(), files.parse::<usize>().unwrap());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let highest = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let memory = highest.and_then(|line| line.split_whitespace().next());
    println!("{} {}", took.as_secs_f64(), memory.unwrap_or("0"));
}
