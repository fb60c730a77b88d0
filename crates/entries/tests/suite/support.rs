//! Logs that are in memory.

use std::io::Write as _;
use std::sync::Arc;

use otcdb_entries::{Format, Log, Merge, Opener, Reader, TimeContext};

/// A log with this content.
pub(crate) fn log(content: &[u8]) -> Log {
    let near = "2026-11-23T00:00:00Z".parse().unwrap();
    Log::new(opener(content)).context(TimeContext::new(jiff::tz::TimeZone::UTC, near))
}

pub(crate) fn opener(content: &[u8]) -> Opener {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    // The closure holds it, so that it is there as long as the log is.
    let file = Arc::new(file);
    Arc::new(move || file.reopen())
}

/// What is known of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) raw: Vec<u8>,
    pub(crate) time: String,
    pub(crate) severity: Option<u8>,
    pub(crate) is_rest: bool,
}

/// The form of a log, and its entries.
pub(crate) fn read(log: &Log) -> (Format, Vec<Got>) {
    let mut reader = Reader::open(log).unwrap();
    let mut entries = Vec::new();
    while reader.advance().unwrap() {
        let entry = reader.entry();
        entries.push(Got {
            raw: entry.raw.to_vec(),
            time: entry.time.to_string(),
            severity: entry.severity.map(|severity| severity.number()),
            is_rest: entry.is_rest,
        });
    }
    (reader.format(), entries)
}

/// Number of the log and text of each entry of several logs.
pub(crate) fn merged(logs: impl IntoIterator<Item = Log>) -> Vec<(usize, String)> {
    let mut merge = Merge::new();
    logs.into_iter().for_each(|log| merge.add(log));
    let mut entries = Vec::new();
    while let Some((number, entry)) = merge.next() {
        let text = String::from_utf8_lossy(entry.raw).trim_end().to_owned();
        entries.push((number, text));
    }
    assert!(merge.failures().is_empty());
    entries
}
