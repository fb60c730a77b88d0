//! The unfinished file: `<file>.part`, and beside it what it is part of.
//!
//! Writing and hashing go on in a thread of their own, so that neither waits for the network nor it for them.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use otcdb_core::Result;
use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::note::{Note, note_of, part_of, remove};
use crate::files::file_error;

/// Chunks on their way to the disk. A chunk is what the connection gives at once, up to some 400 KiB, and every file that
/// is being fetched has its own queue: this bounds memory.
const QUEUE: usize = 2;

/// A file that is whole and has its final name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    /// In bytes.
    pub(crate) size: u64,
    /// In hexadecimal.
    pub(crate) sha256: String,
}

/// An open `.part` file.
pub(super) struct Part {
    path: PathBuf,
    note: Note,
    length: u64,
    orders: mpsc::Sender<Order>,
    writer: JoinHandle<io::Result<()>>,
}

enum Order {
    Append(Bytes),
    /// Throws everything away, and says when that is done.
    Restart(oneshot::Sender<()>),
    /// Writes everything out and says the hash of the whole.
    Finish(oneshot::Sender<String>),
}

impl Part {
    /// Opens the `.part` file of `path`: what an earlier run left of the file `id`, or an empty one. Either has its note
    /// from the start, so that [`discard`](super::note::discard) finds it whenever this run ends.
    pub(super) async fn open(path: &Path, id: &str, series: Option<&str>) -> Result<Self> {
        let path = path.to_owned();
        let id = id.to_owned();
        let series = series.map(str::to_owned);
        let opened = run(move || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|error| file_error("create", folder, error))?;
            }
            let part = part_of(&path);
            let left = Note::read(&path).filter(|left| left.id == id);
            if left.is_none() {
                remove(&note_of(&path))?;
            }
            let (file, length, hash) =
                open(&part, left.is_some()).map_err(|error| file_error("open", &part, error))?;
            let note = match left {
                Some(left) => left,
                None => {
                    let note = Note {
                        id,
                        series,
                        ..Note::default()
                    };
                    note.write(&path)?;
                    note
                }
            };
            Ok((path, note, file, length, hash))
        });
        let (path, note, file, length, hash) = opened.await?;
        let (orders, inbox) = mpsc::channel(QUEUE);
        let writer = tokio::task::spawn_blocking(move || write(file, hash, inbox));
        Ok(Self {
            path,
            note,
            length,
            orders,
            writer,
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

    /// Notes what the file will be, so that a later run can tell.
    pub(super) async fn describe(&mut self, size: Option<u64>, tag: Option<String>) -> Result<()> {
        self.note.size = size.or(self.note.size);
        self.note.tag = tag.or_else(|| self.note.tag.take());
        let note = self.note.clone();
        let path = self.path.clone();
        run(move || note.write(&path)).await
    }

    /// Appends bytes.
    pub(super) async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.order(Order::Append(chunk)).await
    }

    /// Throws away what is there.
    pub(super) async fn restart(&mut self) -> Result<()> {
        self.length = 0;
        self.note.size = None;
        self.note.tag = None;
        // First the note goes, then the bytes, and only then may a new note come: whenever the machine stops, no note
        // describes bytes of another file.
        let note = note_of(&self.path);
        run(move || remove(&note)).await?;
        let (reply, done) = oneshot::channel();
        self.order(Order::Restart(reply)).await?;
        match done.await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.failure().await),
        }
    }

    /// Gives the file its final name.
    pub(super) async fn finish(mut self) -> Result<Finished> {
        let (reply, hash) = oneshot::channel();
        self.order(Order::Finish(reply)).await?;
        let Ok(sha256) = hash.await else {
            return Err(self.failure().await);
        };
        let path = self.path;
        run(move || {
            let part = part_of(&path);
            std::fs::rename(&part, &path).map_err(|error| file_error("rename", &part, error))?;
            // Without its file the note says nothing.
            let _ = std::fs::remove_file(note_of(&path));
            Ok(())
        })
        .await?;
        Ok(Finished {
            size: self.length,
            sha256,
        })
    }

    /// Writes out what has arrived, for the next run.
    pub(super) async fn keep(mut self) -> Result<()> {
        if self.length == 0 {
            // Nothing is there to go on from.
            let path = self.path;
            return run(move || {
                let _ = std::fs::remove_file(note_of(&path));
                let _ = std::fs::remove_file(part_of(&path));
                Ok(())
            })
            .await;
        }
        let (reply, hash) = oneshot::channel();
        self.order(Order::Finish(reply)).await?;
        match hash.await {
            Ok(_) => Ok(()),
            Err(_) => Err(self.failure().await),
        }
    }

    async fn order(&mut self, order: Order) -> Result<()> {
        if self.orders.send(order).await.is_ok() {
            return Ok(());
        }
        Err(self.failure().await)
    }

    /// Why the writer has ended.
    async fn failure(&mut self) -> otcdb_core::Error {
        let error = match (&mut self.writer).await {
            Ok(Err(error)) => error,
            Ok(Ok(())) => io::Error::other("the writer ended early"),
            Err(_) => io::Error::other("the writer was stopped"),
        };
        file_error("write", &part_of(&self.path), error)
    }
}

