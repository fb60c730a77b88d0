//! Logs that come as entries of a list: written as JSON lines.

pub(crate) mod entry;
mod order;
mod part;
pub(crate) mod seen;

use jiff::Timestamp;
use otcdb_core::limits::{EXHAUSTED_PAUSE, is_exhausted};
use otcdb_core::{Error, ErrorKind, Result};
use tokio::sync::oneshot;

use crate::files::{Files, Finished};
use crate::packing::{self, Compression};
pub(crate) use entry::{Entry, Fields};
use part::Part;
pub(crate) use seen::{Ends, Known, Seen};

/// So many bytes are written at once. Many lists are read at once, and each may have collected so much.
const CHUNK: usize = 64 * 1024;

/// A file of entries that is being written: `<path>.part` until it is whole. It is removed unless it is [finished](
/// Self::finish), since entries cannot be resumed.
///
/// It is open only while a piece is written: pages of a list can take long, and many lists are read at once.
#[derive(Debug)]
pub(crate) struct Writer {
    files: Files,
    path: String,
    /// What is not written yet.
    lines: Vec<u8>,
    /// `None` only while it is at work elsewhere.
    part: Option<Part>,
    ends: Ends,
    fields: Fields,
}

/// A file of entries that is whole and has its final name.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) finished: Finished,
    /// What was packed, if anything was.
    pub(crate) sent: Option<Finished>,
    pub(crate) path: String,
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) newest: Option<Timestamp>,
    pub(crate) seen: Seen,
}

impl Writer {
    /// Begins a file; nothing is made before there is an entry.
    pub(crate) fn new(files: &Files, path: &str, ends: Ends, fields: Fields) -> Self {
        Self {
            files: files.clone(),
            path: path.to_owned(),
            lines: Vec::new(),
            part: Some(Part::new(files, path)),
            ends,
            fields,
        }
    }

    /// Adds an entry as one line, and gives how many bytes that is.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) async fn push(&mut self, entry: &Entry) -> Result<u64> {
        self.ends.add(entry);
        self.lines.extend_from_slice(entry.line.as_bytes());
        self.lines.push(b'\n');
        if self.lines.len() >= CHUNK {
            self.write(None).await?;
        }
        Ok(u64::try_from(entry.line.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1))
    }

    /// Gives the file its final name, once all of it is on the disk; packed, it gets another one. Without an entry, there is
    /// none. Whatever the order of the list, the file begins with the oldest entry, as all logs do.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) async fn finish(
        mut self,
        packing: Option<(Compression, String)>,
    ) -> Result<Option<Written>> {
        let name = match &packing {
            Some(_) => packing::before(&self.path),
            None => self.path.clone(),
        };
        let finished = self.write(Some(name.clone())).await?;
        let (finished, sent, path) = match (finished, packing) {
            (Some(sent), Some((how, path))) => {
                let to = path.clone();
                let pack = move |files: &Files| packing::pack(files, &name, &to, how);
                (Some(self.files.run_again(pack).await?), Some(sent), path)
            }
            (finished, _) => (finished, None, self.path.clone()),
        };
        let (oldest, newest) = self.ends.times();
        let seen = self.ends.seen();
        Ok(finished.map(|finished| Written {
            finished,
            sent,
            path,
            oldest,
            newest,
            seen,
        }))
    }

    /// Writes the lines that are not written yet where it may block, and finishes the file if it gets a name. Where the
    /// system has no descriptor it waits for one.
    async fn write(&mut self, name: Option<String>) -> Result<Option<Finished>> {
        loop {
            // Only then is anything taken: while this waits, it may be stopped.
            let thread = self.files.thread().await;
            let Some(mut part) = self.part.take() else {
                return Err(interrupted());
            };
            let mut lines = std::mem::take(&mut self.lines);
            let name = name.clone();
            let order = self.ends.order(self.fields);
            let (reply, response) = oneshot::channel();
            let working = thread.work(move || {
                let name = name.as_deref().map(|name| (name, order));
                let done = part.write(&mut lines, name, &|| reply.is_closed());
                // Where nobody is there any more to hear of it, what is unfinished is removed now.
                drop(reply.send((part, lines, done)));
            });
            let Ok((part, lines, done)) = response.await else {
                return Err(working.await.err().unwrap_or_else(interrupted));
            };
            self.part = Some(part);
            self.lines = lines;
            match done {
                Err(error) if is_exhausted(&error) => {
                    tracing::debug!(%error, "no descriptor for a file; waiting for one");
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
                done => return done,
            }
        }
    }
}

