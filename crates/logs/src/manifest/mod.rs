//! What is in the output folder: one JSON line per file.

mod away;
mod coverage;
mod lines;
mod look;
mod past;
mod record;
#[cfg(test)]
mod tests;
mod unreadable;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use otcdb_core::sync::unpoisoned;
use otcdb_core::{Error, ErrorKind, Result};

use crate::files::{FILE_MODE, Files};
use crate::kind::LogKind;
use crate::layout;
use crate::remote::Remote;
use away::Away;
pub(crate) use away::folder_of_manifests;
use coverage::Coverage;
pub use coverage::SPANS;
use lines::Lines;
pub use look::Holding;
pub(crate) use look::{Look, object_of};
pub(crate) use past::Past;
pub use record::{ManifestEntry, Sent};
use unreadable::Unreadable;

/// Name of the manifest in the output folder.
pub const MANIFEST: &str = "manifest.jsonl";

type Source = (LogKind, String);

/// Source and id of a file.
type Key = (Source, String);

fn key(record: &ManifestEntry) -> Key {
    let source = (record.kind, record.instance.clone());
    (source, record.id.clone())
}

/// Takes a file that is whole out of a folder.
#[derive(Clone)]
pub(crate) struct Taker(pub(crate) Arc<Take>);

type Take = dyn Fn(&Files, &ManifestEntry) -> Result<()> + Send + Sync;

impl fmt::Debug for Taker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Taker")
    }
}

/// The manifest of an output folder, which one process at a time may hold.
#[derive(Debug)]
pub struct Manifest {
    files: Files,
    /// Where the files go, if they do not stay in the folder.
    remote: Option<Arc<dyn Remote>>,
    /// Who takes the files, if they do not stay.
    taker: Option<Taker>,
    /// Whether a file that is not there was moved away on purpose.
    may_be_moved: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    lines: Lines,
    /// By path.
    records: HashMap<String, ManifestEntry>,
    /// The path of the latest record of each id.
    ids: HashMap<Source, HashMap<String, String>>,
    /// Whose file a path holds or will hold; of those that lines name which cannot be read, nobody knows.
    owners: HashMap<String, Option<Key>>,
    /// Paths of files that are not what was recorded.
    altered: HashSet<String>,
    /// Paths whose lines are not those of their records: there are several, or they have to go.
    stale: HashSet<String>,
    coverage: Coverage,
    notes: Vec<String>,
    /// What is known of the place that the files go to, if they do not stay.
    away: Option<Away>,
}

