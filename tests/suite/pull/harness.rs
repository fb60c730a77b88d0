//! A simulated cloud, a pull from it, and everything that the pull let out.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Error, Result, RetryPolicy, Session};
use otcdb_logs::{
    CancellationToken, Event, LogKind, MANIFEST, ManifestEntry, Observer, Options, Puller, SPANS,
    Summary,
};
use otcdb_simulator::{Builder, Clock, Running, Simulator};
use serde_json::Value;
use tracing::instrument::WithSubscriber as _;

/// A cloud with one instance of each sort, whose clock moves on with each question.
pub(super) fn small_cloud() -> Builder {
    Simulator::builder()
        .seed(7)
        .clock(Clock::auto(Duration::from_secs(2)))
        .redis(1, 1, 0)
        .databases(1, 1, 1)
        .log_size(20_000..=60_000)
        .entries(30)
        .audit_files(2)
        .collect_delay(Duration::from_secs(3))
        .export_delay(Duration::from_secs(3))
}

/// How a pull proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// A token, with the id of the project.
    Token,
    /// A token for a project whose id has to be looked up.
    TokenAlone,
    /// User and password.
    Password,
    /// An access key; the id of the project has to be looked up.
    AccessKey,
}

/// One pull and what it let out.
pub(super) struct Pull {
    pub(super) out: tempfile::TempDir,
    pub(super) options: Options,
    pub(super) cancel: CancellationToken,
    pub(super) identity: Identity,
    /// Where the services are called, if not at the cloud itself.
    pub(super) endpoint: Option<String>,
    pub(super) events: Mutex<String>,
    /// What it logged, down to the smallest thing.
    pub(super) log: Log,
}

impl Pull {
    pub(super) fn new(kinds: &[LogKind]) -> Self {
        let out = tempfile::tempdir().unwrap();
        let mut options = Options::new(out.path());
        options.selection.kinds = kinds.to_vec();
        options.since = Duration::from_secs(7 * 86_400);
        // The deadline is only reached where a case lets it be: a busy machine is no fault.
        options.poll = PollPolicy::default()
            .interval(Duration::from_millis(1))
            .deadline(Duration::from_secs(120))
            .transient_errors(2);
        options.settle = Duration::ZERO;
        options.backoff = Duration::from_millis(1);
        Self {
            out,
            options,
            cancel: CancellationToken::new(),
            identity: Identity::Token,
            endpoint: None,
            events: Mutex::default(),
            log: Log::default(),
        }
    }

    pub(super) async fn run(&self, cloud: &Running) -> Result<Summary> {
        self.run_with(cloud, self).await
    }

    pub(super) async fn run_with(
        &self,
        cloud: &Running,
        observer: &dyn Observer,
    ) -> Result<Summary> {
        let log = self.log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || log.clone())
            .finish();
        let session = session_of(cloud, self.identity, self.endpoint.as_deref())?;
        let puller = Puller::new(&session, self.options.clone())
            .observer(|event: Event<'_>| observer.event(event))
            .cancel(&self.cancel);
        puller.run().with_subscriber(subscriber).await
    }

    /// Checks what has to hold after any pull, and gives the records of the manifest.
    pub(super) fn check(&self, cloud: &Running, result: &Result<Summary>) -> Vec<ManifestEntry> {
        let mut shown = self.events.lock().unwrap().clone();
        let log = self.log.0.lock().unwrap();
        shown.push_str(std::str::from_utf8(&log).unwrap());
        drop(log);
        let _ = write!(shown, "{result:?}");
        match result {
            Ok(summary) => {
                for failure in &summary.failures {
                    render_error(&mut shown, &failure.error);
                }
            }
            Err(error) => render_error(&mut shown, error),
        }
        let manifest = std::fs::read_to_string(self.out.path().join(MANIFEST)).unwrap_or_default();
        shown.push_str(&manifest);
        let spans = std::fs::read_to_string(self.out.path().join(SPANS)).unwrap_or_default();
        shown.push_str(&spans);
        for note in files(self.out.path()) {
            if note.to_string_lossy().ends_with(".part.json") {
                shown.push_str(&std::fs::read_to_string(self.out.path().join(note)).unwrap());
            }
        }
        for secret in cloud.secrets() {
            assert!(!shown.contains(&secret), "a secret was let out");
        }
        let records: Vec<ManifestEntry> = manifest
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for file in files(self.out.path()) {
            let name = file.to_string_lossy().replace('\\', "/");
            let unfinished = name.ends_with(".part") || name.ends_with(".part.json");
            let recorded = records.iter().any(|record| record.file == name);
            assert!(
                unfinished != recorded,
                "{name}: recorded {recorded}, unfinished {unfinished}"
            );
        }
        for record in &records {
            let content = std::fs::read(self.out.path().join(&record.file)).unwrap();
            assert_eq!(content.len() as u64, record.size, "{}", record.file);
            if record.file.ends_with(".jsonl") {
                assert_eq!(
                    lines(&content),
                    expected_lines(cloud, record),
                    "{}",
                    record.file
                );
            } else {
                let name = record.name.as_deref().unwrap_or(&record.id);
                let expected = cloud
                    .expected_bytes(name)
                    .unwrap_or_else(|| panic!("{name} was never there"));
                assert!(
                    content == expected,
                    "{} is not what the cloud holds",
                    record.file
                );
            }
        }
        records
    }
}

