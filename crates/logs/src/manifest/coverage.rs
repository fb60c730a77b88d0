//! What the manifest's lines do not say: intervals in which there was no entry, and the entries where files meet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::unreadable::Unreadable;
use super::{Key, ManifestEntry, Source, key};
use crate::entries::Seen;
use crate::files::Files;
use crate::intervals::Intervals;
use crate::kind::LogKind;
use crate::time::{Interval, earlier, later};

/// Name of the file beside the manifest that says which intervals hold no entry, and how entries are known again.
pub const SPANS: &str = "manifest-spans.jsonl";

/// So many lines more than needed are left alone.
const SPARE: usize = 64;

/// One line.
#[derive(Serialize, Deserialize)]
struct Line {
    kind: LogKind,
    instance: String,
    #[serde(flatten)]
    says: Says,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Says {
    /// Every entry of an interval was asked for, of the instance or of one of its nodes, and there was none.
    Empty {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<String>,
        from: Timestamp,
        to: Timestamp,
    },
    /// What is at the ends of a file, by the id of its record.
    Ends {
        id: String,
        #[serde(flatten)]
        seen: Seen,
    },
}

/// What was covered of each node; the logs of most instances are those of no node.
pub(super) type Nodes = BTreeMap<Option<String>, Intervals>;

/// What is known beside the records.
#[derive(Debug)]
pub(super) struct Coverage {
    files: Files,
    /// `None` while there is no file.
    lines: Option<Lines>,
    /// Whether there never is one: what is known goes elsewhere.
    is_away: bool,
    empty: HashMap<Source, Nodes>,
    seen: HashMap<Key, Arc<Seen>>,
    count: usize,
    /// Lines that cannot be read. One that is JSON is of a newer version, perhaps, and is kept.
    kept: Vec<Vec<u8>>,
    note: Option<String>,
}

impl Coverage {
    /// Reads what there is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn open(files: &Files) -> Result<Self> {
        let mut coverage = Self {
            files: files.clone(),
            lines: None,
            is_away: false,
            empty: HashMap::new(),
            seen: HashMap::new(),
            count: 0,
            kept: Vec::new(),
            note: None,
        };
        if files.look(SPANS)?.is_none() {
            return Ok(coverage);
        }
        let (lines, text) = Lines::open(files, SPANS, false)?;
        coverage.lines = Some(lines);
        let mut unreadable = Unreadable::default();
        for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            coverage.count += 1;
            match serde_json::from_slice::<Line>(line) {
                Ok(line) => coverage.know(line),
                Err(why) => {
                    unreadable.add(number, &why);
                    if serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok() {
                        coverage.kept.push(line.to_owned());
                    }
                }
            }
        }
        coverage.note = unreadable.note(files, SPANS);
        Ok(coverage)
    }

    /// For what is kept elsewhere, source by source.
    pub(super) fn away(files: &Files) -> Self {
        Self {
            files: files.clone(),
            lines: None,
            is_away: true,
            empty: HashMap::new(),
            seen: HashMap::new(),
            count: 0,
            kept: Vec::new(),
            note: None,
        }
    }

    /// Takes up a line of a source, if it is one. What it says of the time after `now` is not taken up.
    pub(super) fn take(&mut self, line: &[u8], now: Timestamp) -> bool {
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            return false;
        };
        if !matches!(line.says, Says::Empty { to, .. } if to > now) {
            self.know(line);
        }
        true
    }

    /// The lines of a source.
    ///
    /// # Errors
    /// They cannot be written as JSON.
    pub(super) fn lines_of(
        &self,
        source: &Source,
        records: &[ManifestEntry],
    ) -> Result<Vec<String>> {
        let empty = self.empty(source);
        let mut covered = empty.clone();
        for record in records {
            cover(&mut covered, record);
        }
        let mut lines = empties(source, &empty)?;
        for record in records {
            if let Some(seen) = self.seen.get(&key(record))
                && is_at_an_end(record, seen, &covered)
            {
                let (id, seen) = (record.id.clone(), Seen::clone(seen));
                lines.push(text_of(source, Says::Ends { id, seen })?);
            }
        }
        Ok(lines)
    }

    /// Forgets a source that is over.
    pub(super) fn release(&mut self, source: &Source) {
        self.empty.remove(source);
        self.seen.retain(|key, _| key.0 != *source);
    }

    fn know(&mut self, line: Line) {
        let source = (line.kind, line.instance);
        match line.says {
            Says::Empty { node, from, to } => {
                let intervals = self.empty.entry(source).or_default();
                let intervals = intervals.entry(node).or_default();
                intervals.insert(Interval { from, to });
            }
            Says::Ends { id, seen } => {
                self.seen.insert((source, id), Arc::new(seen));
            }
        }
    }

    /// What a person should know of the file.
    pub(super) fn note(&self) -> Option<String> {
        self.note.clone()
    }

    /// The intervals of a source in which there was no entry.
    pub(super) fn empty(&self, source: &Source) -> Nodes {
        self.empty.get(source).cloned().unwrap_or_default()
    }

    /// What an earlier run has seen of a file.
    pub(super) fn seen(&self, key: &Key) -> Option<Arc<Seen>> {
        self.seen.get(key).cloned()
    }

    /// # Errors
    /// The file cannot be written.
    pub(super) fn add_empty(
        &mut self,
        source: Source,
        node: Option<String>,
        interval: Interval,
    ) -> Result<()> {
        let Interval { from, to } = interval;
        let says = Says::Empty {
            node: node.clone(),
            from,
            to,
        };
        self.write(&source, says)?;
        let intervals = self.empty.entry(source).or_default();
        intervals.entry(node).or_default().insert(interval);
        Ok(())
    }

    /// Only writes it, if the file itself is there to be read until the next run.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn add_seen(&mut self, key: Key, seen: Seen) -> Result<()> {
        if self.is_away {
            self.seen.insert(key, Arc::new(seen));
            return Ok(());
        }
        self.seen.remove(&key);
        let (source, id) = key;
        self.write(&source, Says::Ends { id, seen })
    }

    fn write(&mut self, source: &Source, says: Says) -> Result<()> {
        if self.is_away {
            return Ok(());
        }
        let lines = match &mut self.lines {
            Some(lines) => lines,
            None => self.lines.insert(Lines::open(&self.files, SPANS, false)?.0),
        };
        lines.append(&text_of(source, says)?)?;
        self.count += 1;
        Ok(())
    }

    /// Forgets intervals that end later than now: the clock was wrong when they were written. As they hold no entry,
    /// nothing is fetched twice for that. Gives whether there was one.
    pub(super) fn take_back_after(&mut self, now: Timestamp) -> bool {
        let mut any = false;
        for intervals in self.empty.values_mut().flat_map(Nodes::values_mut) {
            let good: Intervals = intervals
                .iter()
                .filter(|interval| interval.to <= now)
                .collect();
            any |= good != *intervals;
            *intervals = good;
        }
        any
    }

    /// Writes the file anew where that makes it much shorter: intervals that touch become one, and what was seen of
    /// files is only kept where something else may come to touch them.
    ///
    /// # Errors
    /// The file cannot be written; it is then as it was.
    pub(super) fn compact(
        &mut self,
        records: &HashMap<String, ManifestEntry>,
        always: bool,
    ) -> Result<()> {
        let Some(lines) = &mut self.lines else {
            return Ok(());
        };
        let mut covered = self.empty.clone();
        for record in records.values() {
            cover(covered.entry(key(record).0).or_default(), record);
        }
        let mut needed = HashMap::new();
        for record in records.values() {
            let key = key(record);
            if let Some(seen) = self.seen.get(&key)
                && covered
                    .get(&key.0)
                    .is_some_and(|covered| is_at_an_end(record, seen, covered))
            {
                needed.insert(key, Arc::clone(seen));
            }
        }
        let intervals: usize = self
            .empty
            .values()
            .flat_map(Nodes::values)
            .map(|intervals| intervals.iter().count())
            .sum();
        let least = intervals + needed.len() + self.kept.len();
        if !always && self.count <= 2 * least + SPARE {
            return Ok(());
        }
        let mut text = Vec::new();
        let mut add = |line: &[u8]| {
            text.extend_from_slice(line);
            text.push(b'\n');
        };
        self.kept.iter().for_each(|line| add(line));
        for (source, nodes) in &self.empty {
            for line in empties(source, nodes)? {
                add(line.as_bytes());
            }
        }
        for ((source, id), seen) in &needed {
            let (id, seen) = (id.clone(), Seen::clone(seen));
            add(text_of(source, Says::Ends { id, seen })?.as_bytes());
        }
        lines.replace(&text)?;
        self.count = least;
        self.seen = needed;
        Ok(())
    }
}

