//! The work that a changed page means: files to edit, and commands to run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use heck::ToSnakeCase as _;
use otcdb_apidocs::{Facts, Permissions, anonymous, check_document, check_with_permissions};

use super::catalogue::{Catalogue, Entry, Match, page_name, source};
use super::{IMPORT, permissions};
use crate::tasks;

/// Files to edit, with what to write there.
#[derive(Default)]
pub(super) struct NextSteps {
    pub(super) edit: BTreeMap<String, Vec<String>>,
    import: bool,
}

impl NextSteps {
    /// A page of a described operation: every difference between the description and the page as it is now, with
    /// the other pages of the operation as they are committed.
    pub(super) fn described(
        &mut self,
        entry: &Entry<'_>,
        facts: Option<&Facts>,
        only_words: bool,
        committed: &[Facts],
        catalogue: &Catalogue<'_>,
    ) {
        let Some(facts) = facts else {
            self.add(
                entry.file(),
                "#/x-documentation: its page is gone; take it out, and the file of facts"
                    .to_owned(),
            );
            return;
        };
        self.import = true;
        if only_words {
            return;
        }
        let line = entry.line();
        let others = committed.iter().filter(|other| {
            let same = matches!(catalogue.find(other), Match::Named(e) if e.line() == line);
            same && (source(other), page_name(other)) != (source(facts), entry.page_id(facts))
        });
        let pages: Vec<Facts> = others.chain([facts]).cloned().collect();
        let checked = check_document(&entry.bundle.document, &pages);
        let mut differs = false;
        for operation in checked.operations.iter().filter(|o| o.operation == line) {
            differs |= !operation.settled.passes();
            for found in &operation.settled.unexplained {
                let place = entry.bundle.origin(&found.pointer);
                self.add(
                    format!("openapi/{}", place.file),
                    format!("#{}: {} ({})", place.pointer, found.advice, found.key),
                );
            }
            for stale in &operation.settled.stale {
                self.add(
                    entry.file(),
                    format!("#/x-doc-deviations: {:?} no longer applies", stale.fact),
                );
            }
        }
        if !differs {
            self.add(
                entry.file(),
                "docs check will find no difference; read limits, defaults and prose against the page"
                    .to_owned(),
            );
        }
    }

    /// Pages of rights: every difference between the rights that operations have and those that the pages state now.
    pub(super) fn rights(
        &mut self,
        pages: &[Permissions],
        committed: &[Facts],
        catalogue: &Catalogue<'_>,
    ) {
        self.import = true;
        for bundle in &catalogue.1 {
            let rights = permissions::of(bundle, pages.iter(), catalogue);
            let checked = check_with_permissions(&bundle.document, committed, Some(&rights));
            for operation in checked.operations {
                let found = operation.settled.unexplained.into_iter();
                for found in found.filter(|found| found.key.contains("permissions: ")) {
                    let place = bundle.origin(&found.pointer);
                    self.add(
                        format!("openapi/{}", place.file),
                        format!("#{}: {} ({})", place.pointer, found.advice, found.key),
                    );
                }
            }
        }
        for page in pages {
            if permissions::service(page, catalogue).is_none() {
                let advice = permissions::unnamed(page, catalogue);
                self.add("openapi/<service>/openapi.yaml".to_owned(), advice);
            }
        }
    }

    /// A page of an operation that is not described.
    pub(super) fn unknown(&mut self, facts: &Facts, exists: bool, catalogue: &Catalogue<'_>) {
        let Some(operation) = facts.operation.value() else {
            return;
        };
        if !exists {
            return;
        }
        let service = nearest_service(&operation.path, catalogue).unwrap_or("<service>");
        let id = facts
            .page
            .id
            .as_deref()
            .filter(|id| id.chars().all(char::is_alphanumeric));
        let name = id.map_or_else(|| "<operation>".to_owned(), |id| id.to_snake_case());
        self.add(
            format!("openapi/{service}/<section>/{name}.yaml"),
            format!(
                "new, for {} {}, if it is to be described",
                operation.method, operation.path
            ),
        );
    }

    pub(super) fn add(&mut self, file: String, what: String) {
        self.edit.entry(file).or_default().push(what);
    }

    pub(super) fn commands(&self, paths: &[PathBuf], source: &str) -> Vec<String> {
        let mut run = Vec::new();
        let flag = if source == super::SOURCES[0] {
            String::new()
        } else {
            format!(" --source {source}")
        };
        if !self.edit.is_empty() || self.import {
            for path in paths {
                run.push(format!("{IMPORT}{flag} {}", path.display()));
            }
        }
        if !self.edit.is_empty() {
            let rest = [
                "cargo xtask docs check",
                "cargo xtask lint",
                tasks::CODEGEN,
                tasks::PUBLISH,
            ];
            run.extend(rest.map(str::to_owned));
            run.push("cargo test --workspace".to_owned());
        }
        run
    }

    pub(super) fn write(&self, run: &[String], text: &mut String) {
        if !self.edit.is_empty() {
            text.push_str("\nEdit:\n");
        }
        for (file, what) in &self.edit {
            let _ = writeln!(text, "  {file}");
            for line in what {
                let _ = writeln!(text, "    {line}");
            }
        }
        if !run.is_empty() {
            text.push_str("\nThen run:\n");
        }
        for line in run {
            let _ = writeln!(text, "  {line}");
        }
    }
}

/// The service whose paths begin most like this one.
fn nearest_service<'a>(path: &str, catalogue: &Catalogue<'a>) -> Option<&'a str> {
    let shared = |other: &str| {
        let (path, other) = (anonymous(path), anonymous(other));
        let segments = path.split('/').zip(other.split('/'));
        segments.take_while(|(a, b)| a == b).count()
    };
    let best = catalogue
        .0
        .iter()
        .max_by_key(|entry| shared(entry.operation.path))?;
    (shared(best.operation.path) > 2).then_some(best.bundle.service.as_str())
}
