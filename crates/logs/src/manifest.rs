//! What is in the output folder: one JSON line per file.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::announced::Announced;
use crate::kind::LogKind;
use crate::layout;

/// Name of the manifest in the output folder.
pub const MANIFEST: &str = "manifest.jsonl";

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The kind of log.
    pub kind: LogKind,
    /// Id of the instance.
    pub instance: String,
    /// Name of the instance when the file was fetched.
    pub instance_name: String,
    /// What the service calls the file: an id or a name; for entries, the span that was asked for.
    pub id: String,
    /// Path below the output folder, with `/` as separator.
    pub file: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// When what the file holds ends, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What the service said of the file before it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Announced>,
    /// The file, below the output folder, that holds an earlier content of the same log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// Whether it is from a simulated cloud.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
}

impl Record {
    fn key(&self) -> Key {
        (self.kind, self.instance.clone(), self.id.clone())
    }
}

type Key = (LogKind, String, String);

/// The manifest of an output folder, which one process at a time may hold.
#[derive(Debug)]
pub struct Manifest {
    root: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    records: HashMap<Key, Record>,
    /// Whose file a path holds or will hold.
    owners: HashMap<String, Key>,
}

impl Manifest {
    /// Opens the manifest of a folder, or begins one. The folder is created.
    ///
    /// A last line that was cut, as by a crash, is removed: its file is fetched again.
    ///
    /// # Errors
    /// The folder cannot be written, another process pulls into it, or a line is no record.
    pub fn open(root: &Path) -> Result<Self> {
        let path = root.join(MANIFEST);
        let failed = |what: &str, error: io::Error| file_error(what, &path, error);
        std::fs::create_dir_all(root).map_err(|error| file_error("create", root, error))?;
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(|error| failed("open", error))?;
        if let Err(error) = file.try_lock() {
            return match error {
                std::fs::TryLockError::WouldBlock => Err(Error::new(
                    ErrorKind::Storage,
                    format!("another run is pulling into {}", root.display()),
                )
                .with_hint("wait for it, or choose another folder")),
                std::fs::TryLockError::Error(error) => Err(failed("lock", error)),
            };
        }
        let mut text = String::new();
        file.read_to_string(&mut text)
            .map_err(|error| failed("read", error))?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            let length = u64::try_from(whole).unwrap_or(u64::MAX);
            file.set_len(length)
                .map_err(|error| failed("mend", error))?;
            file.seek(SeekFrom::End(0))
                .map_err(|error| failed("mend", error))?;
        }
        let mut records = HashMap::new();
        let mut owners = HashMap::new();
        for (number, line) in text.get(..whole).unwrap_or_default().lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let record: Record = serde_json::from_str(line).map_err(|error| {
                Error::new(
                    ErrorKind::Storage,
                    format!(
                        "line {} of {} is no record: {error}",
                        number + 1,
                        path.display()
                    ),
                )
                .with_hint("mend or remove the line; the file that it names is then fetched again")
            })?;
            owners.insert(record.file.clone(), record.key());
            records.insert(record.key(), record);
        }
        Ok(Self {
            root: root.to_owned(),
            state: Mutex::new(State {
                file,
                records,
                owners,
            }),
        })
    }

    /// Refuses to put simulated logs beside real ones: nothing in their names tells them apart.
    ///
    /// # Errors
    /// The folder has a file of the other sort.
    pub fn keep_apart(&self, simulated: bool) -> Result<()> {
        let state = self.lock();
        let mut records = state.records.values();
        if records.all(|record| record.simulated == simulated) {
            return Ok(());
        }
        let (there, new) = match simulated {
            true => ("logs of a real cloud", "simulated ones"),
            false => ("logs of a simulated cloud", "real ones"),
        };
        Err(Error::invalid_argument(format!(
            "{} holds {there}, among which {new} could not be told apart",
            self.root.display()
        ))
        .with_hint("choose another folder"))
    }

    /// The newest record of a file, wherever the file is now.
    pub fn newest(&self, kind: LogKind, instance: &str, id: &str) -> Option<Record> {
        let key = (kind, instance.to_owned(), id.to_owned());
        self.lock().records.get(&key).cloned()
    }

    /// The record of a file that is still there with its size.
    pub fn find(&self, kind: LogKind, instance: &str, id: &str) -> Option<Record> {
        let key = (kind, instance.to_owned(), id.to_owned());
        let record = self.lock().records.get(&key).cloned()?;
        let there = std::fs::metadata(self.root.join(&record.file)).ok()?;
        (there.is_file() && there.len() == record.size).then_some(record)
    }

    /// The path for a file: the wanted one, or one made of it where that belongs to another file. Services give different
    /// files the same name, as when the log of one day is collected twice.
    pub fn claim(&self, kind: LogKind, instance: &str, id: &str, wanted: &str) -> String {
        let key = (kind, instance.to_owned(), id.to_owned());
        let mut state = self.lock();
        let owned = |path: &str| state.owners.get(path).is_some_and(|owner| *owner != key);
        let path = if owned(wanted) {
            layout::variant(wanted, &format!("{kind} {id}"))
        } else {
            wanted.to_owned()
        };
        state.owners.insert(path.clone(), key);
        path
    }

    /// Where the newest entries of a source end.
    pub fn until(&self, kind: LogKind, instance: &str) -> Option<Timestamp> {
        let state = self.lock();
        let records = state.records.values();
        records
            .filter(|record| record.kind == kind && record.instance == instance)
            .filter_map(|record| record.until)
            .max()
    }

    /// Adds a file that has its final name.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub fn add(&self, record: Record) -> Result<()> {
        let mut line = serde_json::to_string(&record).map_err(|error| {
            Error::new(ErrorKind::Storage, "a record cannot be written as JSON").with_source(error)
        })?;
        line.push('\n');
        let mut state = self.lock();
        let failed = |error| file_error("write", &self.root.join(MANIFEST), error);
        let whole = state.file.metadata().map_err(failed)?.len();
        if let Err(error) = state.file.write_all(line.as_bytes()) {
            // Half a line would spoil the next one.
            let _ = state.file.set_len(whole);
            return Err(failed(error));
        }
        state.records.insert(record.key(), record);
        Ok(())
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error about a local file.
pub(crate) fn file_error(what: &str, path: &Path, error: io::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("cannot {what} {}: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(id: &str, size: u64) -> Record {
        Record {
            kind: LogKind::RedisRun,
            instance: "i".to_owned(),
            instance_name: "cache \"one\"".to_owned(),
            id: id.to_owned(),
            file: "f.log".to_owned(),
            size,
            sha256: "00".to_owned(),
            until: None,
            announced: None,
            supersedes: None,
            fetched_at: Timestamp::UNIX_EPOCH,
            simulated: false,
        }
    }

    #[test]
    fn what_was_added_is_found_by_the_next_run_while_the_file_is_whole() {
        let root = tempfile::tempdir().unwrap();
        let manifest = Manifest::open(root.path()).unwrap();
        manifest.add(record("a", 3)).unwrap();
        assert_eq!(
            manifest.find(LogKind::RedisRun, "i", "a"),
            None,
            "the file is not there"
        );
        std::fs::write(root.path().join("f.log"), "abc").unwrap();
        drop(manifest);

        let manifest = Manifest::open(root.path()).unwrap();
        assert_eq!(
            manifest.find(LogKind::RedisRun, "i", "a"),
            Some(record("a", 3))
        );
        assert_eq!(manifest.find(LogKind::RedisSlow, "i", "a"), None);
        std::fs::write(root.path().join("f.log"), "ab").unwrap();
        assert_eq!(
            manifest.find(LogKind::RedisRun, "i", "a"),
            None,
            "the file was cut"
        );
    }

    #[test]
    fn two_files_of_one_name_have_two_paths_in_every_run() {
        let root = tempfile::tempdir().unwrap();
        let manifest = Manifest::open(root.path()).unwrap();
        let claim =
            |manifest: &Manifest, id: &str| manifest.claim(LogKind::RedisRun, "i", id, "f.log");
        assert_eq!(claim(&manifest, "a"), "f.log");
        let other = claim(&manifest, "b");
        assert!(
            other.starts_with("f~") && other.ends_with(".log"),
            "{other}"
        );
        assert_eq!(
            (claim(&manifest, "a"), claim(&manifest, "b")),
            ("f.log".to_owned(), other.clone())
        );
        manifest.add(record("a", 3)).unwrap();
        drop(manifest);
        let manifest = Manifest::open(root.path()).unwrap();
        assert_eq!(
            (claim(&manifest, "b"), claim(&manifest, "a")),
            (other, "f.log".to_owned())
        );
    }

    #[test]
    fn simulated_logs_are_kept_apart_from_real_ones() {
        let root = tempfile::tempdir().unwrap();
        let manifest = Manifest::open(root.path()).unwrap();
        assert!(manifest.keep_apart(true).is_ok() && manifest.keep_apart(false).is_ok());
        manifest.add(record("a", 3)).unwrap();
        assert!(manifest.keep_apart(false).is_ok());
        let error = manifest.keep_apart(true).unwrap_err();
        assert!(
            error.to_string().contains("logs of a real cloud"),
            "{error}"
        );
    }

    #[test]
    fn two_runs_do_not_share_a_folder() {
        let root = tempfile::tempdir().unwrap();
        let _first = Manifest::open(root.path()).unwrap();
        let error = Manifest::open(root.path()).unwrap_err();
        assert!(error.to_string().contains("another run"), "{error}");
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join(MANIFEST), "\n{\"kind\":1}\n").unwrap();
        let error = Manifest::open(root.path()).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }

    proptest! {
        #[test]
        fn a_manifest_cut_anywhere_keeps_its_whole_lines(count in 1_usize..5, cut in 0_usize..2000) {
            let root = tempfile::tempdir().unwrap();
            std::fs::write(root.path().join("f.log"), "abc").unwrap();
            let manifest = Manifest::open(root.path()).unwrap();
            for number in 0..count {
                manifest.add(record(&number.to_string(), 3)).unwrap();
            }
            drop(manifest);
            let path = root.path().join(MANIFEST);
            let text = std::fs::read(&path).unwrap();
            let cut = cut.min(text.len());
            std::fs::write(&path, &text[..cut]).unwrap();
            let whole = text[..cut].iter().filter(|byte| **byte == b'\n').count();

            let manifest = Manifest::open(root.path()).unwrap();
            manifest.add(record("new", 3)).unwrap();
            drop(manifest);
            let manifest = Manifest::open(root.path()).unwrap();
            for number in 0..count {
                let found = manifest.find(LogKind::RedisRun, "i", &number.to_string());
                prop_assert_eq!(found.is_some(), number < whole);
            }
            prop_assert!(manifest.find(LogKind::RedisRun, "i", "new").is_some());
        }
    }
}
