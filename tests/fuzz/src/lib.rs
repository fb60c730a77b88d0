//! What the fuzz targets share: one input as several parts, and files that are quickly written anew.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A line that ends one part of an input and begins the next.
pub const MARK: &str = "\n%%\n";

/// The parts of an input.
pub fn parts(bytes: &[u8]) -> Vec<&[u8]> {
    let mark = MARK.as_bytes();
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(mark.len()).position(|window| window == mark) {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts
}

/// A folder in memory, where the system has one: what is written there for each input is read once.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    folder.expect("a temporary folder")
}

/// A file that is written anew for each input.
pub struct Scratch {
    path: PathBuf,
    _folder: TempDir,
}

impl Scratch {
    /// One that has nothing in it yet.
    pub fn new() -> Self {
        let folder = folder();
        Self {
            path: folder.path().join("input"),
            _folder: folder,
        }
    }

    /// Its path, with this content.
    pub fn with(&self, content: &[u8]) -> io::Result<&Path> {
        std::fs::write(&self.path, content)?;
        Ok(&self.path)
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}
