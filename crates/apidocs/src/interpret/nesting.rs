//! Which table holds the fields of which field.
//!
//! A field leads to its table by anchor, then by the word of its type, then by
//! `Table N` in its description, then by the table's caption.

use std::collections::{HashMap, HashSet};

use super::tables::{FieldRow, FieldTable};
use crate::block::{Content, Document};
use crate::facts::{Field, Stated};
use crate::finding::{Finding, Kind};
use crate::read_error::{ReadError, Reason};
use crate::type_name::{self, Shape};
use crate::vocabulary;

/// How deep fields may nest.
const MAX_DEPTH: usize = 24;
/// How many fields a page may have once every reference is written out.
const MAX_FIELDS: usize = 10_000;

/// The tables of a page with the references between them resolved.
#[derive(Debug)]
pub(crate) struct Nesting<'a> {
    tables: &'a [FieldTable],
    /// For each table, for each row, the tables with its fields.
    targets: Vec<Vec<Vec<usize>>>,
    /// Whether a field of another table leads to the table.
    pub(crate) reached: Vec<bool>,
}

impl<'a> Nesting<'a> {
    /// Resolves all references.
    pub(crate) fn resolve(doc: &Document, tables: &'a [FieldTable]) -> Self {
        let index = Index::new(doc, tables);
        let targets: Vec<Vec<Vec<usize>>> = tables
            .iter()
            .enumerate()
            .map(|(at, table)| {
                table
                    .rows
                    .iter()
                    .map(|row| index.targets(at, table, row))
                    .collect()
            })
            .collect();
        let mut reached = vec![false; tables.len()];
        for (from, row) in targets.iter().enumerate() {
            for to in row.iter().flatten() {
                if *to != from
                    && let Some(slot) = reached.get_mut(*to)
                {
                    *slot = true;
                }
            }
        }
        // Tables that only lead to each other have no way in: the first table
        // of each region is one.
        for (at, table) in tables.iter().enumerate() {
            let first = !tables.iter().take(at).any(|t| same_region(t, table));
            if first
                && vocabulary::is_root_title(&table.caption.title)
                && let Some(slot) = reached.get_mut(at)
            {
                *slot = false;
            }
        }
        Self {
            tables,
            targets,
            reached,
        }
    }

    /// The fields of a table with everything nested in them.
    ///
    /// # Errors
    /// A page whose references multiply beyond any documented body.
    pub(crate) fn fields(
        &self,
        table: usize,
        budget: &mut Budget,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<Field>, ReadError> {
        let mut path = Vec::new();
        self.expand(table, &mut path, budget, findings)
    }

    fn expand(
        &self,
        at: usize,
        path: &mut Vec<usize>,
        budget: &mut Budget,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<Field>, ReadError> {
        let Some(table) = self.tables.get(at) else {
            return Ok(Vec::new());
        };
        if path.len() >= MAX_DEPTH {
            return Err(ReadError::at(
                Reason::TooDeep,
                table.line,
                "fields are nested too deeply",
            ));
        }
        budget.visited.insert(at);
        path.push(at);
        let mut out = Vec::with_capacity(table.rows.len());
        for (index, row) in table.rows.iter().enumerate() {
            budget.left = budget.left.checked_sub(1).ok_or_else(|| {
                ReadError::at(
                    Reason::TooLarge,
                    table.line,
                    "the references between the tables of this page multiply without end",
                )
            })?;
            let mut field = row.field.clone();
            let targets = self.targets.get(at).and_then(|t| t.get(index));
            let targets = targets.map_or(&[][..], Vec::as_slice);
            if targets.is_empty() {
                missing(row, findings);
            }
            for to in targets {
                if path.contains(to) {
                    field.recursive = true;
                } else {
                    field
                        .fields
                        .extend(self.expand(*to, path, budget, findings)?);
                }
            }
            out.push(field);
        }
        path.pop();
        Ok(out)
    }
}

/// How much of a page has been written out.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
    /// Tables that were used.
    pub(crate) visited: HashSet<usize>,
}

impl Budget {
    /// A whole page's.
    pub(crate) fn new() -> Self {
        Self {
            left: MAX_FIELDS,
            visited: HashSet::new(),
        }
    }
}

fn missing(row: &FieldRow, findings: &mut Vec<Finding>) {
    let shape = row.field.type_word.value().map(|w| type_name::shape(w));
    if matches!(shape, Some(Shape::Object | Shape::ArrayOfObjects)) {
        let kind = if table_number(&row.prose).is_some() {
            Kind::TableMissing
        } else {
            Kind::ObjectWithoutFields
        };
        findings.push(Finding::new(
            kind,
            &row.field.name,
            row.field.line,
            "its type is an object and no table of its fields was found",
        ));
    }
}

fn same_region(a: &FieldTable, b: &FieldTable) -> bool {
    a.spot.section == b.spot.section && a.spot.status == b.spot.status
}

struct Index<'a> {
    tables: &'a [FieldTable],
    anchors: HashMap<String, usize>,
    numbers: HashMap<u32, usize>,
    titles: HashMap<String, Vec<usize>>,
    fields: HashMap<String, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn new(doc: &Document, tables: &'a [FieldTable]) -> Self {
        let mut index = Self {
            tables,
            anchors: HashMap::new(),
            numbers: HashMap::new(),
            titles: HashMap::new(),
            fields: HashMap::new(),
        };
        for (at, table) in tables.iter().enumerate() {
            for anchor in &table.anchors {
                index.anchors.insert(anchor.to_lowercase(), at);
            }
            if let Some(number) = table.caption.number {
                index.numbers.entry(number).or_insert(at);
            }
            let title = table.title().to_lowercase();
            if !title.is_empty() {
                if let Some(field) = vocabulary::titled_field(table.title()) {
                    index
                        .fields
                        .entry(field.to_lowercase())
                        .or_default()
                        .push(at);
                }
                index.titles.entry(title).or_default().push(at);
            }
        }
        // An anchor on a label or paragraph is the one of the next table.
        let mut next = tables.iter().enumerate().peekable();
        for (block_index, block) in doc.blocks.iter().enumerate() {
            while next.peek().is_some_and(|(_, t)| t.block < block_index) {
                next.next();
            }
            if let Some((at, _)) = next.peek()
                && matches!(block.content, Content::Paragraph(..))
            {
                for anchor in &block.anchors {
                    index.anchors.entry(anchor.to_lowercase()).or_insert(*at);
                }
            }
        }
        index
    }

