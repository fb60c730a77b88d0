//! An archive that has the same bytes whenever it is made of the same files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use tar::{Builder, Header};

/// A file in an archive.
#[derive(Debug)]
pub struct Entry {
    path: String,
    content: Vec<u8>,
    mode: u32,
}

impl Entry {
    /// A file to be read.
    pub fn text(path: String, content: impl Into<Vec<u8>>) -> Self {
        let content = content.into();
        Self {
            path,
            content,
            mode: 0o644,
        }
    }

    /// A file to be run.
    pub fn program(path: String, content: Vec<u8>) -> Self {
        Self {
            path,
            content,
            mode: 0o755,
        }
    }
}

/// Files below one folder.
#[derive(Debug)]
pub struct Archive {
    folder: String,
    /// In seconds, of all files: that of the commit, since that of the build would differ.
    time: u64,
    entries: BTreeMap<String, Entry>,
}

impl Archive {
    /// One without files. `time` is in seconds since 1970.
    pub fn new(folder: &str, time: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            time,
            entries: BTreeMap::new(),
        }
    }

    /// Adds a file, or puts it in the place of the one of its path.
    pub fn add(&mut self, entry: Entry) {
        self.entries.insert(entry.path.clone(), entry);
    }

    /// The bytes: files by path, of nobody, all of one time.
    ///
    /// # Errors
    /// A path is too long.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
        for entry in self.entries.values() {
            let mut header = Header::new_ustar();
            header.set_size(entry.content.len() as u64);
            header.set_mode(entry.mode);
            header.set_mtime(self.time);
            header.set_uid(0);
            header.set_gid(0);
            let path = format!("{}/{}", self.folder, entry.path);
            builder
                .append_data(&mut header, &path, entry.content.as_slice())
                .with_context(|| format!("{path} cannot be packed"))?;
        }
        Ok(builder.into_inner()?.finish()?)
    }

    /// Writes it to a file.
    ///
    /// # Errors
    /// It cannot be packed or written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let bytes = self.bytes()?;
        let written = std::fs::File::create(file).and_then(|mut file| file.write_all(&bytes));
        written.with_context(|| format!("cannot write {}", file.display()))
    }
}

/// Writes the sums of all archives in a folder, as `sha256sum --check` reads them.
///
/// # Errors
/// An archive cannot be read, or the file not be written.
pub(super) fn sums(folder: &Path) -> Result<PathBuf> {
    let mut archives = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".tar.gz") {
            archives.push((name, path));
        }
    }
    archives.sort();
    let mut text = String::new();
    for (name, path) in archives {
        let content =
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for byte in Sha256::digest(&content) {
            write!(text, "{byte:02x}")?;
        }
        writeln!(text, "  {name}")?;
    }
    let file = folder.join("SHA256SUMS");
    std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn archive(paths: &[&str]) -> Archive {
        let mut archive = Archive::new("otcdb-1.0.0", 1_700_000_000);
        archive.add(Entry::program("otcdb".to_owned(), vec![7; 5000]));
        for path in paths {
            archive.add(Entry::text((*path).to_owned(), *path));
        }
        archive
    }

    #[test]
    fn the_same_files_are_the_same_bytes_in_whatever_order_they_come() {
        let one = archive(&["README.md", "man/otcdb.1"]).bytes().unwrap();
        let other = archive(&["man/otcdb.1", "README.md"]).bytes().unwrap();
        assert_eq!(one, other);
        assert_ne!(one, archive(&["README.md"]).bytes().unwrap());
    }

    #[test]
    fn files_lie_in_one_folder_and_are_of_nobody() {
        let bytes = archive(&["README.md"]).bytes().unwrap();
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut found = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let header = entry.header().clone();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            assert_eq!(
                (header.uid().unwrap(), header.mtime().unwrap()),
                (0, 1_700_000_000)
            );
            let path = entry.path().unwrap().display().to_string();
            found.push(format!(
                "{path} {:o} {}",
                header.mode().unwrap(),
                content.len()
            ));
        }
        assert_eq!(
            found,
            ["otcdb-1.0.0/README.md 644 9", "otcdb-1.0.0/otcdb 755 5000"]
        );
    }

    #[test]
    fn sums_are_those_that_sha256sum_checks() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.tar.gz", "a.tar.gz", "other"] {
            std::fs::write(folder.path().join(name), "abc").unwrap();
        }
        let text = std::fs::read_to_string(sums(folder.path()).unwrap()).unwrap();
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(text, format!("{sum}  a.tar.gz\n{sum}  b.tar.gz\n"));
    }
}