impl Manifest {
    /// Opens the manifest of a folder, or begins one. The folder is created.
    ///
    /// A line that was cut, is damaged or is of a newer version costs that line, and [`Self::notes`] says so: its file
    /// may be fetched again. Half a line at the end, as a crash leaves it, is removed.
    ///
    /// # Errors
    /// The folder cannot be written, or another process pulls into it.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_in(Files::new(root, FILE_MODE))
    }

    /// Likewise, with files as they are made there.
    pub(crate) fn open_in(files: Files) -> Result<Self> {
        files.create_folder("")?;
        let (mut lines, text) = Lines::open(&files, MANIFEST, true)?;
        let mut read = Read::default();
        let whole = read.lines(&text);
        if whole < text.len() {
            lines.cut(whole)?;
        }
        let mut state = State {
            lines,
            records: HashMap::new(),
            ids: HashMap::new(),
            owners: read
                .unreadable_files
                .into_iter()
                .map(|file| (layout::folded(&file), None))
                .collect(),
            altered: HashSet::new(),
            stale: HashSet::new(),
            coverage: Coverage::open(&files)?,
            notes: Vec::new(),
            away: None,
        };
        state.notes.extend(read.unreadable.note(&files, MANIFEST));
        state.notes.extend(state.coverage.note());
        read.records
            .into_iter()
            .for_each(|record| state.know(record));
        state.compact()?;
        state.coverage.compact(&state.records, false)?;
        Ok(Self {
            files,
            remote: None,
            taker: None,
            may_be_moved: false,
            state: Mutex::new(state),
        })
    }

    /// Whether files that are not there were moved away on purpose: they then count as fetched.
    #[must_use]
    pub fn moved_away(self, on: bool) -> Self {
        Self {
            may_be_moved: on,
            ..self
        }
    }

    /// Hands files over to somebody. They then count as fetched.
    pub(crate) fn handed_to(self, taker: Option<Taker>) -> Self {
        Self {
            may_be_moved: self.may_be_moved || taker.is_some(),
            taker,
            ..self
        }
    }

    /// What a person should know of the manifest: one sentence each.
    pub fn notes(&self) -> Vec<String> {
        self.lock().notes.clone()
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
            self.root().display()
        ))
        .with_hint("choose another folder"))
    }

    /// The record of a file that need not be fetched: it is still there with its size, or was [pruned](crate::prune), or
    /// was [moved away](Self::moved_away).
    pub fn find(&self, kind: LogKind, instance: &str, id: &str) -> Option<ManifestEntry> {
        let record = self.lock().latest(kind, instance, id).cloned()?;
        self.counts(&record).then_some(record)
    }

    /// The newest record of a file, wherever the file is now.
    pub fn newest(&self, kind: LogKind, instance: &str, id: &str) -> Option<ManifestEntry> {
        self.lock().latest(kind, instance, id).cloned()
    }

    /// Whether what a record names need not be fetched.
    fn counts(&self, record: &ManifestEntry) -> bool {
        record.pruned_at.is_some()
            || match self.size_of(&record.file) {
                Ok(Some(size)) => {
                    size == record.size && !self.lock().altered.contains(&record.file)
                }
                Ok(None) => self.may_be_moved && !self.is_on_its_way(&record.file),
                Err(_) => false,
            }
    }

    /// The size of a file that is there.
    fn size_of(&self, file: &str) -> Result<Option<u64>> {
        match &self.lock().away {
            Some(away) => Ok(away.size_of(file)),
            None => Ok(self.files.look(file)?.map(|there| there.size)),
        }
    }

    /// The path for a file: the wanted one, or one made of it where that belongs to another file. Services give different
    /// files the same name, as when the log of one day is collected twice.
    pub fn claim(&self, kind: LogKind, instance: &str, id: &str, wanted: &str) -> String {
        let key = ((kind, instance.to_owned()), id.to_owned());
        let mut state = self.lock();
        let owned = |path: &str| {
            let owner = state.owners.get(&layout::folded(path));
            owner.is_some_and(|owner| owner.as_ref() != Some(&key))
        };
        let path = if owned(wanted) {
            layout::variant(wanted, &format!("{kind} {id}"))
        } else {
            wanted.to_owned()
        };
        state.owners.insert(layout::folded(&path), Some(key));
        path
    }

    /// From now on a file is not what was recorded, until it is added again.
    pub(crate) fn distrust(&self, file: String) {
        self.lock().altered.insert(file);
    }

    /// Adds a file that has its final name.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub fn add(&self, record: ManifestEntry) -> Result<()> {
        let mut state = self.lock();
        if state.away.is_none() {
            let line = line_of(&record)?;
            state.lines.append(&line)?;
        }
        state.know(record);
        Ok(())
    }

    /// Changes records that are there.
    ///
    /// # Errors
    /// The manifest cannot be written; it is then as it was.
    pub(crate) fn change(&self, records: Vec<ManifestEntry>) -> Result<()> {
        let mut state = self.lock();
        let before = state.records.clone();
        for record in records {
            state.changed(&key(&record).0);
            state.stale.insert(record.file.clone());
            state.records.insert(record.file.clone(), record);
        }
        let written = state.compact();
        if written.is_err() {
            state.records = before;
        }
        written
    }

    /// Every record, in the order of their paths.
    pub(crate) fn records(&self) -> Vec<ManifestEntry> {
        let mut records: Vec<_> = self.lock().records.values().cloned().collect();
        records.sort_by(|a, b| a.file.cmp(&b.file));
        records
    }

    /// Writes what is left to write: one line for each file.
    ///
    /// # Errors
    /// The manifest cannot be written; nothing in it is lost.
    pub fn close(&self) -> Result<()> {
        let mut state = self.lock();
        state.compact()?;
        let State {
            coverage, records, ..
        } = &mut *state;
        coverage.compact(records, false)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        self.files.root()
    }

    /// The files of the folder.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        unpoisoned(self.state.lock())
    }
}

impl State {
    fn latest(&self, kind: LogKind, instance: &str, id: &str) -> Option<&ManifestEntry> {
        let ids = self.ids.get(&(kind, instance.to_owned()))?;
        self.records.get(ids.get(id)?)
    }

