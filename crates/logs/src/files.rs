//! The files below the output folder: who may read them, and what is never touched.
//!
//! Whoever else may write in the folder could put a symbolic link, a FIFO or a device where a log is to be. None of them
//! is followed or opened, in any folder below the output folder. The output folder itself may be a link: its owner has
//! named it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use otcdb_core::limits::{EXHAUSTED_PAUSE, Limits, is_exhausted};
use otcdb_core::{Error, ErrorKind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

#[cfg(not(unix))]
#[path = "files/portable.rs"]
mod system;
#[cfg(unix)]
#[path = "files/unix.rs"]
mod system;

/// Who may read a new file, unless it is said: its owner.
pub(crate) const FILE_MODE: u32 = 0o600;

/// How many threads work on files at once. More would not make a disk faster.
const THREADS: usize = 4;

/// What all files that are being fetched collect before it is written; each has its share, twice. What a connection gives at
/// once, up to some 400 KiB, may come on top.
const COLLECTED: usize = 4 << 20;

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// To be read. It has to be there.
    Read,
    /// To be read, and written at its end. It is made if it is not there; one that is keeps its mode.
    Append,
    /// To be read and written, with what it holds. It is made if it is not there.
    Update,
    /// To be read and written, empty.
    Replace,
}

/// What is known of a file without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// In bytes.
    pub(crate) size: u64,
    /// When its content was last written: nanoseconds since 1970, as exact as the file system is.
    pub(crate) modified: i64,
}

/// A file that is whole and has its final name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    /// In bytes.
    pub(crate) size: u64,
    /// In hexadecimal.
    pub(crate) sha256: String,
}

/// A thread's turn.
pub(crate) struct Thread {
    turn: Option<OwnedSemaphorePermit>,
    work: TaskTracker,
}

impl Thread {
    /// Does the work, also when nobody waits for it any more.
    ///
    /// # Errors
    /// The program is ending.
    pub(crate) fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Result<T>> {
        let Self {
            turn,
            work: tracker,
        } = self;
        let done = tracker.spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        async {
            done.await
                .map_err(|_| Error::new(ErrorKind::Cancelled, "the program is ending"))
        }
    }
}

/// The output folder. Paths are relative to it, with `/` as separator, as in the manifest; none leads out of it.
#[derive(Clone, Debug)]
pub(crate) struct Files(Arc<Root>);

#[derive(Debug)]
struct Root {
    path: PathBuf,
    file_mode: u32,
    /// What works on a file holds one, and never waits for anything but the disk.
    threads: Arc<Semaphore>,
    /// What has a file open for longer than that holds one.
    open: Arc<Semaphore>,
    /// How much of a file is collected before it is written.
    batch: usize,
    work: TaskTracker,
}

impl Files {
    /// The files below `root`; new ones have this mode, and new folders the one that goes with it. Systems that know no
    /// modes ignore it.
    pub(crate) fn new(root: impl Into<PathBuf>, file_mode: u32) -> Self {
        let downloads = Limits::of_process().downloads;
        Self(Arc::new(Root {
            path: root.into(),
            file_mode,
            threads: Arc::new(Semaphore::new(THREADS)),
            open: Arc::new(Semaphore::new(downloads)),
            batch: batch_of(downloads),
            work: TaskTracker::new(),
        }))
    }

    /// With no more files held open than that, even where the system would lend more.
    pub(crate) fn open_at_once(self, most: usize) -> Self {
        let open = Limits::of_process().downloads.min(most);
        Self(Arc::new(Root {
            path: self.0.path.clone(),
            file_mode: self.0.file_mode,
            threads: Arc::clone(&self.0.threads),
            open: Arc::new(Semaphore::new(open)),
            batch: batch_of(open),
            work: self.0.work.clone(),
        }))
    }

    /// How much of a file is collected before it is written: less where many are open, so that memory has a bound.
    pub(crate) fn batch(&self) -> usize {
        self.0.batch
    }

    /// The output folder.
    pub(crate) fn root(&self) -> &Path {
        &self.0.path
    }

    /// Where a file is, for messages and for those who only look.
    pub(crate) fn full(&self, path: &str) -> PathBuf {
        self.0.path.join(path)
    }

