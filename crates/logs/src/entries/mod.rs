//! Logs that come as entries of a list: written as JSON lines.

pub(crate) mod entry;
pub(crate) mod seen;

use std::fs::File;
use std::io::Write as _;

use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};

use crate::files::{Access, Files, Finished, file_error};
pub(crate) use entry::{Entry, Fields};
pub(crate) use seen::{Ends, Known, Seen};

/// So many bytes are written at once.
const CHUNK: usize = 256 * 1024;

/// A file of entries that is being written: `<path>.part` until it is whole. It is removed unless it is [finished](
/// Self::finish), since entries cannot be resumed.
#[derive(Debug)]
pub(crate) struct Writer {
    path: String,
    /// What is not written yet.
    lines: Vec<u8>,
    /// `None` only while it is at work elsewhere.
    part: Option<Part>,
    ends: Ends,
}

/// A file of entries that is whole and has its final name.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) finished: Finished,
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) newest: Option<Timestamp>,
    pub(crate) seen: Seen,
}

impl Writer {
    /// Begins a file; nothing is made before there is an entry.
    pub(crate) fn new(files: &Files, path: &str, ends: Ends) -> Self {
        Self {
            path: path.to_owned(),
            lines: Vec::new(),
            part: Some(Part {
                files: files.clone(),
                path: format!("{path}.part"),
                file: None,
                hash: Sha256::new(),
                size: 0,
                is_renamed: false,
            }),
            ends,
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
            self.at_work(Part::write).await?;
        }
        Ok(u64::try_from(entry.line.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1))
    }

    /// Gives the file its final name, once all of it is on the disk. Without an entry, there is none.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) async fn finish(mut self) -> Result<Option<Written>> {
        let path = self.path.clone();
        let finished = self
            .at_work(move |part, lines| {
                part.write(lines)?;
                part.finish(&path)
            })
            .await?;
        let (oldest, newest) = self.ends.times();
        let seen = self.ends.seen();
        Ok(finished.map(|finished| Written {
            finished,
            oldest,
            newest,
            seen,
        }))
    }

    /// Does file work where it may block, with the lines that are not written yet.
    async fn at_work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Part, &[u8]) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(mut part) = self.part.take() else {
            return Err(Error::new(ErrorKind::Cancelled, "the program is ending"));
        };
        let mut lines = std::mem::take(&mut self.lines);
        let files = part.files.clone();
        let (part, lines, done) = files
            .run(move |_| {
                let done = work(&mut part, &lines);
                lines.clear();
                Ok((part, lines, done))
            })
            .await?;
        self.part = Some(part);
        self.lines = lines;
        done
    }
}

#[derive(Debug)]
struct Part {
    files: Files,
    path: String,
    file: Option<File>,
    hash: Sha256,
    size: u64,
    is_renamed: bool,
}

impl Part {
    fn write(&mut self, lines: &[u8]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self
                .file
                .insert(self.files.open(&self.path, Access::Replace)?),
        };
        file.write_all(lines)
            .map_err(|error| file_error("write", &self.files.full(&self.path), error))?;
        self.hash.update(lines);
        self.size += u64::try_from(lines.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    fn finish(&mut self, path: &str) -> Result<Option<Finished>> {
        let Some(file) = &self.file else {
            return Ok(None);
        };
        file.sync_all()
            .map_err(|error| file_error("write", &self.files.full(&self.path), error))?;
        self.files.rename(&self.path, path)?;
        self.is_renamed = true;
        Ok(Some(Finished {
            size: self.size,
            sha256: hex::encode(self.hash.clone().finalize()),
        }))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.file.is_some() && !self.is_renamed {
            // Also when the pull is cancelled. What cannot be removed is removed by the next run.
            let _ = self.files.remove(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FILE_MODE;
    use crate::time::Span;
    use serde_json::value::RawValue;
    use std::time::Duration;

    const FIELDS: Fields = Fields {
        time: "time",
        number: None,
    };

    fn entry(json: &str) -> Entry {
        Entry::new(&RawValue::from_string(json.to_owned()).unwrap(), FIELDS)
    }

    fn writer(root: &std::path::Path) -> Writer {
        let span = Span::last(
            Duration::from_secs(60),
            Timestamp::from_second(1000).unwrap(),
        );
        let ends = Ends::new(span, Duration::ZERO, Duration::ZERO);
        Writer::new(&Files::new(root, FILE_MODE), "a/slow.jsonl", ends)
    }

    #[tokio::test]
    async fn entries_become_lines_and_no_entry_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(writer(folder.path()).finish().await.unwrap().is_none());
        assert!(!folder.path().join("a").exists());
        let mut some = writer(folder.path());
        assert_eq!(some.push(&entry("{ \"time\": 970 }")).await.unwrap(), 13);
        some.push(&entry("\"y\"")).await.unwrap();
        let written = some.finish().await.unwrap().unwrap();
        assert_eq!(written.finished.size, 17);
        assert_eq!(written.oldest, written.newest);
        assert_eq!(written.newest.unwrap().as_second(), 970);
        let text = std::fs::read(folder.path().join("a/slow.jsonl")).unwrap();
        assert_eq!(text, b"{\"time\":970}\n\"y\"\n");
        assert_eq!(written.finished.sha256, hex::encode(Sha256::digest(&text)));
    }

    #[tokio::test]
    async fn a_list_that_breaks_off_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut broken = writer(folder.path());
        let long = entry(&format!("\"{}\"", "x".repeat(CHUNK)));
        broken.push(&long).await.unwrap();
        let part = folder.path().join("a/slow.jsonl.part");
        assert!(part.exists(), "what has come is on the disk, not in memory");
        drop(broken);
        assert!(!part.exists());
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_made_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "").unwrap();
        let mut failing = writer(folder.path());
        failing.push(&entry("1")).await.unwrap();
        let error = failing.finish().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
    }
}
