//! Files that are packed here, and what reads them.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::str::FromStr;

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use otcdb_core::{Error, Result};
use sha2::{Digest as _, Sha256};

use crate::files::{Access, Files, Finished, file_error};

/// How files are packed when they are whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Zstandard, as RFC 8878 describes it: `.zst`.
    Zstd,
    /// gzip, as RFC 1952 describes it: `.gz`.
    Gzip,
}

impl Compression {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Zstd, Self::Gzip];

    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// What the name of a packed file ends with.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Zstd => ".zst",
            Self::Gzip => ".gz",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Compression {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == name);
        known.ok_or_else(|| {
            Error::invalid_argument(format!("{name:?} is no way to pack files"))
                .with_hint("write zstd or gzip")
        })
    }
}

/// Whether the name of a file says that it is packed.
pub(crate) fn is_packed(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".gz", ".zst", ".br", ".zz", ".z", ".packed"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

/// The name of a file that was packed here, as it was before.
pub(crate) fn unpacked(path: &str) -> &str {
    let mut endings = Compression::ALL.iter();
    endings
        .find_map(|one| path.strip_suffix(one.ending()))
        .unwrap_or(path)
}

/// The name of a file that is whole and to be packed: one of what is unfinished, so that whatever is left of it goes.
pub(crate) fn before(path: &str) -> String {
    format!("{path}~whole.jsonl.part")
}

/// Packs a file, and removes what it was made of.
///
/// # Errors
/// It cannot be read, or the packed one cannot be written.
pub(crate) fn pack(files: &Files, from: &str, to: &str, how: Compression) -> Result<Finished> {
    let part = format!("{to}.part");
    let packed = pack_into(files, from, &part, how);
    if packed.is_err() {
        // It says nothing that what it was made of does not.
        let _ = files.remove(&part);
    }
    let finished = packed?;
    files.rename(&part, to)?;
    files.remove(from)?;
    Ok(finished)
}

fn pack_into(files: &Files, from: &str, part: &str, how: Compression) -> Result<Finished> {
    let unread = |error| file_error("read", &files.full(from), error);
    let unwritten = |error| file_error("write", &files.full(part), error);
    let mut source = files.open(from, Access::Read)?;
    let target = Hashed {
        file: files.open(part, Access::Replace)?,
        hash: Sha256::new(),
        size: 0,
    };
    let mut packer = match how {
        Compression::Zstd => Packer::Zstd(zstd::Encoder::new(target, 0).map_err(unwritten)?),
        Compression::Gzip => Packer::Gzip(GzEncoder::new(target, flate2::Compression::default())),
    };
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match source.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(unread)?,
        };
        if read == 0 {
            break;
        }
        let bytes = buffer.get(..read).unwrap_or_default();
        packer.write(bytes).map_err(unwritten)?;
    }
    let target = packer.finish().map_err(unwritten)?;
    target.file.sync_all().map_err(unwritten)?;
    Ok(Finished {
        size: target.size,
        sha256: hex::encode(target.hash.finalize()),
    })
}

enum Packer {
    Zstd(zstd::Encoder<'static, Hashed>),
    Gzip(GzEncoder<Hashed>),
}

impl Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Zstd(packer) => packer.write_all(bytes),
            Self::Gzip(packer) => packer.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<Hashed> {
        match self {
            Self::Zstd(packer) => packer.finish(),
            Self::Gzip(packer) => packer.finish(),
        }
    }
}

/// A file, and what was written to it.
struct Hashed {
    file: File,
    hash: Sha256,
    size: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.size += u64::try_from(written).unwrap_or_default();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads a file as it was before it was packed, as its name says.
///
/// # Errors
/// It cannot be read.
pub(crate) fn reader(file: File, path: &str) -> io::Result<Box<dyn BufRead>> {
    let file = BufReader::new(file);
    Ok(if path.ends_with(Compression::Zstd.ending()) {
        Box::new(BufReader::new(zstd::Decoder::with_buffer(file)?))
    } else if path.ends_with(Compression::Gzip.ending()) {
        Box::new(BufReader::new(MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FILE_MODE;

    #[test]
    fn what_is_packed_reads_as_before_and_its_hash_is_that_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path(), FILE_MODE);
        let text = "a line\n".repeat(50_000);
        for how in Compression::ALL {
            let to = format!("a/f.log{}", how.ending());
            let from = before("a/f.log");
            files
                .open(&from, Access::Replace)
                .unwrap()
                .write_all(text.as_bytes())
                .unwrap();
            let finished = pack(&files, &from, &to, how).unwrap();
            let there = std::fs::read(files.full(&to)).unwrap();
            assert_eq!(finished.sha256, hex::encode(Sha256::digest(&there)));
            assert_eq!(finished.size, there.len() as u64);
            assert!(there.len() < text.len() / 10);
            let mut read = String::new();
            let file = files.open(&to, Access::Read).unwrap();
            reader(file, &to)
                .unwrap()
                .read_to_string(&mut read)
                .unwrap();
            assert!(read == text);
            assert_eq!(unpacked(&to), "a/f.log");
            assert_eq!(how.to_string().parse::<Compression>().unwrap(), how);
        }
        let mut names = files.names("a").unwrap();
        names.sort();
        assert_eq!(names, ["f.log.gz", "f.log.zst"]);
        assert!(pack(&files, "a/none", "a/x.gz", Compression::Gzip).is_err());
        assert_eq!(files.names("a").unwrap().len(), 2);
    }
}
