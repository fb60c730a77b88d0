//! The manifest of a place that files are brought to: one object for each source, which is read when the source begins.
//!
//! A file is named there before it comes, with a mark that it is on its way, so that a pull that is killed leaves nothing
//! that nobody knows of. One with that mark counts once it is there with its size, and so does one without.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result, Service};
use serde_json::Value;

use super::coverage::Coverage;
use super::past::end_with;
use super::{Manifest, ManifestEntry, Source, State, key, line_of};
use crate::entries::Seen;
use crate::files::Files;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::layout;
use crate::remote::{Remote, Version, Written};

/// The mark of a file that is on its way.
pub(super) const ON_ITS_WAY: &str = "uploading";

/// Says what sort of logs a place has.
const ABOUT: &str = "manifest/about.json";

/// How many times in a row somebody else may be quicker.
const TRIES: usize = 10;

/// How many times in a row nobody may know whether something was written.
const LOST: usize = 3;

/// What is known of a place that files are brought to.
#[derive(Debug, Default)]
pub(super) struct Away {
    /// The sizes of the files that are there, of the sources that have begun and are not over.
    sizes: HashMap<String, u64>,
    /// The files that are on their way.
    coming: HashSet<String>,
    sources: HashMap<Source, Known>,
}

/// What is known of the object of a source.
#[derive(Debug, Default)]
struct Known {
    version: Option<Version>,
    /// Whether something is to be written.
    is_changed: bool,
    /// Lines that cannot be read, which stay.
    kept: Vec<Vec<u8>>,
}

impl Away {
    pub(super) fn size_of(&self, file: &str) -> Option<u64> {
        self.sizes.get(file).copied()
    }
}

impl State {
    /// Notes that the object of a source is not what is known of it.
    pub(super) fn changed(&mut self, source: &Source) {
        if let Some(away) = &mut self.away
            && let Some(known) = away.sources.get_mut(source)
        {
            known.is_changed = true;
        }
    }

    /// Takes up what an object says of a source, but for files that are known.
    fn take_up(&mut self, source: &Source, text: &[u8], now: Timestamp) -> usize {
        let mut kept = Vec::new();
        for line in text.split(|byte| *byte == b'\n') {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let Ok(mut record) = serde_json::from_slice::<ManifestEntry>(line) else {
                if !self.coverage.take(line, now) {
                    kept.push(line.to_owned());
                }
                continue;
            };
            if key(&record).0 != *source || self.records.contains_key(&record.file) {
                continue;
            }
            let is_coming = record.other.remove(ON_ITS_WAY) == Some(Value::Bool(true));
            if let Some(away) = self.away.as_mut().filter(|_| is_coming) {
                away.coming.insert(record.file.clone());
            }
            if let Some(interval) = record.interval().filter(|interval| interval.to > now) {
                let newest = record.newest;
                end_with(&mut record, interval, newest);
            }
            self.know(record);
        }
        let count = kept.len();
        if let Some(known) = self.known(source) {
            known.kept = kept;
        }
        count
    }

    fn known(&mut self, source: &Source) -> Option<&mut Known> {
        self.away.as_mut()?.sources.get_mut(source)
    }

    /// The object of a source.
    fn text_of(&self, source: &Source) -> Result<Vec<u8>> {
        let mut records = self.records_of_all(source);
        // The latest record of an id counts.
        records.sort_by(|a, b| (a.fetched_at, &a.file).cmp(&(b.fetched_at, &b.file)));
        let mut text = Vec::new();
        let mut add = |line: &[u8]| {
            text.extend_from_slice(line);
            text.push(b'\n');
        };
        let away = self.away.as_ref();
        for record in &records {
            let mut record = record.clone();
            if away.is_some_and(|away| away.coming.contains(&record.file)) {
                record
                    .other
                    .insert(ON_ITS_WAY.to_owned(), Value::Bool(true));
            }
            add(line_of(&record)?.as_bytes());
        }
        for line in self.coverage.lines_of(source, &records)? {
            add(line.as_bytes());
        }
        let known = away.and_then(|away| away.sources.get(source));
        known
            .into_iter()
            .flat_map(|known| &known.kept)
            .for_each(|line| add(line));
        Ok(text)
    }

    fn records_of_all(&self, source: &Source) -> Vec<ManifestEntry> {
        let records = self.records.values();
        let records =
            records.filter(|record| record.kind == source.0 && record.instance == source.1);
        records.cloned().collect()
    }
}

impl Manifest {
    /// The manifest of what is brought to a place by way of a folder. The folder is created.
    ///
    /// # Errors
    /// The folder cannot be written, or another process uses it.
    pub(crate) fn open_away(files: Files, remote: Arc<dyn Remote>) -> Result<Self> {
        let coverage = Coverage::away(&files);
        let manifest = Self::open_in(files)?;
        {
            let mut state = manifest.lock();
            // What lines there are is of another folder's life.
            state.records.clear();
            state.ids.clear();
            state.owners.clear();
            state.coverage = coverage;
            state.away = Some(Away::default());
        }
        Ok(Self {
            remote: Some(remote),
            ..manifest
        })
    }

