//! What earlier runs have covered of the logs that come as entries.

use std::sync::Arc;

use jiff::Timestamp;
use otcdb_core::Result;

use super::{Manifest, Record, State, key};
use crate::entries::{Ends, Seen, seen};
use crate::kind::LogKind;
use crate::spans::Spans;
use crate::time::Span;

/// What earlier runs have covered of a source.
#[derive(Debug)]
pub(crate) struct Past {
    /// What need not be asked for again.
    pub(crate) covered: Spans,
    /// The files that count as fetched.
    pub(crate) records: Vec<Record>,
}

impl Manifest {
    /// What earlier runs have covered of a source of entries. A file that is gone has covered nothing, unless it was pruned
    /// or moved away.
    pub(crate) fn past(&self, kind: LogKind, instance: &str) -> Past {
        let source = (kind, instance.to_owned());
        let (all, empty) = {
            let state = self.lock();
            (state.records_of(&source), state.coverage.empty(&source))
        };
        let mut records = all;
        records.retain(|record| record.span().is_some() && self.counts(record));
        let spans = records.iter().filter_map(Record::span);
        Past {
            covered: spans.chain(empty.iter()).collect(),
            records,
        }
    }

    /// What an earlier run has seen of a file, if that was kept.
    pub(crate) fn seen(&self, record: &Record) -> Option<Arc<Seen>> {
        self.lock().coverage.seen(&key(record))
    }

    /// Whether a file is there as it was fetched.
    pub(crate) fn is_there(&self, record: &Record) -> bool {
        let there = self.files.look(&record.file);
        matches!(there, Ok(Some(there)) if there.size == record.size)
    }

    /// Adds a file of entries that has its final name. It takes the place of files that are gone and whose span it covers.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub(crate) fn add_entries(&self, record: Record, seen: Seen) -> Result<()> {
        let key = key(&record);
        let span = record.span();
        let gone: Vec<_> = {
            let mut others = self.lock().records_of(&key.0);
            others.retain(|other| {
                let within =
                    |span: Span, other: Span| span.from <= other.from && other.to <= span.to;
                other.file != record.file
                    && span
                        .zip(other.span())
                        .is_some_and(|(span, other)| within(span, other))
                    && !self.counts(other)
            });
            others
        };
        self.add(record)?;
        let mut state = self.lock();
        gone.into_iter().for_each(|gone| state.forget(&gone));
        state.coverage.add_seen(key, seen)
    }

    /// Notes that everything of a span was asked for, and that there was no entry in it.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub(crate) fn add_empty(&self, kind: LogKind, instance: &str, span: Span) -> Result<()> {
        let source = (kind, instance.to_owned());
        self.lock().coverage.add_empty(source, span)
    }

    /// Takes back what was said of the time after now: when it was written, the clock was wrong, so the service had not
    /// been asked about all of it. What a file covers then ends with its newest entry.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub(crate) fn take_back_after(&self, now: Timestamp) -> Result<()> {
        let mut late = self.records();
        late.retain(|record| record.span().is_some_and(|span| span.to > now));
        for record in &mut late {
            let Some(span) = record.span() else { continue };
            let newest = record.newest.or_else(|| self.newest_in(record, span));
            let end = newest.unwrap_or(span.from).clamp(span.from, span.to);
            record.until = Some(end);
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

    fn latest_is_other(&self, record: &Record) -> bool {
        let state = self.lock();
        state.records.get(&record.file) != Some(record)
    }

    /// The time of the newest entry of a file of the first version, which did not note it.
    fn newest_in(&self, record: &Record, span: Span) -> Option<Timestamp> {
        let fields = record.kind.fields()?;
        let none = std::time::Duration::ZERO;
        let ends = Ends::new(span, none, none);
        let ends = seen::read(&self.files, &record.file, fields, ends).ok()?;
        ends.times().1
    }
}
