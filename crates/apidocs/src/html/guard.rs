//! Bounds on what is given to the HTML parser, and source lines through it.
//!
//! The parser follows the HTML standard, by which a few kilobytes of unclosed
//! elements grow into a tree of millions. Both scans here are lexical and
//! linear; a page of API documentation comes nowhere near the bounds.

use std::collections::HashMap;

use crate::read_error::{ReadError, Reason};

/// How many elements may be open at once.
const MAX_OPEN: usize = 400;
/// How many formatting elements may be open at once: the parser opens all of
/// them again in every new block.
const MAX_FORMATTING: usize = 24;

const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements that need no end tag; the parser closes them itself.
const SELF_CLOSING: [&str; 30] = [
    "p", "li", "td", "th", "tr", "dd", "dt", "thead", "tbody", "tfoot", "colgroup", "option",
    "html", "head", "body", "br", "hr", "img", "input", "meta", "link", "col", "area", "base",
    "embed", "source", "track", "wbr", "param", "caption",
];

/// Refuses text that would make the parser slow.
///
/// # Errors
/// Too many elements open at once.
pub(crate) fn check(source: &str) -> Result<(), ReadError> {
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut formatting = 0usize;
    let mut others = 0usize;
    let mut line = 1u32;
    let mut bytes = source.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if byte == b'\n' {
            line = line.saturating_add(1);
        }
        if byte != b'<' {
            continue;
        }
        let closing = bytes.peek().is_some_and(|(_, b)| *b == b'/');
        let start = at + 1 + usize::from(closing);
        let name = tag_name(source, start);
        if name.is_empty() || SELF_CLOSING.contains(&name.as_str()) {
            continue;
        }
        let is_formatting = FORMATTING.contains(&name.as_str());
        let count = open.entry(name).or_default();
        let total = if is_formatting {
            &mut formatting
        } else {
            &mut others
        };
        if closing {
            if *count > 0 {
                *count -= 1;
                *total -= 1;
            }
        } else {
            *count += 1;
            *total += 1;
        }
        if formatting > MAX_FORMATTING || others > MAX_OPEN {
            return Err(ReadError::at(
                Reason::TooDeep,
                line,
                "more elements are open at once than in any page; is an end tag missing?",
            ));
        }
    }
    Ok(())
}

/// The lower-case name of the tag that begins at a byte; at most 20 letters.
fn tag_name(source: &str, start: usize) -> String {
    source
        .as_bytes()
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take(20)
        .take_while(|b| b.is_ascii_alphanumeric())
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect()
}

/// Elements that carry their source line.
const LINED: [&str; 17] = [
    "p", "pre", "table", "tr", "td", "th", "li", "ul", "ol", "div", "h1", "h2", "h3", "h4", "h5",
    "h6", "dt",
];

/// Writes the source line of block elements into an attribute.
pub(crate) fn with_lines(source: &str, numbers: &[u32], attribute: &str) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 4);
    let mut own = 0u32..;
    for (index, text) in source.split_inclusive('\n').enumerate() {
        let own = own.next().unwrap_or(u32::MAX).saturating_add(1);
        let number = numbers.get(index).copied().unwrap_or(own);
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            let name = tag_name(rest, at + 1);
            let end = at + 1 + name.len();
            out.push_str(rest.get(..end).unwrap_or_default());
            if LINED.contains(&name.as_str()) {
                out.push_str(&format!(" {attribute}=\"{number}\""));
            }
            rest = rest.get(end..).unwrap_or_default();
        }
        out.push_str(rest);
    }
    out
}
