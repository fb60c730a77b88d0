//! `cargo xtask docs check`: the description against the facts of its pages.

use std::fmt;
use std::path::Path;

use anyhow::Result;
use otcdb_apidocs::{CheckedOperation, Facts, check_with_permissions};
use otcdb_openapi::{Bundle, Diagnostic, Diagnostics};

use super::catalogue::{Catalogue, Entry, Match, page_name, source};
use super::committed::{self, Committed};
use super::coverage::{self, Coverage};
use super::reread::{afresh, fresh};
use super::{IMPORT, RULE, SOURCES, diagnostic, permissions};
use crate::tasks;

/// What was compared, and what it came to.
#[derive(Debug)]
pub struct Checked {
    /// What has to be mended, sorted by file and pointer.
    pub diagnostics: Vec<Diagnostic>,
    /// Per service: its name, operations compared, deviations that are recorded.
    pub services: Vec<(String, usize, usize)>,
    /// Operations that no readable page documents.
    pub without_page: Vec<String>,
    /// How much of the documentation is described, when pages were read afresh.
    pub coverage: Vec<Coverage>,
}

/// Compares every described operation with the facts of its pages: the committed ones or, of sources that have a
/// folder `<docs>/<source>/<service>`, those read from there.
///
/// Faults are differences without a recorded deviation, deviations that no longer apply, and facts that are missing
/// or belong to nothing; with pages also those that were refused, are gone, or say something else than the
/// committed facts.
///
/// # Errors
/// A broken description or file of facts, or a folder that cannot be read.
pub fn check(root: &Path, docs: Option<&Path>) -> Result<Checked> {
    let bundles = tasks::bundles(root)?;
    let catalogue = Catalogue::of(&bundles);
    let mut diagnostics = Vec::new();
    let mut facts = Vec::new();
    let mut rights = Vec::new();
    for bundle in &bundles {
        for committed in committed::load(root, &bundle.service)? {
            diagnostics.extend(misplaced(&committed, &catalogue));
            facts.push(committed);
        }
        rights.extend(permissions::load(root, &bundle.service)?);
    }
    let mut coverage = Vec::new();
    if let Some(docs) = docs {
        let fresh = fresh(docs)?;
        for (source, pages) in &fresh {
            afresh(source, pages, &catalogue, &mut facts, &mut diagnostics)?;
            permissions::afresh(source, pages, &catalogue, &mut rights, &mut diagnostics)?;
            coverage.extend(coverage::of(&docs.join(source), pages, &catalogue));
        }
    }
    diagnostics.extend(permissions::misplaced(&rights, &catalogue)?);
    let mut checked = Checked {
        diagnostics: Vec::new(),
        services: Vec::new(),
        without_page: Vec::new(),
        coverage,
    };
    for entry in &catalogue.0 {
        diagnostics.extend(without_facts(entry, &facts, &mut checked.without_page));
    }
    for bundle in &bundles {
        let mine: Vec<Facts> = facts
            .iter()
            .filter(|f| belongs(&f.facts, bundle, &catalogue))
            .map(|f| f.facts.clone())
            .collect();
        let rights = permissions::of(bundle, rights.iter().map(|one| &one.facts), &catalogue);
        let compared = check_with_permissions(&bundle.document, &mine, Some(&rights));
        for operation in &compared.operations {
            differences(operation, bundle, &mut diagnostics);
        }
        let recorded = compared
            .operations
            .iter()
            .map(|o| o.settled.explained.len());
        checked.services.push((
            bundle.service.clone(),
            compared.operations.len(),
            recorded.sum(),
        ));
    }
    diagnostics.sort();
    diagnostics.dedup();
    checked.diagnostics = diagnostics;
    Ok(checked)
}

impl Checked {
    /// Whether the description says what its pages say.
    ///
    /// # Errors
    /// The diagnostics.
    pub fn verdict(self) -> Result<(), Diagnostics> {
        if self.diagnostics.is_empty() {
            Ok(())
        } else {
            Err(Diagnostics(self.diagnostics))
        }
    }
}

