//! Which form a page came in, told from its content.

use crate::block::Format;

/// Tells the form of a text that is not seen through a code viewer.
pub(crate) fn format(source: &str) -> Format {
    let mut directives = 0;
    let mut hashes = 0;
    let mut tags = 0;
    let mut fence = false;
    for line in source.lines() {
        let text = line.trim_start();
        if line.starts_with(":original_name:") {
            return Format::Rst;
        }
        fence ^= text.starts_with("```");
        if line.starts_with(".. _") && text.trim_end().ends_with(':') {
            directives += 1;
        }
        if text.starts_with(".. ") && text.contains("::") {
            directives += 1;
        }
        let marks = line.bytes().take_while(|b| *b == b'#').count();
        if !fence
            && (1..=6).contains(&marks)
            && line.get(marks..).is_some_and(|r| r.starts_with(' '))
        {
            hashes += 1;
        }
        let lower = text.get(..12).unwrap_or(text).to_lowercase();
        let tag = [
            "<h",
            "<div",
            "<table",
            "<p",
            "<a ",
            "<!doctype",
            "<tr",
            "<td",
            "<section",
        ]
        .iter()
        .any(|t| lower.starts_with(t));
        tags += usize::from(tag);
    }
    if directives > 0 {
        Format::Rst
    } else if hashes > 0 {
        Format::Markdown
    } else if tags > 1 {
        Format::Html
    } else if underlined(source) {
        Format::Rst
    } else {
        Format::Text
    }
}

/// Whether the text has headings underlined as in reStructuredText.
fn underlined(source: &str) -> bool {
    let lines: Vec<&str> = source.lines().collect();
    let count = lines
        .windows(2)
        .filter(|pair| match pair {
            [title, under] => {
                let under = under.trim_end();
                under.len() >= 3
                    && !title.trim().is_empty()
                    && (under.bytes().all(|b| b == b'=') || under.bytes().all(|b| b == b'-'))
            }
            _ => false,
        })
        .count();
    count > 1
}
