//! Which files exist.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Mutex;

use jiff::civil::{Date, DateTime};
use otcdb_core::sync::unpoisoned;

use super::{LogFile, Style};
use crate::seed::Seed;

/// The files that the services have put into the object store.
pub(crate) struct Store {
    seed: Seed,
    sizes: RangeInclusive<u64>,
    files: Mutex<BTreeMap<String, LogFile>>,
}

impl Store {
    pub(crate) fn new(seed: Seed, sizes: RangeInclusive<u64>) -> Self {
        Self {
            seed,
            sizes,
            files: Mutex::default(),
        }
    }

    /// Makes the file unless it is there, and returns it.
    pub(crate) fn put(&self, key: &str, style: Style, day: Date) -> LogFile {
        self.make(key, || {
            LogFile::new(key, self.size(key), self.seed, style, day)
        })
    }

    /// The same for a log that has gone on for so many minutes since the cloud began. Files of one log begin alike.
    pub(crate) fn put_log(
        &self,
        (key, log): (&str, &str),
        style: Style,
        (went_on, minutes): (DateTime, u64),
    ) -> LogFile {
        // Where files shall be empty, they stay so.
        let minutes = match self.sizes.end() {
            0 => 0,
            _ => minutes,
        };
        let size = self.size(log);
        self.make(key, || {
            LogFile::of_log((key, log), size, self.seed, style, (went_on, minutes))
        })
    }

    fn make(&self, key: &str, file: impl FnOnce() -> LogFile) -> LogFile {
        let mut files = unpoisoned(self.files.lock());
        files.entry(key.to_owned()).or_insert_with(file).clone()
    }

    fn size(&self, of: &str) -> u64 {
        let span = self.sizes.end().saturating_sub(*self.sizes.start());
        let more = match span.checked_add(1) {
            Some(count) => self.seed.number(&format!("size {of}")) % count,
            None => 0,
        };
        self.sizes.start() + more
    }

    pub(crate) fn get(&self, key: &str) -> Option<LogFile> {
        let files = unpoisoned(self.files.lock());
        files.get(key).cloned()
    }

    /// Puts another version in the place of a file.
    pub(crate) fn replace(&self, key: &str) {
        let mut files = unpoisoned(self.files.lock());
        if let Some(file) = files.get_mut(key) {
            *file = file.other_version();
        }
    }

    pub(crate) fn remove(&self, key: &str) {
        let mut files = unpoisoned(self.files.lock());
        files.remove(key);
    }

    /// Removes all files of a folder, which is the beginning of their keys up to a slash.
    pub(crate) fn remove_folder(&self, folder: &str) {
        let mut files = unpoisoned(self.files.lock());
        files.retain(|key, _| !key.starts_with(folder));
    }

    /// All files, ordered by key.
    pub(crate) fn all(&self) -> Vec<LogFile> {
        let files = unpoisoned(self.files.lock());
        files.values().cloned().collect()
    }
}
