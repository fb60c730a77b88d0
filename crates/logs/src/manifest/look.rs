//! What a manifest says, for those who do not hold it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use super::away::{ON_ITS_WAY, path_of};
use super::coverage::{Coverage, cover};
use super::{ManifestEntry, Source, key};
use crate::files::Files;
use crate::kind::LogKind;

/// What is there of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holding {
    /// How many whole files are there.
    pub files: usize,
    /// Their size in bytes.
    pub bytes: u64,
    /// From when on entries were asked for without a gap up to [`until`](Self::until). Logs that come as files of the service
    /// do not have it.
    pub since: Option<Timestamp>,
    /// Up to when the source was pulled: the end of the latest interval of entries or, of files, when their content ended or,
    /// where that is not known, when the last one was fetched.
    pub until: Option<Timestamp>,
    /// The time of the newest entry, where entries have been read.
    pub newest: Option<Timestamp>,
    /// When the last file was fetched.
    pub fetched_at: Option<Timestamp>,
}

/// What was read of manifests.
#[derive(Debug)]
pub(crate) struct Look {
    /// By their paths: the latest line of a file counts.
    records: HashMap<Source, BTreeMap<String, ManifestEntry>>,
    coverage: Coverage,
    now: Timestamp,
}

impl Look {
    /// Nothing so far. What lines say of the time after `now` is not taken up.
    pub(crate) fn new(files: &Files, now: Timestamp) -> Self {
        Self {
            records: HashMap::new(),
            coverage: Coverage::away(files),
            now,
        }
    }

    /// Takes up lines of files and of intervals. Gives how many are neither.
    pub(crate) fn take(&mut self, text: &[u8]) -> usize {
        let mut unreadable = 0;
        for line in text.split(|byte| *byte == b'\n') {
            if line.trim_ascii().is_empty() {
                continue;
            }
            if let Ok(record) = serde_json::from_slice::<ManifestEntry>(line) {
                let records = self.records.entry(key(&record).0).or_default();
                records.insert(record.file.clone(), record);
            } else if !self.coverage.take(line, self.now) {
                unreadable += 1;
            }
        }
        unreadable
    }

    /// The paths of the files of a source, wherever they are.
    pub(crate) fn files(&self, kind: LogKind, instance: &str) -> impl Iterator<Item = &str> {
        let records = self.records.get(&(kind, instance.to_owned()));
        records
            .into_iter()
            .flat_map(|records| records.keys().map(String::as_str))
    }

    /// What is there of a source, where files have these sizes. `may_be_moved` is as in
    /// [`Manifest::moved_away`](super::Manifest::moved_away).
    pub(crate) fn holding(
        &self,
        kind: LogKind,
        instance: &str,
        may_be_moved: bool,
        size_of: impl Fn(&str) -> Option<u64>,
    ) -> Holding {
        let source = (kind, instance.to_owned());
        let mut holding = Holding::default();
        let mut covered = self.coverage.empty(&source);
        let mut ended = None;
        let records = self.records.get(&source);
        for record in records.into_iter().flat_map(BTreeMap::values) {
            let size = size_of(&record.file);
            if size == Some(record.size) && record.pruned_at.is_none() {
                holding.files += 1;
                holding.bytes += record.size;
            }
            let is_coming = record.other.get(ON_ITS_WAY) == Some(&Value::Bool(true));
            let counts = record.pruned_at.is_some()
                || size == Some(record.size)
                || (size.is_none() && may_be_moved && !is_coming);
            if !counts {
                continue;
            }
            match record.interval() {
                Some(_) => cover(&mut covered, record),
                None => ended = ended.max(Some(record.ended())),
            }
            holding.newest = holding.newest.max(record.newest);
            holding.fetched_at = holding.fetched_at.max(Some(record.fetched_at));
        }
        // What is there of all nodes.
        let latest = covered.values().filter_map(|one| one.iter().last());
        holding.since = latest.clone().map(|interval| interval.from).max();
        holding.until = latest.map(|interval| interval.to).min().max(ended);
        holding
    }
}

/// Where the manifest of a source is, in a place that files are brought to.
pub(crate) fn object_of(kind: LogKind, instance: &str) -> String {
    path_of(&(kind, instance.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FILE_MODE;

    fn at(minute: u32) -> String {
        format!("2026-11-22T02:{minute:02}:00Z")
    }

    fn line(file: &str, from: u32, to: u32, more: &str) -> String {
        let (from, to) = (at(from), at(to));
        format!(
            r#"{{"kind":"redis-slow","instance":"i","instance_name":"n","id":"{file}","file":"{file}","size":3,"sha256":"","fetched_at":"{to}","from":"{from}","until":"{to}"{more}}}"#
        )
    }

    fn empty(from: u32, to: u32) -> String {
        let (from, to) = (at(from), at(to));
        format!(r#"{{"kind":"redis-slow","instance":"i","from":"{from}","to":"{to}"}}"#)
    }

    fn holding(lines: &[String], may_be_moved: bool, there: &[&str]) -> Holding {
        let files = Files::new("none", FILE_MODE);
        let mut look = Look::new(&files, at(50).parse().unwrap());
        assert_eq!(look.take(lines.join("\n").as_bytes()), 0);
        let size = |file: &str| there.contains(&file).then_some(3);
        look.holding(LogKind::RedisSlow, "i", may_be_moved, size)
    }

    /// Minutes after two.
    fn covered(holding: &Holding) -> Option<(i8, i8)> {
        let minute = |time: Timestamp| time.to_zoned(jiff::tz::TimeZone::UTC).minute();
        Some((minute(holding.since?), minute(holding.until?)))
    }

    #[test]
    fn what_is_covered_without_a_gap_counts_from_its_beginning() {
        let lines = [
            line("a", 0, 5, ""),
            line("b", 10, 20, ""),
            empty(20, 30),
            empty(40, 59),
        ];
        let all = holding(&lines, false, &["a", "b"]);
        assert_eq!(
            (all.files, all.bytes, covered(&all)),
            (2, 6, Some((10, 30)))
        );
        let one = holding(&lines, false, &["a"]);
        assert_eq!((one.files, covered(&one)), (1, Some((20, 30))), "b is gone");
        let moved = holding(&lines, true, &["a"]);
        assert_eq!((moved.files, covered(&moved)), (1, Some((10, 30))));
        assert_eq!(holding(&[], true, &["a"]), Holding::default());
    }

    #[test]
    fn what_was_pruned_covers_its_time_and_what_is_on_its_way_does_not() {
        let pruned = format!(r#","pruned_at":"{}""#, at(40));
        let pruned = holding(&[line("a", 1, 2, &pruned)], false, &[]);
        assert_eq!((pruned.files, covered(&pruned)), (0, Some((1, 2))));
        let coming = [line("a", 1, 2, r#","uploading":true"#)];
        assert_eq!(holding(&coming, true, &[]), Holding::default());
        let arrived = holding(&coming, true, &["a"]);
        assert_eq!((arrived.files, covered(&arrived)), (1, Some((1, 2))));
    }
}
