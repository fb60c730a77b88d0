//! MongoDB before 4.4: `TIME LEVEL COMPONENT [CONTEXT] TEXT`, and before 3.0 `WEEKDAY MONTH DAY TIME [CONTEXT] TEXT`.
//!
//! A server that is upgraded goes on in the same file with documents.

use super::{Attributes, Head, Line, State, cut, json};
use crate::severity::Severity;
use crate::time::{TimeContext, month_first};

pub(super) fn line(line: &[u8], state: &mut State, context: &TimeContext) -> Line {
    let time = state.minute.iso(line, context);
    match time.or_else(|| month_first(line, context)) {
        Some((time, length)) => {
            let level = line.get(length..).and_then(level);
            Line::begins(Some(time), level.and_then(Severity::of_word))
        }
        None => match json::line(line, context) {
            document @ Line::Begins(Head { time: Some(_), .. }) => document,
            _ => Line::Belongs,
        },
    }
}

/// `I` or `D2`, between spaces.
pub(super) fn level(rest: &[u8]) -> Option<&[u8]> {
    let (level, _) = cut(rest.strip_prefix(b" ")?, b' ')?;
    let is_level = matches!(
        level,
        [b'F' | b'E' | b'W' | b'I' | b'D'] | [b'D', b'1'..=b'5']
    );
    is_level.then_some(level)
}

pub(super) fn attributes(entry: &[u8]) -> Attributes<'_> {
    let mut attributes = Attributes::default();
    let line = super::first_line(entry);
    let Some((_, rest)) = cut(line, b' ') else {
        return attributes;
    };
    let Some((level, rest)) = cut(rest, b' ') else {
        return attributes;
    };
    if Severity::of_word(level).is_some() && level.len() <= 2 {
        attributes.state(level);
        if let Some((component, rest)) = cut(rest, b' ') {
            attributes.add("mongodb.component", component);
            let rest = rest.trim_ascii_start();
            if let Some((context, _)) = rest.strip_prefix(b"[").and_then(|rest| cut(rest, b']')) {
                attributes.add("mongodb.context", context);
            }
        }
    }
    attributes
}
