//! Logs that come as entries of a list: written as JSON lines.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use futures_util::{Stream, StreamExt as _, pin_mut};
use otcdb_core::{Error, ErrorKind, Result};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::download::Finished;
use crate::files::file_error;

/// Writes each entry as one line of JSON to `path`, through `<path>.part`. Nothing is left where there is no entry.
///
/// # Errors
/// That of the list, or of the file; the `.part` file is then removed, since entries cannot be resumed.
pub(crate) async fn write<T: Serialize>(
    entries: impl Stream<Item = Result<T>>,
    path: &Path,
    advanced: impl Fn(u64),
) -> Result<Option<Finished>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = Unfinished(name.into());
    let finished = lines(entries, &part.0, advanced).await?;
    if finished.is_some() {
        std::fs::rename(&part.0, path).map_err(|error| file_error("rename", &part.0, error))?;
    }
    Ok(finished)
}

/// A file that is removed unless it was renamed, also when the pull is cancelled.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It may have been renamed, or not created at all.
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn lines<T: Serialize>(
    entries: impl Stream<Item = Result<T>>,
    part: &Path,
    advanced: impl Fn(u64),
) -> Result<Option<Finished>> {
    let failed = |error| file_error("write", part, error);
    pin_mut!(entries);
    let mut file = None;
    let mut hash = Sha256::new();
    let mut size = 0;
    while let Some(entry) = entries.next().await {
        let mut line = serde_json::to_vec(&entry?).map_err(|error| {
            Error::new(
                ErrorKind::UndocumentedAnswer,
                "an entry cannot be written as JSON",
            )
            .with_source(error)
        })?;
        line.push(b'\n');
        let out = match &mut file {
            Some(out) => out,
            None => {
                if let Some(folder) = part.parent() {
                    std::fs::create_dir_all(folder)
                        .map_err(|error| file_error("create", folder, error))?;
                }
                file.insert(std::io::BufWriter::new(
                    std::fs::File::create(part).map_err(failed)?,
                ))
            }
        };
        out.write_all(&line).map_err(failed)?;
        hash.update(&line);
        let bytes = u64::try_from(line.len()).unwrap_or(u64::MAX);
        size += bytes;
        advanced(bytes);
    }
    let Some(out) = file else {
        return Ok(None);
    };
    let out = out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    out.sync_data().map_err(failed)?;
    Ok(Some(Finished {
        size,
        sha256: hex::encode(hash.finalize()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn entries_become_lines_and_no_entry_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/slow.jsonl");
        let none = stream::iter(Vec::<Result<u8>>::new());
        assert_eq!(write(none, &path, |_| {}).await.unwrap(), None);
        assert!(!path.exists());
        let some = stream::iter([Ok("x"), Ok("y")]);
        assert_eq!(write(some, &path, |_| {}).await.unwrap().unwrap().size, 8);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "\"x\"\n\"y\"\n");
    }

    #[tokio::test]
    async fn a_list_that_breaks_off_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slow.jsonl");
        let broken = stream::iter([Ok(1), Err(Error::new(ErrorKind::Connection, "lost"))]);
        assert!(write(broken, &path, |_| {}).await.is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
