//! The logs of an output folder, for those who read them.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::path::Path;

use otcdb_core::{Error, ErrorKind, Result};

use crate::files::{Access, FILE_MODE, Files};
use crate::manifest::{self, MANIFEST, ManifestEntry};

/// What is in an output folder, as its manifest says, whatever names folders and files have. A pull may go on meanwhile.
///
/// ```no_run
/// use std::io::Read as _;
///
/// let folder = otcdb_logs::Folder::open("logs".as_ref())?;
/// for log in folder.logs() {
///     let mut text = String::new();
///     folder.file(log).and_then(|mut file| file.read_to_string(&mut text)).ok();
/// }
/// # Ok::<(), otcdb_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Folder {
    files: Files,
    logs: Vec<ManifestEntry>,
    notes: Vec<String>,
}

impl Folder {
    /// Reads the manifest of a folder. Nothing is written.
    ///
    /// # Errors
    /// There is no manifest, or it cannot be read.
    pub fn open(root: &Path) -> Result<Self> {
        let files = Files::new(root, FILE_MODE);
        let Some(text) = text(&files, MANIFEST)? else {
            return Err(Error::new(
                ErrorKind::Storage,
                format!(
                    "{} has no {MANIFEST}, so it holds no pulled logs",
                    root.display()
                ),
            )
            .with_hint("name the folder that `otcdb logs pull` wrote to with --out"));
        };
        let (records, note) = manifest::read(&files, &text);
        let mut notes: Vec<String> = note.into_iter().collect();
        // The latest line of a file counts.
        let records: BTreeMap<String, ManifestEntry> = (records.into_iter())
            .map(|record| (record.file.clone(), record))
            .collect();
        let mut missing = 0_usize;
        let mut logs = Vec::with_capacity(records.len());
        for record in records.into_values() {
            if record.pruned_at.is_some() {
                continue;
            }
            match files.look(&record.file)? {
                Some(_) => logs.push(record),
                None => missing += 1,
            }
        }
        if missing > 0 {
            let files = if missing == 1 { "file" } else { "files" };
            notes.push(format!(
                "{missing} {files} of the manifest of {} cannot be shown: moved away",
                root.display()
            ));
        }
        Ok(Self { files, logs, notes })
    }

    /// A folder as if it had one file.
    pub(crate) fn of(files: &Files, log: &ManifestEntry) -> Self {
        Self {
            files: files.clone(),
            logs: vec![log.clone()],
            notes: Vec::new(),
        }
    }

    /// The files that are there, in the order of their paths.
    pub fn logs(&self) -> &[ManifestEntry] {
        &self.logs
    }

    /// What a person should know of the folder: one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Opens a file to be read.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn file(&self, log: &ManifestEntry) -> io::Result<File> {
        let opened = self.files.open(&log.file, Access::Read);
        opened.map_err(io::Error::other)
    }

    /// For each file that is a later copy of a log, the file with the copy before it, by their paths. Exports hold all that
    /// the service keeps of a log, each time.
    pub fn earlier_copies(&self) -> HashMap<&str, &ManifestEntry> {
        let mut earlier = HashMap::new();
        let mut exports: BTreeMap<_, Vec<&ManifestEntry>> = BTreeMap::new();
        for log in &self.logs {
            if let Some(before) = &log.supersedes {
                let mut logs = self.logs.iter();
                if let Some(before) = logs.find(|log| log.file == *before) {
                    earlier.insert(log.file.as_str(), before);
                }
                continue;
            }
            let is_export = log.kind.is_exported()
                && log.from.is_none()
                && !log.id.ends_with(".trc")
                && !log.file.ends_with(".trc");
            if is_export {
                let source = (log.kind, log.instance.as_str(), &log.node);
                exports.entry(source).or_default().push(log);
            }
        }
        for mut copies in exports.into_values() {
            copies.sort_by(|a, b| (a.fetched_at, &a.id).cmp(&(b.fetched_at, &b.id)));
            for (before, after) in copies.iter().zip(copies.iter().skip(1)) {
                earlier.insert(after.file.as_str(), *before);
            }
        }
        earlier
    }
}

/// The content of a file of lines, if it is there.
///
/// # Errors
/// It cannot be read.
pub(crate) fn text(files: &Files, name: &str) -> Result<Option<Vec<u8>>> {
    if files.look(name)?.is_none() {
        return Ok(None);
    }
    let mut text = Vec::new();
    let mut file = files.open(name, Access::Read)?;
    io::Read::read_to_end(&mut file, &mut text).map_err(|error| {
        Error::new(
            ErrorKind::Storage,
            format!("cannot read {}: {error}", files.full(name).display()),
        )
    })?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(file: &str, kind: &str, id: &str, more: &str) -> String {
        format!(
            r#"{{"kind":"{kind}","instance":"i","instance_name":"n","id":"{id}","file":"{file}","size":1,"sha256":"","fetched_at":"2026-11-22T02:10:03Z"{more}}}"#
        )
    }

    #[test]
    fn a_folder_is_what_its_manifest_says_and_is_there() {
        let root = tempfile::tempdir().unwrap();
        let error = Folder::open(root.path()).unwrap_err();
        assert!(error.to_string().contains(MANIFEST) && error.hint().is_some());
        let files = ["a/new.log", "a/old.log", "a/x_1", "a/x_2", "a/t.trc"];
        std::fs::create_dir(root.path().join("a")).unwrap();
        for file in files {
            std::fs::write(root.path().join(file), "1").unwrap();
        }
        let lines = [
            line("a/old.log", "redis-run", "1", ""),
            line(
                "a/new.log",
                "redis-run",
                "1",
                r#","supersedes":"a/old.log","later":true"#,
            ),
            line("a/x_2", "rds-error", "x_2", ""),
            line("a/x_1", "rds-error", "x_1", ""),
            line("a/t.trc", "rds-slow", "t.trc", ""),
            line("a/gone", "rds-error", "y", ""),
            line(
                "a/pruned",
                "rds-error",
                "z",
                r#","pruned_at":"2026-11-22T02:10:03Z""#,
            ),
            "{\"half".to_owned(),
        ];
        std::fs::write(root.path().join(MANIFEST), lines.join("\n")).unwrap();
        let folder = Folder::open(root.path()).unwrap();
        let there: Vec<&str> = folder.logs().iter().map(|log| log.file.as_str()).collect();
        assert_eq!(
            there,
            ["a/new.log", "a/old.log", "a/t.trc", "a/x_1", "a/x_2"]
        );
        assert!(
            folder
                .notes()
                .iter()
                .any(|note| note.starts_with("1 file ")),
            "{:?}",
            folder.notes()
        );
        let earlier = folder.earlier_copies();
        assert_eq!(earlier.len(), 2);
        assert_eq!(earlier["a/new.log"].file, "a/old.log");
        assert_eq!(earlier["a/x_2"].file, "a/x_1");
        assert!(folder.file(&folder.logs()[0]).is_ok());
    }
}
