//! Text of a rendered page into blocks, with or without the portal's
//! navigation.
//!
//! The text has lost its table borders. What is left is one cell to a line and
//! the header words, so that a row is known by cells that fit their columns.

mod table;

use crate::block::{Builder, Content, Document, Format, Text};
use crate::interpret::uri;
use crate::vocabulary::{self, Section};

/// A line that is not blank, trimmed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Line of the page, counted from 1.
    pub(crate) number: u32,
    /// Its text without the portal's heading sign.
    pub(crate) text: &'a str,
    /// Its text as it stands, for code.
    pub(crate) raw: &'a str,
    /// Whether it carried the portal's heading sign.
    pub(crate) marked: bool,
}

/// Reads a page.
pub(crate) fn read(source: &str) -> Document {
    let lines: Vec<Line<'_>> = source
        .lines()
        .zip(1u32..)
        .filter(|(raw, _)| !raw.trim().is_empty())
        .map(|(raw, number)| {
            let text = raw.trim();
            let bare = text.trim_end_matches('¶').trim_end();
            Line {
                number,
                text: bare,
                raw,
                marked: bare.len() != text.len(),
            }
        })
        .collect();
    let portal = lines.iter().any(|l| l.marked);
    let mut reader = Reader {
        out: Builder::new(),
        portal,
        labels: Vec::new(),
        balance_failed: false,
    };
    reader.page(page(&lines, portal));
    Document {
        format: Format::Text,
        page_id: None,
        blocks: reader.out.finish(),
    }
}

/// The lines of the page itself, from its title to the portal's footer.
fn page<'s, 'a>(lines: &'s [Line<'a>], portal: bool) -> &'s [Line<'a>] {
    let start = if portal {
        lines.iter().position(|l| l.marked)
    } else {
        lines
            .iter()
            .position(|l| vocabulary::section(l.text).is_some())
            .map(|at| title_before(lines, at))
    };
    let lines = lines.get(start.unwrap_or(0)..).unwrap_or_default();
    let end = lines.windows(2).position(|w| match w {
        [a, b] => {
            a.text.starts_with("last updated:")
                || (bullet(a.text) == Some("Prev") && bullet(b.text) == Some("Next"))
                || a.text == "Page Contents"
        }
        _ => false,
    });
    lines.get(..end.unwrap_or(lines.len())).unwrap_or_default()
}

