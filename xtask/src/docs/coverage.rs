//! How much of the documentation is described.

use std::collections::BTreeMap;
use std::path::Path;

use otcdb_apidocs::{Described, Known, coverage};

use super::catalogue::{Catalogue, Entry};
use super::pages::{Page, Pages};

/// The coverage of one service.
#[derive(Debug)]
pub struct Coverage {
    /// The service: the folder of its pages.
    pub service: String,
    /// Sections with how many operations they document and how many of those are described, and the sums.
    pub table: String,
    /// How many operations the pages document.
    pub known: usize,
    /// How many of those are described.
    pub described: usize,
    /// Operations that are not described, as section, method and path.
    pub lacking: Vec<String>,
    /// Pages of described operations that these do not name.
    pub unnamed: Vec<String>,
}

/// Counts by service, `<folder>/<service>/…`, and section, the folder of the page. Pages that tell which versions
/// an API has are not counted: they are of no version.
pub(super) fn of(folder: &Path, pages: &Pages, catalogue: &Catalogue<'_>) -> Vec<Coverage> {
    let mut services: BTreeMap<String, Vec<(String, &Page)>> = BTreeMap::new();
    for page in pages.read.iter().filter(|page| of_a_version(page)) {
        let inner = page.path.strip_prefix(folder).unwrap_or(&page.path);
        let mut names: Vec<String> = inner
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        names.pop();
        let service = if names.is_empty() {
            String::new()
        } else {
            names.remove(0)
        };
        services
            .entry(service)
            .or_default()
            .push((names.join("/"), page));
    }
    services
        .into_iter()
        .map(|(service, pages)| of_service(service, pages, catalogue))
        .collect()
}

fn of_service(
    service: String,
    mut pages: Vec<(String, &Page)>,
    catalogue: &Catalogue<'_>,
) -> Coverage {
    // What all sections have in front, `api-ref/source/` for instance, tells nothing.
    let common = common_folder(pages.iter().map(|(section, _)| section.as_str()));
    for (section, _) in &mut pages {
        let short = section.get(common..).unwrap_or_default();
        *section = if short.is_empty() { "." } else { short }.to_owned();
    }
    let known: Vec<Known<'_>> = pages
        .iter()
        .map(|(section, page)| Known::new(section, &page.facts))
        .collect();
    // The documentation may have another name for the service: then its pages are named by a service's operations.
    let is_of = |of: &str| {
        let named = |entry: &&Entry<'_>| pages.iter().any(|(_, page)| entry.names(&page.facts));
        of == service || (catalogue.0.iter().filter(named)).any(|entry| entry.bundle.service == of)
    };
    let described: Vec<Described> = catalogue
        .0
        .iter()
        .filter(|entry| is_of(&entry.bundle.service))
        .map(|entry| {
            let pages = entry.pages.iter().map(|page| page.1);
            Described::new(entry.operation.method, entry.operation.path, pages)
        })
        .collect();
    let found = coverage(&known, &described);
    let lacking = |s: &otcdb_apidocs::SectionCoverage| -> Vec<String> {
        s.lacking
            .iter()
            .map(|line| format!("{}: {line}", s.section))
            .collect()
    };
    Coverage {
        service,
        table: found.table(),
        known: found.known,
        described: found.described,
        lacking: found.sections.iter().flat_map(lacking).collect(),
        unnamed: found
            .sections
            .iter()
            .flat_map(|s| s.unnamed.clone())
            .collect(),
    }
}

/// Whether the path goes on behind a version.
fn of_a_version(page: &Page) -> bool {
    let is_version = |segment: &str| {
        let rest = segment.strip_prefix('v');
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    page.facts.operation.value().is_some_and(|operation| {
        let mut segments = operation.path.split('/');
        segments.any(is_version) && segments.next().is_some()
    })
}

/// The length of the folders that all sections begin with, their last `/` included.
fn common_folder<'a>(mut sections: impl Iterator<Item = &'a str>) -> usize {
    let Some(first) = sections.next() else {
        return 0;
    };
    let mut common = format!("{first}/");
    for section in sections {
        let section = format!("{section}/");
        while !section.starts_with(&common) {
            let shorter = common
                .trim_end_matches('/')
                .rfind('/')
                .map_or(0, |at| at + 1);
            common.truncate(shorter);
        }
    }
    common.len()
}