/// The entries of a file, each in one form, sorted.
fn lines(content: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(content).unwrap();
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| canonical(&serde_json::from_str(line).unwrap()))
        .collect();
    lines.sort();
    lines
}

/// What the cloud holds for the span of a file, likewise.
fn expected_lines(cloud: &Running, record: &ManifestEntry) -> Vec<String> {
    let (list, time) = record.kind.listed_by().unwrap();
    let interval = record.id.rsplit(' ').next().unwrap();
    let (from, to) = interval.split_once('_').unwrap();
    let within = |entry: &Value| {
        // Of the nodes of an instance each has files of its own.
        let node = entry.get("node_id").and_then(Value::as_str);
        if node != record.node.as_deref() {
            return false;
        }
        // All forms, such as 2020-06-19T07:06:07Z and 2018-12-04T14:24:42+0000, order like the span's once their marks are
        // gone.
        let time: String = entry[time]
            .as_str()
            .unwrap()
            .chars()
            .filter(|c| !"-:Z".contains(*c))
            .collect();
        let seconds = time.split(['.', '+']).next().unwrap().to_owned();
        seconds.as_str() >= from.trim_end_matches('Z')
            && seconds.as_str() <= to.trim_end_matches('Z')
    };
    let entries = cloud.expected_entries(record.kind.service(), list, &record.instance);
    let mut lines: Vec<String> = entries
        .iter()
        .filter(|entry| within(entry))
        .map(canonical)
        .collect();
    lines.sort();
    lines
}

/// The same text for the same entry: members sorted, null left out.
fn canonical(value: &Value) -> String {
    let members: std::collections::BTreeMap<_, _> = value
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    serde_json::to_string(&members).unwrap()
}

impl Observer for Pull {
    fn event(&self, event: Event<'_>) {
        let _ = writeln!(self.events.lock().unwrap(), "{event:?}");
    }
}

fn render_error(text: &mut String, error: &Error) {
    let _ = write!(text, "{error} {error:?} {:?}", error.hint());
}

/// Lines that were logged.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A session with a token.
pub(super) fn session(cloud: &Running) -> Result<Session> {
    session_of(cloud, Identity::Token, None)
}

/// A session as the program makes it, with quick retries.
fn session_of(cloud: &Running, identity: Identity, endpoint: Option<&str>) -> Result<Session> {
    let mut variables = match identity {
        Identity::Token | Identity::TokenAlone => cloud.env_token(),
        Identity::Password => cloud.env_password(),
        Identity::AccessKey => cloud.env_access_key(),
    };
    if identity == Identity::TokenAlone {
        variables.retain(|(name, _)| name != "OTCDB_PROJECT_ID");
    }
    if let Some(endpoint) = endpoint {
        for (name, value) in &mut variables {
            if name.ends_with("_ENDPOINT") {
                endpoint.clone_into(value);
            }
        }
    }
    let environment =
        Environment::new(
            variables,
            None,
            |_| Err(std::io::ErrorKind::NotFound.into()),
        );
    let settings = Settings::discover(Layer::new(), &environment)?;
    let retry = RetryPolicy::default()
        .first_pause(Duration::from_millis(1))
        .longest_pause(Duration::from_millis(5))
        .first_held_back(Duration::from_millis(1))
        .longest_held_back(Duration::from_millis(5))
        .patience(Duration::from_secs(2));
    settings.session()?.retry(retry).build()
}

/// Every file below a folder but those of the manifest, as paths relative to it.
pub(super) fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .file_name()
                .is_some_and(|name| name != MANIFEST && name != SPANS)
            {
                found.push(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}
