//! The unfinished file: `<file>.part`, and beside it what it is part of.
//!
//! What arrives is collected, and then written and hashed in short jobs that hold a thread only while
//! they last, so that any number of files can be fetched with a few threads. While one batch is written, the next is
//! collected.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use md5::Md5;
use otcdb_core::download::{About, Held};
use otcdb_core::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use super::sidecar::{Checkpoint, Sidecar, note_of, part_of, remove};
use crate::files::{Access, Files, Finished, file_error};

/// A checkpoint comes after so many bytes, or so much time, whichever is first. Between two of them a power cut costs
/// that much.
const CHECKPOINT_BYTES: u64 = 16 * 1024 * 1024;
const CHECKPOINT_TIME: Duration = Duration::from_secs(30);

/// So far behind a disk may be: then what comes waits for it.
const MOST_BEHIND: u64 = 4 * CHECKPOINT_BYTES;

/// An open `.part` file.
pub(super) struct Part {
    files: Files,
    path: String,
    /// How many bytes have arrived.
    length: u64,
    /// Those that no thread writes yet.
    collected: Vec<u8>,
    /// The buffer in which the next are collected.
    spare: Vec<u8>,
    /// What the file is part of, as far as it is known here.
    note: Sidecar,
    /// What the thread that writes works with; with nobody else while it does.
    state: Option<Box<State>>,
    /// A batch that is being written.
    writing: Option<oneshot::Receiver<Written>>,
}

/// What comes back from a thread that has written a batch: the buffer, too.
type Written = (Box<State>, Vec<u8>, Result<()>);

struct State {
    files: Files,
    path: String,
    file: Arc<File>,
    note: Sidecar,
    /// Whether there may be a note on the disk.
    is_noted: bool,
    /// The checkpoint that is being brought to the disk.
    syncing: Option<JoinHandle<io::Result<Checkpoint>>>,
    hash: Sha256,
    /// Where the tag is one.
    md5: Option<Md5>,
    /// How many bytes are written.
    written: u64,
    checked: Instant,
    /// A write that failed: what the file holds behind the checkpoint is not known.
    broken: bool,
}

impl Part {
    /// Opens the `.part` file of `path`: what an earlier run left of the file `id` and is proved to be there, or an empty
    /// one. That has no note before there is something to go on from: most files are whole before, and what a run that
    /// is killed leaves without one is [swept](super::sweep) away by the next.
    pub(super) async fn open(
        files: &Files,
        path: &str,
        id: &str,
        series: Option<&str>,
    ) -> Result<Self> {
        let begin = Sidecar {
            id: id.to_owned(),
            series: series.map(str::to_owned),
            ..Sidecar::default()
        };
        let owned = path.to_owned();
        let state = files.run_again(move |files| State::open(files, &owned, begin.clone()));
        let state = Box::new(state.await?);
        Ok(Self {
            files: files.clone(),
            path: path.to_owned(),
            length: state.written,
            collected: Vec::new(),
            spare: Vec::new(),
            note: state.note.clone(),
            state: Some(state),
            writing: None,
        })
    }

    /// How many bytes are there.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// How many there will be, if that is known.
    pub(super) fn size(&self) -> Option<u64> {
        self.note.size
    }

    /// The tag of the content that is there.
    pub(super) fn tag(&self) -> Option<&str> {
        self.note.tag.as_deref()
    }

    /// What is there, for the request for the rest.
    pub(super) fn held(&self) -> Held {
        Held::new(self.length, self.size(), self.tag().map(str::to_owned))
    }

    /// How the content is packed, if it is.
    pub(super) fn encoding(&self) -> Option<&str> {
        self.note.encoding.as_deref()
    }

