//! What the manifest's lines do not say: spans in which there was no entry, and the entries where files meet.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::unreadable::Unreadable;
use super::{Key, Record, Source, key};
use crate::entries::Seen;
use crate::files::Files;
use crate::kind::LogKind;
use crate::spans::Spans;
use crate::time::{Span, earlier, later};

/// Name of the file beside the manifest that says which spans hold no entry, and how entries are known again.
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
    /// Every entry of a span was asked for, and there was none.
    Empty { from: Timestamp, to: Timestamp },
    /// What is at the ends of a file, by the id of its record.
    Ends {
        id: String,
        #[serde(flatten)]
        seen: Seen,
    },
}

/// What is known beside the records.
#[derive(Debug)]
pub(super) struct Coverage {
    files: Files,
    /// `None` while there is no file.
    lines: Option<Lines>,
    empty: HashMap<Source, Spans>,
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

    fn know(&mut self, line: Line) {
        let source = (line.kind, line.instance);
        match line.says {
            Says::Empty { from, to } => {
                let spans = self.empty.entry(source).or_default();
                spans.insert(Span { from, to });
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

    /// The spans of a source in which there was no entry.
    pub(super) fn empty(&self, source: &Source) -> Spans {
        self.empty.get(source).cloned().unwrap_or_default()
    }

    /// What an earlier run has seen of a file.
    pub(super) fn seen(&self, key: &Key) -> Option<Arc<Seen>> {
        self.seen.get(key).cloned()
    }

    /// # Errors
    /// The file cannot be written.
    pub(super) fn add_empty(&mut self, source: Source, span: Span) -> Result<()> {
        let Span { from, to } = span;
        self.write(&source, Says::Empty { from, to })?;
        self.empty.entry(source).or_default().insert(span);
        Ok(())
    }

    /// Only writes it: until the next run, the file itself is there to be read.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn add_seen(&mut self, key: Key, seen: Seen) -> Result<()> {
        self.seen.remove(&key);
        let (source, id) = key;
        self.write(&source, Says::Ends { id, seen })
    }

    fn write(&mut self, source: &Source, says: Says) -> Result<()> {
        let lines = match &mut self.lines {
            Some(lines) => lines,
            None => self.lines.insert(Lines::open(&self.files, SPANS, false)?.0),
        };
        lines.append(&text_of(source, says)?)?;
        self.count += 1;
        Ok(())
    }

    /// Forgets spans that end later than now: the clock was wrong when they were written. As they hold no entry, nothing is
    /// fetched twice for that. Gives whether there was one.
    pub(super) fn take_back_after(&mut self, now: Timestamp) -> bool {
        let mut any = false;
        for spans in self.empty.values_mut() {
            let good: Spans = spans.iter().filter(|span| span.to <= now).collect();
            any |= good != *spans;
            *spans = good;
        }
        any
    }

    /// Writes the file anew where that makes it much shorter: spans that touch become one, and what was seen of files is
    /// only kept where something else may come to touch them.
    ///
    /// # Errors
    /// The file cannot be written; it is then as it was.
    pub(super) fn compact(
        &mut self,
        records: &HashMap<String, Record>,
        always: bool,
    ) -> Result<()> {
        let Some(lines) = &mut self.lines else {
            return Ok(());
        };
        let mut covered = self.empty.clone();
        for record in records.values() {
            if let Some(span) = record.span() {
                covered.entry(key(record).0).or_default().insert(span);
            }
        }
        let mut needed = HashMap::new();
        for record in records.values() {
            let key = key(record);
            if let Some(seen) = self.seen.get(&key)
                && is_at_an_end(record, seen, covered.get(&key.0))
            {
                needed.insert(key, Arc::clone(seen));
            }
        }
        let spans: usize = self.empty.values().map(|spans| spans.iter().count()).sum();
        let least = spans + needed.len() + self.kept.len();
        if !always && self.count <= 2 * least + SPARE {
            return Ok(());
        }
        let mut text = Vec::new();
        let mut add = |line: &[u8]| {
            text.extend_from_slice(line);
            text.push(b'\n');
        };
        self.kept.iter().for_each(|line| add(line));
        for (source, spans) in &self.empty {
            for Span { from, to } in spans.iter() {
                add(text_of(source, Says::Empty { from, to })?.as_bytes());
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

/// Whether a file is near an end of what was covered without a gap.
fn is_at_an_end(record: &Record, seen: &Seen, covered: Option<&Spans>) -> bool {
    let (Some(extent), Some(covered)) = (record.extent(), covered) else {
        return false;
    };
    covered.iter().any(|span| {
        [span.from, span.to].into_iter().any(|end| {
            extent.meets(Span {
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
