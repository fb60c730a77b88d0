//! Lines of reStructuredText and what they begin.

use super::inline;

/// A line of the page, with what stands left of it cut off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Line of the page, counted from 1.
    pub(crate) number: u32,
    /// Its text.
    pub(crate) text: &'a str,
}

impl Line<'_> {
    /// Whether nothing is on it.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How far it is indented.
    pub(crate) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }
}

/// Lines of the paragraph that begins at the first line.
pub(crate) fn paragraph_lines(lines: &[Line<'_>]) -> usize {
    let more = lines
        .iter()
        .skip(1)
        .take_while(|l| !l.is_blank() && !l.text.starts_with(' '))
        .count();
    (1 + more).min(lines.len())
}

/// The first lines joined to one.
pub(crate) fn join(lines: &[Line<'_>], count: usize) -> String {
    let texts: Vec<&str> = lines.iter().take(count).map(|l| l.text.trim()).collect();
    texts.join(" ")
}

/// The paragraph's text without marks.
pub(crate) fn paragraph_text(lines: &[Line<'_>]) -> String {
    inline::parse(&join(lines, paragraph_lines(lines))).plain()
}

/// The character of a heading adornment line.
pub(crate) fn adornment(text: &str) -> Option<char> {
    let text = text.trim_end();
    let first = text.chars().next()?;
    (first.is_ascii_punctuation() && text.len() >= 3 && text.chars().all(|c| c == first))
        .then_some(first)
}

/// Width of a list marker with the blanks after it.
pub(crate) fn bullet(text: &str) -> Option<usize> {
    let marker = match text.chars().next()? {
        '-' | '*' | '+' | '•' => text.chars().next().map_or(1, char::len_utf8),
        c if c.is_ascii_digit() || c == '#' || c.is_ascii_lowercase() || c == '(' => {
            enumerator(text)?
        }
        _ => return None,
    };
    let rest = text.get(marker..)?;
    // A marker alone is a dash in a cell, not a list.
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    (blanks > 0 && blanks < rest.len()).then_some(marker + blanks)
}

/// `1.`, `#.`, `a.`, `(1)`, `1)`.
pub(crate) fn enumerator(text: &str) -> Option<usize> {
    let open = usize::from(text.starts_with('('));
    let body = text.get(open..)?;
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let length = match digits {
        0 if body.starts_with(['#']) || body.starts_with(|c: char| c.is_ascii_lowercase()) => 1,
        1..=3 => digits,
        _ => return None,
    };
    let end = body.get(length..)?.chars().next()?;
    let closes = if open == 1 {
        end == ')'
    } else {
        end == '.' || end == ')'
    };
    closes.then_some(open + length + 1)
}

/// The run of lines that are blank or indented by at least `width`, without
/// the blank lines at its end.
pub(crate) fn indented<'s, 'a>(lines: &'s [Line<'a>], width: usize) -> &'s [Line<'a>] {
    let run = lines
        .iter()
        .take_while(|l| l.is_blank() || l.indent() >= width)
        .count();
    let mut kept = lines.get(..run).unwrap_or_default();
    while let [rest @ .., last] = kept
        && last.is_blank()
    {
        kept = rest;
    }
    kept
}

/// Cuts the common indentation off.
pub(crate) fn dedent<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let margin = lines
        .iter()
        .filter(|l| !l.is_blank())
        .map(Line::indent)
        .min()
        .unwrap_or(0);
    lines
        .iter()
        .map(|l| Line {
            number: l.number,
            text: if l.is_blank() {
                ""
            } else {
                l.text.get(margin..).unwrap_or_default()
            },
        })
        .collect()
}
