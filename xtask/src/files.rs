//! Generated files: written whole or not at all, or compared with what is there.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use similar::TextDiff;

/// Generated files, all of them in memory before the first is written.
#[derive(Debug, Default)]
pub struct Files {
    texts: Vec<(PathBuf, String)>,
    owned: Vec<PathBuf>,
}

impl Files {
    /// Adds a file by its path relative to the workspace, in place of one of the same path.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        let path = path.into();
        match self.texts.iter_mut().find(|one| one.0 == path) {
            Some(known) => known.1 = text,
            None => self.texts.push((path, text)),
        }
    }

    /// Declares that a folder holds nothing but what is added: any other file in it is left over, and goes.
    pub fn own(&mut self, folder: impl Into<PathBuf>) {
        self.owned.push(folder.into());
    }

    /// The paths and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.texts
            .iter()
            .map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// Writes the files that differ, each through a temporary file beside it, removes what is left over, and returns
    /// the paths of both.
    ///
    /// # Errors
    /// When a file cannot be written. Files before it are whole and new, it and those after it whole and old.
    pub fn write(&self, root: &Path) -> Result<Written> {
        let removed = self.left_over(root)?;
        let mut staged = Vec::new();
        for (path, text) in self.stale(root) {
            let target = root.join(path);
            let folder = target.parent().unwrap_or(root);
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder {}", folder.display()))?;
            let mut file = tempfile::Builder::new()
                .prefix(".xtask-")
                .tempfile_in(folder)
                .with_context(|| format!("cannot write into {}", folder.display()))?;
            file.write_all(text.as_bytes())?;
            staged.push((path, target, file));
        }
        let mut done = Written {
            written: Vec::new(),
            removed,
        };
        for (path, target, file) in staged {
            make_readable(file.as_file())?;
            file.persist(&target)
                .with_context(|| format!("cannot replace {}", target.display()))?;
            done.written.push(path.to_owned());
        }
        for path in &done.removed {
            let path = root.join(path);
            std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
            // Folders that are empty now; one that is not stays, and that is no error.
            for folder in path.ancestors().skip(1) {
                if std::fs::remove_dir(folder).is_err() {
                    break;
                }
            }
        }
        Ok(done)
    }

    /// The files in folders of ours that nothing generates any more, sorted.
    fn left_over(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let known: BTreeSet<&Path> = self.iter().map(|(path, _)| path).collect();
        let mut found = Vec::new();
        let mut folders = self.owned.clone();
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(root.join(&folder)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("cannot list the folder {}", folder.display()));
                }
            };
            for entry in entries {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                if entry.file_type()?.is_dir() {
                    folders.push(path);
                } else if !known.contains(path.as_path()) {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Compares without writing.
    ///
    /// # Errors
    /// A unified diff of each file that differs, cut to a readable length, and the command that mends it.
    pub fn check(&self, root: &Path, mend: &str) -> Result<()> {
        let mut report = String::new();
        for (path, text) in self.stale(root) {
            let current = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            let name = path.display().to_string();
            let diff = TextDiff::from_lines(current.as_str(), text)
                .unified_diff()
                .context_radius(2)
                .header(
                    &format!("{name} (as it is)"),
                    &format!("{name} (as it should be)"),
                )
                .to_string();
            const LINES: usize = 40;
            let lines: Vec<_> = diff.lines().collect();
            for line in lines.iter().take(LINES) {
                report.push_str(line);
                report.push('\n');
            }
            if lines.len() > LINES {
                report.push_str(&format!("… {} more lines\n", lines.len() - LINES));
            }
        }
        for path in self.left_over(root)? {
            report.push_str(&format!(
                "{} is left over: nothing generates it any more\n",
                path.display()
            ));
        }
        if report.is_empty() {
            return Ok(());
        }
        bail!("{report}\ngenerated files are out of date; run `{mend}` and commit what it writes");
    }

    /// The files whose text is not what stands on disk.
    fn stale<'a>(&'a self, root: &'a Path) -> impl Iterator<Item = (&'a Path, &'a str)> {
        self.iter().filter(move |(path, text)| {
            std::fs::read(root.join(path)).ok().as_deref() != Some(text.as_bytes())
        })
    }
}

/// What writing has changed, by paths relative to the workspace.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or different.
    pub written: Vec<PathBuf>,
    /// Files that nothing generates any more.
    pub removed: Vec<PathBuf>,
}

/// Temporary files are private; what replaces a source file should not be.
#[cfg(unix)]
fn make_readable(file: &std::fs::File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.set_permissions(std::fs::Permissions::from_mode(0o644))?)
}

#[cfg(not(unix))]
fn make_readable(_: &std::fs::File) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written() {
        let root = tempfile::tempdir().unwrap();
        let mut files = Files::default();
        files.add("a/x.txt", "one\n".to_owned());
        files.add("a/y.txt", "two\n".to_owned());
        let error = files
            .check(root.path(), "cargo xtask codegen")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("+one") && error.contains("cargo xtask codegen"),
            "{error}"
        );
        assert!(!root.path().join("a").exists(), "a check writes nothing");

        assert_eq!(files.write(root.path()).unwrap().written.len(), 2);
        files.check(root.path(), "").unwrap();
        std::fs::write(root.path().join("a/x.txt"), "other\n").unwrap();
        assert_eq!(
            files.write(root.path()).unwrap().written,
            [Path::new("a/x.txt")]
        );
        let left: Vec<_> = std::fs::read_dir(root.path().join("a")).unwrap().collect();
        assert_eq!(left.len(), 2, "no temporary file stays behind");
    }

    #[test]
    fn what_is_left_over_in_a_folder_of_ours_is_found_and_goes() {
        let root = tempfile::tempdir().unwrap();
        let mut files = Files::default();
        files.add("a/generated/x/y.txt", "one\n".to_owned());
        files.own("a/generated");
        files.own("b/generated");
        let done = files.write(root.path()).unwrap();
        assert_eq!((done.written.len(), done.removed.len()), (1, 0));
        let old = root.path().join("a/generated/old/z.txt");
        std::fs::create_dir_all(old.parent().unwrap()).unwrap();
        std::fs::write(&old, "old\n").unwrap();
        std::fs::write(root.path().join("a/kept.txt"), "mine\n").unwrap();
        let error = files.check(root.path(), "mend").unwrap_err().to_string();
        assert!(
            error.contains("a/generated/old/z.txt is left over"),
            "{error}"
        );
        assert!(old.exists(), "a check removes nothing");

        let done = files.write(root.path()).unwrap();
        assert_eq!(done.removed, [Path::new("a/generated/old/z.txt")]);
        assert!(done.written.is_empty() && !old.parent().unwrap().exists());
        assert!(
            root.path().join("a/kept.txt").exists(),
            "it is in no folder of ours"
        );
        files.check(root.path(), "mend").unwrap();
    }
}