/// The title stands before the first heading; sentences may stand between.
fn title_before(lines: &[Line<'_>], heading: usize) -> usize {
    lines
        .iter()
        .take(heading)
        .rposition(|l| !l.text.ends_with(['.', ':', '。']))
        .unwrap_or_else(|| heading.saturating_sub(1))
}

struct Reader {
    out: Builder,
    portal: bool,
    /// For each label that is entered, whether it is a known one.
    labels: Vec<bool>,
    /// Whether a bracket was found open to the end: no later search for its
    /// end is worth making.
    balance_failed: bool,
}

impl Reader {
    fn page(&mut self, lines: &[Line<'_>]) {
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let rest = lines.get(at..).unwrap_or_default();
            at += if at == 0 {
                self.heading(1, line);
                1
            } else if let Some((found, taken)) = table::read(rest, self.portal) {
                self.out.push(line.number, Content::Table(found));
                taken
            } else if is_heading(rest, self.portal) {
                self.heading(2, line);
                1
            } else if let Some(taken) = self.code(rest) {
                taken
            } else if let Some(label) = bullet(line.text).or_else(|| known_label(line.text)) {
                self.label(label, line.number);
                1
            } else {
                let text = Text::plain_from(line.text);
                self.out.push(line.number, Content::Paragraph(text, false));
                1
            };
        }
    }

    fn heading(&mut self, depth: usize, line: &Line<'_>) {
        self.labels.clear();
        self.out
            .heading(depth, Text::plain_from(line.text), line.number);
    }

    /// The text has no indentation to go by: a label that no page puts over
    /// its parts stands under the last one that pages do.
    fn label(&mut self, label: &str, line: u32) {
        let known = known_label(label).is_some();
        while self.labels.last().is_some_and(|last| known || !*last) {
            self.labels.pop();
            self.out.leave();
        }
        self.out
            .push(line, Content::Paragraph(Text::plain_from(label), true));
        self.out.enter(label.to_owned());
        self.labels.push(known);
    }

    /// JSON from its opening bracket to the closing one.
    fn code(&mut self, lines: &[Line<'_>]) -> Option<usize> {
        let first = lines.first()?;
        if !first.text.starts_with(['{', '[']) || uri::url(first.text).is_some() {
            return None;
        }
        let taken = if self.balance_failed {
            None
        } else {
            balanced(lines)
        };
        let taken = match taken {
            Some(taken) => taken,
            None => {
                self.balance_failed = true;
                // As far as the section goes.
                let mut taken = 1;
                while taken < lines.len()
                    && !is_heading(lines.get(taken..).unwrap_or_default(), self.portal)
                {
                    taken += 1;
                }
                taken
            }
        };
        let margin = first.raw.len() - first.raw.trim_start().len();
        let code: Vec<&str> = lines
            .iter()
            .take(taken)
            .map(|l| {
                let own = l.raw.len() - l.raw.trim_start().len();
                l.raw.get(margin.min(own)..).unwrap_or(l.raw).trim_end()
            })
            .collect();
        self.out.push(first.number, Content::Code(code.join("\n")));
        Some(taken)
    }
}

/// How many lines a bracketed text takes.
fn balanced(lines: &[Line<'_>]) -> Option<usize> {
    let mut depth = 0usize;
    let mut quoted = false;
    for (index, line) in lines.iter().enumerate() {
        let mut escaped = false;
        for c in line.raw.chars() {
            if quoted {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '"' => quoted = false,
                    _ => {}
                }
                continue;
            }
            match c {
                '"' => quoted = true,
                '{' | '[' => depth += 1,
                '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        // No string of an example runs over a line.
        quoted = false;
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

/// The text of a list item.
pub(crate) fn bullet(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("- ")
        .or_else(|| text.strip_prefix("• "))
        .or_else(|| text.strip_prefix("* "))?;
    Some(rest.trim())
}

/// Labels that pages put over their parts, where the list sign may be lost.
pub(crate) fn known_label(text: &str) -> Option<&str> {
    let lower = text.to_lowercase();
    let known = matches!(
        lower.as_str(),
        "normal"
            | "abnormal"
            | "uri format"
            | "uri example"
            | "parameter description"
            | "request parameters"
            | "request example"
            | "example request"
            | "example"
            | "normal response"
            | "abnormal response"
            | "example normal response"
            | "example response"
            | "parameters in the request header"
            | "parameters in the request body"
            | "parameters in the response header"
            | "parameters in the response body"
    );
    known.then_some(text)
}

/// Whether a section begins here.
pub(crate) fn is_heading(lines: &[Line<'_>], portal: bool) -> bool {
    let Some(line) = lines.first() else {
        return false;
    };
    if portal {
        return line.marked && vocabulary::caption(line.text).number.is_none();
    }
    // "Example:" stands in descriptions.
    let section = vocabulary::section(line.text).filter(|_| !line.text.ends_with(':'));
    let Some(section) = section else {
        return false;
    };
    // "Status Code" and "Description" are header words as well. Headings of
    // two words have capitals where labels have none: "Request Parameters"
    // and "Request parameters".
    let title_case = line
        .text
        .split(' ')
        .all(|w| w.starts_with(|c: char| !c.is_lowercase()));
    let label = known_label(line.text).is_some() && !(title_case && line.text.contains(' '));
    if vocabulary::role(line.text) == Some(vocabulary::Role::Description) || label {
        return false;
    }
    let next = lines.get(1).and_then(|l| vocabulary::role(l.text));
    !(section == Section::Status && next == Some(vocabulary::Role::Description))
}