    /// Refuses to bring simulated logs to a place that has real ones, or the other way round, and finds out whether the place
    /// heeds versions.
    ///
    /// # Errors
    /// It has logs of the other sort, or cannot be read or written.
    pub(crate) async fn keep_apart_away(&self, simulated: bool) -> Result<()> {
        let Some(remote) = &self.remote else {
            return Ok(());
        };
        let about = serde_json::json!({ "simulated": simulated });
        let is_of_other_sort = |content: &[u8]| {
            let said: Value = serde_json::from_slice(content).unwrap_or_default();
            said.get("simulated").and_then(Value::as_bool) == Some(!simulated)
        };
        for again in 0..TRIES {
            let there = remote.read(ABOUT).await?;
            if let Some(there) = &there
                && is_of_other_sort(&there.content)
            {
                let (there, new) = match simulated {
                    true => ("logs of a real cloud", "simulated ones"),
                    false => ("logs of a simulated cloud", "real ones"),
                };
                return Err(Error::invalid_argument(format!(
                    "{} holds {there}, among which {new} could not be told apart",
                    remote.shown()
                ))
                .with_hint("choose another prefix"));
            }
            let content = about.to_string().into_bytes();
            match (there, remote.write(ABOUT, content, None).await) {
                (_, Ok(Written::Conflict)) if remote.heeds_versions() => break,
                // There was one, and it was written over.
                (Some(_), Ok(Written::Done(_))) => {
                    remote.ignores_versions();
                    break;
                }
                (_, Ok(_)) => {}
                // It may have been written, and only the answer was lost.
                (_, Err(_)) if again < LOST => {}
                (_, Err(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what is known of a source in the place that its files go to. What is said there of the time after `now` does
    /// not count, see [`Self::take_back_after`].
    ///
    /// # Errors
    /// The place cannot be read.
    pub(crate) async fn begin(
        &self,
        instance: &Instance,
        kind: LogKind,
        now: Timestamp,
    ) -> Result<()> {
        let Some(remote) = &self.remote else {
            return Ok(());
        };
        let source = (kind, instance.id.clone());
        if let Some(away) = &mut self.lock().away {
            away.sources.insert(source.clone(), Known::default());
        }
        self.reload(&**remote, &source, now).await?;
        let folders: HashSet<String> = {
            let mut state = self.lock();
            if let Some(known) = state.known(&source) {
                known.is_changed = false;
            }
            let records = state.records_of_all(&source);
            let folders = records
                .iter()
                .filter_map(|record| record.file.rsplit_once('/'));
            folders.map(|(folder, _)| folder.to_owned()).collect()
        };
        for folder in folders {
            let sizes = remote.sizes(&folder).await?;
            let mut state = self.lock();
            let State { records, away, .. } = &mut *state;
            if let Some(away) = away {
                let known = sizes.into_iter();
                away.sizes
                    .extend(known.filter(|(file, _)| records.contains_key(file)));
            }
        }
        self.settle(&source);
        Ok(())
    }

    /// Takes the mark from files that have arrived, and forgets those that have not.
    fn settle(&self, source: &Source) {
        let mut state = self.lock();
        for record in state.records_of_all(source) {
            let Some(away) = &mut state.away else {
                return;
            };
            if !away.coming.remove(&record.file) {
                continue;
            }
            if away.size_of(&record.file) == Some(record.size) {
                state.changed(source);
            } else {
                state.forget(&record);
            }
        }
    }

    async fn reload(&self, remote: &dyn Remote, source: &Source, now: Timestamp) -> Result<()> {
        let path = path_of(source);
        let object = remote.read(&path).await?;
        let mut state = self.lock();
        let (content, version) =
            object.map_or_else(Default::default, |object| (object.content, object.version));
        let unreadable = state.take_up(source, &content, now);
        if unreadable > 0 {
            tracing::warn!(path, unreadable, "lines of a manifest cannot be read");
        }
        if let Some(known) = state.known(source) {
            known.version = version;
        }
        Ok(())
    }

    /// Writes what is known of a source. What somebody else has written meanwhile stays.
    ///
    /// # Errors
    /// It cannot be written.
    async fn save(&self, remote: &dyn Remote, source: &Source) -> Result<()> {
        let path = path_of(source);
        let mut failed = None;
        for again in 0..TRIES {
            if again > 0 || !remote.heeds_versions() {
                self.reload(remote, source, Timestamp::MAX).await?;
            }
            let (text, version) = {
                let mut state = self.lock();
                let text = state.text_of(source)?;
                let known = state.known(source);
                (text, known.and_then(|known| known.version.clone()))
            };
            match remote.write(&path, text, version.as_ref()).await {
                Ok(Written::Done(version)) => {
                    if let Some(known) = self.lock().known(source) {
                        *known = Known {
                            version,
                            is_changed: false,
                            kept: std::mem::take(&mut known.kept),
                        };
                    }
                    return Ok(());
                }
                Ok(Written::Conflict) => {}
                // It may have been written, and only the answer was lost.
                Err(error) if again < LOST => failed = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failed.unwrap_or_else(|| {
            Error::new(
                ErrorKind::Storage,
                format!("others write {}/{path} all the time", remote.shown()),
            )
            .with_hint("let each instance be pulled by one process at a time")
        }))
    }

    /// Adds a file that is whole, and brings it to where it goes.
    ///
    /// # Errors
    /// It cannot be brought there, or the manifest cannot be written. It then counts as not fetched.
    pub(crate) async fn deliver(&self, record: ManifestEntry, seen: Option<Seen>) -> Result<()> {
        let Some(remote) = &self.remote else {
            return self.keep(record, seen).await;
        };
        let (file, size, source) = (record.file.clone(), record.size, key(&record).0);
        if let Some(away) = &mut self.lock().away {
            away.coming.insert(file.clone());
        }
        self.add_with(record.clone(), seen)?;
        let mut brought = self.save(&**remote, &source).await;
        if brought.is_ok() {
            brought = remote.upload(&self.files, &file, size).await;
        }
        // Here it has nothing to do any more, whether it has arrived or not: nobody would know of it.
        let removed = self.files.remove(&file);
        let mut state = self.lock();
        if let Some(away) = &mut state.away {
            away.coming.remove(&file);
            if brought.is_ok() {
                away.sizes.insert(file, size);
            }
        }
        match &brought {
            Ok(()) => state.changed(&source),
            Err(_) => state.forget(&record),
        }
        drop(state);
        brought.and(removed)
    }

    /// Adds a file that stays, or that somebody takes: first, so that nothing counts that nobody has.
    async fn keep(&self, record: ManifestEntry, seen: Option<Seen>) -> Result<()> {
        let Some(taker) = self.taker.clone() else {
            return self.add_with(record, seen);
        };
        let log = record.clone();
        let take = move |files: &Files| {
            let taken = (taker.0)(files, &log);
            let removed = files.remove(&log.file);
            taken.and(removed)
        };
        self.files.run(take).await?;
        self.add_with(record, seen)
    }

    fn add_with(&self, record: ManifestEntry, seen: Option<Seen>) -> Result<()> {
        match seen {
            Some(seen) => self.add_entries(record, seen),
            None => self.add(record),
        }
    }

    /// Has a file here that is to be read, if it is not; [`Self::put_back`] ends that.
    ///
    /// # Errors
    /// It cannot be had.
    pub(crate) async fn bring(&self, file: &str) -> Result<()> {
        match &self.remote {
            Some(remote) => remote.download(&self.files, file).await,
            None => Ok(()),
        }
    }

    /// Removes a file that was only here to be read.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(crate) fn put_back(&self, file: &str) -> Result<()> {
        match &self.remote {
            Some(_) => self.files.remove(file),
            None => Ok(()),
        }
    }

    /// Writes what is left to write of a source, and forgets it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) async fn end(&self, instance: &Instance, kind: LogKind) -> Result<()> {
        let Some(remote) = &self.remote else {
            return Ok(());
        };
        let source = (kind, instance.id.clone());
        let is_changed = (self.lock().known(&source)).is_some_and(|known| known.is_changed);
        let saved = match is_changed {
            true => self.save(&**remote, &source).await,
            false => Ok(()),
        };
        self.release(&source);
        saved
    }

    fn release(&self, source: &Source) {
        let mut state = self.lock();
        for record in state.records_of_all(source) {
            state.records.remove(&record.file);
            state.owners.remove(&layout::folded(&record.file));
            state.altered.remove(&record.file);
            if let Some(away) = &mut state.away {
                away.sizes.remove(&record.file);
                away.coming.remove(&record.file);
            }
        }
        state.ids.remove(source);
        state.coverage.release(source);
        if let Some(away) = &mut state.away {
            away.sources.remove(source);
        }
    }

    /// Whether a file may not have arrived.
    pub(super) fn is_on_its_way(&self, file: &str) -> bool {
        let state = self.lock();
        state
            .away
            .as_ref()
            .is_some_and(|away| away.coming.contains(file))
    }

    /// Whether files stay in the folder.
    pub(crate) fn is_here(&self) -> bool {
        self.remote.is_none()
    }
}

/// The object of a source.
pub(super) fn path_of(source: &Source) -> String {
    let (kind, instance) = source;
    let folder = folder_of_manifests(kind.service());
    format!("{folder}/{}/{kind}.jsonl", layout::component(instance))
}

/// The folder with those of a service, in one for each instance.
pub(crate) fn folder_of_manifests(service: Service) -> String {
    format!("manifest/{service}")
}