    fn records_of(&self, source: &Source) -> Vec<ManifestEntry> {
        let ids = self.ids.get(source).into_iter().flatten();
        ids.filter_map(|(_, path)| self.records.get(path))
            .cloned()
            .collect()
    }

    /// Takes out the record of a file that is gone.
    fn forget(&mut self, record: &ManifestEntry) {
        let key = key(record);
        self.changed(&key.0);
        self.records.remove(&record.file);
        self.stale.insert(record.file.clone());
        if let Some(ids) = self.ids.get_mut(&key.0) {
            ids.remove(&key.1);
        }
    }

    fn know(&mut self, record: ManifestEntry) {
        let key = key(&record);
        let path = record.file.clone();
        self.changed(&key.0);
        self.owners.insert(layout::folded(&path), Some(key.clone()));
        self.altered.remove(&path);
        self.ids
            .entry(key.0)
            .or_default()
            .insert(key.1, path.clone());
        if let Some(before) = self.records.insert(path.clone(), record) {
            self.disown(&before, &path);
            self.stale.insert(path);
        }
    }

    /// What another file was known by does not lead to the one that has taken its place.
    fn disown(&mut self, before: &ManifestEntry, path: &str) {
        let (source, id) = key(before);
        if self.owners.get(&layout::folded(path)) == Some(&Some((source.clone(), id.clone()))) {
            return;
        }
        self.changed(&source);
        if let Some(ids) = self.ids.get_mut(&source)
            && ids.get(&id).is_some_and(|known| known == path)
        {
            ids.remove(&id);
        }
    }

    /// Writes the lines anew if some are stale. Those that cannot be read stay as they are.
    fn compact(&mut self) -> Result<()> {
        if self.stale.is_empty() || self.away.is_some() {
            return Ok(());
        }
        let text = self.lines.read()?;
        let mut written = HashSet::new();
        let mut new = Vec::with_capacity(text.len());
        for line in text.split(|byte| *byte == b'\n') {
            if line.trim_ascii().is_empty() {
                continue;
            }
            if let Ok(record) = serde_json::from_slice::<ManifestEntry>(line)
                && self.stale.contains(&record.file)
            {
                if let Some(record) = self.records.get(&record.file)
                    && written.insert(record.file.clone())
                {
                    new.extend_from_slice(line_of(record)?.as_bytes());
                    new.push(b'\n');
                }
                continue;
            }
            new.extend_from_slice(line);
            new.push(b'\n');
        }
        self.lines.replace(&new)?;
        self.stale.clear();
        Ok(())
    }
}

fn line_of(record: &ManifestEntry) -> Result<String> {
    serde_json::to_string(record).map_err(|error| {
        Error::new(ErrorKind::Storage, "a record cannot be written as JSON").with_source(error)
    })
}

/// What the lines of a manifest say.
#[derive(Default)]
struct Read {
    records: Vec<ManifestEntry>,
    /// Lines that are no records.
    unreadable: Unreadable,
    /// The files that they name, as far as they can be read.
    unreadable_files: Vec<String>,
}

impl Read {
    /// Reads all lines, and gives how many bytes of the text they are: without half a line at the end.
    fn lines(&mut self, text: &[u8]) -> usize {
        let mut whole = 0;
        for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            let is_last = !line.ends_with(b"\n");
            if !line.trim_ascii().is_empty() {
                match serde_json::from_slice::<ManifestEntry>(line) {
                    Ok(record) => self.records.push(record),
                    Err(why) => {
                        self.unreadable.add(number, &why);
                        if is_last {
                            return whole;
                        }
                        self.unreadable_files.extend(file_of(line));
                    }
                }
            }
            whole += line.len();
        }
        whole
    }
}

/// The records of a manifest's text, and what a person should know of its other lines.
pub(crate) fn read(files: &Files, text: &[u8]) -> (Vec<ManifestEntry>, Option<String>) {
    let mut read = Read::default();
    read.lines(text);
    (read.records, read.unreadable.note(files, MANIFEST))
}

/// The file that a line names which is no record, such as one of a kind that only a newer version knows.
fn file_of(line: &[u8]) -> Option<String> {
    let line: serde_json::Value = serde_json::from_slice(line).ok()?;
    Some(line.get("file")?.as_str()?.to_owned())
}
