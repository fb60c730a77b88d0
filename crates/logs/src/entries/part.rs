//! A file of entries that is not whole yet.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _};

use otcdb_core::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};

use super::interrupted;
use super::order::Order;
use crate::files::{Access, Files, Finished, file_error};

/// So much is written at once where lines are put into another order.
const CHUNK: usize = 64 * 1024;

/// A file of entries before it has its final name. It is removed unless it gets that.
#[derive(Debug)]
pub(super) struct Part {
    files: Files,
    path: String,
    hash: Sha256,
    size: u64,
    /// Whether it was made, and neither renamed nor removed.
    is_there: bool,
    /// Whether its lines were put into another order already.
    is_sorted: bool,
}

impl Part {
    /// One that is to become this file.
    pub(super) fn new(files: &Files, path: &str) -> Self {
        Self {
            files: files.clone(),
            path: format!("{path}.part"),
            hash: Sha256::new(),
            size: 0,
            is_there: false,
            is_sorted: false,
        }
    }

    /// Appends lines, which are empty afterwards, and finishes the file if it gets a name; in another order, if it needs one.
    /// It gets no name once nobody waits for it any more.
    pub(super) fn write(
        &mut self,
        lines: &mut Vec<u8>,
        name: Option<(&str, Option<Order>)>,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Option<Finished>> {
        if lines.is_empty() && !(self.is_there && name.is_some()) {
            return Ok(None);
        }
        let mut file = self.open()?;
        self.append(&mut file, lines)?;
        let Some((name, order)) = name else {
            return Ok(None);
        };
        if let Some(order) = order.filter(|_| !self.is_sorted) {
            drop(file);
            self.sort(order, is_over)?;
            file = self.open()?;
        }
        file.sync_all().map_err(|error| self.failed(error))?;
        if is_over() {
            return Err(interrupted());
        }
        self.files.rename(&self.path, name)?;
        self.is_there = false;
        Ok(Some(Finished {
            size: self.size,
            sha256: hex::encode(self.hash.clone().finalize()),
        }))
    }

    fn open(&mut self) -> Result<File> {
        if !self.is_there {
            let file = self.files.open(&self.path, Access::Replace)?;
            self.is_there = true;
            return Ok(file);
        }
        let file = self.files.open(&self.path, Access::Append)?;
        let size = file.metadata().map_err(|error| self.failed(error))?.len();
        if size != self.size {
            let (path, written) = (self.files.full(&self.path), self.size);
            let what = format!(
                "{} has {size} bytes where {written} were written: something else has changed it",
                path.display()
            );
            return Err(Error::new(ErrorKind::Storage, what)
                .with_hint("run it again, and let nothing else write below the output folder"));
        }
        Ok(file)
    }

    fn append(&mut self, file: &mut File, lines: &mut Vec<u8>) -> Result<()> {
        file.write_all(lines).map_err(|error| self.failed(error))?;
        self.hash.update(lines.as_slice());
        self.size += u64::try_from(lines.len()).unwrap_or(u64::MAX);
        lines.clear();
        Ok(())
    }

    /// Puts the lines into the order of their times.
    fn sort(&mut self, order: Order, is_over: &dyn Fn() -> bool) -> Result<()> {
        // A name that the next run removes, should this one be killed.
        let path = match self.path.strip_suffix(".jsonl.part") {
            Some(stem) => format!("{stem}.sorted.jsonl.part"),
            None => format!("{}.sorted", self.path),
        };
        let mut sorted = Self::new(&self.files, "");
        sorted.path = path;
        let mut from = self.files.open(&self.path, Access::Read)?;
        let places = order
            .places(&mut BufReader::new(&from))
            .map_err(|error| self.failed(error))?;
        let mut to = sorted.open()?;
        let mut lines = Vec::with_capacity(CHUNK);
        for place in places {
            from.seek(SeekFrom::Start(place.start))
                .and_then(|_| {
                    (&from)
                        .take(place.end - place.start)
                        .read_to_end(&mut lines)
                })
                .map_err(|error| self.failed(error))?;
            if lines.len() >= CHUNK {
                if is_over() {
                    return Err(interrupted());
                }
                sorted.append(&mut to, &mut lines)?;
            }
        }
        sorted.append(&mut to, &mut lines)?;
        sorted.is_sorted = true;
        // What it was is removed.
        std::mem::swap(self, &mut sorted);
        Ok(())
    }

    fn failed(&self, error: std::io::Error) -> Error {
        file_error("write", &self.files.full(&self.path), error)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.is_there {
            // Also when the pull is cancelled. What cannot be removed is removed by the next run.
            let _ = self.files.remove(&self.path);
        }
    }
}
