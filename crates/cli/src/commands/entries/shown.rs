//! What `otcdb logs follow` has shown.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_logs::ManifestEntry;
use serde::{Deserialize, Serialize};

/// Its name in the folder, beside that of the manifest.
pub(super) const SHOWN: &str = "manifest-shown.json";

/// The files that were shown whole.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Shown {
    #[serde(skip)]
    path: PathBuf,
    files: BTreeSet<String>,
    /// How many entries of a file were shown that was not shown whole.
    #[serde(default)]
    parts: BTreeMap<String, u64>,
    /// When the newest file of each source was fetched: copies of an export whose earlier copy is gone are known by it.
    #[serde(default)]
    until: BTreeMap<String, Timestamp>,
}

impl Shown {
    /// # Errors
    /// The file is there and cannot be read.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(SHOWN);
        let failed = |error: &dyn std::fmt::Display| {
            Error::new(
                ErrorKind::Storage,
                format!("cannot read {}: {error}", path.display()),
            )
            .with_hint("remove it, and entries that were shown are shown once more")
        };
        let shown = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| failed(&error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(failed(&error)),
        };
        Ok(Self { path, ..shown })
    }

    pub(super) fn has(&self, log: &ManifestEntry) -> bool {
        self.files.contains(&log.file)
    }

    /// The end of what was shown of the source of a log.
    pub(super) fn until(&self, log: &ManifestEntry) -> Option<Timestamp> {
        self.until.get(&source(log)).copied()
    }

    /// How many entries of a file were shown.
    pub(super) fn entries(&self, log: &ManifestEntry) -> u64 {
        self.parts.get(&log.file).copied().unwrap_or_default()
    }

    /// So many entries of a file are behind us.
    pub(super) fn begin(&mut self, file: &str, entries: u64) {
        if entries > 0 {
            self.parts.insert(file.to_owned(), entries);
        }
    }

    pub(super) fn add(&mut self, log: &ManifestEntry) {
        self.parts.remove(&log.file);
        self.files.insert(log.file.clone());
        let until = self.until.entry(source(log)).or_insert(log.fetched_at);
        *until = log.fetched_at.max(*until);
    }

    /// Writes what was shown, at once or not at all.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn save(&self) -> Result<()> {
        let failed = |error: &dyn std::fmt::Display| {
            Error::new(
                ErrorKind::Storage,
                format!("cannot write {}: {error}", self.path.display()),
            )
        };
        let text = serde_json::to_vec(self).map_err(|error| failed(&error))?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        // It can be read by its owner only, as the manifest.
        tempfile::NamedTempFile::new_in(folder)
            .and_then(|mut new| {
                io::Write::write_all(&mut new, &text)?;
                new.persist(&self.path)?;
                Ok(())
            })
            .map_err(|error| failed(&error))
    }
}

fn source(log: &ManifestEntry) -> String {
    format!("{} {}", log.kind, log.instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_is_known_again() {
        let log: ManifestEntry = serde_json::from_str(
            r#"{"kind":"rds-error","instance":"i","instance_name":"n","id":"1","file":"a/b","size":1,"sha256":"","fetched_at":"2026-11-22T02:10:03Z"}"#,
        )
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut shown = Shown::open(folder.path()).unwrap();
        assert!(!shown.has(&log) && shown.until(&log).is_none());
        shown.begin(&log.file, 3);
        shown.save().unwrap();
        let mut again = Shown::open(folder.path()).unwrap();
        assert!(!again.has(&log) && again.entries(&log) == 3);
        again.add(&log);
        again.save().unwrap();
        let again = Shown::open(folder.path()).unwrap();
        assert!(
            again.has(&log)
                && again.entries(&log) == 0
                && again.until(&log) == Some(log.fetched_at)
        );
        std::fs::write(folder.path().join(SHOWN), "{").unwrap();
        assert!(Shown::open(folder.path()).unwrap_err().hint().is_some());
    }
}
