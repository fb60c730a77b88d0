//! Values within their documented limits.

use regex_lite::Regex;
use serde_json::Value;

use crate::operation::Limit;
use crate::redact;

/// What is wrong with a parameter's value.
pub(super) fn problem_of_text(name: &str, text: &str, limits: &[Limit]) -> Option<String> {
    // Most values have none, and are not read as numbers.
    if limits.is_empty() {
        return None;
    }
    match text.parse() {
        Ok(number) if is_of_numbers(limits) => problem_of_number(name, text, number, limits),
        _ => problem_of_characters(name, text, limits),
    }
}

/// What is wrong with the value of a field. One of another type than the limits are for is not judged by them.
pub(super) fn problem_of_json(name: &str, value: &Value, limits: &[Limit]) -> Option<String> {
    match value {
        Value::String(text) => problem_of_characters(name, text, limits),
        Value::Number(number) => {
            problem_of_number(name, &number.to_string(), number.as_f64()?, limits)
        }
        Value::Array(items) => problem_of_list(name, items.len(), limits),
        _ => None,
    }
}

fn is_of_numbers(limits: &[Limit]) -> bool {
    let mut limits = limits.iter();
    limits.any(|limit| matches!(limit, Limit::Number(..)))
}

fn problem_of_number(name: &str, shown: &str, number: f64, limits: &[Limit]) -> Option<String> {
    limits.iter().find_map(|limit| match *limit {
        Limit::Number(least, most) if !(least..=most).contains(&number) => {
            let span = match (least.is_finite(), most.is_finite()) {
                (true, true) => format!("from {least} to {most}"),
                (true, false) => format!("{least} or more"),
                _ => format!("{most} or less"),
            };
            Some(format!("{name} is {shown}, which has to be {span}"))
        }
        _ => None,
    })
}

fn problem_of_list(name: &str, len: usize, limits: &[Limit]) -> Option<String> {
    limits.iter().find_map(|limit| match *limit {
        Limit::Items(least, most) if is_outside(len, least, most) => {
            let span = counted(least, most, "element");
            Some(format!("{name} has {len}, and has to have {span}"))
        }
        _ => None,
    })
}

fn problem_of_characters(name: &str, text: &str, limits: &[Limit]) -> Option<String> {
    let is_broken = |limit: &Limit| match *limit {
        Limit::Length(least, most) => is_outside(text.chars().count(), least, most),
        // What cannot be read says nothing; the generator leaves it out.
        Limit::Pattern(pattern) => Regex::new(pattern).is_ok_and(|pattern| !pattern.is_match(text)),
        _ => false,
    };
    if !limits.iter().any(is_broken) {
        return None;
    }
    let words = limits.iter().filter_map(|limit| match *limit {
        Limit::Length(least, most) => Some(format!("have {}", counted(least, most, "character"))),
        Limit::Pattern(pattern) => Some(format!("match {pattern}")),
        _ => None,
    });
    let words = words.collect::<Vec<_>>().join(" and ");
    Some(if limits.contains(&Limit::Secret) {
        format!("{name} has to {words}")
    } else {
        let text = redact::identifier(text);
        format!("{name} is {text:?}, which has to {words}")
    })
}

fn is_outside(count: usize, least: u32, most: u32) -> bool {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    !(least..=most).contains(&count)
}

/// `4 to 64 characters`
fn counted(least: u32, most: u32, what: &str) -> String {
    let plural = |count| if count == 1 { "" } else { "s" };
    match (least, most) {
        (least, u32::MAX) => format!("{least} {what}{} or more", plural(least)),
        (0, most) => format!("up to {most} {what}{}", plural(most)),
        (least, most) => format!("{least} to {most} {what}{}", plural(most)),
    }
}
