//! The file of `--textfile`: when each source was last pulled, in Prometheus's text format.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;
use otcdb_core::sync::unpoisoned;
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_logs::{Event, Instance, LogKind, Summary};

const LAST_SUCCESS: &str = "otcdb_logs_last_success_timestamp_seconds";
const LAST_RUN: &str = "otcdb_logs_last_run_timestamp_seconds";

/// The sources of a pull, and when each was last pulled without a failure.
pub(super) struct Textfile {
    path: PathBuf,
    /// What an earlier run has written: the other labels and the time of success by what names a source.
    before: HashMap<String, (String, i64)>,
    seen: Mutex<BTreeMap<String, Seen>>,
}

struct Seen {
    labels: String,
    succeeded: bool,
}

impl Textfile {
    /// Reads what an earlier run has written. Lines that are no times of sources are not kept.
    ///
    /// # Errors
    /// There is no folder for the file, or the file cannot be read: the pull would be for nothing seen.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let folder = folder(path);
        if !folder.is_dir() {
            let what = format!(
                "{} of --textfile is no folder, so nothing can be written to it",
                folder.display()
            );
            return Err(Error::new(ErrorKind::Storage, what).with_hint("make it first"));
        }
        let text = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed("read", path, &error)),
        };
        Ok(Self {
            path: path.to_owned(),
            before: text.lines().filter_map(read).collect(),
            seen: Mutex::default(),
        })
    }

    /// Takes notice of a source that is over.
    pub(super) fn see(&self, event: &Event<'_>) {
        let (instance, kind, succeeded) = match event {
            Event::SourceDone { instance, kind } => (instance, *kind, true),
            Event::SourceFailed { instance, kind, .. } => (instance, *kind, false),
            _ => return,
        };
        let realm = &instance.realm;
        let of_realm = [("cloud", &realm.cloud), ("project", &realm.project)];
        let mut labels = format!(",name=\"{}\"", escaped(&instance.name));
        for (name, value) in of_realm {
            if let Some(value) = value {
                labels.push_str(&format!(",{name}=\"{}\"", escaped(value)));
            }
        }
        labels.push('}');
        let seen = Seen { labels, succeeded };
        unpoisoned(self.seen.lock()).insert(key(instance, kind), seen);
    }

    /// Writes the file, as a whole or not at all: the sources of this pull, and those of services that could not be listed,
    /// which nobody knows to be gone.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(self, now: Timestamp, summary: &Summary) -> Result<()> {
        let seen = self.seen.into_inner();
        let mut lines = BTreeMap::new();
        for failure in &summary.failures {
            if failure.instance.is_none() {
                // Of a whole project nobody knows which they are.
                let of_service = |service| format!("service=\"{service}\",");
                let service = failure.service.map(of_service).unwrap_or_default();
                let service = format!("{LAST_SUCCESS}{{{service}");
                let before = self.before.iter();
                let before = before.filter(|(key, _)| key.starts_with(&service));
                lines.extend(before.map(|(key, known)| (key.clone(), known.clone())));
            }
        }
        for (key, Seen { labels, succeeded }) in unpoisoned(seen) {
            let time = match succeeded {
                true => now.as_second(),
                // Never is a very long time ago.
                false => self.before.get(&key).map_or(0, |known| known.1),
            };
            lines.insert(key, (labels, time));
        }
        let mut text = format!(
            "# HELP {LAST_SUCCESS} When the logs of a source were last pulled without a failure; 0 is never.\n\
             # TYPE {LAST_SUCCESS} gauge\n"
        );
        for (key, (labels, time)) in lines {
            text.push_str(&format!("{key}{labels} {time}\n"));
        }
        text.push_str(&format!(
            "# HELP {LAST_RUN} When a pull last ended, with failures or without.\n\
             # TYPE {LAST_RUN} gauge\n{LAST_RUN} {}\n",
            now.as_second()
        ));
        replace(&self.path, text.as_bytes()).map_err(|error| failed("written", &self.path, &error))
    }
}

/// What names a source: the beginning of its line, up to what may change.
fn key(instance: &Instance, kind: LogKind) -> String {
    let (service, id) = (instance.service, escaped(&instance.id));
    format!("{LAST_SUCCESS}{{service=\"{service}\",kind=\"{kind}\",instance=\"{id}\"")
}

/// What names the source of a line, its other labels, and its time.
fn read(line: &str) -> Option<(String, (String, i64))> {
    let (labels, time) = line.rsplit_once(' ')?;
    let (key, rest) = labels.split_at(labels.find(",name=")?);
    key.starts_with(LAST_SUCCESS)
        .then_some((key.to_owned(), (rest.to_owned(), time.parse().ok()?)))
}

/// A value of a label.
fn escaped(text: &str) -> String {
    let text = otcdb_core::redact::line(text);
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Puts a file in the place of what is there. Until then it has no name that a collector reads, which are those in `.prom`.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".otcdb-").suffix(".new");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The collector is another user, and there is nothing secret in it.
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(folder(path))?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn failed(done: &str, path: &Path, error: &io::Error) -> Error {
    let text = format!("{} of --textfile cannot be {done}: {error}", path.display());
    Error::new(ErrorKind::Storage, text).with_hint("check the permissions and the space there")
}
