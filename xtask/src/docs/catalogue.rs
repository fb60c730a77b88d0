//! The described operations of all services, and which of them a page documents.

use otcdb_apidocs::{Facts, documents, file_name};
use otcdb_openapi::Bundle;
use otcdb_openapi::written::{Operation, operations};

/// One described operation.
pub(super) struct Entry<'a> {
    pub(super) bundle: &'a Bundle,
    pub(super) operation: Operation<'a>,
    /// Source and page id of each page under `x-documentation`.
    pub(super) pages: Vec<(&'a str, &'a str)>,
}

/// How a page relates to the described operations.
pub(super) enum Match<'c, 'a> {
    /// The operation names the page.
    Named(&'c Entry<'a>),
    /// The page documents the operation, which does not name it.
    Unnamed(&'c Entry<'a>),
    /// The operation is not described.
    Unknown,
}

/// Every described operation, and the services.
pub(super) struct Catalogue<'a>(pub(super) Vec<Entry<'a>>, pub(super) Vec<&'a Bundle>);

impl<'a> Catalogue<'a> {
    pub(super) fn of(bundles: &'a [Bundle]) -> Self {
        let entries = bundles.iter().flat_map(|bundle| {
            operations(&bundle.document)
                .into_iter()
                .map(move |operation| Entry {
                    bundle,
                    operation,
                    pages: named(&operation),
                })
        });
        Self(entries.collect(), bundles.iter().collect())
    }

    /// The operation that a page documents. A page that has lost its id is the one that the operation names, if
    /// the operation names one of this source.
    pub(super) fn find(&self, facts: &Facts) -> Match<'_, 'a> {
        let source = source(facts);
        let id = facts.page.id.as_deref();
        let by_name =
            |entry: &&Entry<'_>| entry.pages.iter().any(|p| p.0 == source && Some(p.1) == id);
        if let Some(entry) = self.0.iter().find(by_name) {
            return Match::Named(entry);
        }
        let documented =
            |entry: &&Entry<'_>| documents(facts, entry.operation.method, entry.operation.path);
        match self.0.iter().find(documented) {
            Some(entry) if id.is_none() && entry.only_page(source).is_some() => Match::Named(entry),
            Some(entry) => Match::Unnamed(entry),
            None => Match::Unknown,
        }
    }

    /// What may be about operations of a service: services share methods and paths, so the pages of others are left out.
    pub(super) fn of_service(&self, facts: &[Facts], service: &str) -> Vec<Facts> {
        let is_of_another = |one: &&Facts| matches!(self.find(one), Match::Named(entry) if entry.bundle.service != service);
        facts
            .iter()
            .filter(|one| !is_of_another(one))
            .cloned()
            .collect()
    }
}

impl Entry<'_> {
    /// Whether facts are those of one of its pages.
    pub(super) fn names(&self, facts: &Facts) -> bool {
        let id = facts.page.id.as_deref();
        self.pages
            .iter()
            .any(|page| page.0 == source(facts) && Some(page.1) == id)
    }

    /// `POST /v2/…`.
    pub(super) fn line(&self) -> String {
        line(self.operation.method, self.operation.path)
    }

    /// The file in which the operation is written, relative to the workspace.
    pub(super) fn file(&self) -> String {
        format!(
            "openapi/{}",
            self.bundle.origin(&self.operation.pointer()).file
        )
    }

    /// The id of the one page of a source that the operation names.
    pub(super) fn only_page(&self, source: &str) -> Option<&str> {
        let mut found = self.pages.iter().filter(|page| page.0 == source);
        match (found.next(), found.next()) {
            (Some(page), None) => Some(page.1),
            _ => None,
        }
    }

    /// The id of one of its pages, which the page itself may have lost.
    pub(super) fn page_id<'f>(&'f self, facts: &'f Facts) -> &'f str {
        let only = || self.only_page(source(facts));
        facts.page.id.as_deref().or_else(only).unwrap_or_default()
    }

    /// Where the facts of one of its pages stand, relative to the workspace. Several pages of one source are told
    /// apart by their ids.
    pub(super) fn facts_file(&self, facts: &Facts) -> String {
        let mut name = file_name(facts, Some(self.operation.id()));
        if self.only_page(source(facts)).is_none() {
            let page = file_name(facts, None);
            let page = page.split('.').next().unwrap_or_default();
            name = name.replacen('.', &format!(".{page}."), 1);
        }
        format!("openapi/{}/facts/{name}", self.bundle.service)
    }
}

/// Whose documentation a page belongs to.
pub(super) fn source(facts: &Facts) -> &str {
    facts.page.source.as_deref().unwrap_or("otc")
}

/// `POST /v2/…` from a method in any letter case.
pub(super) fn line(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_uppercase())
}

/// What a page is called in a message: its id, else its title.
pub(super) fn page_name(facts: &Facts) -> &str {
    let page = &facts.page;
    page.id
        .as_deref()
        .or(page.title.as_deref())
        .unwrap_or("a page without id and title")
}

fn named<'a>(operation: &Operation<'a>) -> Vec<(&'a str, &'a str)> {
    let entries = operation.value["x-documentation"].as_array();
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((entry["source"].as_str()?, entry["page"].as_str()?)))
        .collect()
}
