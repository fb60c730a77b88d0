//! Snapshots: one file per operation, with all its examples under headings.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::panic;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use xtask::tasks;

use crate::example::Page;

/// What begins the line above an example.
const HEADING: &str = "## ";

/// How a change is taken over.
const REVIEW: &str = "read it (`cargo insta review`, or set INSTA_UPDATE=always and read the diff) before you commit it";

/// A heading and what stands below it.
type Section = (String, String);

/// The folder of all snapshots; each service has one in it.
pub(crate) fn folder() -> PathBuf {
    tasks::workspace().join("tests/documented/snapshots")
}

/// Compares all examples of a page with its snapshot. What differs is named.
pub(crate) fn compare(page: &Page) -> Result<(), Failed> {
    let mut sections: Vec<Section> = Vec::new();
    let mut faults = Vec::new();
    for example in &page.examples {
        match example.text() {
            Ok(text) => sections.push((example.heading.clone(), text.trim_end().to_owned())),
            Err(fault) => faults.push(format!(
                "{}: {}",
                example.heading,
                fault.message().unwrap_or("it failed")
            )),
        }
    }
    // A snapshot that lacks an example is never offered for review.
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let file = file(&folder(), page);
    let before = stored(&file);
    let text = written(&sections);
    panic::catch_unwind(|| pin(&file, &text)).map_err(|_| {
        let file = file.display();
        let differences = differences(&before, &sections).join("\n");
        format!("{file} differs:\n{differences}\n{REVIEW}").into()
    })
}

fn pin(file: &Path, text: &str) {
    let mut settings = insta::Settings::new();
    // An absolute path, so that snapshots are looked for where the description was.
    settings.set_snapshot_path(file.parent().unwrap_or(file));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    settings.bind(|| insta::assert_snapshot!(name.as_ref(), text));
}

fn file(folder: &Path, page: &Page) -> PathBuf {
    folder
        .join(page.service)
        .join(format!("{}.snap", page.name))
}

fn written(sections: &[Section]) -> String {
    let sections: Vec<_> = sections
        .iter()
        .map(|(heading, text)| format!("{HEADING}{heading}\n{text}"))
        .collect();
    sections.join("\n\n")
}

/// The sections of a snapshot; none where there is no such file yet.
fn stored(file: &Path) -> Vec<Section> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix(HEADING) {
            sections.push((heading.to_owned(), String::new()));
        } else if let Some((_, text)) = sections.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    for (_, text) in &mut sections {
        text.truncate(text.trim_end().len());
    }
    sections
}

/// Says which examples differ, and how.
fn differences(before: &[Section], after: &[Section]) -> Vec<String> {
    let find = |sections: &[Section], heading: &str| {
        let found = sections.iter().find(|(found, _)| found == heading);
        found.map(|(_, text)| text.clone())
    };
    let mut said = Vec::new();
    for (heading, text) in after {
        match find(before, heading) {
            None => said.push(format!("  new: {heading}")),
            Some(before) if before != *text => said.push(format!("  changed: {heading}")),
            Some(_) => {}
        }
    }
    for (heading, _) in before {
        if find(after, heading).is_none() {
            said.push(format!("  gone: {heading}"));
        }
    }
    if said.is_empty() {
        said.push("  the examples come in another order".to_owned());
    }
    said
}

/// Finds snapshots of what is described no more. They are removed where snapshots are updated without review.
pub(crate) fn left_over(folder: &Path, pages: &[&Page], remove: bool) -> Result<(), Failed> {
    let expected: BTreeSet<PathBuf> = pages.iter().map(|page| file(folder, page)).collect();
    let mut found = Vec::new();
    if folder.is_dir() {
        collect(folder, &mut found)?;
    }
    found.retain(|file| !expected.contains(file));
    found.sort();
    if remove {
        for file in &found {
            fs::remove_file(file)?;
        }
        return Ok(());
    }
    if found.is_empty() {
        return Ok(());
    }
    let files: Vec<_> = found
        .iter()
        .map(|file| format!("  {}", file.display()))
        .collect();
    Err(format!(
        "nothing of this name is described and has examples; remove the snapshot, or set INSTA_UPDATE=always:\n{}",
        files.join("\n")
    )
    .into())
}

/// Whether snapshots are updated without review.
pub(crate) fn is_updated() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always" || update == "force")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "snap") {
            found.push(path);
        }
    }
    Ok(())
}

/// Tests of this module itself: what no described example shows as long as all is well.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("snapshots::differences_name_the_example", || {
            let texts = |texts: &[(&str, &str)]| -> Vec<Section> {
                let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
                texts.iter().map(owned).collect()
            };
            let before = texts(&[("a", "1"), ("b", "1"), ("c", "1")]);
            let after = texts(&[("a", "1"), ("b", "2"), ("d", "1")]);
            let all = ["  changed: b", "  new: d", "  gone: c"];
            assert_eq!(differences(&before, &after), all);
            let turned = texts(&[("b", "1"), ("a", "1"), ("c", "1")]);
            let order = ["  the examples come in another order"];
            assert_eq!(differences(&before, &turned), order);
            Ok(())
        }),
        Trial::test("snapshots::what_is_written_is_read_again", || {
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("Show.snap");
            let sections = vec![
                ("request bare, sent".to_owned(), "GET / \n\n{}".to_owned()),
                (
                    "response 200 first".to_owned(),
                    "A {\n    b: 1,\n}".to_owned(),
                ),
            ];
            fs::write(
                &file,
                format!("---\nsource: x\n---\n{}\n", written(&sections)),
            )?;
            assert_eq!(stored(&file), sections);
            Ok(())
        }),
        Trial::test("snapshots::what_is_left_over_is_an_error", || {
            let folder = tempfile::tempdir()?;
            let page = |name: &str| Page {
                service: "toy",
                name: name.to_owned(),
                examples: Vec::new(),
            };
            let pages = [page("ListThings"), page("responses/Refused")];
            let gone = page("responses/Gone");
            for page in pages.iter().chain([&gone]) {
                let file = file(folder.path(), page);
                fs::create_dir_all(file.parent().unwrap_or(&file))?;
                fs::write(file, "---\n---\n")?;
            }
            let pages: Vec<_> = pages.iter().collect();
            let Err(error) = left_over(folder.path(), &pages, false) else {
                return Err("a snapshot of nothing passed".into());
            };
            let error = error.message().unwrap_or_default();
            assert!(error.contains("Gone.snap"), "{error}");
            assert!(!error.contains("ListThings"), "{error}");
            left_over(folder.path(), &pages, true)?;
            left_over(folder.path(), &pages, false)?;
            assert!(pages.iter().all(|page| file(folder.path(), page).is_file()));
            Ok(())
        }),
    ]
}