    /// Waits until one more file may be held open. Whoever holds a turn must not ask for a second one.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // Nobody closes it.
        Arc::clone(&self.0.open).acquire_owned().await.ok()
    }

    /// Waits for a thread to work on a file.
    pub(crate) async fn thread(&self) -> Thread {
        Thread {
            turn: Arc::clone(&self.0.threads).acquire_owned().await.ok(),
            work: self.0.work.clone(),
        }
    }

    /// Works on files where it may block.
    ///
    /// # Errors
    /// That of the work.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (files, thread) = (self.clone(), self.thread().await);
        thread.work(move || work(&files)).await?
    }

    /// Opens files where it may block. Where the system has no descriptor it waits for one.
    ///
    /// # Errors
    /// That of the work.
    pub(crate) async fn run_again<T: Send + 'static>(
        &self,
        work: impl Fn(&Self) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        loop {
            match self.run(work.clone()).await {
                Err(error) if is_exhausted(&error) => {
                    tracing::debug!(%error, "no descriptor for a file; waiting for one");
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Leaves work behind that nobody waits for but [`Self::settled`].
    pub(crate) fn leave(&self, work: impl FnOnce() + Send + 'static) {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(self.0.work.spawn_blocking_on(work, &runtime)),
            Err(_) => work(),
        }
    }

    /// The same of work that does not block.
    #[cfg(feature = "s3")]
    pub(crate) fn leave_task(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(self.0.work.spawn_on(work, &runtime));
        }
    }

    /// Waits until all work is done, that of tasks that were stopped included.
    pub(crate) async fn settled(&self) {
        self.0.work.close();
        self.0.work.wait().await;
        self.0.work.reopen();
    }

    /// Makes a folder, and those above it, where they are not there yet; `""` is the output folder.
    ///
    /// # Errors
    /// It cannot be made, or something else has its name.
    pub(crate) fn create_folder(&self, path: &str) -> Result<()> {
        system::create_folder(&self.0.path, self.parts(path)?, self.folder_mode())
            .map_err(|error| self.error("create", path, error))
    }

    /// Opens a file, and makes the folders above it if it may be made.
    ///
    /// # Errors
    /// It cannot be opened, or it is no file.
    pub(crate) fn open(&self, path: &str, access: Access) -> Result<File> {
        let parts = self.parts(path)?;
        let open = || system::open(&self.0.path, &parts, access, self.0.file_mode);
        let file = match open() {
            Err(error) if access != Access::Read && is_absent(&error) => {
                self.create_folder(path.rsplit_once('/').map_or("", |(folder, _)| folder))?;
                open()
            }
            file => file,
        };
        file.map_err(|error| self.error("open", path, error))
    }

    /// What is known of a file without opening it, if it is there. What is no file is not there.
    ///
    /// # Errors
    /// It cannot be looked at.
    pub(crate) fn look(&self, path: &str) -> Result<Option<Seen>> {
        match system::look(&self.0.path, self.parts(path)?) {
            Ok(seen) => Ok(Some(seen)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(self.error("look at", path, error)),
        }
    }

    /// Gives a file another name, in the place of a file that has it.
    ///
    /// # Errors
    /// It cannot be renamed, or what has the name is no file.
    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<()> {
        system::rename(&self.0.path, self.parts(from)?, self.parts(to)?).map_err(|error| {
            let shown = self.full(to).display().to_string();
            file_error(
                &format!("give the name {shown} to"),
                &self.full(from),
                error,
            )
        })
    }

    /// Removes a file, or a link, if it is there.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(crate) fn remove(&self, path: &str) -> Result<()> {
        match system::remove(&self.0.path, self.parts(path)?) {
            Err(error) if !is_absent(&error) => Err(self.error("remove", path, error)),
            _ => Ok(()),
        }
    }

    /// The names in a folder, in no order; none where there is no folder. A name that is not Unicode is left out: nothing
    /// here makes one.
    ///
    /// # Errors
    /// The folder cannot be read, or it is none.
    pub(crate) fn names(&self, path: &str) -> Result<Vec<String>> {
        match system::names(&self.0.path, self.parts(path)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            names => names.map_err(|error| self.error("read", path, error)),
        }
    }

    /// How many bytes there is room for where a file is, if the system says.
    pub(crate) fn room(file: &File) -> Option<u64> {
        system::room(file)
    }

    /// Whoever may read files may enter folders.
    fn folder_mode(&self) -> u32 {
        let read = self.0.file_mode & 0o444;
        self.0.file_mode | read >> 2
    }

    fn error(&self, what: &str, path: &str, error: io::Error) -> Error {
        file_error(what, &self.full(path), error)
    }

    /// The components of a path, which is one that stays below the folder.
    fn parts<'a>(&self, path: &'a str) -> Result<Vec<&'a str>> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if path.starts_with('/') || parts.iter().any(|part| matches!(*part, "." | "..")) {
            return Err(Error::new(
                ErrorKind::Storage,
                format!("{path:?} is no path below {}", self.root().display()),
            ));
        }
        Ok(parts)
    }
}

/// The share of one file of so many.
fn batch_of(files: usize) -> usize {
    (COLLECTED / files.max(1)).clamp(16 * 1024, 512 * 1024)
}

/// An error about a local file.
pub(crate) fn file_error(what: &str, path: &Path, error: io::Error) -> Error {
    let hint = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<NoFile>())
        .map(|_| "remove it, or choose another folder");
    let shown = Error::new(
        ErrorKind::Storage,
        format!("cannot {what} {}: {error}", path.display()),
    )
    .with_source(error);
    match hint {
        Some(hint) => shown.with_hint(hint),
        None => shown,
    }
}

/// Something that is neither a file nor a folder, or the one where the other is expected.
#[derive(Debug)]
struct NoFile(String);

impl std::fmt::Display for NoFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoFile {}

/// The error of a name that something else has; `what` follows "it is".
fn no_file(name: &str, what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        NoFile(format!("{name} is {what}")),
    )
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    ) || error.get_ref().is_some_and(|inner| inner.is::<NoFile>())
}

#[cfg(test)]
mod tests;
