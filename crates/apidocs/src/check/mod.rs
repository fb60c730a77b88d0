//! Facts against the description.
//!
//! An operation of a bundled OpenAPI 3.0 document is compared with the facts
//! of the pages it was written from. Every difference has a key that stays the
//! same as long as the difference does, so that a person can record it with a
//! reason under `x-doc-deviations`.

mod bodies;
mod contradictions;
mod deviations;
mod examples;
mod parameters;
pub(crate) mod permissions;
mod request_lines;

use std::collections::BTreeMap;
use std::fmt;

use otcdb_openapi::alternatives::Spot;
use otcdb_openapi::variants;
use serde::Serialize;
use serde_json::Value;

use crate::facts::{Facts, Page, Stated};
use crate::interpret::uri;

pub use deviations::{Deviation, DeviationError, Settled, deviations, settle};

/// A difference between a page and the description.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Discrepancy {
    /// The stable key, `response 200 file_list[].status: values` for instance.
    /// Facts of another source than `otc` have it in front: `huaweicloud: …`.
    pub key: String,
    /// The page, by id or title, and its line.
    pub page: String,
    /// What the page states.
    pub states: String,
    /// What the description has.
    pub has: String,
    /// JSON pointer into the bundled document.
    pub pointer: String,
    /// What to write there.
    pub advice: String,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n  {} states {}; the description has {}\n  at {}: {}",
            self.key, self.page, self.states, self.has, self.pointer, self.advice
        )
    }
}

/// Which operation of the document is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target<'a> {
    /// The bundled document: self-contained, references only into itself.
    pub spec: &'a Value,
    /// Method in any letter case.
    pub method: &'a str,
    /// The key under `paths`: the path, behind which the name of the operation stands where there are several.
    pub path: &'a str,
}

impl<'a> Target<'a> {
    /// The operation of a method and a path of the document.
    pub fn new(spec: &'a Value, method: &'a str, path: &'a str) -> Self {
        Self { spec, method, path }
    }
}

/// Compares an operation with all pages it was written from.
///
/// Where a page contradicts itself, an example against a table for instance, the
/// contradiction is a difference too, unless the description differs from the
/// page at the same place anyway: whatever the description says there, a person
/// has decided it.
///
/// Several pages of one operation (RDS documents each action on a page of its
/// own) are compared together: each page's body has to be in the description,
/// and what the description has has to be on one of the pages. Pages of
/// different sources are compared by source.
pub fn check(pages: &[&Facts], target: Target<'_>) -> Vec<Discrepancy> {
    let mut by_source: BTreeMap<&str, Vec<&Facts>> = BTreeMap::new();
    for facts in pages {
        let source = facts.page.source.as_deref().unwrap_or("otc");
        by_source.entry(source).or_default().push(facts);
    }
    let mut out = Vec::new();
    for (source, pages) in by_source {
        let mut report = Report::of(source);
        compare(&pages, target, &mut report);
        out.extend(report.found.into_values());
    }
    out
}

fn compare(pages: &[&Facts], target: Target<'_>, report: &mut Report) {
    let method = target.method.to_lowercase();
    let root = Spot::root(target.spec);
    let path = root.at("paths").and_then(|p| p.at(target.path));
    let Some((path, operation)) = path
        .clone()
        .and_then(|p| p.at(&method).map(|o| (p.clone(), o)))
    else {
        for facts in pages {
            report.turn_to(facts);
            report.add(
                "operation: missing",
                0,
                format!("{} {}", target.method, target.path),
                "no such operation".to_owned(),
                "/paths",
                "describe the operation".to_owned(),
            );
        }
        return;
    };
    for facts in pages {
        report.turn_to(facts);
        operation_line(facts, target, &operation, report);
    }
    parameters::compare(pages, &path, &operation, report);
    bodies::request(pages, &operation, report);
    bodies::responses(pages, &operation, report);
    for facts in pages {
        report.turn_to(facts);
        examples::compare(facts, &operation, report);
        request_lines::compare(
            facts,
            variants::path(target.path),
            &path,
            &operation,
            report,
        );
    }
    for facts in pages {
        report.turn_to(facts);
        contradictions::compare(facts, &operation, report);
    }
}

fn operation_line(facts: &Facts, target: Target<'_>, operation: &Spot<'_>, report: &mut Report) {
    let Stated::Value(stated) = &facts.operation else {
        return;
    };
    let same = stated.method.eq_ignore_ascii_case(target.method)
        && uri::anonymous(&stated.path) == uri::anonymous(variants::path(target.path));
    if !same {
        report.add(
            "operation: method and path",
            stated.line,
            format!("{} {}", stated.method, stated.path),
            format!(
                "{} {}",
                target.method.to_uppercase(),
                variants::path(target.path)
            ),
            &operation.pointer,
            "move the operation to the documented path, or record the deviation".to_owned(),
        );
    } else if stated.path != variants::path(target.path) {
        report.add(
            "operation: names in the path",
            stated.line,
            stated.path.clone(),
            variants::path(target.path).to_owned(),
            &operation.pointer,
            format!("name the path parameters as in {}", stated.path),
        );
    }
}

/// Collects discrepancies, one for each key.
#[derive(Debug)]
pub(crate) struct Report {
    prefix: String,
    found: BTreeMap<String, Discrepancy>,
    page: String,
}

impl Report {
    /// A report on the pages of a source.
    fn of(source: &str) -> Self {
        Self {
            prefix: if source == "otc" {
                String::new()
            } else {
                format!("{source}: ")
            },
            found: BTreeMap::new(),
            page: String::new(),
        }
    }

    /// Says whose facts are compared from now on.
    pub(crate) fn turn_to(&mut self, facts: &Facts) {
        self.turn_to_page(&facts.page);
    }

    /// Says whose facts are compared from now on.
    fn turn_to_page(&mut self, page: &Page) {
        self.page = page
            .id
            .clone()
            .or_else(|| page.title.clone())
            .unwrap_or_else(|| "the page".to_owned());
    }

    /// Whether something differs at this place.
    pub(crate) fn differs_at(&self, place: &str) -> bool {
        let begin = format!("{}{place}: ", self.prefix);
        self.found.keys().any(|key| key.starts_with(&begin))
    }

    /// Adds a discrepancy; the first one of a key stays.
    pub(crate) fn add(
        &mut self,
        key: &str,
        line: u32,
        states: String,
        has: String,
        pointer: &str,
        advice: String,
    ) {
        let key = format!("{}{key}", self.prefix);
        let page = if line > 0 {
            format!("{} line {line}", self.page)
        } else {
            self.page.clone()
        };
        self.found.entry(key.clone()).or_insert(Discrepancy {
            key,
            page,
            states,
            has,
            pointer: pointer.to_owned(),
            advice,
        });
    }
}
