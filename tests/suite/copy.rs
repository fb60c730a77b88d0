//! A copy of the workspace that a test may break.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::tasks;

/// The parts of the workspace that the tasks read and write.
pub(crate) struct Copy(tempfile::TempDir);

impl Copy {
    /// The description alone, which is what most tasks read and write that have to do with pages.
    pub(crate) fn of_the_description() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        copy_folder(
            &tasks::workspace().join("openapi"),
            &copy.root().join("openapi"),
        );
        copy
    }

    pub(crate) fn of_the_workspace() -> Self {
        let copy = Self::of_the_description();
        let from = tasks::workspace();
        for folder in [
            "tests/documented/dispatch",
            "crates/bundles/documents",
            "crates/core/src/generated",
            "crates/otcdb",
        ] {
            copy_folder(&from.join(folder), &copy.root().join(folder));
        }
        for service in tasks::services(&from.join("openapi")).unwrap() {
            let folder = format!("crates/{service}");
            copy_folder(&from.join(&folder), &copy.root().join(&folder));
        }
        fs::create_dir(copy.root().join(".ci")).unwrap();
        for file in [
            "Cargo.toml",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "tests/Cargo.toml",
            ".ci/redocly.yaml",
        ] {
            fs::copy(from.join(file), copy.root().join(file)).unwrap();
        }
        copy
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn text(&self, file: &str) -> String {
        fs::read_to_string(self.root().join(file)).unwrap()
    }

    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.text(file);
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(self.root().join(file), text.replacen(from, to, 1)).unwrap();
    }

    /// Every file that could have been written, with its content.
    pub(crate) fn generated(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        for folder in ["crates", "tests", "openapi/dist"] {
            collect(&self.root().join(folder), &mut files);
        }
        files.sort();
        files
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}
