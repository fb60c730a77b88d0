//! What earlier runs have covered of the logs that come as entries.

use std::sync::Arc;

use jiff::Timestamp;
use otcdb_core::Result;

use super::{Manifest, ManifestEntry, State, key};
use crate::entries::{Ends, Seen, seen};
use crate::intervals::Intervals;
use crate::kind::LogKind;
use crate::time::Interval;

/// What earlier runs have covered of a source.
#[derive(Debug)]
pub(crate) struct Past {
    /// What need not be asked for again.
    pub(crate) covered: Intervals,
    /// The files that count as fetched.
    pub(crate) records: Vec<ManifestEntry>,
}

impl Manifest {
    /// What earlier runs have covered of a source of entries, or of a node of it. A file that is gone has covered nothing,
    /// unless it was pruned or moved away.
    pub(crate) fn past(&self, kind: LogKind, instance: &str, node: &Option<String>) -> Past {
        let source = (kind, instance.to_owned());
        let (all, mut empty) = {
            let state = self.lock();
            (state.records_of(&source), state.coverage.empty(&source))
        };
        let empty = empty.remove(node).unwrap_or_default();
        let mut records = all;
        records.retain(|record| {
            record.node == *node && record.interval().is_some() && self.counts(record)
        });
        let intervals = records.iter().filter_map(ManifestEntry::interval);
        Past {
            covered: intervals.chain(empty.iter()).collect(),
            records,
        }
    }

    /// What an earlier run has seen of a file, if that was kept.
    pub(crate) fn seen(&self, record: &ManifestEntry) -> Option<Arc<Seen>> {
        self.lock().coverage.seen(&key(record))
    }

    /// Whether a file is there as it was fetched.
    pub(crate) fn is_there(&self, record: &ManifestEntry) -> bool {
        matches!(self.size_of(&record.file), Ok(Some(size)) if size == record.size)
    }

    /// Adds a file of entries that has its final name. It takes the place of files that are gone and whose interval it
    /// covers.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub(crate) fn add_entries(&self, record: ManifestEntry, seen: Seen) -> Result<()> {
        let key = key(&record);
        let interval = record.interval();
        let gone: Vec<_> = {
            let mut others = self.lock().records_of(&key.0);
            others.retain(|other| {
                let within = |interval: Interval, other: Interval| {
                    interval.from <= other.from && other.to <= interval.to
                };
                other.file != record.file
                    && other.node == record.node
                    && interval
                        .zip(other.interval())
                        .is_some_and(|(interval, other)| within(interval, other))
                    && !self.counts(other)
            });
            others
        };
        self.add(record)?;
        let mut state = self.lock();
        gone.into_iter().for_each(|gone| state.forget(&gone));
        state.coverage.add_seen(key, seen)
    }

    /// Notes that everything of an interval was asked for, and that there was no entry in it.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub(crate) fn add_empty(
        &self,
        kind: LogKind,
        instance: &str,
        node: Option<String>,
        interval: Interval,
    ) -> Result<()> {
        let source = (kind, instance.to_owned());
        let mut state = self.lock();
        state.changed(&source);
        state.coverage.add_empty(source, node, interval)
    }

    /// Takes back what was said of the time after now: when it was written, the clock was wrong, so the service had not
    /// been asked about all of it. What a file covers then ends with its newest entry.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub(crate) fn take_back_after(&self, now: Timestamp) -> Result<()> {
        let mut late = self.records();
        late.retain(|record| record.interval().is_some_and(|interval| interval.to > now));
        for record in &mut late {
            if let Some(interval) = record.interval() {
                let newest = record.newest.or_else(|| self.newest_in(record, interval));
                end_with(record, interval, newest);
            }
        }
        late.retain(|record| self.latest_is_other(record));
        let mut state = self.lock();
        if state.coverage.take_back_after(now) {
            let State {
                coverage, records, ..
            } = &mut *state;
            coverage.compact(records, true)?;
        }
        drop(state);
        if late.is_empty() {
            return Ok(());
        }
        self.change(late)
    }

    fn latest_is_other(&self, record: &ManifestEntry) -> bool {
        let state = self.lock();
        state.records.get(&record.file) != Some(record)
    }

    /// The time of the newest entry of a file of the first version, which did not note it.
    fn newest_in(&self, record: &ManifestEntry, interval: Interval) -> Option<Timestamp> {
        let fields = record.kind.fields()?;
        let none = std::time::Duration::ZERO;
        let ends = Ends::new(interval, none, none);
        let ends = seen::read(&self.files, &record.file, fields, ends).ok()?;
        ends.times().1
    }
}

/// Lets a file cover no more than up to its newest entry.
pub(super) fn end_with(record: &mut ManifestEntry, interval: Interval, newest: Option<Timestamp>) {
    let end = newest.unwrap_or(interval.from);
    record.until = Some(end.clamp(interval.from, interval.to));
}