    /// The tables with the fields of a row. A string may hold JSON, whose
    /// fields a page documents under the string's name, in a table for each
    /// kind of content.
    fn targets(&self, from: usize, table: &FieldTable, row: &FieldRow) -> Vec<usize> {
        let shape = row
            .field
            .type_word
            .value()
            .map_or(Shape::Unknown, |w| type_name::shape(w));
        if shape != Shape::String {
            return self.target(from, table, row, shape).into_iter().collect();
        }
        let mut out: Vec<usize> = Vec::new();
        let linked = row.links.iter().map(|l| self.anchors.get(&fragment(l)));
        let numbered = table_numbers(&row.prose, 8);
        let numbered = numbered.iter().map(|n| self.numbers.get(n));
        for at in linked.chain(numbered) {
            let at = at.copied();
            let named = |at: &usize| {
                self.tables
                    .get(*at)
                    .and_then(|t| vocabulary::titled_field(t.title()))
                    .is_some_and(|name| name == row.field.name)
            };
            if let Some(at) = at.filter(named)
                && !out.contains(&at)
            {
                out.push(at);
            }
        }
        out
    }

    fn target(
        &self,
        from: usize,
        table: &FieldTable,
        row: &FieldRow,
        shape: Shape,
    ) -> Option<usize> {
        let by_anchor = row
            .links
            .iter()
            .find_map(|link| self.anchors.get(&fragment(link)).copied());
        if shape.is_scalar() || shape == Shape::ArrayOfScalars {
            return None;
        }
        if by_anchor.is_some() {
            return by_anchor;
        }
        if let Some(word) = row.field.type_word.value()
            && let Some(name) = type_name::named(word)
            && let Some(at) = self.nearest(self.titles.get(&name.to_lowercase()), from)
        {
            return Some(at);
        }
        if let Some(number) = table_number(&row.prose)
            && let Some(at) = self.numbers.get(&number).copied()
        {
            return Some(at);
        }
        let name = row.field.name.to_lowercase();
        let dotted = format!("{}.{name}", table.title().to_lowercase());
        if let Some(at) = self.nearest(self.titles.get(&dotted), from) {
            return Some(at);
        }
        // Without an object's type, only a caption that says so leads on.
        let by_field = self.nearest(self.fields.get(&name), from)?;
        (by_field != from).then_some(by_field)
    }

    /// The candidate of the same region that follows the table, else any.
    fn nearest(&self, candidates: Option<&Vec<usize>>, from: usize) -> Option<usize> {
        let candidates = candidates?;
        let here = self.tables.get(from)?;
        let same = |at: &&usize| self.tables.get(**at).is_some_and(|t| same_region(t, here));
        candidates
            .iter()
            .filter(same)
            .find(|at| **at > from)
            .or_else(|| candidates.iter().find(same))
            .copied()
    }
}

/// The anchor of a link: what stands behind `#`, else the link itself.
fn fragment(link: &str) -> String {
    link.rsplit('#').next().unwrap_or(link).to_lowercase()
}

/// The number of the table that a description sends the reader to, unless it
/// is a table of another page.
pub(crate) fn table_number(prose: &str) -> Option<u32> {
    table_numbers(prose, 1).into_iter().next()
}

/// The first `most` such numbers.
fn table_numbers(prose: &str, most: usize) -> Vec<u32> {
    let mut out = Vec::new();
    let mut rest = prose;
    while out.len() < most
        && let Some(at) = rest.find("Table ").or_else(|| rest.find('表'))
    {
        let tail = rest.get(at..).unwrap_or_default();
        let end = tail.char_indices().nth(60).map_or(tail.len(), |(at, _)| at);
        let caption = vocabulary::caption(tail.get(..end).unwrap_or_default());
        let skip = tail.chars().next().map_or(1, char::len_utf8);
        rest = tail.get(skip..).unwrap_or_default();
        let elsewhere = ["in section", "in the section", "of section"]
            .iter()
            .any(|w| caption.title.starts_with(w));
        out.extend(caption.number.filter(|_| !elsewhere));
    }
    out
}

/// Fields of the same name in one list of fields.
pub(crate) fn duplicates(fields: &[Field], place: &str, findings: &mut Vec<Finding>) {
    let mut seen: HashMap<&str, &Field> = HashMap::new();
    for field in fields {
        if let Some(first) = seen.insert(&field.name, field) {
            findings.push(Finding::new(
                Kind::DuplicateParameter,
                format!("{place} {}", field.name),
                field.line,
                format!("the name is listed in line {} already", first.line),
            ));
        }
        if !matches!(field.mandatory, Stated::Missing) || !field.fields.is_empty() {
            duplicates(&field.fields, place, findings);
        }
    }
}
