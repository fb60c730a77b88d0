//! What the commands `docs import`, `docs check` and `docs diff` do, without
//! files and printing: the caller reads and writes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use otcdb_openapi::variants::is_variant;
use otcdb_openapi::written::{self, operations};
use serde_json::Value;
use thiserror::Error;

use crate::check::permissions::{RIGHTS, Subject};
use crate::check::{self, DeviationError, Discrepancy, Settled, Target, check, deviations, settle};
use crate::diff::{Class, FolderDiff, PageChange, diff_folders};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::interpret::{Hint, pairing_key, uri};
use crate::permissions::{Permissions, diff_permissions, permissions};
use crate::read::read;
use crate::read_error::{ReadError, Reason};
use crate::yaml::{YamlError, to_yaml};

/// A page that could not be imported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The page was refused.
    #[error(transparent)]
    Refused(#[from] ReadError),
    /// Its facts could not be written.
    #[error(transparent)]
    Yaml(#[from] YamlError),
}

/// A page read and ready to be committed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Imported {
    /// `create_redislog.yaml`, and `create_redislog.huaweicloud.yaml` for
    /// another source than `otc`.
    pub file_name: String,
    /// The text of that file.
    pub text: String,
    /// What the page states.
    pub facts: Facts,
    /// Its contradictions.
    pub findings: Vec<Finding>,
}

/// Reads a page and writes its facts. `operation` is the operationId in the
/// description; without it the page id names the file, or method and path.
///
/// # Errors
/// The page was refused.
pub fn import(bytes: &[u8], hint: &Hint, operation: Option<&str>) -> Result<Imported, ImportError> {
    let reading = read(bytes, hint)?;
    Ok(Imported {
        file_name: file_name(&reading.facts, operation),
        text: to_yaml(&reading.facts)?,
        facts: reading.facts,
        findings: reading.findings,
    })
}

/// The name of the file of facts.
pub fn file_name(facts: &Facts, operation: Option<&str>) -> String {
    let name = match (operation, &facts.page.id, facts.operation.value()) {
        (Some(id), ..) => snake_case(id),
        (None, Some(id), _) => snake_case(id),
        (None, None, Some(op)) => snake_case(&format!("{} {}", op.method.to_lowercase(), op.path)),
        (None, None, None) => snake_case(facts.page.title.as_deref().unwrap_or("page")),
    };
    match facts.page.source.as_deref() {
        None | Some("otc") => format!("{name}.yaml"),
        Some(source) => format!("{name}.{}.yaml", snake_case(source)),
    }
}

/// `CreateRedislog` as `create_redislog`; `ShowInstanceSSLDetail` as
/// `show_instance_ssl_detail`.
fn snake_case(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            continue;
        }
        let before = at.checked_sub(1).and_then(|i| chars.get(i));
        let after = chars.get(at + 1);
        let begins = c.is_ascii_uppercase()
            && (before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                || (before.is_some_and(char::is_ascii_uppercase)
                    && after.is_some_and(char::is_ascii_lowercase)));
        if begins && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out.trim_matches('_').to_owned()
}

/// The result of checking one operation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CheckedOperation {
    /// Method and path as in the description.
    pub operation: String,
    /// Its operationId.
    pub operation_id: Option<String>,
    /// JSON pointer to it.
    pub pointer: String,
    /// Discrepancies and deviations set against each other.
    pub settled: Settled,
    /// A list of deviations that cannot be read.
    pub error: Option<DeviationError>,
}

impl CheckedOperation {
    /// Whether the check passes.
    pub fn passes(&self) -> bool {
        self.error.is_none() && self.settled.passes()
    }
}

/// The result of checking a description.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Checked {
    /// Operations that have facts, in the order of the document.
    pub operations: Vec<CheckedOperation>,
    /// Operations of the description without facts.
    pub without_facts: Vec<String>,
    /// Facts whose operation the description lacks, by page.
    pub without_operation: Vec<String>,
}

