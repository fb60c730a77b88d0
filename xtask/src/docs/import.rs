//! `cargo xtask docs import`: pages into committed facts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use otcdb_apidocs::{Hint, import as facts_of};

use super::catalogue::{Catalogue, Entry, Match, page_name};
use super::pages::{self, Page};
use super::permissions;
use crate::addresses::{self, Addresses};
use crate::files::Files;
use crate::tasks;

/// What the pages give.
#[derive(Debug)]
pub struct Imported {
    /// The files of facts, relative to the workspace.
    pub files: Files,
    /// Pages of operations that are not described, and pages that their operation does not name, with what to do.
    pub left_out: Vec<String>,
    /// What was odd about the pages.
    pub oddities: Vec<String>,
    /// How many pages of the folders state no operation.
    pub others: usize,
}

/// Reads pages, and folders of pages, into the facts of the operations, or of the services, that name them under
/// `x-documentation`.
/// Nothing is written here.
///
/// # Errors
/// A broken description, a page that cannot be read or is refused, or two pages with the same id.
pub fn import(root: &Path, paths: &[PathBuf], source: &str) -> Result<Imported> {
    let bundles = tasks::bundles(root)?;
    let catalogue = Catalogue::of(&bundles);
    let pages = pages::load(paths, source)?.whole()?;
    let mut written: BTreeMap<String, (&Path, String)> = BTreeMap::new();
    let mut addresses = Addresses::read(root)?;
    let mut is_new = false;
    let mut left_out = Vec::new();
    for page in &pages.read {
        let name = page_name(&page.facts);
        match catalogue.find(&page.facts) {
            Match::Named(entry) => {
                let (file, text) = of_page(page, entry, source)?;
                let service = &entry.bundle.service;
                // Of a source that is not in the table, no operation is linked to a page.
                if addresses.knows(source, service) {
                    let id = entry.page_id(&page.facts);
                    is_new |= addresses.add(source, service, id, &page.path);
                }
                add(&mut written, file, &page.path, text)?;
            }
            Match::Unnamed(entry) => left_out.push(format!(
                "{name} documents {}, which does not name it: add {{source: {source}, page: {name}}} to \
                 x-documentation in {} if it is described from this page",
                entry.operation.id(),
                entry.file()
            )),
            Match::Unknown => left_out.push(match page.facts.operation.value() {
                Some(o) => format!("{name} documents {} {}, which is not described", o.method, o.path),
                None => format!("{name} states no operation, and its examples fit none that is described"),
            }),
        }
    }
    for (path, facts) in &pages.permissions {
        match permissions::service(facts, &catalogue) {
            Some(bundle) => {
                let (file, text) = permissions::file_of(bundle, facts)?;
                add(&mut written, file, path, text)?;
            }
            None => left_out.push(permissions::unnamed(facts, &catalogue)),
        }
    }
    let mut files = Files::default();
    for (file, (_, text)) in written {
        files.add(file, text);
    }
    if is_new {
        files.add(addresses::FILE, addresses.text());
    }
    Ok(Imported {
        files,
        left_out,
        oddities: pages.oddities(),
        others: pages.others,
    })
}

/// Adds a file that no other page is written to.
fn add<'p>(
    written: &mut BTreeMap<String, (&'p Path, String)>,
    file: String,
    page: &'p Path,
    text: String,
) -> Result<()> {
    if let Some((other, _)) = written.get(&file) {
        bail!(
            "{} and {} would both be written to {file}; leave one out",
            other.display(),
            page.display()
        );
    }
    written.insert(file, (page, text));
    Ok(())
}

/// The file of facts of a page, and its text.
pub(super) fn of_page(page: &Page, entry: &Entry<'_>, source: &str) -> Result<(String, String)> {
    let hint = Hint::of(source).page_id(entry.only_page(source).map(str::to_owned));
    let imported = facts_of(&page.bytes, &hint, Some(entry.operation.id()))?;
    Ok((entry.facts_file(&imported.facts), imported.text))
}