/// Does file work where it may block.
pub(super) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(otcdb_core::Error::new(
            otcdb_core::ErrorKind::Cancelled,
            "the program is ending",
        ))
    })
}

/// Opens the file for appending, and hashes what it holds.
fn open(path: &Path, keep: bool) -> io::Result<(File, u64, Sha256)> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(!keep)
        .open(path)?;
    let mut hash = Sha256::new();
    let mut length = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((file, length, hash));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
        length += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

fn write(mut file: File, mut hash: Sha256, mut inbox: mpsc::Receiver<Order>) -> io::Result<()> {
    while let Some(order) = inbox.blocking_recv() {
        match order {
            Order::Append(chunk) => {
                file.write_all(&chunk)?;
                hash.update(&chunk);
            }
            Order::Restart(reply) => {
                file.set_len(0)?;
                file.seek(SeekFrom::Start(0))?;
                hash = Sha256::new();
                let _ = reply.send(());
            }
            Order::Finish(reply) => {
                file.sync_data()?;
                // Whoever asked may have gone; then nobody wants the hash.
                let _ = reply.send(hex::encode(hash.clone().finalize()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[tokio::test]
    async fn a_file_has_its_name_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/log");
        let mut part = Part::open(&path, "1", None).await.unwrap();
        part.describe(Some(3), Some("\"t\"".to_owned()))
            .await
            .unwrap();
        part.write(Bytes::from_static(b"ab")).await.unwrap();
        part.keep().await.unwrap();
        assert!(!path.exists());

        let mut part = Part::open(&path, "1", None).await.unwrap();
        assert_eq!(
            (part.length(), part.size(), part.tag()),
            (2, Some(3), Some("\"t\""))
        );
        part.write(Bytes::from_static(b"c")).await.unwrap();
        let finished = part.finish().await.unwrap();
        assert_eq!(
            finished,
            Finished {
                size: 3,
                sha256: ABC.to_owned()
            }
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"abc");
        let left: Vec<_> = std::fs::read_dir(folder.path().join("a"))
            .unwrap()
            .collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[tokio::test]
    async fn what_is_left_of_another_file_is_not_continued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut part = Part::open(&path, "1", None).await.unwrap();
        part.describe(Some(9), None).await.unwrap();
        part.write(Bytes::from_static(b"zz")).await.unwrap();
        part.keep().await.unwrap();
        let part = Part::open(&path, "2", None).await.unwrap();
        assert_eq!((part.length(), part.size()), (0, None));
        // A run that ends before anything has come still leaves word of what it was about.
        drop(part);
        assert_eq!(Note::read(&path).map(|note| note.id).as_deref(), Some("2"));
    }

    #[tokio::test]
    async fn a_restart_forgets_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut part = Part::open(&path, "1", None).await.unwrap();
        part.write(Bytes::from_static(b"zzzz")).await.unwrap();
        part.restart().await.unwrap();
        part.write(Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!(part.finish().await.unwrap().sha256, ABC);
        assert_eq!(std::fs::read(&path).unwrap(), b"abc");
    }
}
