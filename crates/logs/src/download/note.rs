//! The note beside an unfinished file, `<file>.part.json`: what the `.part` file is part of.

use std::io;
use std::path::{Path, PathBuf};

use otcdb_core::Result;
use serde::{Deserialize, Serialize};

use crate::files::file_error;

const PART: &str = ".part";
const NOTE: &str = ".part.json";

/// What a `.part` file is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// What the service calls the file.
    pub(super) id: String,
    /// See [`Origin::series`](super::Origin::series).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) series: Option<String>,
    /// Its full size in bytes.
    pub(super) size: Option<u64>,
    /// A tag that changes with the content.
    pub(super) tag: Option<String>,
}

impl Note {
    /// The note of a file, if there is one that can be read.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read(note_of(path)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Puts the note beside a file.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let note = note_of(path);
        let text = serde_json::to_vec(self).unwrap_or_default();
        std::fs::write(&note, text).map_err(|error| file_error("write", &note, error))
    }
}

/// Removes the unfinished files of a series from a folder, but for those with one of these ids: the service has made the
/// log anew under another name, so nobody would ever finish them.
pub(super) fn discard(folder: &Path, series: &str, but: &[String]) -> Result<()> {
    let failed = |error| file_error("read", folder, error);
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let found = entry.map_err(failed)?.path();
        let Some(path) = found.to_str().and_then(|path| path.strip_suffix(NOTE)) else {
            continue;
        };
        let path = Path::new(path);
        let left = Note::read(path);
        if left
            .is_some_and(|left| left.series.as_deref() == Some(series) && !but.contains(&left.id))
        {
            tracing::debug!(path = %path.display(), "an unfinished file is superseded");
            // The note goes last: while it is there, the next run finds what is left.
            remove(&part_of(path))?;
            remove(&found)?;
        }
    }
    Ok(())
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(file_error("remove", path, error))
        }
        _ => Ok(()),
    }
}

pub(super) fn part_of(path: &Path) -> PathBuf {
    with(path, PART)
}

pub(super) fn note_of(path: &Path) -> PathBuf {
    with(path, NOTE)
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_superseded_is_discarded() {
        let folder = tempfile::tempdir().unwrap();
        let leave = |name: &str, series: Option<&str>| {
            let path = folder.path().join(name);
            let note = Note {
                id: name.to_owned(),
                series: series.map(str::to_owned),
                ..Note::default()
            };
            note.write(&path).unwrap();
            std::fs::write(part_of(&path), "abc").unwrap();
        };
        leave("old", Some("slow"));
        leave("current", Some("slow"));
        leave("other", Some("error"));
        leave("alone", None);
        std::fs::write(folder.path().join("whole"), "abc").unwrap();
        std::fs::write(folder.path().join("spoilt.part.json"), "{").unwrap();
        // A note whose bytes are gone already.
        leave("half", Some("slow"));
        std::fs::remove_file(folder.path().join("half.part")).unwrap();

        discard(folder.path(), "slow", &["current".to_owned()]).unwrap();
        let mut left: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
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
        discard(&folder.path().join("no-such"), "slow", &[]).unwrap();
    }
}
