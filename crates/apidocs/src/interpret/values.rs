//! Documented values, ranges and defaults in a description.
//!
//! A value list is only taken where the page introduces it as one (`Options:`,
//! `The value can be`, `Enumeration values:`) or where every item of a list
//! begins with a value and explains it. What a sentence merely mentions is not
//! a documented value.

use super::limits;
use super::prose::inline;
use super::stated_values::{StatedValues, is_value_word};
use crate::block::{Cell, Mark, Part, Run, Text};
use crate::facts::Stated;
use crate::vocabulary;

/// Reads a description.
pub(crate) fn of_description(cell: &Cell) -> StatedValues {
    let mut out = StatedValues::default();
    let mut introduced = false;
    let mut exemplary = false;
    let mut rest = cell.parts.as_slice();
    while let Some((part, tail)) = rest.split_first() {
        rest = tail;
        match part {
            Part::Para(text) => {
                // Some pages set one value and its explanation to a paragraph.
                if introduced && let Some(value) = bare_value(text) {
                    out.value(value);
                    continue;
                }
                let plain = text.plain();
                inline(text, &mut out);
                limits::of_sentence(&plain, &mut out.limits);
                limits::defaults(text, &mut out.default);
                introduced = introduces(&plain);
                exemplary = plain.to_lowercase().contains("example value");
            }
            Part::Item(_) => {
                let more = tail
                    .iter()
                    .take_while(|p| matches!(p, Part::Item(_)))
                    .count();
                let items: Vec<&Text> = std::iter::once(part)
                    .chain(tail.iter().take(more))
                    .filter_map(|p| match p {
                        Part::Item(text) => Some(text),
                        _ => None,
                    })
                    .collect();
                // What follows "Example values:" documents nothing.
                if !exemplary {
                    read_list(&items, introduced, cell, &mut out);
                }
                rest = tail.get(more..).unwrap_or_default();
            }
            Part::Code(_) => {}
        }
    }
    out
}

/// A paragraph that is a value and its explanation.
fn bare_value(text: &Text) -> Option<String> {
    match text.spans.as_slice() {
        [
            Run {
                text,
                mark: Mark::Strong,
            },
        ] => Some(text.clone()),
        [
            Run {
                text,
                mark: Mark::Strong,
            },
            next,
            ..,
        ] if next.text.trim_start().starts_with([':', '：']) => Some(text.clone()),
        _ => None,
    }
}

/// Reads a column of values or ranges.
pub(crate) fn of_range(cell: &Cell) -> StatedValues {
    let mut out = of_description(cell);
    limits::range(&cell.plain(), &mut out.limits);
    out
}

/// Reads a column of defaults.
pub(crate) fn of_default(cell: &Cell) -> Stated<Vec<String>> {
    let text = cell.plain();
    if text.is_empty() {
        Stated::Missing
    } else if vocabulary::is_none(&text) {
        Stated::Nothing
    } else {
        Stated::Value(vec![text])
    }
}

/// Phrases that introduce a list of values that follows.
const INTRODUCTIONS: [&str; 18] = [
    "options",
    "value",
    "values",
    "valid value",
    "valid values",
    "value range",
    "value options",
    "enumeration values",
    "enumerated values include",
    "enumerated values",
    "the options are as follows",
    "options are as follows",
    "the value range is as follows",
    "value range is as follows",
    "the value can be",
    "its value can be any of the following",
    "the values are as follows",
    "枚举值",
];

/// Phrases inside a sentence that ends in a colon or in nothing.
const INTRODUCING: [&str; 9] = [
    "can be any of the following",
    "value can be",
    "options are as follows",
    "values are as follows",
    "enumerated values include",
    "value is as follows",
    "valid value",
    "can be set to",
    "取值",
];

