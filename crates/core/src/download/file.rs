//! A download into a file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::Download;
use crate::error::{Error, ErrorKind, Result};

impl Download {
    /// All of it into a file, which has its name only when it is whole and on the disk; until then it is `<path>.part`. What
    /// was there is replaced. Returns how many bytes it has.
    ///
    /// # Errors
    ///
    /// See [`try_next`](Self::try_next), and [`ErrorKind::Storage`] where the file cannot be written. Nothing is left then.
    pub async fn to_file(mut self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref().to_owned();
        let mut part = Part::create(path).await?;
        let mut length = 0;
        while let Some(bytes) = self.try_next().await? {
            length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            part = part.append(bytes).await?;
        }
        part.finish().await?;
        Ok(length)
    }
}

/// A file that is not whole yet. It is gone when this is dropped.
struct Part {
    file: Option<File>,
    path: PathBuf,
    whole: PathBuf,
}

impl Part {
    async fn create(whole: PathBuf) -> Result<Self> {
        work(move || {
            let mut path = OsString::from(&whole);
            path.push(".part");
            let path = PathBuf::from(path);
            let file = File::create(&path).map_err(|error| failed(&path, error))?;
            Ok(Self {
                file: Some(file),
                path,
                whole,
            })
        })
        .await
    }

    async fn append(mut self, bytes: Bytes) -> Result<Self> {
        work(move || {
            if let Some(file) = &mut self.file {
                let written = file.write_all(&bytes);
                written.map_err(|error| failed(&self.path, error))?;
            }
            Ok(self)
        })
        .await
    }

    async fn finish(mut self) -> Result<()> {
        work(move || {
            if let Some(file) = &self.file {
                file.sync_data()
                    .and_then(|()| std::fs::rename(&self.path, &self.whole))
                    .map_err(|error| failed(&self.whole, error))?;
                drop(self.file.take());
            }
            Ok(())
        })
        .await
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Does what may wait for a disk on a thread that may wait.
async fn work<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Error::new(ErrorKind::Cancelled, "the program is ending")))
}

fn failed(path: &Path, error: io::Error) -> Error {
    let message = format!("cannot write {}: {error}", path.display());
    Error::new(ErrorKind::Storage, message).with_source(error)
}
