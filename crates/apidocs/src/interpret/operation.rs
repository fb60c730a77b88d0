//! Method, path and statuses.

use super::section::Spots;
use super::tables::StatusRow;
use super::uri::{self, Target};
use crate::block::{Content, Document};
use crate::facts::{Facts, Operation, Place, Stated};
use crate::finding::{Finding, Kind};
use crate::read_error::{ReadError, Reason};
use crate::vocabulary::{self, Section};

/// Finds the method and path that the page states.
///
/// # Errors
/// In structured forms, a page that states none, or several different ones.
pub(crate) fn find(
    doc: &Document,
    spots: &Spots,
    findings: &mut Vec<Finding>,
) -> Result<Stated<Operation>, ReadError> {
    let mut found: Option<(Target, u32)> = None;
    let mut apart = Apart::default();
    for (index, block) in doc.blocks.iter().enumerate() {
        if spots.of(index).section != Section::Uri {
            continue;
        }
        let text = match &block.content {
            Content::Paragraph(text, _) => text.plain(),
            Content::Code(code) => code.clone(),
            _ => continue,
        };
        let joined = apart.take(&text);
        let Some(target) = uri::request_line(joined.as_deref().unwrap_or(&text)) else {
            continue;
        };
        match &found {
            None => found = Some((target, block.line)),
            Some((first, _)) if first.method == target.method && first.path == target.path => {}
            Some((first, _)) => {
                // A second line that the first one is a template of is an example.
                if first.method == target.method && uri::fits(&first.path, &target.path) {
                    continue;
                }
                let rest = unversioned(&first.path);
                if first.method == target.method
                    && rest.is_some()
                    && rest == unversioned(&target.path)
                {
                    findings.push(Finding::new(
                        Kind::OtherVersion,
                        "operation",
                        block.line,
                        format!("it is also stated as {}; the first is read", target.path),
                    ));
                    continue;
                }
                return Err(ReadError::at(
                    Reason::SeveralOperations,
                    block.line,
                    "the page states several methods and paths; split it",
                ));
            }
        }
    }
    let Some((target, line)) = found else {
        if doc.format.is_structured() {
            return Err(ReadError::page(
                Reason::NoOperation,
                "no section states a method and a path, so this is not the page of an operation",
            ));
        }
        findings.push(Finding::new(
            Kind::Lost,
            "operation",
            0,
            "the line with method and path is not in this form of the page",
        ));
        return Ok(Stated::Missing);
    };
    if target.spaced {
        findings.push(Finding::new(
            Kind::PlaceholderSpace,
            "operation",
            line,
            "white space stands inside a placeholder and was taken out",
        ));
    }
    for (name, value) in &target.query {
        let inner = value.strip_prefix('{').and_then(|v| v.strip_suffix('}'));
        if inner.is_some_and(|i| i != name) {
            findings.push(Finding::new(
                Kind::PlaceholderName,
                format!("query {name}"),
                line,
                format!("its placeholder is {value}"),
            ));
        }
    }
    Ok(Stated::Value(Operation {
        method: target.method,
        path: target.path,
        query: target.query.into_iter().map(|(name, _)| name).collect(),
        line,
    }))
}

/// A path without the version that it begins with: some pages state an operation under each version that has it.
fn unversioned(path: &str) -> Option<&str> {
    let (version, rest) = path.strip_prefix("/v")?.split_once('/')?;
    let is_version = version.chars().all(|c| c.is_ascii_digit() || c == '.');
    (is_version && !version.is_empty()).then_some(rest)
}

/// Method and path in paragraphs of their own: `PATH: /` and `Method: GET`.
#[derive(Debug, Default)]
struct Apart {
    method: Option<String>,
    path: Option<String>,
}

impl Apart {
    /// Takes a paragraph; gives the request line once both have come.
    fn take(&mut self, text: &str) -> Option<String> {
        let (word, value) = text.split_once([':', '：'])?;
        let slot = match word.trim().to_lowercase().as_str() {
            "method" => &mut self.method,
            "path" => &mut self.path,
            _ => return None,
        };
        *slot = Some(value.trim().to_owned());
        let line = format!("{} {}", self.method.as_ref()?, self.path.as_ref()?);
        *self = Self::default();
        Some(line)
    }
}

/// All statuses that the page lists: rows of a table, and bare codes under the
/// heading.
pub(crate) fn statuses(doc: &Document, spots: &Spots, rows: Vec<StatusRow>) -> Vec<StatusRow> {
    let mut out = rows;
    for (index, block) in doc.blocks.iter().enumerate() {
        if spots.of(index).section != Section::Status {
            continue;
        }
        let text = match &block.content {
            Content::Paragraph(text, _) => text.plain(),
            Content::Code(code) => code.clone(),
            _ => continue,
        };
        if let Some(status) = vocabulary::status(&text) {
            out.push(StatusRow {
                status,
                line: block.line,
            });
        }
    }
    out.sort_by_key(|r| (r.status, r.line));
    out.dedup_by_key(|r| r.status);
    out
}

/// The status of normal responses: the one listed success.
pub(crate) fn success(statuses: &[StatusRow]) -> Option<u16> {
    let mut found = statuses.iter().filter(|r| (200..300).contains(&r.status));
    match (found.next(), found.next()) {
        (Some(row), None) => Some(row.status),
        _ => None,
    }
}

/// Compares the URI with the parameter tables.
pub(crate) fn against_table(facts: &Facts, findings: &mut Vec<Finding>) {
    let Some(operation) = facts.operation.value() else {
        return;
    };
    let in_path = uri::placeholders(&operation.path);
    let items = &facts.parameters.items;
    for name in &in_path {
        let listed = items
            .iter()
            .any(|p| p.place == Some(Place::Path) && p.name == *name);
        if !listed {
            findings.push(Finding::new(
                Kind::ParameterNotInTable,
                format!("path {name}"),
                operation.line,
                "the URI has it and no table lists it",
            ));
        }
    }
    for name in &operation.query {
        let listed = items
            .iter()
            .any(|p| p.place == Some(Place::Query) && p.name == *name);
        if !listed {
            findings.push(Finding::new(
                Kind::ParameterNotInTable,
                format!("query {name}"),
                operation.line,
                "the URI has it and no table lists it",
            ));
        }
    }
    for parameter in items {
        let missing = match parameter.place {
            Some(Place::Path) => !in_path.contains(&parameter.name),
            // A page that writes no query template leaves all of them out.
            Some(Place::Query) => {
                !operation.query.is_empty() && !operation.query.contains(&parameter.name)
            }
            _ => false,
        };
        if missing {
            let place = parameter.place.map_or("", Place::as_str);
            findings.push(Finding::new(
                Kind::ParameterNotInUri,
                format!("{place} {}", parameter.name),
                parameter.line,
                "the table lists it and the URI does not have it",
            ));
        }
    }
}
