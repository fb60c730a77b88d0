//! Which documented operations the description has.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::facts::Facts;
use crate::interpret::{pairing_key, uri};

/// An operation of the description.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Described {
    /// Method in any letter case.
    pub method: String,
    /// Path as written in the description.
    pub path: String,
    /// The page ids it names under `x-documentation`.
    pub pages: Vec<String>,
}

impl Described {
    /// An operation with the ids of the pages that it names.
    pub fn new(
        method: impl Into<String>,
        path: impl Into<String>,
        pages: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            pages: pages.into_iter().map(Into::into).collect(),
        }
    }
}

/// A page with the section of the documentation it stands in.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Known<'a> {
    /// The section, the page's folder for instance.
    pub section: &'a str,
    /// What the page states.
    pub facts: &'a Facts,
}

impl<'a> Known<'a> {
    /// A page of a section.
    pub fn new(section: &'a str, facts: &'a Facts) -> Self {
        Self { section, facts }
    }
}

/// One section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SectionCoverage {
    /// Its name.
    pub section: String,
    /// How many pages it has.
    pub pages: usize,
    /// How many operations they document.
    pub known: usize,
    /// How many of those the description has.
    pub described: usize,
    /// Those it lacks, as method and path.
    pub lacking: Vec<String>,
    /// Pages of operations that it has without naming the page.
    pub unnamed: Vec<String>,
}

/// Coverage by section, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// The sections.
    pub sections: Vec<SectionCoverage>,
    /// How many operations are known; one that several sections document
    /// counts once.
    pub known: usize,
    /// How many of those are described.
    pub described: usize,
}

/// Compares pages with the operations of a description.
pub fn coverage(pages: &[Known<'_>], described: &[Described]) -> Coverage {
    let mut has: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for operation in described {
        let key = format!(
            "{} {}",
            operation.method.to_uppercase(),
            uri::anonymous(&operation.path)
        );
        has.entry(key)
            .or_default()
            .extend(operation.pages.iter().map(String::as_str));
    }
    let mut sections: BTreeMap<&str, SectionCoverage> = BTreeMap::new();
    let mut seen: BTreeSet<(String, &str)> = BTreeSet::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for page in pages {
        let Some(operation) = page.facts.operation.value() else {
            continue;
        };
        let key = pairing_key(operation);
        let section = sections
            .entry(page.section)
            .or_insert_with(|| SectionCoverage {
                section: page.section.to_owned(),
                ..SectionCoverage::default()
            });
        section.pages += 1;
        known.insert(key.clone());
        let named = has.get(&key);
        if let (Some(ids), Some(id)) = (named, &page.facts.page.id)
            && !ids.contains(id.as_str())
        {
            section.unnamed.push(id.clone());
        }
        if !seen.insert((key.clone(), page.section)) {
            continue;
        }
        section.known += 1;
        if named.is_some() {
            section.described += 1;
        } else {
            section
                .lacking
                .push(format!("{} {}", operation.method, operation.path));
        }
    }
    let described = known.iter().filter(|k| has.contains_key(*k)).count();
    Coverage {
        sections: sections.into_values().collect(),
        known: known.len(),
        described,
    }
}

impl Coverage {
    /// The table of sections as text, one line to a section and a last line
    /// with the sums.
    pub fn table(&self) -> String {
        let width = self
            .sections
            .iter()
            .map(|s| s.section.chars().count())
            .chain([7])
            .max()
            .unwrap_or(7);
        let mut out = format!("{:width$}  known  described\n", "section");
        let line = |name: &str, known: usize, described: usize| {
            format!("{name:width$}  {known:>5}  {described:>9}\n")
        };
        for section in &self.sections {
            out.push_str(&line(&section.section, section.known, section.described));
        }
        out.push_str(&line("all", self.known, self.described));
        out
    }
}