    /// Keeps in mind what the file will be, for the note.
    ///
    /// # Errors
    /// There is no room for the file.
    pub(super) async fn describe(&mut self, about: About) -> Result<()> {
        self.work(move |state| state.describe(about)).await
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// What came before could not be written.
    pub(super) async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.collected.extend_from_slice(&chunk);
        if self.collected.len() < self.files.batch() {
            return Ok(());
        }
        self.written().await?;
        // Only then is anything taken: while this waits, it may be stopped.
        let thread = self.files.thread().await;
        let mut state = self.state.take().ok_or_else(|| self.closed())?;
        let spare = std::mem::take(&mut self.spare);
        let mut collected = std::mem::replace(&mut self.collected, spare);
        let (reply, response) = oneshot::channel();
        self.writing = Some(response);
        drop(thread.work(move || {
            let done = state.append(&collected);
            collected.clear();
            if let Err((mut state, ..)) = reply.send((state, collected, done)) {
                state.leave();
            }
        }));
        Ok(())
    }

    /// Waits until no batch is being written.
    async fn written(&mut self) -> Result<()> {
        let Some(writing) = &mut self.writing else {
            return Ok(());
        };
        let written = writing.await;
        self.writing = None;
        let Ok((state, spare, done)) = written else {
            return Err(ending());
        };
        self.state = Some(state);
        self.spare = spare;
        done
    }

    /// Throws away what is there.
    pub(super) async fn restart(&mut self) -> Result<()> {
        self.length = 0;
        self.collected.clear();
        self.work(State::restart).await
    }

    /// Whether the content is what its tag promises, if that is a checksum.
    pub(super) async fn check(&mut self) -> Result<Checked> {
        self.work(|state| Ok(state.check())).await
    }

    /// Gives the file its final name.
    pub(super) async fn finish(mut self, name: &str) -> Result<Finished> {
        let name = name.to_owned();
        let size = self.length;
        let sha256 = self.work(move |state| state.finish(&name)).await?;
        self.state = None;
        Ok(Finished { size, sha256 })
    }

    /// Writes out what has arrived, for the next run; removes it where that is nothing.
    pub(super) async fn keep(mut self) -> Result<()> {
        let kept = self.work(|state| state.keep()).await;
        self.state = None;
        kept
    }

    /// Removes what has arrived: nobody will go on from it.
    pub(super) async fn remove(mut self) -> Result<()> {
        self.state = None;
        let path = self.path.clone();
        self.files.run(move |files| remove(files, &path)).await
    }

    /// Writes what is collected, and does some work after it.
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut State) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.written().await?;
        let thread = self.files.thread().await;
        let mut state = self.state.take().ok_or_else(|| self.closed())?;
        let collected = std::mem::take(&mut self.collected);
        let (reply, response) = oneshot::channel();
        let working = thread.work(move || {
            let done = state.append(&collected).and_then(|()| work(&mut state));
            if let Err((mut state, _)) = reply.send((state, done)) {
                // The pull was stopped meanwhile.
                state.leave();
            }
        });
        match response.await {
            Ok((state, done)) => {
                self.note = state.note.clone();
                self.state = Some(state);
                done
            }
            Err(_) => Err(working.await.err().unwrap_or_else(ending)),
        }
    }

    fn closed(&self) -> Error {
        let message = format!("{} is closed", part_of(&self.path));
        Error::new(ErrorKind::Storage, message)
    }
}

fn ending() -> Error {
    Error::new(ErrorKind::Cancelled, "the program is ending")
}

impl Drop for Part {
    /// A pull that is stopped drops what it is about. What has arrived is kept nevertheless.
    fn drop(&mut self) {
        let (state, writing) = (self.state.take(), self.writing.take());
        if state.is_none() && writing.is_none() {
            return;
        }
        let collected = std::mem::take(&mut self.collected);
        self.files.leave(move || {
            let written = || Some(writing?.blocking_recv().ok()?.0);
            if let Some(mut state) = state.or_else(written) {
                let _ = state.append(&collected);
                state.leave();
            }
        });
    }
}

/// What a checksum says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checked {
    /// It is right, or there is none.
    Good,
    /// It is wrong.
    Wrong,
    /// It is none: the store has encrypted the content.
    NoChecksum,
}

