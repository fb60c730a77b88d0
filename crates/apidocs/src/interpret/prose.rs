//! Values in running text.

use super::stated_values::{StatedValues, is_value_word};
use crate::block::{Mark, Text};

/// Phrases right before values in a sentence.
const BEFORE: [&str; 22] = [
    "databases support",
    "databases only support",
    "value can be",
    "value can be set to",
    "value must be",
    "value is",
    "values are",
    "its value is",
    "options:",
    "values:",
    "value:",
    "valid values:",
    "valid value:",
    "value options:",
    "options are",
    "enumeration values:",
    "取值：",
    "取值:",
    "取值为",
    "取值包括",
    "可选值：",
    "枚举值：",
];

/// Words before such a phrase that make it speak of something else.
const UNLESS: [&str; 12] = [
    "example",
    "if",
    "when",
    "default",
    "minimum",
    "maximum",
    "if the",
    "when the",
    "the default",
    "the minimum",
    "the maximum",
    "default:",
];

/// Values in running text: `The value can be **0**, **1**, or **3**.`
pub(crate) fn inline(text: &Text, out: &mut StatedValues) {
    let marked = text.spans.iter().any(|s| s.mark == Mark::Strong);
    if marked {
        marked_values(text, out);
    } else {
        plain_values(&text.plain(), out);
    }
}

fn marked_values(text: &Text, out: &mut StatedValues) {
    let mut sentence = String::new();
    let mut at = 0;
    while let Some(span) = text.spans.get(at) {
        at += 1;
        if span.mark != Mark::Strong {
            sentence = after_stop(&sentence, &span.text);
            continue;
        }
        if !announces(&sentence) {
            sentence.push_str(&span.text);
            continue;
        }
        // A run of values with nothing but separators between them.
        let mut run = vec![span.text.trim().to_owned()];
        let mut last = String::new();
        while let Some(between) = text.spans.get(at) {
            let Some(next) = text.spans.get(at + 1) else {
                break;
            };
            if between.mark == Mark::Strong
                || next.mark != Mark::Strong
                || !separates(&between.text)
            {
                break;
            }
            run.push(next.text.trim().to_owned());
            last.clear();
            at += 2;
        }
        let after = text
            .spans
            .get(at)
            .map(|s| s.text.as_str())
            .unwrap_or_default();
        last.push_str(after);
        let lower = last.trim_start().to_lowercase();
        let conditional = lower.starts_with("when")
            || lower.starts_with("by default")
            || lower.starts_with("only when")
            || lower.starts_with("and is not returned")
            || lower.starts_with("if");
        let nothing = run.iter().all(|v| matches!(v.as_str(), "null" | "empty"));
        if !nothing && (run.len() > 1 || !conditional) {
            for value in run {
                out.value(value);
            }
        }
        sentence.clear();
    }
}

/// What of a sentence is left once more text follows it.
fn after_stop(sentence: &str, more: &str) -> String {
    let joined = format!("{sentence}{more}");
    let tail = match joined.rfind(['.', '。', ';']) {
        Some(at) => joined.get(at + 1..).unwrap_or_default(),
        None => joined.as_str(),
    };
    // Enough for the longest phrase and the words before it.
    let from = tail.char_indices().rev().nth(120).map_or(0, |(at, _)| at);
    tail.get(from..).unwrap_or_default().to_owned()
}

fn announces(sentence: &str) -> bool {
    let lower = sentence.trim_end().to_lowercase();
    BEFORE.iter().any(|phrase| {
        lower
            .strip_suffix(phrase)
            .is_some_and(|head| !excluded(head.trim_end()))
    })
}

fn excluded(head: &str) -> bool {
    let head = head.trim_start();
    if ["if ", "when ", "for example", "(if ", "(when "]
        .iter()
        .any(|w| head.starts_with(w))
    {
        return true;
    }
    let head = head.trim_end_matches([' ', ',']);
    UNLESS.iter().any(|w| {
        head.strip_suffix(w)
            .is_some_and(|h| h.is_empty() || h.ends_with(' '))
    })
}

/// Text between two values of one list: `, `, ` or `, ` (default), `.
fn separates(text: &str) -> bool {
    let mut bare = String::new();
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    let bare = bare.trim().to_lowercase();
    matches!(
        bare.as_str(),
        "," | "or" | "and" | ", or" | ", and" | "/" | "、" | "，" | "或" | "和" | ", " | ";" | ""
    )
}

/// The same where the form of the page has lost its bold marks: only lists
/// whose members look like values.
fn plain_values(plain: &str, out: &mut StatedValues) {
    let lower = plain.to_lowercase();
    if lower.len() != plain.len() {
        return;
    }
    for phrase in BEFORE {
        for (at, _) in lower.match_indices(phrase) {
            let head = lower.get(..at).unwrap_or_default();
            if excluded(head.trim_end()) {
                continue;
            }
            let tail = plain.get(at + phrase.len()..).unwrap_or_default();
            // Bounded: a list of values is never longer.
            let end = tail
                .char_indices()
                .nth(1_000)
                .map_or(tail.len(), |(at, _)| at);
            let tail = tail.get(..end).unwrap_or_default();
            let sentence = tail.split(". ").next().unwrap_or_default();
            let sentence = sentence.split(['。', '；']).next().unwrap_or_default();
            let sentence = sentence.trim_start_matches(['：', ':']);
            for value in listed(sentence.trim_end_matches('.')) {
                out.value(value);
            }
        }
    }
}

/// The members of `a, b, or c`, where each is one value-like word.
fn listed(sentence: &str) -> Vec<String> {
    let mut members = Vec::new();
    for piece in sentence
        .split([',', '/', '、', '，', '或', '和'])
        .flat_map(|p| p.split(" or "))
        .flat_map(|p| p.split(" and "))
    {
        let piece = piece.trim();
        let piece = piece
            .strip_prefix("or ")
            .or_else(|| piece.strip_prefix("and "))
            .unwrap_or(piece);
        let (word, note) = match piece.split_once(" (") {
            Some((word, _)) => (word, true),
            None => (piece, false),
        };
        if word.is_empty() {
            continue;
        }
        if !is_value_word(word) {
            return if note { members } else { Vec::new() };
        }
        members.push(word.to_owned());
    }
    let telling = members.len() > 1
        || members
            .iter()
            .any(|m| m.chars().any(|c| c.is_ascii_digit() || c == '_'));
    if telling { members } else { Vec::new() }
}
