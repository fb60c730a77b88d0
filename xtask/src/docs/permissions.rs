//! The pages that say which rights operations need, and the services that name them.

use std::path::Path;

use anyhow::{Context as _, Result};
use otcdb_apidocs::{Permissions, permissions_from_yaml, permissions_to_yaml};
use otcdb_openapi::{Bundle, Diagnostic};

use super::catalogue::Catalogue;
use super::{IMPORT, SOURCES, committed, diagnostic, pages};

/// A file of their facts.
pub(super) struct Committed {
    /// Path relative to the workspace, with `/` as separator.
    pub(super) file: String,
    pub(super) text: String,
    pub(super) facts: Permissions,
}

/// Reads those that are committed for a service.
///
/// # Errors
/// A file that cannot be read or holds something else.
pub(super) fn load(root: &Path, service: &str) -> Result<Vec<Committed>> {
    let names = committed::names(root, service)?;
    let files = names
        .into_iter()
        .filter(|name| committed::is_of_permissions(name));
    files
        .map(|name| {
            let file = format!("openapi/{service}/facts/{name}");
            let (text, facts) = read(&root.join(&file))?;
            Ok(Committed { file, text, facts })
        })
        .collect()
}

/// The facts in a file, and its text.
///
/// # Errors
/// A file that cannot be read or holds something else.
pub(super) fn read(path: &Path) -> Result<(String, Permissions)> {
    pages::regular(path)?;
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let facts = permissions_from_yaml(&text).with_context(|| path.display().to_string())?;
    Ok((text, facts))
}

/// The file of facts of a page of a service, and its text.
///
/// # Errors
/// Facts that cannot be written.
pub(super) fn file_of(bundle: &Bundle, facts: &Permissions) -> Result<(String, String)> {
    let source = source(facts);
    let several = named(bundle).filter(|page| page.0 == source).count() > 1;
    let mut name = committed::PERMISSIONS.to_owned();
    if several && let Some(id) = &facts.page.id {
        name.push('.');
        name.extend(
            id.chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }),
        );
    }
    if source != SOURCES[0] {
        name.push('.');
        name.push_str(source);
    }
    let file = format!("openapi/{}/facts/{name}.yaml", bundle.service);
    Ok((file, permissions_to_yaml(facts)?))
}

/// The service whose description names a page. A page that has lost its id is the one that a service names, if it
/// speaks of that service.
pub(super) fn service<'a>(facts: &Permissions, catalogue: &Catalogue<'a>) -> Option<&'a Bundle> {
    let source = source(facts);
    let names = |bundle: &&&Bundle| {
        named(bundle).any(|(from, id)| {
            from == source && facts.page.id.as_deref().is_none_or(|own| own == id)
        })
    };
    let mut services = catalogue.1.iter();
    match &facts.page.id {
        Some(_) => services.find(names).copied(),
        None => services
            .filter(|bundle| speaks_of(facts, &bundle.service))
            .find(names)
            .copied(),
    }
}

/// The pages that speak of a service.
pub(super) fn of<'f>(
    bundle: &Bundle,
    all: impl Iterator<Item = &'f Permissions>,
    catalogue: &Catalogue<'_>,
) -> Vec<Permissions> {
    let is_its = |facts: &&Permissions| {
        service(facts, catalogue).is_some_and(|other| other.service == bundle.service)
    };
    all.filter(is_its).cloned().collect()
}

/// The committed facts that pages are the newer state of: those of the same source and service.
pub(super) fn of_same_services(
    committed: &[Permissions],
    pages: &[Permissions],
    catalogue: &Catalogue<'_>,
) -> Vec<Permissions> {
    let of = |facts: &Permissions| {
        let bundle = service(facts, catalogue)?;
        Some((source(facts).to_owned(), bundle.service.clone()))
    };
    let new: Vec<_> = pages.iter().filter_map(of).collect();
    let is_older = |facts: &&Permissions| of(facts).is_some_and(|own| new.contains(&own));
    committed.iter().filter(is_older).cloned().collect()
}

/// What to do with a page that no service names.
pub(super) fn unnamed(facts: &Permissions, catalogue: &Catalogue<'_>) -> String {
    let page = name(facts);
    let about = catalogue
        .1
        .iter()
        .find(|bundle| speaks_of(facts, &bundle.service));
    match about {
        Some(bundle) => format!(
            "{page} states which rights the operations of {0} need, and {0} does not name it: add {{source: {1}, \
             page: {page}}} to x-documentation in openapi/{0}/openapi.yaml",
            bundle.service,
            source(facts)
        ),
        None => format!("{page} states rights of a service that is not described"),
    }
}