impl State {
    fn open(files: &Files, path: &str, begin: Sidecar) -> Result<Self> {
        let part = part_of(path);
        let file = files.open(&part, Access::Update)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let shown = files.full(&part);
                let message = format!("{} is being written by another download", shown.display());
                return Err(Error::new(ErrorKind::Storage, message)
                    .with_hint("wait for the other run, or choose another folder"));
            }
            // Not every file system can; the manifest keeps runs apart then.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        // Without bytes no note says anything.
        let is_empty = file.metadata().is_ok_and(|about| about.len() == 0);
        let left = (!is_empty).then(|| Sidecar::read(files, path)).flatten();
        let left = left.filter(|left| left.id == begin.id);
        let mut state = Self {
            files: files.clone(),
            path: path.to_owned(),
            file: Arc::new(file),
            is_noted: true,
            syncing: None,
            note: left.unwrap_or_else(|| begin.clone()),
            hash: Sha256::new(),
            md5: None,
            written: 0,
            checked: Instant::now(),
            broken: false,
        };
        match state
            .take_up()
            .map_err(|error| state.failed("read", error))?
        {
            true => {}
            false => {
                state.note.series = begin.series;
                state.restart()?;
            }
        }
        Ok(state)
    }

    /// Goes on from the checkpoint, if what it speaks of is there. After a power cut, a file may well have its length
    /// but not its bytes.
    fn take_up(&mut self) -> io::Result<bool> {
        let Some(checkpoint) = self.note.checkpoint.clone() else {
            return Ok(false);
        };
        self.md5 = self.new_md5();
        let mut file = (&*self.file).take(checkpoint.length);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = match file.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            if read == 0 {
                break;
            }
            let bytes = buffer.get(..read).unwrap_or_default();
            self.hash.update(bytes);
            if let Some(md5) = &mut self.md5 {
                md5.update(bytes);
            }
            self.written += u64::try_from(read).unwrap_or(u64::MAX);
        }
        if self.written != checkpoint.length || self.sha256() != checkpoint.sha256 {
            tracing::debug!(path = self.path, "what is there is not what was written");
            return Ok(false);
        }
        self.file.set_len(self.written)?;
        (&*self.file).seek(SeekFrom::Start(self.written))?;
        Ok(true)
    }

    fn sha256(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }

    /// A tag that is the MD5 of the content: 32 hexadecimal digits. Files that were stored in parts have another form.
    fn new_md5(&self) -> Option<Md5> {
        md5_in(self.note.tag.as_deref()?).map(|_| Md5::new())
    }

    fn describe(&mut self, about: About) -> Result<()> {
        let About {
            size,
            tag,
            encoding,
            encrypted,
            ..
        } = about;
        let note = &mut self.note;
        note.size = size.or(note.size);
        note.tag = tag.or_else(|| note.tag.take());
        note.encoding = encoding.or_else(|| note.encoding.take());
        note.encrypted |= encrypted;
        if self.written == 0 {
            self.md5 = self.new_md5();
        }
        if let (Some(size), Some(room)) = (self.note.size, Files::room(&self.file)) {
            let missing = size.saturating_sub(self.written);
            if missing > room {
                let shown = self.files.full(&self.path);
                let message = format!(
                    "cannot write {}: {missing} bytes are to come, and there is room for {room}",
                    shown.display()
                );
                return Err(Error::new(ErrorKind::Storage, message));
            }
        }
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.broken {
            return Err(self.failed("write", io::Error::other("an earlier write failed")));
        }
        if let Err(error) = (&*self.file).write_all(bytes) {
            self.broken = true;
            return Err(self.failed("write", error));
        }
        self.hash.update(bytes);
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        self.written += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let since = self.written - self.proved();
        if since >= CHECKPOINT_BYTES || self.checked.elapsed() >= CHECKPOINT_TIME {
            self.check_in()?;
        }
        Ok(())
    }

    fn proved(&self) -> u64 {
        let checkpoint = self.note.checkpoint.as_ref();
        checkpoint.map_or(0, |checkpoint| checkpoint.length)
    }

    /// What is written, as a checkpoint.
    fn here(&self) -> Checkpoint {
        Checkpoint {
            length: self.written,
            sha256: self.sha256(),
        }
    }

    /// Begins to bring what is written to the disk, while more is written. Where that is under way already, it goes on.
    fn check_in(&mut self) -> Result<()> {
        let behind = self.written - self.proved() >= MOST_BEHIND;
        match &self.syncing {
            Some(syncing) if !syncing.is_finished() && !behind => return Ok(()),
            _ => self.synced()?,
        }
        self.checked = Instant::now();
        let (file, checkpoint) = (Arc::clone(&self.file), self.here());
        self.syncing = Some(std::thread::spawn(move || {
            file.sync_data().map(|()| checkpoint)
        }));
        Ok(())
    }

    /// Waits for what is on its way to the disk, and notes it then.
    fn synced(&mut self) -> Result<()> {
        let Some(syncing) = self.syncing.take() else {
            return Ok(());
        };
        let synced = syncing
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the thread that syncs it has failed")));
        let checkpoint = synced.map_err(|error| self.failed("write", error))?;
        self.write_note(checkpoint)
    }

    /// First the bytes are on the disk, then it is noted.
    fn checkpoint(&mut self) -> Result<()> {
        self.synced()?;
        if self.proved() == self.written {
            return Ok(());
        }
        self.file
            .sync_data()
            .map_err(|error| self.failed("write", error))?;
        self.write_note(self.here())
    }

    fn write_note(&mut self, checkpoint: Checkpoint) -> Result<()> {
        self.note.checkpoint = Some(checkpoint);
        self.is_noted = true;
        self.note.write(&self.files, &self.path)
    }

    fn remove_note(&mut self) -> Result<()> {
        if std::mem::take(&mut self.is_noted) {
            self.files.remove(&note_of(&self.path))?;
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        let _ = self.synced();
        // First the note goes, then the bytes, and only then may a new note come: whenever the machine stops, no note
        // describes bytes of another file.
        self.remove_note()?;
        self.file
            .set_len(0)
            .and_then(|()| (&*self.file).seek(SeekFrom::Start(0)))
            .map_err(|error| self.failed("write", error))?;
        self.note = Sidecar {
            id: std::mem::take(&mut self.note.id),
            series: self.note.series.take(),
            ..Sidecar::default()
        };
        (self.hash, self.md5, self.written) = (Sha256::new(), None, 0);
        self.broken = false;
        Ok(())
    }

    fn check(&self) -> Checked {
        let said = self.note.tag.as_deref().and_then(md5_in);
        match (said, &self.md5) {
            (Some(said), Some(md5)) => {
                let right = said.eq_ignore_ascii_case(&hex::encode(md5.clone().finalize()));
                match (right, self.note.encrypted) {
                    (true, _) => Checked::Good,
                    (false, true) => Checked::NoChecksum,
                    (false, false) => Checked::Wrong,
                }
            }
            _ => Checked::Good,
        }
    }

    fn finish(&mut self, name: &str) -> Result<String> {
        self.synced()?;
        self.file
            .sync_data()
            .map_err(|error| self.failed("write", error))?;
        self.files.rename(&part_of(&self.path), name)?;
        // Without its file the note says nothing.
        let _ = self.remove_note();
        Ok(self.sha256())
    }

    fn keep(&mut self) -> Result<()> {
        self.synced()?;
        if self.broken {
            // Room that is taken by what nobody can use is given back.
            let _ = self.file.set_len(self.proved());
            (self.written, self.broken) = (self.proved(), false);
        }
        match self.written {
            // Nothing is there to go on from.
            0 => remove(&self.files, &self.path),
            length if length == self.proved() => Ok(()),
            _ => self.checkpoint(),
        }
    }

    /// The same, where nobody is there any more to hear of it.
    fn leave(&mut self) {
        if let Err(error) = self.keep() {
            tracing::debug!(%error, "what has arrived is not kept");
        }
    }

    fn failed(&self, what: &str, error: io::Error) -> Error {
        file_error(what, &self.files.full(&part_of(&self.path)), error)
    }
}

/// The MD5 in a tag, if it is one: `"d41d8cd98f00b204e9800998ecf8427e"`.
pub(super) fn md5_in(tag: &str) -> Option<&str> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    (digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

#[cfg(test)]
mod tests;
