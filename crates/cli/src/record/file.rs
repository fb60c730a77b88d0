//! The file of a recording.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use otcdb_core::{Error, ErrorKind, Result, redact};
use otcdb_recording::Recording;
use tempfile::Builder;

/// What the file is called until it is whole.
const PREFIX: &str = ".otcdb-recording-";

/// Whether the file can be made, as far as that can be seen without making it.
///
/// # Errors
/// It is there already, or its folder is not.
pub(super) fn check(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(Error::invalid_argument(format!(
            "the file of --record, {}, is there already",
            path.display()
        ))
        .with_hint("give another name, or move it away"));
    }
    let folder = folder(path);
    if !folder.is_dir() {
        return Err(Error::invalid_argument(format!(
            "the folder of --record, {}, is not there",
            folder.display()
        ))
        .with_hint("make it first"));
    }
    Ok(())
}

/// Writes a recording to a file that only its owner can read. It appears under its name when it is whole, and replaces
/// nothing.
///
/// # Errors
/// What the system says.
pub(super) fn write(path: &Path, recording: &Recording) -> Result<()> {
    let text = recording
        .to_json()
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    // Nothing of it is a secret; this makes sure of those of the session.
    let text = redact::values(&text);
    put(path, text.as_bytes()).map_err(|error| {
        Error::new(
            ErrorKind::Storage,
            format!(
                "the recording cannot be written to {}: {error}",
                path.display()
            ),
        )
        .with_hint("check the folder's rights and the free space there; nothing was written")
    })
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = Builder::new().prefix(PREFIX).tempfile_in(folder(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
