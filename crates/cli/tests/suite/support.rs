//! The program in a process of its own, and simulated clouds for it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use otcdb_simulator::{Builder, Running, Simulator};
use tokio::runtime::Runtime;

/// The program, with nothing of this machine's configuration.
pub(crate) fn otcdb<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let empty = env!("CARGO_TARGET_TMPDIR");
    let mut command = Command::new(env!("CARGO_BIN_EXE_otcdb"));
    command
        .env_clear()
        .env("HOME", empty)
        .current_dir(empty)
        .args(arguments);
    for name in ["SystemRoot", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the program ends by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The standard output stream as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) fn run(command: &mut Command) -> Ran {
    command.stdin(Stdio::null()).output().unwrap().into()
}

/// A simulated cloud in this process.
pub(crate) struct Cloud {
    pub(crate) running: Running,
    _runtime: Runtime,
}

impl Cloud {
    /// One that is quick about its work.
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with_fault(fault: &str) -> Self {
        Self::with(|builder| builder.fault(fault.parse().unwrap()))
    }

    pub(crate) fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let runtime = Runtime::new().unwrap();
        let builder = Simulator::builder()
            .redis(1, 1, 1)
            .databases(1, 1, 1)
            .log_size(1_000..=5_000)
            .collect_delay(Duration::from_millis(1))
            .export_delay(Duration::from_millis(1));
        let running = runtime.block_on(change(builder).start()).unwrap();
        Self {
            running,
            _runtime: runtime,
        }
    }

    /// The program with a token for this cloud.
    pub(crate) fn otcdb<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = otcdb(arguments);
        command.envs(self.running.env_token());
        command
    }

    /// `otcdb logs pull` into a folder, without long pauses.
    pub(crate) fn pull<'a>(
        &self,
        out: &'a Path,
        more: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut command = self.otcdb([
            "logs",
            "pull",
            "--poll-interval",
            "10ms",
            "--settle",
            "10ms",
        ]);
        command.arg("--out").arg(out).args(more);
        command
    }
}

/// The program sends no parameter that is not described, in whatever test.
impl Drop for Cloud {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.running.unknown_parameters(), [""; 0]);
        }
    }
}

/// A process that does not outlive its test.
pub(crate) struct Background(pub(crate) Child);

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `otcdb simulate` in the background, until it is dropped.
pub(crate) struct Simulate {
    pub(crate) child: Background,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) rest: BufReader<ChildStdout>,
}

impl Simulate {
    pub(crate) fn start<'a>(more: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = otcdb(["simulate", "--output", "json"]);
        let mut child = Background(
            command
                .args(more)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut rest = BufReader::new(child.0.stdout.take().unwrap());
        let mut line = String::new();
        rest.read_line(&mut line).unwrap();
        let started: serde_json::Value = serde_json::from_str(&line).unwrap();
        let environment = started["environment"].as_object().unwrap().iter();
        let environment = environment
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        Self {
            child,
            environment,
            rest,
        }
    }
}

/// All files below a folder, by their path with `/`, with their content.
pub(crate) fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
