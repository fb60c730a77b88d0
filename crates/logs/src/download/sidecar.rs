//! The note beside an unfinished file, `<file>.part.json`: what the `.part` file is part of, and how far it is proved.

use std::io::Write as _;

use otcdb_core::Result;
use serde::{Deserialize, Serialize};

use crate::files::{Access, Files, file_error};

const PART: &str = ".part";
const NOTE: &str = ".part.json";

/// What a `.part` file is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sidecar {
    /// What the service calls the file.
    pub(super) id: String,
    /// See [`Origin::series`](super::Origin::series).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) series: Option<String>,
    /// Its full size in bytes.
    pub(super) size: Option<u64>,
    /// A tag that changes with the content.
    pub(super) tag: Option<String>,
    /// How the content is packed, as the store says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<String>,
    /// Whether the store has the content encrypted: its tag is then no checksum.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) encrypted: bool,
    /// What is known to be on the disk. What lies behind it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) checkpoint: Option<Checkpoint>,
}

/// The beginning of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// In bytes.
    pub(super) length: u64,
    /// In hexadecimal.
    pub(super) sha256: String,
}

impl Sidecar {
    /// The note of a file, if there is one that can be read.
    pub(super) fn read(files: &Files, path: &str) -> Option<Self> {
        /// A longer one is not ours.
        const LONGEST: u64 = 64 * 1024;
        use std::io::Read as _;
        let file = files.open(&note_of(path), Access::Read).ok()?;
        serde_json::from_reader(std::io::BufReader::new(file.take(LONGEST))).ok()
    }

    /// Puts the note beside a file.
    pub(super) fn write(&self, files: &Files, path: &str) -> Result<()> {
        let note = note_of(path);
        let text = serde_json::to_vec(self).unwrap_or_default();
        // One that is cut is as good as none: then the file begins again.
        files
            .open(&note, Access::Replace)?
            .write_all(&text)
            .map_err(|error| file_error("write", &files.full(&note), error))
    }
}

/// Removes the unfinished files of a series from a folder, but for those with one of these ids: the service has made the
/// log anew under another name, so nobody would ever finish them.
pub(super) fn discard(files: &Files, folder: &str, series: &str, but: &[String]) -> Result<()> {
    for name in files.names(folder)? {
        let Some(name) = name.strip_suffix(NOTE) else {
            continue;
        };
        let path = format!("{folder}/{name}");
        let left = Sidecar::read(files, &path);
        if left
            .is_some_and(|left| left.series.as_deref() == Some(series) && !but.contains(&left.id))
        {
            tracing::debug!(path, "an unfinished file is superseded");
            remove(files, &path)?;
        }
    }
    Ok(())
}

/// Removes from a folder what nobody can go on from: bytes without a note, notes that cannot be read or have no bytes,
/// and everything if the folder is `gone`.
pub(super) fn sweep(files: &Files, folder: &str, gone: bool) -> Result<()> {
    for name in files.names(folder)? {
        let name = match (name.strip_suffix(NOTE), name.strip_suffix(PART)) {
            (Some(name), _) | (None, Some(name)) => name,
            (None, None) => continue,
        };
        let path = format!("{folder}/{name}");
        let whole = files.look(&part_of(&path))?.is_some() && Sidecar::read(files, &path).is_some();
        if gone || !whole {
            tracing::debug!(path, "nobody can go on from an unfinished file");
            remove(files, &path)?;
        }
    }
    Ok(())
}

/// Removes what is unfinished of a file. The note goes last: while it is there, the next run finds what is left.
pub(super) fn remove(files: &Files, path: &str) -> Result<()> {
    files.remove(&part_of(path))?;
    files.remove(&note_of(path))
}

pub(super) fn part_of(path: &str) -> String {
    format!("{path}{PART}")
}

pub(super) fn note_of(path: &str) -> String {
    format!("{path}{NOTE}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FILE_MODE;

    fn leave(files: &Files, path: &str, series: Option<&str>) {
        let note = Sidecar {
            id: path.rsplit('/').next().unwrap().to_owned(),
            series: series.map(str::to_owned),
            ..Sidecar::default()
        };
        note.write(files, path).unwrap();
        files.open(&part_of(path), Access::Update).unwrap();
    }

    fn left(files: &Files, folder: &str) -> Vec<String> {
        let mut left = files.names(folder).unwrap();
        left.sort();
        left
    }

    #[test]
    fn only_what_is_superseded_is_discarded() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path(), FILE_MODE);
        leave(&files, "a/old", Some("slow"));
        leave(&files, "a/current", Some("slow"));
        leave(&files, "a/other", Some("error"));
        leave(&files, "a/alone", None);
        files.open("a/whole", Access::Update).unwrap();
        std::fs::write(files.full("a/spoilt.part.json"), "{").unwrap();
        // A note whose bytes are gone already.
        leave(&files, "a/half", Some("slow"));
        files.remove("a/half.part").unwrap();

        discard(&files, "a", "slow", &["current".to_owned()]).unwrap();
        assert_eq!(
            left(&files, "a"),
            [
                "alone.part",
                "alone.part.json",
                "current.part",
                "current.part.json",
                "other.part",
                "other.part.json",
                "spoilt.part.json",
                "whole",
            ]
        );
        discard(&files, "no-such", "slow", &[]).unwrap();
    }

    #[test]
    fn what_nobody_can_go_on_from_is_swept_away() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path(), FILE_MODE);
        leave(&files, "a/begun", None);
        files.open("a/whole.log", Access::Update).unwrap();
        files.open("a/entries.jsonl.part", Access::Update).unwrap();
        std::fs::write(files.full("a/spoilt.part.json"), "{").unwrap();
        std::fs::write(files.full("a/spoilt.part"), "abc").unwrap();
        leave(&files, "a/empty", None);
        files.remove("a/empty.part").unwrap();
        sweep(&files, "a", false).unwrap();
        let kept = ["begun.part", "begun.part.json", "whole.log"];
        assert_eq!(left(&files, "a"), kept);
        sweep(&files, "a", true).unwrap();
        assert_eq!(left(&files, "a"), ["whole.log"]);
        sweep(&files, "no-such", true).unwrap();
    }
}
