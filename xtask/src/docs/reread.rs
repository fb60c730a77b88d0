//! Pages read afresh in place of what is committed.

use std::path::Path;

use anyhow::{Result, ensure};
use otcdb_openapi::Diagnostic;

use super::catalogue::{Catalogue, Match, page_name, source};
use super::committed::Committed;
use super::{IMPORT, SOURCES, diagnostic, import, pages};

/// The pages of each source that has a folder.
pub(super) fn fresh(docs: &Path) -> Result<Vec<(&'static str, pages::Pages)>> {
    let mut found = Vec::new();
    for source in SOURCES {
        let folder = docs.join(source);
        if folder.is_dir() {
            found.push((source, pages::load(&[folder], source)?));
        }
    }
    ensure!(
        !found.is_empty(),
        "{} has no folder of pages; name the folder that holds {}",
        docs.display(),
        SOURCES
            .map(|source| format!("{source}/<service>"))
            .join(" or ")
    );
    Ok(found)
}

/// Puts what pages say now in place of what was committed.
pub(super) fn afresh(
    source_name: &str,
    pages: &pages::Pages,
    catalogue: &Catalogue<'_>,
    facts: &mut Vec<Committed>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<()> {
    for (path, refusal) in &pages.refused {
        diagnostics.push(diagnostic(
            path.display().to_string(),
            refusal.to_string(),
            "mend the page; if its form is new, teach it to crates/apidocs",
        ));
    }
    let mut seen = Vec::new();
    for page in &pages.read {
        let Match::Named(entry) = catalogue.find(&page.facts) else {
            continue;
        };
        let (file, text) = import::of_page(page, entry, source_name)?;
        let path = page.path.display().to_string();
        match facts.iter_mut().find(|f| f.file == file) {
            Some(old) if old.text == text => {}
            Some(old) => {
                diagnostics.push(diagnostic(
                    file.clone(),
                    format!("{path} says something else now"),
                    &format!("read `cargo xtask docs diff {path}`, then `{IMPORT} {path}`"),
                ));
                old.facts = page.facts.clone();
            }
            None => facts.push(Committed {
                file: file.clone(),
                text,
                facts: page.facts.clone(),
            }),
        }
        seen.push(file);
    }
    for gone in facts
        .iter()
        .filter(|f| source(&f.facts) == source_name && !seen.contains(&f.file))
    {
        let same = pages
            .read
            .iter()
            .find(|p| p.facts.operation.key() == gone.facts.operation.key());
        diagnostics.push(diagnostic(
            gone.file.clone(),
            format!("the page {} is gone", page_name(&gone.facts)),
            &match same {
                Some(page) => format!(
                    "{} documents the same operation: name it under x-documentation and import it",
                    page.path.display()
                ),
                None => "take it out of x-documentation and remove the file of facts".to_owned(),
            },
        ));
    }
    Ok(())
}
