//! The licences of what is linked into the program, which have to come with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::output;
use super::workspace::{Package, Workspace};

/// One text with all of them, each once, with the names of the packages that it is of.
pub(super) fn of_dependencies(root: &Path, workspace: &Workspace, target: &str) -> Result<String> {
    let mut cargo = Command::new("cargo");
    cargo.args([
        "tree",
        "--locked",
        "--package=otcdb-cli",
        "--features=dns",
        "--edges=normal",
    ]);
    cargo.args(["--prefix=none", "--format={p}", "--target", target]);
    let tree = output(cargo.current_dir(root))?;
    let linked: BTreeSet<(&str, &str)> = tree.lines().filter_map(named).collect();
    let mut found = Vec::new();
    for package in workspace.packages() {
        let is_linked = linked.contains(&(package.name.as_str(), package.version.as_str()));
        if is_linked && !package.manifest_path.starts_with(root) {
            found.push((title(package), texts(package)?));
        }
    }
    Ok(together(found))
}

/// `name v1.2.3 (...)`.
fn named(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

fn title(package: &Package) -> String {
    let licence = package.license.as_deref().unwrap_or("see its text");
    format!("{} {}, {licence}", package.name, package.version)
}

/// The texts that a package has, by the names that such files have.
fn texts(package: &Package) -> Result<Vec<String>> {
    let folder = package
        .manifest_path
        .parent()
        .unwrap_or(&package.manifest_path);
    let mut files = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_uppercase();
        let names = [
            "LICENSE",
            "LICENCE",
            "COPYING",
            "COPYRIGHT",
            "NOTICE",
            "UNLICENSE",
        ];
        if path.is_file() && names.iter().any(|start| name.starts_with(start)) {
            files.push(path);
        }
    }
    files.sort();
    let read = |path| {
        Ok(String::from_utf8_lossy(&std::fs::read(path)?)
            .trim()
            .to_owned())
    };
    files.iter().map(read).collect()
}

fn together(packages: Vec<(String, Vec<String>)>) -> String {
    let mut titles = BTreeMap::<String, BTreeSet<String>>::new();
    let mut all = BTreeSet::new();
    for (title, texts) in packages {
        for text in texts {
            titles.entry(text).or_default().insert(title.clone());
        }
        all.insert(title);
    }
    let mut together = String::from("What is linked into this program:\n\n");
    for title in all {
        let _ = writeln!(together, "  {title}");
    }
    for (text, titles) in titles {
        let titles: Vec<String> = titles.into_iter().collect();
        let line = "-".repeat(80);
        let _ = write!(together, "\n{line}\n{}\n\n{text}\n", titles.join("\n"));
    }
    together
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_once_with_all_that_it_is_of() {
        let text = together(vec![
            ("b 2.0.0, MIT".to_owned(), vec!["MIT of b".to_owned()]),
            ("a 1.0.0, ISC".to_owned(), vec!["ISC".to_owned()]),
            (
                "c 1.0.0, ISC".to_owned(),
                vec!["ISC".to_owned(), "NOTICE".to_owned()],
            ),
        ]);
        assert_eq!(text.matches("\nISC\n").count(), 1, "{text}");
        assert!(
            text.contains("a 1.0.0, ISC\nc 1.0.0, ISC\n\nISC\n"),
            "{text}"
        );
        assert!(text.contains("b 2.0.0, MIT\n\nMIT of b\n"), "{text}");
    }

    #[test]
    fn lines_of_cargo_tree_name_packages() {
        assert_eq!(named("ring v0.17.14"), Some(("ring", "0.17.14")));
        assert_eq!(
            named("otcdb-core v0.1.0 (/otcdb/crates/core)"),
            Some(("otcdb-core", "0.1.0"))
        );
        assert_eq!(named(""), None);
    }
}