/// Facts that no service names, or that stand in another file than they belong to; and pages that a service names and
/// of which there are no facts.
///
/// # Errors
/// Facts that cannot be written.
pub(super) fn misplaced(
    committed: &[Committed],
    catalogue: &Catalogue<'_>,
) -> Result<Vec<Diagnostic>> {
    let mut found = Vec::new();
    for one in committed {
        let (message, help) = match service(&one.facts, catalogue) {
            Some(bundle) => {
                let wanted = file_of(bundle, &one.facts)?.0;
                if wanted == one.file {
                    continue;
                }
                let message = format!("these facts belong to {}", bundle.service);
                (message, format!("rename the file to {wanted}"))
            }
            None => (
                format!("no service names the page {}", name(&one.facts)),
                "name it under x-documentation of openapi.yaml, or remove the file".to_owned(),
            ),
        };
        found.push(diagnostic(one.file.clone(), message, &help));
    }
    for bundle in &catalogue.1 {
        for (from, id) in named(bundle).filter(|page| SOURCES.contains(&page.0)) {
            let is_it = |one: &&Committed| {
                source(&one.facts) == from
                    && one.facts.page.id.as_deref().is_none_or(|own| own == id)
            };
            if !committed.iter().any(|one| is_it(&one)) {
                found.push(diagnostic(
                    format!("openapi/{}/openapi.yaml", bundle.service),
                    format!("it names the page {id} of {from}, whose facts are not committed"),
                    &format!("run `{IMPORT} --source {from}` with the page"),
                ));
            }
        }
    }
    Ok(found)
}

/// Puts what pages say now in place of what was committed.
///
/// # Errors
/// Facts that cannot be written.
pub(super) fn afresh(
    from: &str,
    pages: &pages::Pages,
    catalogue: &Catalogue<'_>,
    committed: &mut Vec<Committed>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<()> {
    let mut seen = Vec::new();
    for (path, facts) in &pages.permissions {
        let Some(bundle) = service(facts, catalogue) else {
            continue;
        };
        let (file, text) = file_of(bundle, facts)?;
        seen.push(file.clone());
        let path = path.display().to_string();
        match committed.iter_mut().find(|one| one.file == file) {
            Some(old) if old.text == text => {}
            Some(old) => {
                diagnostics.push(diagnostic(
                    file,
                    format!("{path} says something else now"),
                    &format!("read `cargo xtask docs diff {path}`, then `{IMPORT} {path}`"),
                ));
                old.facts = facts.clone();
            }
            None => committed.push(Committed {
                file,
                text,
                facts: facts.clone(),
            }),
        }
    }
    let gone = |one: &&Committed| source(&one.facts) == from && !seen.contains(&one.file);
    for one in committed.iter().filter(gone) {
        diagnostics.push(diagnostic(
            one.file.clone(),
            format!("the page {} is gone", name(&one.facts)),
            "take it out of x-documentation of openapi.yaml and remove the file of facts",
        ));
    }
    Ok(())
}

/// Whose documentation a page belongs to.
pub(super) fn source(facts: &Permissions) -> &str {
    facts.page.source.as_deref().unwrap_or(SOURCES[0])
}

/// What a page is called in a message: its id, else its title.
pub(super) fn name(facts: &Permissions) -> &str {
    let page = &facts.page;
    let name = page.id.as_deref().or(page.title.as_deref());
    name.unwrap_or("a page without id and title")
}

/// Whether actions of a page are those of a service: they begin with its name.
pub(super) fn speaks_of(facts: &Permissions, service: &str) -> bool {
    let rows = facts.permissions.iter();
    let mut actions = rows.filter_map(|row| row.actions.value()).flatten();
    actions.any(|action| action.split(':').next() == Some(service))
}

/// Source and id of the pages that a service names for all of its operations.
fn named(bundle: &Bundle) -> impl Iterator<Item = (&str, &str)> {
    let entries = bundle.document["x-documentation"].as_array();
    let entries = entries.into_iter().flatten();
    entries.filter_map(|entry| Some((entry["source"].as_str()?, entry["page"].as_str()?)))
}
