//! Deleting old files, so that the manifest remembers them.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use otcdb_core::clock::Clock;
use otcdb_core::{Error, ErrorKind, Result};

use crate::files::{FILE_MODE, Files};
use crate::manifest::{MANIFEST, Manifest, ManifestEntry, SPANS};
use crate::time;

/// What was pruned.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pruned {
    /// What ended before this is old.
    pub before: Timestamp,
    /// The files that were deleted or, as a rehearsal, would be.
    pub files: Vec<ManifestEntry>,
    /// The files that could not be deleted, and why. The next time, they are tried again.
    pub failures: Vec<(ManifestEntry, Error)>,
    /// What a person should know: one sentence each.
    pub notes: Vec<String>,
}

impl Pruned {
    /// How many bytes that frees.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|record| record.size).sum()
    }
}

/// Deletes the files below an output folder whose content ended longer ago than that or, where that is not known, that
/// were fetched longer ago. They are not fetched again: the manifest keeps their lines, with the time of deletion.
///
/// Only files that the manifest lists are deleted, and only while they have the size that it says. As a `rehearsal`,
/// nothing is.
///
/// # Errors
/// The folder has no manifest, another process pulls into it, or the manifest cannot be written; nothing was deleted
/// then.
pub fn prune(out: &Path, older_than: Duration, rehearsal: bool) -> Result<Pruned> {
    let now = time::now(&Clock::system())?;
    let before = time::earlier(now, older_than);
    let files = Files::new(out, FILE_MODE);
    if files.look(MANIFEST)?.is_none() {
        return Err(Error::new(
            ErrorKind::NotFound,
            format!(
                "nothing was pulled into {}: it has no {MANIFEST}",
                out.display()
            ),
        )
        .with_hint("choose the folder that logs were pulled into"));
    }
    let manifest = Manifest::open_in(files)?;
    let mut pruned = Pruned {
        before,
        files: Vec::new(),
        failures: Vec::new(),
        notes: manifest.notes(),
    };
    let mut old = manifest.records();
    old.retain(|record| record.ended() < before);
    // Whatever a line says, the files of the manifest are no logs.
    old.retain(|record| {
        record.file.contains('/') && ![MANIFEST, SPANS].contains(&record.file.as_str())
    });
    for record in old {
        match manifest.files().look(&record.file) {
            Ok(Some(there)) if there.size == record.size => pruned.files.push(record),
            Ok(Some(_)) if record.pruned_at.is_none() => pruned.notes.push(format!(
                "{} is not the file that was fetched: it has another size, and stays",
                record.file
            )),
            Ok(_) => {}
            Err(error) => pruned.failures.push((record, error)),
        }
    }
    if rehearsal {
        return Ok(pruned);
    }
    for record in &mut pruned.files {
        record.pruned_at = record.pruned_at.or(Some(now));
    }
    // First it is remembered: what is deleted without that would be fetched again.
    if !pruned.files.is_empty() {
        manifest.change(pruned.files.clone())?;
    }
    for record in std::mem::take(&mut pruned.files) {
        match manifest.files().remove(&record.file) {
            Ok(()) => pruned.files.push(record),
            Err(error) => pruned.failures.push((record, error)),
        }
    }
    Ok(pruned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::LogKind;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn days_ago(days: u32) -> Timestamp {
        time::earlier(time::now(&Clock::system()).unwrap(), DAY * days)
    }

    fn record(file: &str, until: Option<u32>, fetched: u32) -> ManifestEntry {
        ManifestEntry {
            kind: LogKind::RedisRun,
            instance: "i".to_owned(),
            instance_name: "cache".to_owned(),
            realm: <_>::default(),
            node: None,
            id: file.to_owned(),
            name: None,
            file: file.to_owned(),
            size: 3,
            sha256: "00".to_owned(),
            sent: None,
            from: None,
            until: until.map(days_ago),
            oldest: None,
            newest: None,
            fetched_at: days_ago(fetched),
            modified: None,
            announced: None,
            supersedes: None,
            pruned_at: None,
            simulated: false,
            other: <_>::default(),
        }
    }

    /// A folder with files, each in the manifest.
    fn folder(records: &[ManifestEntry]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let manifest = Manifest::open(root.path()).unwrap();
        std::fs::create_dir(root.path().join("dcs")).unwrap();
        for record in records {
            if record.file.starts_with("dcs/") {
                std::fs::write(root.path().join(&record.file), "abc").unwrap();
            }
            manifest.add(record.clone()).unwrap();
        }
        root
    }

    fn names(pruned: &Pruned) -> Vec<&str> {
        pruned.files.iter().map(|it| it.file.as_str()).collect()
    }

    #[test]
    fn what_ended_long_ago_goes_and_is_remembered() {
        let all = [
            record("dcs/ended", Some(31), 1),
            record("dcs/fetched", None, 31),
            record("dcs/new", None, 29),
            record("dcs/ended-later", Some(29), 40),
        ];
        let root = folder(&all);
        let tried = prune(root.path(), DAY * 30, true).unwrap();
        assert_eq!(names(&tried), ["dcs/ended", "dcs/fetched"]);
        assert_eq!(tried.bytes(), 6);
        assert!(root.path().join("dcs/ended").exists());
        let pruned = prune(root.path(), DAY * 30, false).unwrap();
        assert_eq!(names(&pruned), names(&tried));
        for (file, there) in all
            .iter()
            .map(|it| &it.file)
            .zip([false, false, true, true])
        {
            assert_eq!(root.path().join(file).exists(), there, "{file}");
        }
        let manifest = Manifest::open(root.path()).unwrap();
        let found = |id| manifest.find(LogKind::RedisRun, "i", id).unwrap();
        assert!(found("dcs/ended").pruned_at.is_some());
        assert!(found("dcs/new").pruned_at.is_none());
        drop(manifest);
        assert_eq!(
            names(&prune(root.path(), DAY * 30, false).unwrap()),
            [""; 0]
        );
    }

    #[test]
    fn nothing_but_what_was_fetched_is_deleted() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        let path = outside.path().to_str().unwrap();
        let all = [
            record("dcs/other", None, 31),
            record("dcs/gone", None, 31),
            record(MANIFEST, None, 31),
            record("../x/y", None, 31),
            record(path, None, 31),
        ];
        let root = folder(&all);
        std::fs::write(root.path().join("dcs/other"), "abcd").unwrap();
        std::fs::remove_file(root.path().join("dcs/gone")).unwrap();
        let pruned = prune(root.path(), DAY * 30, false).unwrap();
        assert_eq!(names(&pruned), [""; 0]);
        assert!(pruned.notes[0].contains("dcs/other"), "{:?}", pruned.notes);
        let failed: Vec<_> = pruned
            .failures
            .iter()
            .map(|it| it.0.file.as_str())
            .collect();
        assert_eq!(failed, ["../x/y", path]);
        assert!(outside.path().exists() && root.path().join("dcs/other").exists());
    }

    #[test]
    fn what_could_not_be_deleted_is_deleted_the_next_time() {
        let pruned_at = Some(days_ago(5));
        let old = ManifestEntry {
            pruned_at,
            ..record("dcs/old", None, 40)
        };
        let root = folder(&[old]);
        let pruned = prune(root.path(), DAY * 30, false).unwrap();
        assert_eq!(names(&pruned), ["dcs/old"]);
        assert_eq!(pruned.files[0].pruned_at, pruned_at);
        assert!(!root.path().join("dcs/old").exists());
    }

    #[test]
    fn a_folder_without_a_manifest_is_left_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        for out in [root.path().to_owned(), root.path().join("none")] {
            let error = prune(&out, DAY, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
        }
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
        let _running = Manifest::open(root.path()).unwrap();
        let error = prune(root.path(), DAY, false).unwrap_err();
        assert!(error.to_string().contains("another run"), "{error}");
    }
}