pub(super) fn interrupted() -> Error {
    Error::new(ErrorKind::Cancelled, "the program is ending")
}

#[cfg(test)]
mod tests {
    use super::order::Order;
    use super::*;
    use crate::files::FILE_MODE;
    use crate::time::Interval;
    use serde_json::value::RawValue;
    use sha2::{Digest as _, Sha256};
    use std::time::Duration;

    const FIELDS: Fields = Fields {
        time: "time",
        number: None,
    };

    fn entry(json: &str) -> Entry {
        Entry::new(&RawValue::from_string(json.to_owned()).unwrap(), FIELDS)
    }

    fn writer(root: &std::path::Path) -> Writer {
        let interval = Interval::last(
            Duration::from_secs(60),
            Timestamp::from_second(1000).unwrap(),
        );
        let ends = Ends::new(interval, Duration::ZERO, Duration::ZERO);
        Writer::new(&Files::new(root, FILE_MODE), "a/slow.jsonl", ends, FIELDS)
    }

    #[tokio::test]
    async fn entries_become_lines_and_no_entry_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(writer(folder.path()).finish(None).await.unwrap().is_none());
        assert!(!folder.path().join("a").exists());
        let mut some = writer(folder.path());
        assert_eq!(some.push(&entry("{ \"time\": 970 }")).await.unwrap(), 13);
        some.push(&entry("\"y\"")).await.unwrap();
        let written = some.finish(None).await.unwrap().unwrap();
        assert_eq!(written.finished.size, 17);
        assert_eq!(written.oldest, written.newest);
        assert_eq!(written.newest.unwrap().as_second(), 970);
        let text = std::fs::read(folder.path().join("a/slow.jsonl")).unwrap();
        assert_eq!(text, b"{\"time\":970}\n\"y\"\n");
        assert_eq!(written.finished.sha256, hex::encode(Sha256::digest(&text)));
    }

    #[tokio::test]
    async fn a_list_that_begins_with_the_newest_becomes_a_file_that_begins_with_the_oldest() {
        let folder = tempfile::tempdir().unwrap();
        // Some lines are longer than what is read at once, and one has no time.
        let line = |second: usize| match second % 9 {
            4 => format!("\"{second}\""),
            _ => format!(
                "{{\"time\":{second},\"text\":\"{}\"}}",
                "x".repeat(second * 40 % 90_000)
            ),
        };
        for seconds in [900..902, 900..990] {
            let mut writer = writer(folder.path());
            for second in seconds.clone().rev() {
                writer.push(&entry(&line(second))).await.unwrap();
            }
            let written = writer.finish(None).await.unwrap().unwrap();
            let text = std::fs::read(folder.path().join("a/slow.jsonl")).unwrap();
            let expected: String = seconds.map(|second| line(second) + "\n").collect();
            assert!(text == expected.as_bytes());
            assert_eq!(written.finished.sha256, hex::encode(Sha256::digest(&text)));
            assert_eq!(written.finished.size, text.len() as u64);
            assert_eq!(
                std::fs::read_dir(folder.path().join("a")).unwrap().count(),
                1
            );
        }
    }

    #[tokio::test]
    async fn whatever_the_order_of_a_list_the_file_begins_with_the_oldest() {
        let interval = Interval::last(
            Duration::from_secs(60),
            Timestamp::from_second(1_000_000_000).unwrap(),
        );
        // Second, and which of it.
        type Entries = &'static [(i64, u8)];
        let cases: [(Entries, Entries); 6] = [
            (
                &[(970, 0), (980, 0), (980, 1)],
                &[(970, 0), (980, 0), (980, 1)],
            ),
            (
                &[(980, 0), (970, 0), (980, 1), (990, 0), (960, 0)],
                &[(960, 0), (970, 0), (980, 0), (980, 1), (990, 0)],
            ),
            // The newest first, so that the last one of a second is its oldest.
            (
                &[(990, 0), (980, 1), (980, 0), (970, 0), (995, 0)],
                &[(970, 0), (980, 0), (980, 1), (990, 0), (995, 0)],
            ),
            // A time that is far from what was asked for is none: it stays behind the one before it.
            (
                &[(0, 0), (990, 0), (980, 0), (970, 0)],
                &[(970, 0), (980, 0), (990, 0), (0, 0)],
            ),
            (
                &[(980, 0), (0, 0), (970, 0), (990, 0), (995, 0)],
                &[(970, 0), (980, 0), (0, 0), (990, 0), (995, 0)],
            ),
            (&[(970, 0), (980, 0), (0, 0)], &[(970, 0), (980, 0), (0, 0)]),
        ];
        for (sent, expected) in cases {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = writer(folder.path());
            writer.ends = Ends::new(interval, Duration::ZERO, Duration::ZERO);
            let line = |(second, which): &(i64, u8)| match second {
                0 => "{\"time\":0}\n".to_owned(),
                second => format!("{{\"time\":{},\"n\":{which}}}\n", 999_999_000 + second),
            };
            for entry_of in sent {
                writer.push(&entry(line(entry_of).trim())).await.unwrap();
            }
            writer.finish(None).await.unwrap();
            let expected: String = expected.iter().map(line).collect();
            let text = std::fs::read_to_string(folder.path().join("a/slow.jsonl")).unwrap();
            assert_eq!(text, expected, "{sent:?}");
        }
    }

    #[test]
    fn what_nobody_waits_for_gets_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let order = Order {
            fields: FIELDS,
            bounds: Interval::last(Duration::from_secs(1), Timestamp::UNIX_EPOCH),
            begins_with_newest: true,
        };
        for order in [None, Some(order)] {
            let mut part = Part::new(&Files::new(folder.path(), FILE_MODE), "a/slow.jsonl");
            let mut lines = b"1\n2\n".to_vec();
            let name = Some(("a/slow.jsonl", order));
            let error = part.write(&mut lines, name, &|| true).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cancelled);
            drop(part);
            let left = std::fs::read_dir(folder.path().join("a")).unwrap();
            assert_eq!(left.count(), 0);
        }
    }

    #[tokio::test]
    async fn a_list_that_breaks_off_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut broken = writer(folder.path());
        let long = entry(&format!("\"{}\"", "x".repeat(CHUNK)));
        broken.push(&long).await.unwrap();
        let part = folder.path().join("a/slow.jsonl.part");
        assert!(part.exists(), "what has come is on the disk, not in memory");
        assert!(!is_open(&part), "pages can take long");
        drop(broken);
        assert!(!part.exists());
    }

    /// Whether this process has it open, where that can be seen.
    fn is_open(path: &std::path::Path) -> bool {
        let open = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
        open.flatten()
            .filter_map(|file| std::fs::read_link(file.path()).ok())
            .any(|file| file == path)
    }

    #[tokio::test]
    async fn a_file_is_written_piece_by_piece_unless_something_else_changes_it() {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("a/slow.jsonl.part");
        let long = entry(&format!("\"{}\"", "x".repeat(CHUNK)));
        let mut good = writer(folder.path());
        for _ in 0..2 {
            good.push(&long).await.unwrap();
        }
        let written = good.finish(None).await.unwrap().unwrap();
        let text = std::fs::read(folder.path().join("a/slow.jsonl")).unwrap();
        assert_eq!(text, format!("{0}\n{0}\n", long.line).as_bytes());
        assert_eq!(written.finished.sha256, hex::encode(Sha256::digest(&text)));
        assert!(!part.exists());
        let mut bad = writer(folder.path());
        bad.push(&long).await.unwrap();
        std::fs::write(&part, "other").unwrap();
        let error = bad.finish(None).await.unwrap_err();
        assert!(error.to_string().contains("something else"), "{error}");
        assert!(!part.exists());
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_made_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "").unwrap();
        let mut failing = writer(folder.path());
        failing.push(&entry("1")).await.unwrap();
        let error = failing.finish(None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
    }
}