impl fmt::Display for Checked {
    /// What was compared, and the coverage.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Coverage {
            service,
            table,
            known,
            described,
            lacking,
            unnamed,
        } in &self.coverage
        {
            writeln!(
                f,
                "{service}: {known} operations known, {described} described\n\n{table}"
            )?;
            for line in lacking {
                writeln!(f, "not described: {line}")?;
            }
            for page in unnamed {
                writeln!(f, "not named by the operation that it documents: {page}")?;
            }
            writeln!(f)?;
        }
        for (service, compared, recorded) in &self.services {
            writeln!(
                f,
                "{service}: {compared} operations compared with their pages, {recorded} deviations recorded"
            )?;
        }
        for id in &self.without_page {
            writeln!(f, "{id}: names no page that is read here")?;
        }
        Ok(())
    }
}

/// Facts that no operation names, or that stand in another file than they belong to.
fn misplaced(committed: &Committed, catalogue: &Catalogue<'_>) -> Option<Diagnostic> {
    let (message, help) = match catalogue.find(&committed.facts) {
        Match::Named(entry) => {
            let wanted = entry.facts_file(&committed.facts);
            if wanted == committed.file {
                return None;
            }
            (
                format!("these facts belong to {}", entry.operation.id()),
                format!("rename the file to {wanted}"),
            )
        }
        Match::Unnamed(entry) => (
            format!(
                "{} does not name the page {}",
                entry.operation.id(),
                page_name(&committed.facts)
            ),
            format!(
                "name it under x-documentation in {}, or remove the file",
                entry.file()
            ),
        ),
        Match::Unknown => (
            "the operation of these facts is not described".to_owned(),
            "describe it, or remove the file".to_owned(),
        ),
    };
    Some(diagnostic(committed.file.clone(), message, &help))
}

/// Whether facts are those of a page that an operation of the bundle names.
fn belongs(facts: &Facts, bundle: &Bundle, catalogue: &Catalogue<'_>) -> bool {
    matches!(catalogue.find(facts), Match::Named(entry) if entry.bundle.service == bundle.service)
}

/// Pages that an operation names and of which there are no facts.
fn without_facts(
    entry: &Entry<'_>,
    facts: &[Committed],
    without_page: &mut Vec<String>,
) -> Vec<Diagnostic> {
    let readable = entry.pages.iter().filter(|page| SOURCES.contains(&page.0));
    if readable.clone().next().is_none() {
        without_page.push(entry.operation.id().to_owned());
    }
    readable
        .filter(|(from, id)| {
            !facts
                .iter()
                .any(|f| source(&f.facts) == *from && f.facts.page.id.as_deref() == Some(id))
        })
        .map(|(from, id)| {
            diagnostic(
                entry.file(),
                format!(
                    "{} names the page {id} of {from}, whose facts are not committed",
                    entry.operation.id()
                ),
                &format!("run `{IMPORT} --source {from}` with the page"),
            )
        })
        .collect()
}

fn differences(operation: &CheckedOperation, bundle: &Bundle, diagnostics: &mut Vec<Diagnostic>) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let records = format!("{}/x-doc-deviations", operation.pointer);
    let file = format!("openapi/{}", bundle.origin(&operation.pointer).file);
    if let Some(error) = &operation.error {
        diagnostics.push(bundle.diagnostic(
            RULE,
            &records,
            error.to_string(),
            "write a list of {fact, reason}",
        ));
    }
    for found in &operation.settled.unexplained {
        diagnostics.push(bundle.diagnostic(
            RULE,
            &found.pointer,
            format!(
                "{id}, {:?}: {} states {}; the description has {}",
                found.key, found.page, found.states, found.has
            ),
            format!(
                "{}; or record the fact {:?} with a reason under x-doc-deviations in {file}",
                found.advice, found.key
            ),
        ));
    }
    for stale in &operation.settled.stale {
        diagnostics.push(bundle.diagnostic(
            RULE,
            &records,
            format!(
                "{id} records the deviation {:?}, which no longer applies",
                stale.fact
            ),
            "remove the entry",
        ));
    }
}
