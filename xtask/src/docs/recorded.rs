//! `cargo xtask docs check --har`: the description against what services have really sent.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs};

use anyhow::{Context as _, Result, bail};
use otcdb_openapi::place::{schema_of, with_keyword};
use otcdb_openapi::pointer::{join, last};
use otcdb_openapi::written::{self, operations};
use otcdb_openapi::{Bundle, Description, Diagnostic, Difference, DifferenceKind, Operation};
use otcdb_recording::{Exchange, Recording};

use super::layout::line_of;
use crate::tasks;

/// The rule that these diagnostics are reported under.
const RULE: &str = "recorded";

/// What was compared, and what has to be written.
#[derive(Debug)]
pub struct Recorded {
    /// How many exchanges were compared with an operation.
    pub compared: usize,
    /// Method and path of those that no operation describes, each once.
    pub undescribed: Vec<String>,
    /// What to write, with how many responses show it, sorted by place.
    pub diagnostics: Vec<(Diagnostic, usize)>,
}

/// Compares the responses of a recording with the description.
///
/// # Errors
/// A broken description, or a file that is no recording.
pub fn check(root: &Path, file: &Path) -> Result<Recorded> {
    let name = || file.display().to_string();
    let bytes = fs::read(file).with_context(name)?;
    let recording = Recording::parse(&bytes).with_context(name)?;
    let bundles = tasks::bundles(root)?;
    let described: Vec<Description> = bundles
        .iter()
        .map(|bundle| Ok(Description::of(&bundle.service, bundle.published.clone())?))
        .collect::<Result<_>>()?;
    let descriptions: Vec<&Description> = described.iter().collect();
    let mut found: BTreeMap<Diagnostic, usize> = BTreeMap::new();
    let mut undescribed = Vec::new();
    let mut compared = 0;
    // Files come from a store, which no description is about.
    for exchange in recording.exchanges.iter().filter(|one| !one.is_file) {
        let operation = exchange.operation(&descriptions);
        let bundle = operation.and_then(|operation| {
            bundles
                .iter()
                .find(|bundle| *bundle.service == *operation.service)
        });
        let (Some(operation), Some(bundle)) = (operation, bundle) else {
            undescribed.push(format!("{} {}", exchange.method, exchange.path()));
            continue;
        };
        compared += 1;
        let mut of_one: Vec<Diagnostic> = exchange
            .differences(operation)
            .iter()
            .filter_map(|difference| advice(root, bundle, operation, exchange, difference))
            .collect();
        // A list shows the same in each of its elements.
        of_one.sort();
        of_one.dedup();
        for diagnostic in of_one {
            *found.entry(diagnostic).or_default() += 1;
        }
    }
    undescribed.sort();
    undescribed.dedup();
    Ok(Recorded {
        compared,
        undescribed,
        diagnostics: found.into_iter().collect(),
    })
}

impl Recorded {
    /// Whether all that was recorded is described.
    ///
    /// # Errors
    /// What is not.
    pub fn verdict(self) -> Result<()> {
        let count = self.diagnostics.len() + self.undescribed.len();
        match count {
            0 => Ok(()),
            1 => bail!("1 difference between the recording and the description"),
            _ => bail!("{count} differences between the recording and the description"),
        }
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (diagnostic, count) in &self.diagnostics {
            let times = if *count == 1 { "response" } else { "responses" };
            writeln!(f, "{diagnostic}\n  seen: in {count} {times}")?;
        }
        for path in &self.undescribed {
            writeln!(f, "not described: {path}")?;
        }
        writeln!(f, "{} responses compared", self.compared)
    }
}

