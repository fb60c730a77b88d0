//! The one interpreter of blocks.

mod bodies;
pub(crate) mod contradictions;
mod examples;
mod limits;
mod nesting;
mod operation;
mod prose;
mod section;
mod stated_values;
mod tables;
pub(crate) mod uri;
mod values;

use crate::block::{Block, Content, Document};
use crate::digest;
use crate::facts::{Facts, Operation, Page, Stated};
use crate::finding::Finding;
use crate::read_error::ReadError;
use nesting::{Budget, Nesting};

/// What is known of a page besides its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hint {
    /// The page id, for forms that have lost it.
    pub page_id: Option<String>,
    /// Whose documentation it is, `otc` or `huaweicloud`.
    pub source: Option<String>,
}

impl Hint {
    /// A page of this documentation.
    pub fn of(source: impl Into<String>) -> Self {
        Self {
            page_id: None,
            source: Some(source.into()),
        }
    }

    /// Sets [`page_id`](Self::page_id).
    #[must_use]
    pub fn page_id(mut self, id: impl Into<Option<String>>) -> Self {
        self.page_id = id.into();
        self
    }
}

/// Interprets a page.
///
/// # Errors
/// A page that is not the page of one operation, or whose tables cannot be
/// read exactly.
pub(crate) fn interpret(
    doc: &Document,
    bytes: &[u8],
    hint: &Hint,
) -> Result<(Facts, Vec<Finding>), ReadError> {
    let mut findings = Vec::new();
    let spots = section::spots(doc);
    let operation = operation::find(doc, &spots, &mut findings)?;
    let tables = tables::collect(doc, &spots)?;
    findings.extend(tables.findings);
    let statuses = operation::statuses(doc, &spots, tables.statuses);
    let success = operation::success(&statuses);
    let examples = examples::collect(doc, &spots, success);
    let nesting = Nesting::resolve(doc, &tables.fields);
    let mut budget = Budget::new();
    let mut place = bodies::Placing {
        doc,
        spots: &spots,
        tables: &tables.fields,
        nesting: &nesting,
        operation: operation.value(),
        examples: &examples,
        success,
        budget: &mut budget,
        findings: &mut findings,
    };
    let parts = place.parts(&statuses)?;
    let facts = Facts {
        page: page(doc, bytes, hint),
        operation,
        parameters: parts.parameters,
        request: parts.request,
        responses: parts.responses,
        request_examples: examples.requests.iter().map(|(e, _)| e.clone()).collect(),
        response_examples: examples.responses.clone(),
    };
    operation::against_table(&facts, &mut findings);
    contradictions::find(&facts, &examples.requests, &mut findings);
    findings.sort_by(|a, b| (a.line, a.kind, &a.place).cmp(&(b.line, b.kind, &b.place)));
    findings.dedup();
    Ok((facts, findings))
}

/// What is known of a page as a whole.
pub(crate) fn page(doc: &Document, bytes: &[u8], hint: &Hint) -> Page {
    Page {
        id: doc.page_id.clone().or_else(|| hint.page_id.clone()),
        source: hint.source.clone(),
        title: title(&doc.blocks),
        format: doc.format,
        sha256: digest::full(bytes),
        text: digest::short(&words_of(&doc.blocks)),
    }
}

fn title(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|b| match &b.content {
        Content::Heading(1, text) => Some(text.plain()),
        _ => None,
    })
}

/// All words of a page, layout left out.
fn words_of(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut push = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    for block in blocks {
        match &block.content {
            Content::Heading(_, text) | Content::Paragraph(text, _) => push(&text.plain()),
            Content::Code(code) => push(code),
            Content::Table(table) => {
                push(table.caption.as_deref().unwrap_or_default());
                for cell in &table.header {
                    push(&cell.plain());
                }
                for cell in table.rows.iter().flat_map(|r| &r.cells) {
                    push(&cell.plain());
                }
            }
        }
    }
    out
}

/// The key by which pages of different forms or versions are paired: method
/// and path with the names of parameters taken out.
pub fn pairing_key(operation: &Operation) -> String {
    format!("{} {}", operation.method, uri::anonymous(&operation.path))
}

impl Stated<Operation> {
    /// The pairing key, where the operation is stated.
    pub fn key(&self) -> Option<String> {
        self.value().map(pairing_key)
    }
}
