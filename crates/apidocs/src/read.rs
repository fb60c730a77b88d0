//! Reading a page.

use crate::block::{Document, Format};
use crate::detect;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::html::gutter;
use crate::interpret::{self, Hint};
use crate::read_error::{ReadError, Reason};
use crate::{html, markdown, rst, text, vocabulary};

/// The largest page that is read, in bytes. The largest of the documentation
/// has about a tenth of it.
pub const MAX_PAGE_BYTES: usize = 1 << 20;

/// What came of reading a page.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// What the page states.
    pub facts: Facts,
    /// Its contradictions and oddities, by line.
    pub findings: Vec<Finding>,
}

/// Reads a page of any known form; the form is told from the content.
///
/// Structured forms (reStructuredText, HTML, Markdown) are read exactly or
/// refused. From the text of a rendered page everything it still contains is
/// read; what it has lost stays missing.
///
/// # Errors
/// A [`ReadError`] names the rule, the line and what to do.
pub fn read(bytes: &[u8], hint: &Hint) -> Result<Reading, ReadError> {
    let doc = document(bytes)?;
    let (facts, findings) = interpret::interpret(&doc, bytes, hint)?;
    Ok(Reading { facts, findings })
}

/// Turns a page into the list of blocks that is interpreted.
///
/// # Errors
/// As for [`read`], but for the rules that concern the meaning of the page.
pub fn document(bytes: &[u8]) -> Result<Document, ReadError> {
    if bytes.len() > MAX_PAGE_BYTES {
        return Err(ReadError::page(
            Reason::TooLarge,
            format!("it has {} bytes and {MAX_PAGE_BYTES} are read", bytes.len()),
        ));
    }
    let source = std::str::from_utf8(bytes).map_err(|error| {
        ReadError::page(
            Reason::NotUtf8,
            format!(
                "the byte at offset {} begins no UTF-8 character; convert the page",
                error.valid_up_to()
            ),
        )
    })?;
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let nothing = || ReadError::page(Reason::Empty, "nothing is in it");
    if vocabulary::visible(&source).trim().is_empty() {
        return Err(nothing());
    }
    let doc = blocks(&source)?;
    if doc.blocks.is_empty() {
        return Err(nothing());
    }
    Ok(doc)
}

fn blocks(source: &str) -> Result<Document, ReadError> {
    if let Some(plain) = gutter::strip(source) {
        return html::read(&plain.text, &plain.numbers);
    }
    match detect::format(source) {
        Format::Rst => rst::read(source),
        Format::Markdown => markdown::read(source),
        Format::Html => {
            // A viewer's own lines before the page.
            let first = source
                .lines()
                .position(|l| l.trim_start().starts_with('<'))
                .unwrap_or(0);
            let skip: usize = source.split_inclusive('\n').take(first).map(str::len).sum();
            let from = u32::try_from(first).unwrap_or(0) + 1;
            let numbers: Vec<u32> = (from..).take(source.lines().count()).collect();
            html::read(source.get(skip..).unwrap_or_default(), &numbers)
        }
        Format::Text => Ok(text::read(source)),
    }
}
