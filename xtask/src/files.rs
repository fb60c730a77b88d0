//! Generated files: written whole or not at all, or compared with what is there.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use similar::TextDiff;

/// Generated files, all of them in memory before the first is written.
#[derive(Debug, Default)]
pub struct Files(Vec<(PathBuf, String)>);

impl Files {
    /// Adds a file by its path relative to the workspace.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        self.0.push((path.into(), text));
    }

    /// The paths and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// Writes the files that differ, each through a temporary file beside it, and returns their paths.
    ///
    /// # Errors
    /// When a file cannot be written. Files before it are whole and new, it and those after it whole and old.
    pub fn write<'a>(&'a self, root: &'a Path) -> Result<Vec<&'a Path>> {
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
        let mut written = Vec::new();
        for (path, target, file) in staged {
            make_readable(file.as_file())?;
            file.persist(&target)
                .with_context(|| format!("cannot replace {}", target.display()))?;
            written.push(path);
        }
        Ok(written)
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

        assert_eq!(files.write(root.path()).unwrap().len(), 2);
        files.check(root.path(), "").unwrap();
        std::fs::write(root.path().join("a/x.txt"), "other\n").unwrap();
        assert_eq!(files.write(root.path()).unwrap(), [Path::new("a/x.txt")]);
        let left: Vec<_> = std::fs::read_dir(root.path().join("a")).unwrap().collect();
        assert_eq!(left.len(), 2, "no temporary file stays behind");
    }
}
