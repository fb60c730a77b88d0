//! A pull in a process of its own, so that its memory can be told from the simulator's.

use std::process::Command;
use std::time::Instant;

use otcdb_core::Session;
use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_logs::{LogKind, Options, Puller};
use otcdb_simulator::Running;

/// Tells the process that pulls what to pull.
const ASKED: &str = "BENCH_PULL";

/// What is pulled.
pub(crate) struct Pull {
    pub(crate) kind: LogKind,
    /// How many instances and files at once.
    pub(crate) concurrency: usize,
    /// How many files there have to be at the end.
    pub(crate) files: usize,
}

/// What a pull took.
pub(crate) struct Took {
    pub(crate) seconds: f64,
    /// The most memory that it had, in KiB; 0 where the system does not say.
    pub(crate) memory: u64,
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
    /// Pulls from a cloud into a folder that is removed.
    pub(crate) async fn run(&self, cloud: &Running) -> Took {
        let out = tempfile::tempdir().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        let asked = format!(
            "{} {} {} {}",
            self.kind,
            self.concurrency,
            self.files,
            out.path().display()
        );
        command.envs(cloud.env_token()).env(ASKED, asked);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        let (seconds, memory) = said.trim().split_once(' ').unwrap();
        Took {
            seconds: seconds.parse().unwrap(),
            memory: memory.parse().unwrap(),
        }
    }
}

/// Pulls what is asked for, and says how long that took and how much memory.
pub(crate) async fn pull() {
    let asked = std::env::var(ASKED).unwrap();
    let mut asked = asked.splitn(4, ' ');
    let mut next = || asked.next().unwrap();
    let (kind, concurrency, files, out) = (next(), next(), next(), next());
    let variables = std::env::vars().filter(|(name, _)| name.starts_with("OTCDB_"));
    let session = session(variables.collect());
    let options = Options::new(out)
        .kinds([kind.parse::<LogKind>().unwrap()])
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
