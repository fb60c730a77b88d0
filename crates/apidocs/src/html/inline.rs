//! Running text of HTML, and what is a block.

use scraper::ElementRef;
use scraper::node::Node;

use super::MAX_DEPTH;
use crate::block::{Mark, Text};

/// Reads running text with its marks.
pub(crate) fn inline(element: ElementRef<'_>, out: &mut Text, mark: &Mark, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let value = element.value();
    let mark = match value.name() {
        "b" | "strong" => Mark::Strong,
        "i" | "em" => Mark::Emphasis,
        "code" | "tt" | "samp" => Mark::Code,
        "br" => {
            out.push("\n", mark.clone());
            return;
        }
        "script" | "style" => return,
        "a" => match value.attr("href") {
            Some(target) => Mark::Link(target.to_owned()),
            None => mark.clone(),
        },
        _ => mark.clone(),
    };
    for child in element.children() {
        match child.value() {
            Node::Text(run) => out.push(run, mark.clone()),
            Node::Element(_) => {
                if let Some(reference) = ElementRef::wrap(child) {
                    inline(reference, out, &mark, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// Whether an element is a block.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "body"
            | "head"
            | "nav"
            | "footer"
            | "header"
            | "aside"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "thead"
            | "tbody"
            | "tr"
            | "td"
            | "th"
            | "pre"
            | "blockquote"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "script"
            | "style"
    )
}

/// Whether an inline element is wrapped around blocks.
pub(crate) fn has_blocks(element: ElementRef<'_>) -> bool {
    element
        .children()
        .filter_map(|c| c.value().as_element())
        .any(|e| is_block(e.name()))
}

/// Lines without their common indentation.
pub(crate) fn undented(lines: &[&str]) -> String {
    let margin = lines
        .iter()
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.len() - l.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let cut: Vec<&str> = lines
        .iter()
        .map(|l| l.get(margin..).unwrap_or_default())
        .collect();
    cut.join("\n")
}
