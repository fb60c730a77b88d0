//! Files to a bucket and back.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::multipart::MultipartStore as _;
use object_store::path::Path;
use object_store::{MultipartId, ObjectStoreExt as _};
use otcdb_core::{Error, ErrorKind, Result};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Opened;
use crate::files::{Access, Files, file_error};

/// What is sent at once: a smaller file as a whole, the parts of a larger one. Stores take no smaller parts.
const PART: u64 = 5 * 1024 * 1024;

/// Stores take 10,000 parts.
const PARTS: u64 = 9_000;

/// So much memory is one permit.
const UNIT: u64 = 64 * 1024;

/// The memory of all files that are being sent: 20 MiB.
pub(super) const MEMORY: usize = 320;

/// Sends a file.
///
/// # Errors
/// It cannot be read, or the store does not take it. Nothing of it is then in the bucket.
pub(super) async fn upload(to: &Opened, files: &Files, path: &str, size: u64) -> Result<()> {
    let key = to.key(path)?;
    if size <= PART {
        let _memory = memory(&to.memory, size).await;
        let content = read(files, path, 0, size).await?;
        let put = to.store.put(&key, content.into());
        return to.ask("write", path, put).await.map(drop);
    }
    let begin = to.store.create_multipart(&key);
    let id = to.ask("write", path, begin).await?;
    // What is begun is ended, also where the pull is stopped: parts that belong to nothing cost money.
    let begun = Begun {
        store: to.store.clone(),
        files: files.clone(),
        key: Some((key, id)),
    };
    let Some((key, id)) = &begun.key else {
        return Ok(());
    };
    let part = PART.max(size.div_ceil(PARTS).next_multiple_of(UNIT));
    let mut parts = Vec::new();
    let mut at = 0;
    while at < size {
        let length = part.min(size - at);
        let _memory = memory(&to.memory, length).await;
        let content = read(files, path, at, length).await?;
        let put = to.store.put_part(key, id, parts.len(), content.into());
        parts.push(to.ask("write", path, put).await?);
        at += length;
    }
    let end = to.store.complete_multipart(key, id, parts);
    if let Err(error) = to.ask("write", path, end).await {
        // It may have been done nevertheless: the answer was lost, and a second time there is nothing to complete.
        let there = to.store.head(key);
        match to.ask("look at", path, there).await {
            Ok(there) if there.size == size => {}
            _ => return Err(error),
        }
    }
    begun.done();
    Ok(())
}

/// Waits until so many bytes of files may be in memory.
async fn memory(all: &Semaphore, bytes: u64) -> Option<SemaphorePermit<'_>> {
    let units = usize::try_from(bytes.div_ceil(UNIT)).unwrap_or(MEMORY);
    let units = u32::try_from(units.clamp(1, MEMORY)).unwrap_or(1);
    all.acquire_many(units).await.ok()
}

/// So many bytes of a file.
async fn read(files: &Files, path: &str, at: u64, length: u64) -> Result<Vec<u8>> {
    let path = path.to_owned();
    let read = move |files: &Files| {
        let mut file = files.open(&path, Access::Read)?;
        let mut content = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        let read = (file.seek(SeekFrom::Start(at)))
            .and_then(|_| file.take(length).read_to_end(&mut content));
        read.map_err(|error| file_error("read", &files.full(&path), error))?;
        if u64::try_from(content.len()).unwrap_or_default() == length {
            return Ok(content);
        }
        let what = format!("{} has become shorter", files.full(&path).display());
        Err(Error::new(ErrorKind::Storage, what).with_hint("leave the folder to this program"))
    };
    files.run_again(read).await
}

/// Brings a file back.
///
/// # Errors
/// It cannot be had or written.
pub(super) async fn download(from: &Opened, files: &Files, path: &str) -> Result<()> {
    let key = from.key(path)?;
    let got = from.ask("read", path, from.store.get(&key)).await?;
    let mut content = got.into_stream();
    let owned = path.to_owned();
    let file = files.run_again(move |files| files.open(&owned, Access::Replace));
    let file = Arc::new(file.await?);
    while let Some(chunk) = content.next().await {
        let chunk = chunk.map_err(|error| from.failed("read", path, error))?;
        let (file, owned) = (Arc::clone(&file), path.to_owned());
        let write = move |files: &Files| {
            let written = (&*file).write_all(&chunk);
            written.map_err(|error| file_error("write", &files.full(&owned), error))
        };
        files.run(write).await?;
    }
    Ok(())
}

/// An upload in parts that is not over.
struct Begun {
    store: object_store::aws::AmazonS3,
    files: Files,
    key: Option<(Path, MultipartId)>,
}

impl Begun {
    fn done(mut self) {
        self.key = None;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let Some((key, id)) = self.key.take() else {
            return;
        };
        let store = self.store.clone();
        self.files.leave_task(async move {
            if let Err(error) = store.abort_multipart(&key, &id).await {
                tracing::debug!(%error, %key, "parts of an upload stay in the bucket");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn no_more_is_in_memory_than_there_is_room_for_whatever_is_sent() {
        for (bytes, at_once) in [(PART, 4), (1, 320), (UNIT + 1, 160), (1 << 40, 1)] {
            let all = Semaphore::new(MEMORY);
            let next = || memory(&all, bytes).now_or_never().flatten();
            let held: Vec<_> = std::iter::from_fn(next).collect();
            assert_eq!(held.len(), at_once, "{bytes}");
            drop(held);
            assert!(next().is_some(), "what was sent makes room");
        }
    }
}
