//! A file of entries that is not whole yet.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use otcdb_core::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};

use super::interrupted;
use crate::files::{Access, Files, Finished, file_error};

/// So much is read at once where lines are put into another order.
const CHUNK: u64 = 64 * 1024;

/// A file of entries before it has its final name. It is removed unless it gets that.
#[derive(Debug)]
pub(super) struct Part {
    files: Files,
    path: String,
    hash: Sha256,
    size: u64,
    /// Whether it was made, and neither renamed nor removed.
    is_there: bool,
    /// Whether its last line stands first already.
    is_turned: bool,
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
            is_turned: false,
        }
    }

    /// Appends lines, which are empty afterwards, and finishes the file if it gets a name; with its last line first, if that is
    /// wanted. It gets no name once nobody waits for it any more.
    pub(super) fn write(
        &mut self,
        lines: &mut Vec<u8>,
        name: Option<(&str, bool)>,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Option<Finished>> {
        if lines.is_empty() && !(self.is_there && name.is_some()) {
            return Ok(None);
        }
        let mut file = self.open()?;
        self.append(&mut file, lines)?;
        let Some((name, turned)) = name else {
            return Ok(None);
        };
        if turned && !self.is_turned {
            drop(file);
            self.turn(is_over)?;
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

    /// Puts the last line first, and so on, in a memory that does not depend on their number.
    fn turn(&mut self, is_over: &dyn Fn() -> bool) -> Result<()> {
        // A name that the next run removes, should this one be killed.
        let path = match self.path.strip_suffix(".jsonl.part") {
            Some(stem) => format!("{stem}.turned.jsonl.part"),
            None => format!("{}.turned", self.path),
        };
        let mut turned = Self::new(&self.files, "");
        turned.path = path;
        let mut from = self.files.open(&self.path, Access::Read)?;
        let mut to = turned.open()?;
        let mut position = self.size;
        // What is read and not written yet, the last of it first: a line whose beginning is not read.
        let mut rest: Vec<Vec<u8>> = Vec::new();
        while position > 0 {
            if is_over() {
                return Err(interrupted());
            }
            let length = position.min(CHUNK);
            position -= length;
            let mut piece = vec![0; usize::try_from(length).unwrap_or(0)];
            from.seek(SeekFrom::Start(position))
                .and_then(|_| from.read_exact(&mut piece))
                .map_err(|error| self.failed(error))?;
            let begin = match position {
                0 => Some(0),
                _ => piece
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .map(|end| end + 1),
            };
            let Some(begin) = begin else {
                rest.push(piece);
                continue;
            };
            let mut read = piece.split_off(begin);
            for piece in rest.drain(..).rev() {
                read.extend_from_slice(&piece);
            }
            rest.push(piece);
            let mut lines = Vec::with_capacity(read.len());
            for line in read.split_inclusive(|byte| *byte == b'\n').rev() {
                lines.extend_from_slice(line);
            }
            turned.append(&mut to, &mut lines)?;
        }
        turned.is_turned = true;
        // What it was is removed.
        std::mem::swap(self, &mut turned);
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