impl Checked {
    /// Whether every operation that has facts passes.
    pub fn passes(&self) -> bool {
        self.operations.iter().all(CheckedOperation::passes)
    }
}

/// Checks every operation of a bundled document that has facts. Facts go to
/// the operation that names their page under `x-documentation`, else to the
/// one with their method and path.
pub fn check_document(spec: &Value, pages: &[Facts]) -> Checked {
    check_with_permissions(spec, pages, None)
}

/// The same, with the pages that state which rights the operations need. With
/// `None`, nothing is said about rights, and what is recorded of them stands.
pub fn check_with_permissions(
    spec: &Value,
    pages: &[Facts],
    permissions: Option<&[Permissions]>,
) -> Checked {
    let mut out = Checked::default();
    let mut used = vec![false; pages.len()];
    let mut documented: Vec<(written::Operation<'_>, Vec<&Facts>)> = Vec::new();
    for written in operations(spec) {
        let (method, path) = (written.method, written.path);
        let is_alone = !is_variant(written.key);
        let ids = page_ids(written.value);
        let mut mine: Vec<&Facts> = Vec::new();
        for (facts, slot) in pages.iter().zip(&mut used) {
            let named = facts.page.id.as_ref().is_some_and(|id| ids.contains(id));
            // Of several operations under one path, it is the page that tells which one is meant.
            if named || is_alone && documents(facts, method, path) {
                *slot = true;
                mine.push(facts);
            }
        }
        documented.push((written, mine));
    }
    for (written, mine) in &documented {
        let name = format!("{} {}", written.method.to_uppercase(), written.path);
        if mine.is_empty() {
            out.without_facts.push(name);
            continue;
        }
        let mut found = check(
            mine,
            Target {
                spec,
                method: written.method,
                path: written.key,
            },
        );
        if let Some(permissions) = permissions {
            found.extend(rights(written, &documented, permissions));
        }
        let (mut recorded, error) = match deviations(written.value) {
            Ok(recorded) => (recorded, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        recorded.retain(|one| permissions.is_some() || !one.fact.contains(RIGHTS));
        let id = Some(written.id()).filter(|id| !id.is_empty());
        out.operations.push(CheckedOperation {
            operation: name,
            pointer: written.pointer(),
            operation_id: id.map(str::to_owned),
            settled: settle(found, recorded),
            error,
        });
    }
    for (facts, used) in pages.iter().zip(used) {
        if !used {
            out.without_operation.push(file_name(facts, None));
        }
    }
    out
}

/// Compares the rights of an operation with those that the pages state.
fn rights(
    written: &written::Operation<'_>,
    documented: &[(written::Operation<'_>, Vec<&Facts>)],
    permissions: &[Permissions],
) -> Vec<Discrepancy> {
    let title = |pages: &[&Facts]| pages.iter().find_map(|facts| facts.page.title.clone());
    let key = |operation: &written::Operation<'_>| {
        let method = operation.method.to_uppercase();
        format!("{method} {}", uri::anonymous(operation.path))
    };
    let mine = key(written);
    let mut own = String::new();
    let mut others = Vec::new();
    for (operation, pages) in documented {
        if operation.pointer() == written.pointer() {
            own = title(pages).unwrap_or_default();
        } else if key(operation) == mine {
            others.push(title(pages).unwrap_or_default());
        }
    }
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let subject = Subject {
        key: &mine,
        title: &own,
        others: &others,
        value: written.value,
        pointer: &written.pointer(),
    };
    check::permissions::compare(permissions, &subject)
}

/// Whether a page documents an operation: by its method and path with the names
/// of parameters taken out or, where it has lost them, by an example request.
pub fn documents(facts: &Facts, method: &str, path: &str) -> bool {
    if let Some(operation) = facts.operation.value() {
        let key = format!("{} {}", method.to_uppercase(), uri::anonymous(path));
        return pairing_key(operation) == key;
    }
    facts.operation.is_missing() && fits_example(facts, method, path)
}

fn fits_example(facts: &Facts, method: &str, path: &str) -> bool {
    facts.request_examples.iter().any(|example| {
        example
            .method
            .as_deref()
            .is_some_and(|m| m.eq_ignore_ascii_case(method))
            && example
                .url
                .as_deref()
                .and_then(uri::url)
                .is_some_and(|t| uri::fits(path, &t.path))
    })
}

/// Page ids under `x-documentation`: a text, a list of texts, or a map with
/// such a member.
pub fn page_ids(operation: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let mut todo: Vec<&Value> = operation.get("x-documentation").into_iter().collect();
    while let Some(value) = todo.pop() {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Array(items) => todo.extend(items),
            Value::Object(map) => todo.extend(map.values()),
            _ => {}
        }
    }
    out.sort();
    out
}

/// What `docs diff` says, and the operations that it means work for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiffReport {
    /// What changed.
    pub diff: FolderDiff,
    /// Pages that were refused, with the reason.
    pub refused: Vec<String>,
    /// Operations to look at, as method and path: all but those of which only
    /// the wording changed.
    pub work: BTreeSet<String>,
    /// The report.
    pub text: String,
}

/// A page, or facts that were committed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// A page to read. An empty one stands for no page.
    Page {
        /// How the report names it.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
        /// What is known of it.
        hint: Hint,
    },
    /// Facts.
    Facts(Box<Facts>),
    /// The facts of a page of rights.
    Permissions(Box<Permissions>),
}

/// Compares pages or facts.
pub fn diff_report(before: Vec<Source>, after: Vec<Source>) -> DiffReport {
    let mut refused = Vec::new();
    let mut load = |sources: Vec<Source>| -> (Vec<Facts>, Vec<Permissions>) {
        let mut out = (Vec::new(), Vec::new());
        for source in sources {
            match source {
                Source::Facts(facts) => out.0.push(*facts),
                Source::Permissions(facts) => out.1.push(*facts),
                Source::Page { name, bytes, hint } => match read(&bytes, &hint) {
                    Ok(reading) => out.0.push(reading.facts),
                    Err(refusal) if refusal.reason == Reason::Empty => {}
                    Err(refusal) => match permissions(&bytes, &hint) {
                        Ok(Some(found)) => out.1.push(found),
                        _ => refused.push(format!("{name}: {refusal}")),
                    },
                },
            }
        }
        out
    };
    let before = load(before);
    let after = load(after);
    let mut diff = diff_folders(&before.0, &after.0);
    let rights = diff_permissions(&before.1, &after.1);
    diff.pages.extend(rights.pages);
    diff.unchanged += rights.unchanged;
    let mut work = BTreeSet::new();
    for page in &diff.pages {
        let needs_work = page.changes.iter().any(|c| c.class != Class::WordingOnly);
        if let (true, Some(operation)) = (needs_work, &page.operation) {
            work.insert(operation.clone());
        }
    }
    let text = text(&diff, &refused);
    DiffReport {
        diff,
        refused,
        work,
        text,
    }
}

fn text(diff: &FolderDiff, refused: &[String]) -> String {
    let mut out = String::new();
    for page in &diff.pages {
        let what = match page.page {
            PageChange::Added => "added",
            PageChange::Removed => "removed",
            PageChange::Kept => "changed",
        };
        let operation = match &page.operation {
            Some(operation) => operation,
            None if page.is_of_permissions() => "permissions",
            None => "operation not stated",
        };
        let _ = writeln!(out, "{} ({operation}) {what}", page.name);
        for change in &page.changes {
            let _ = writeln!(out, "  {change}");
        }
    }
    let _ = writeln!(
        out,
        "{} pages changed, {} unchanged, {} refused",
        diff.pages.len(),
        diff.unchanged,
        refused.len()
    );
    for line in refused {
        let _ = writeln!(out, "  {line}");
    }
    out
}
