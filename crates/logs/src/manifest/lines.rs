//! A file of JSON lines that grows line by line, and is now and then written anew.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use otcdb_core::{Error, ErrorKind, Result};

use crate::files::{Access, Files, file_error};

/// An open file of lines.
#[derive(Debug)]
pub(super) struct Lines {
    files: Files,
    name: &'static str,
    file: File,
    is_locked: bool,
    /// Whether the next line has to begin with a line break, since half a line stands at the end.
    is_torn: bool,
}

impl Lines {
    /// Opens the file, or makes it, and gives what it holds.
    ///
    /// # Errors
    /// It cannot be opened or read, or another process has it.
    pub(super) fn open(files: &Files, name: &'static str, lock: bool) -> Result<(Self, Vec<u8>)> {
        let failed = |what: &str, error| file_error(what, &files.full(name), error);
        let mut file = files.open(name, Access::Append)?;
        if lock {
            lock_file(&file, files, name)?;
            // Whoever had it may have put another one in its place meanwhile.
            let now = files.open(name, Access::Append)?;
            if !is_same(&file, &now).map_err(|error| failed("open", error))? {
                lock_file(&now, files, name)?;
                file = now;
            }
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)
            .map_err(|error| failed("read", error))?;
        let lines = Self {
            files: files.clone(),
            name,
            file,
            is_locked: lock,
            is_torn: text.last().is_some_and(|last| *last != b'\n'),
        };
        Ok((lines, text))
    }

    /// Removes what follows the first so many bytes: half a line.
    pub(super) fn cut(&mut self, whole: usize) -> Result<()> {
        let length = u64::try_from(whole).unwrap_or(u64::MAX);
        self.file
            .set_len(length)
            .map_err(|error| self.failed("mend", error))?;
        self.is_torn = false;
        Ok(())
    }

    /// Adds a line.
    ///
    /// # Errors
    /// It cannot be written. Nothing of it is then glued to the next one.
    pub(super) fn append(&mut self, line: &str) -> Result<()> {
        let mut text = String::with_capacity(line.len() + 2);
        if self.is_torn {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        let before = self
            .file
            .seek(SeekFrom::End(0))
            .map_err(|error| self.failed("write", error))?;
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            let was_torn = self.is_torn;
            self.is_torn = self.file.set_len(before).is_err() || was_torn;
            return Err(self.failed("write", error));
        }
        self.is_torn = false;
        Ok(())
    }

    /// Puts other content in the place of all lines, at once: whatever happens, the one or the other is there.
    ///
    /// # Errors
    /// It cannot be written; the lines are then as they were.
    pub(super) fn replace(&mut self, text: &[u8]) -> Result<()> {
        let new = format!("{}.new", self.name);
        let written = self.write_new(&new, text);
        if written.is_err() {
            // It may not be there, and says nothing if it is.
            let _ = self.files.remove(&new);
        }
        self.file = written?;
        self.is_torn = false;
        Ok(())
    }

    fn write_new(&self, new: &str, text: &[u8]) -> Result<File> {
        let failed = |error| file_error("write", &self.files.full(new), error);
        let mut file = self.files.open(new, Access::Replace)?;
        if self.is_locked {
            lock_file(&file, &self.files, new)?;
        }
        // Who may read it stays as it was.
        if let Ok(known) = self.file.metadata() {
            let _ = file.set_permissions(known.permissions());
        }
        file.write_all(text).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        self.files.rename(new, self.name)?;
        Ok(file)
    }

    /// What the file holds.
    pub(super) fn read(&mut self) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        let read = self.file.seek(SeekFrom::Start(0));
        read.and_then(|_| self.file.read_to_end(&mut text))
            .map_err(|error| self.failed("read", error))?;
        Ok(text)
    }

    fn failed(&self, what: &str, error: io::Error) -> Error {
        file_error(what, &self.files.full(self.name), error)
    }
}

fn lock_file(file: &File, files: &Files, name: &str) -> Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::Storage,
            format!("another run is pulling into {}", files.root().display()),
        )
        .with_hint("wait for it, or choose another folder")),
        Err(TryLockError::Error(error)) => Err(file_error("lock", &files.full(name), error)),
    }
}

#[cfg(unix)]
fn is_same(a: &File, b: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (a, b) = (a.metadata()?, b.metadata()?);
    Ok((a.dev(), a.ino()) == (b.dev(), b.ino()))
}

#[cfg(not(unix))]
fn is_same(_: &File, _: &File) -> io::Result<bool> {
    // There, a file that is open and locked cannot be replaced.
    Ok(true)
}