fn introduces(plain: &str) -> bool {
    let lower = plain.to_lowercase();
    let lower = lower.trim_end();
    let open = lower.ends_with([':', '：']);
    let last = lower
        .trim_end_matches([':', '：'])
        .rsplit(['.', '。'])
        .next()
        .unwrap_or_default()
        .trim();
    if last.starts_with("default") || last.contains("default value") || last.contains("example") {
        return false;
    }
    let whole = INTRODUCTIONS.contains(&last) && open;
    let within = INTRODUCING.iter().any(|phrase| last.contains(phrase));
    whole || (within && (open || last.ends_with("include")))
}

/// The items of a list.
fn read_list(items: &[&Text], introduced: bool, cell: &Cell, out: &mut StatedValues) {
    let leading: Vec<Option<String>> = items.iter().map(|t| leading_value(t)).collect();
    if introduced {
        for (item, value) in items.iter().zip(&leading) {
            match value.clone().or_else(|| lone_words(item)) {
                Some(value) => out.value(value),
                None => sentence_item(item, out),
            }
        }
        return;
    }
    let values: Vec<String> = leading.into_iter().flatten().collect();
    let others = items.iter().filter(|t| speaks_of_default(t)).count();
    let all = items.len() - others > 1 && values.len() == items.len() - others;
    if all && !parts_of_a_format(&values, cell) {
        for value in values {
            out.value(value);
        }
    }
    for item in items {
        sentence_item(item, out);
    }
}

fn speaks_of_default(item: &Text) -> bool {
    item.plain().to_lowercase().starts_with("default")
}

/// Whether a list explains the parts of a value, with dots between them, and not values.
fn parts_of_a_format(values: &[String], cell: &Cell) -> bool {
    let [first, second, ..] = values else {
        return false;
    };
    let joined = format!("{first}.{second}");
    cell.parts
        .iter()
        .take(4)
        .any(|part| matches!(part, Part::Para(text) if text.plain().contains(&joined)))
}

fn sentence_item(item: &Text, out: &mut StatedValues) {
    inline(item, out);
    let plain = item.plain();
    limits::of_sentence(&plain, &mut out.limits);
    limits::defaults(item, &mut out.default);
}

/// The value an item begins with, where something explains it or nothing
/// follows: `**run**: …`, `**run** indicates …`, `FINISH: …`.
fn leading_value(item: &Text) -> Option<String> {
    let mut spans = item.spans.iter().filter(|s| !s.text.trim().is_empty());
    let first = spans.next()?;
    if matches!(first.mark, Mark::Strong | Mark::Code) {
        let after: String = spans.map(|s| s.text.as_str()).collect();
        let after = after.trim_start().to_lowercase();
        let explained = after.is_empty()
            || after.starts_with([':', '：', ',', '，', '(', '（', '.', '-', '–'])
            || after.starts_with("indicat")
            || after.starts_with("means")
            || after.starts_with("is ")
            || after.starts_with("refers");
        let value = first.text.trim().trim_end_matches([':', '：']);
        let value_like = !value.contains(char::is_whitespace)
            || value
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_whitespace());
        return (explained && value_like).then(|| value.to_owned());
    }
    if item.spans.iter().any(|s| s.mark == Mark::Strong) || speaks_of_default(item) {
        return None;
    }
    let plain = item.plain();
    let (head, tail) = plain.split_once([':', '：'])?;
    // "08:15-09:15" is a time and explains nothing.
    let explained = tail.is_empty() || tail.starts_with(' ') || plain.contains('：');
    (explained && is_value_word(head)).then(|| head.to_owned())
}

/// An item that is nothing but a value of a word or two.
fn lone_words(item: &Text) -> Option<String> {
    let plain = item.plain();
    let plain = plain.trim_end_matches(['.', ';', ',']);
    let short = plain.split(' ').count() <= 2 && plain.len() <= 40 && !plain.is_empty();
    let marked = item.spans.iter().any(|s| s.mark == Mark::Strong);
    (short && !plain.contains([':', '/', '*'])).then(|| {
        if marked && let Some(strong) = item.spans.iter().find(|s| s.mark == Mark::Strong) {
            strong.text.trim().to_owned()
        } else {
            plain.to_owned()
        }
    })
}