/// The lines of intervals in which there was no entry.
fn empties(source: &Source, nodes: &Nodes) -> Result<Vec<String>> {
    let all = nodes
        .iter()
        .flat_map(|(node, intervals)| intervals.iter().map(move |interval| (node, interval)));
    let line = |(node, Interval { from, to }): (&Option<String>, Interval)| {
        let node = node.clone();
        text_of(source, Says::Empty { node, from, to })
    };
    all.map(line).collect()
}

/// Adds what a file covers.
pub(super) fn cover(covered: &mut Nodes, record: &ManifestEntry) {
    if let Some(interval) = record.interval() {
        let intervals = covered.entry(record.node.clone()).or_default();
        intervals.insert(interval);
    }
}

/// Whether a file is near an end of what was covered without a gap.
fn is_at_an_end(record: &ManifestEntry, seen: &Seen, covered: &Nodes) -> bool {
    let (Some(extent), Some(covered)) = (record.extent(), covered.get(&record.node)) else {
        return false;
    };
    covered.iter().any(|interval| {
        [interval.from, interval.to].into_iter().any(|end| {
            extent.meets(Interval {
                from: earlier(end, seen.reach),
                to: later(end, seen.reach),
            })
        })
    })
}

fn text_of(source: &Source, says: Says) -> Result<String> {
    let line = Line {
        kind: source.0,
        instance: source.1.clone(),
        says,
    };
    serde_json::to_string(&line).map_err(|error| {
        Error::new(ErrorKind::Storage, "a span cannot be written as JSON").with_source(error)
    })
}