/// What to write, and where.
fn advice(
    root: &Path,
    bundle: &Bundle,
    operation: &Operation,
    exchange: &Exchange,
    difference: &Difference,
) -> Option<Diagnostic> {
    let document = &bundle.document;
    let written = operations(document);
    let written = written.iter().find(|one| one.id() == operation.id)?;
    let responses = join(&written.pointer(), "responses");
    let status = exchange.status.to_string();
    let response = match difference.kind {
        DifferenceKind::Status => {
            return Some(diagnostic(
                root,
                bundle,
                &responses,
                operation,
                difference,
                format!("add the response {status}"),
            ));
        }
        _ => response(written, &responses, &status)?,
    };
    let response = schema_of(document, &response, "");
    let content = join(&response, "content");
    if difference.kind == DifferenceKind::Body {
        let help = match written_schema(document, &content) {
            Some(_) => "give the response for no body a status of its own, or take its content out",
            None => "add content with a schema for the body",
        };
        return Some(diagnostic(
            root,
            bundle,
            &response,
            operation,
            difference,
            help.to_owned(),
        ));
    }
    let schema = written_schema(document, &content)?;
    let name = last(&difference.pointer).unwrap_or_default();
    let around = difference
        .pointer
        .rsplit_once('/')
        .map_or("", |(around, _)| around);
    let of = |pointer: &str, keyword: &str| {
        let at = with_keyword(document, &schema_of(document, &schema, pointer), keyword);
        let has = document
            .pointer(&at)
            .is_some_and(|one| one.get(keyword).is_some());
        if has { join(&at, keyword) } else { at }
    };
    let (at, help) = match difference.kind {
        DifferenceKind::Field => (
            of(around, "properties"),
            format!("add the property {name}, with its type and a description"),
        ),
        DifferenceKind::Missing => (
            of(&difference.pointer, "required"),
            "take the field out of `required`".to_owned(),
        ),
        DifferenceKind::Value => (
            of(&difference.pointer, "x-extensible-enum"),
            "add the value to x-extensible-enum".to_owned(),
        ),
        DifferenceKind::Null => (
            of(&difference.pointer, "type"),
            "write nullable: true beside the type or, if it may be absent too, take it out of `required`"
                .to_owned(),
        ),
        DifferenceKind::Type => (
            of(&difference.pointer, "type"),
            "write the type that is sent, or x-any if there are several".to_owned(),
        ),
        DifferenceKind::Time => (
            of(&difference.pointer, "x-time"),
            "write the form that is sent".to_owned(),
        ),
        _ => (
            schema_of(document, &schema, &difference.pointer),
            "widen the limit, or take it out".to_owned(),
        ),
    };
    Some(diagnostic(root, bundle, &at, operation, difference, help))
}

fn response(operation: &written::Operation<'_>, responses: &str, status: &str) -> Option<String> {
    let statuses: Vec<&str> = operation.responses().map(|(status, _)| status).collect();
    let found = statuses.iter().find(|one| **one == status);
    let found = found.or_else(|| statuses.iter().find(|one| **one == "default"))?;
    Some(join(responses, found))
}

fn written_schema(document: &serde_json::Value, content: &str) -> Option<String> {
    let at = join(&join(content, "application/json"), "schema");
    document.pointer(&at).map(|_| at)
}

/// The diagnostic with the line, at which an editor opens the file.
fn diagnostic(
    root: &Path,
    bundle: &Bundle,
    at: &str,
    operation: &Operation,
    difference: &Difference,
    help: String,
) -> Diagnostic {
    let place = match difference.pointer.as_str() {
        "" => String::new(),
        pointer => format!(" at {}", anywhere(pointer)),
    };
    let message = format!("{}{place}: {}", operation.id, difference.problem);
    let mut diagnostic = bundle.diagnostic(RULE, at, message, help);
    if let Some(line) = line_of(&root.join(&diagnostic.file), &diagnostic.pointer) {
        diagnostic.file = format!("{}:{line}", diagnostic.file);
    }
    diagnostic
}

/// A pointer in which an asterisk stands for the place in a list.
fn anywhere(pointer: &str) -> String {
    let is_place = |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let steps = pointer
        .split('/')
        .map(|step| if is_place(step) { "*" } else { step });
    steps.collect::<Vec<_>>().join("/")
}
