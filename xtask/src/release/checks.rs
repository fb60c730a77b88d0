//! What has to hold before a version is published.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use super::{output, run};

/// What CHANGELOG says of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// It has a section of its own.
    Released,
    /// What is new is still under "Unreleased".
    Unreleased,
}

/// Looks for the section of a version: `## 1.2.3 - YYYY-MM-DD`.
///
/// # Errors
/// The file cannot be read, or neither the version nor "Unreleased" has changes.
pub fn changes(file: &Path, version: &str) -> Result<Changes> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let of = |title: &dyn Fn(&str) -> bool| {
        let mut lines = text
            .lines()
            .skip_while(|line| !line.strip_prefix("## ").is_some_and(title));
        let found = lines.next().is_some();
        found.then(|| {
            lines
                .take_while(|line| !line.starts_with("## "))
                .any(|line| line.starts_with("- "))
        })
    };
    let is_version = |title: &str| {
        let mut words = title.split(' ');
        words
            .next()
            .is_some_and(|name| name.trim_matches(['[', ']']) == version)
    };
    match (
        of(&is_version),
        of(&|title| title.trim_matches(['[', ']']) == "Unreleased"),
    ) {
        (Some(true), Some(true)) => bail!(
            "CHANGELOG.md has changes under \"Unreleased\" beside the section of {version}; raise the version, or move them there"
        ),
        (Some(true), _) => Ok(Changes::Released),
        (Some(false), _) => bail!("CHANGELOG.md has a section of {version} without a change"),
        (None, Some(true)) => Ok(Changes::Unreleased),
        (None, _) => {
            bail!("CHANGELOG.md has no section of {version}, and no changes under \"Unreleased\"")
        }
    }
}

/// All that is built is committed.
pub(super) fn is_committed(root: &Path) -> Result<()> {
    let changed = output(
        Command::new("git")
            .args(["status", "--porcelain"])
            .current_dir(root),
    )?;
    ensure!(
        changed.is_empty(),
        "there are changes that are not committed; commit them, or pass --allow-dirty to try this out:\n{}",
        changed.trim_end()
    );
    Ok(())
}

/// When the commit was made, in seconds.
pub(super) fn committed_at(root: &Path) -> Result<u64> {
    let mut command = Command::new("git");
    command
        .args(["log", "-1", "--format=%ct"])
        .current_dir(root);
    output(&mut command)?
        .trim()
        .parse()
        .context("git log tells no time")
}

/// The API has no break that the version does not promise.
pub(super) fn api(root: &Path) -> Result<()> {
    let mut command = Command::new(".ci/semver.sh");
    let installed = root.join("target/ci-tools/bin/cargo-semver-checks");
    if installed.is_file() {
        command.env("TOOL", installed);
    }
    run(root, command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes_of(text: &str) -> Result<Changes> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("CHANGELOG.md");
        std::fs::write(&file, text).unwrap();
        changes(&file, "1.2.0")
    }

    #[test]
    fn a_version_is_released_when_it_has_a_section_of_its_own() {
        let text = "# Changelog\n\n## 1.2.0 - 2026-11-27\n\n### Added\n\n- A thing.\n\n## 1.1.0\n\n- Another.\n";
        assert_eq!(changes_of(text).unwrap(), Changes::Released);
        let text = "## Unreleased\n\n## [1.2.0] - 2026-11-27\n\n- A thing.\n";
        assert_eq!(changes_of(text).unwrap(), Changes::Released);
        let text = "## Unreleased\n\n- A thing.\n\n## 1.1.0\n\n- Another.\n";
        assert_eq!(changes_of(text).unwrap(), Changes::Unreleased);
    }

    #[test]
    fn a_changelog_that_says_nothing_of_it_is_refused() {
        for (text, why) in [
            (
                "## Unreleased\n\n## 1.1.0\n\n- Another.\n",
                "no section of 1.2.0",
            ),
            ("## 1.2.0\n\n## 1.1.0\n\n- Another.\n", "without a change"),
            (
                "## Unreleased\n\n- New.\n\n## 1.2.0\n\n- A thing.\n",
                "beside the section",
            ),
            ("## 1.2.01\n\n- A thing.\n", "no section of 1.2.0"),
        ] {
            let error = changes_of(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
