//! MySQL's error log and slow query log.

use super::{Attributes, Line, State, cut, digits, first_line};
use crate::severity::Severity;
use crate::time::{TimeContext, iso, set_timestamp, short};

/// `2026-11-22T02:10:03.123456Z 0 [Note] …`, `2026-11-22 02:10:03 1234 [Note] …`, `261122  2:10:03 [Note] …`.
pub(super) fn error_line(line: &[u8], state: &mut State, context: &TimeContext) -> Line {
    match state
        .minute
        .iso(line, context)
        .or_else(|| short(line, context))
    {
        Some((time, length)) => {
            let level = line.get(length..).and_then(level);
            Line::begins(Some(time), level.and_then(Severity::of_word))
        }
        None => Line::Belongs,
    }
}

/// The word in the first brackets, which stand behind the thread's number at most.
fn level(rest: &[u8]) -> Option<&[u8]> {
    const THREAD: usize = 24;
    let open = memchr::memchr(b'[', rest.get(..THREAD.min(rest.len()))?)?;
    Some(cut(rest.get(open + 1..)?, b']')?.0)
}

pub(super) fn error_attributes(entry: &[u8]) -> Attributes<'_> {
    let mut attributes = Attributes::default();
    let line = first_line(entry);
    let Some((before, rest)) = cut(line, b'[') else {
        return attributes;
    };
    let Some((level, rest)) = cut(rest, b']') else {
        return attributes;
    };
    if Severity::of_word(level).is_none() {
        return attributes;
    }
    attributes.state(level);
    let before = before.trim_ascii_end();
    let thread = before.iter().rev().take_while(|c| c.is_ascii_digit());
    let thread = before.len() - thread.count();
    if before.get(thread.wrapping_sub(1)) == Some(&b' ') {
        attributes.add("thread.id", before.get(thread..).unwrap_or_default());
    }
    for (name, value) in ["mysql.error_code", "mysql.subsystem"]
        .into_iter()
        .zip(brackets(rest))
    {
        attributes.add(name, value);
    }
    attributes
}

/// What stands in brackets one behind the other.
fn brackets(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (value, more) = cut(rest.trim_ascii_start().strip_prefix(b"[")?, b']')?;
        rest = more;
        Some(value)
    })
}

/// An entry begins with `# Time:` or, where several have the same one, with `# User@Host:`.
pub(super) fn slow_line(line: &[u8], state: &mut State, context: &TimeContext) -> Line {
    let was_after_time = std::mem::take(&mut state.is_after_time);
    if let Some(rest) = line.strip_prefix(b"# Time: ") {
        if let Some((time, _)) = iso(rest, context).or_else(|| short(rest, context)) {
            state.is_after_time = true;
            return Line::begins(Some(time), None);
        }
        return Line::Belongs;
    }
    if line.starts_with(b"# User@Host: ") && !was_after_time {
        return Line::begins(None, None);
    }
    match set_timestamp(line) {
        Some(time) => Line::Dates(time),
        None => Line::Belongs,
    }
}

pub(super) fn slow_attributes(entry: &[u8]) -> Attributes<'_> {
    let mut attributes = Attributes::default();
    let lines = entry.split(|byte| *byte == b'\n');
    for line in lines.take_while(|line| line.starts_with(b"# ")) {
        if let Some(rest) = line.strip_prefix(b"# User@Host: ") {
            if let Some((user, rest)) = cut(rest, b'[') {
                attributes.add("user.name", user);
                // The second brackets have the address.
                let address = cut(rest, b'[').and_then(|(_, rest)| cut(rest, b']'));
                attributes.add("client.address", address.unwrap_or_default().0);
            }
            continue;
        }
        for (label, name) in [
            ("Query_time: ", "mysql.query_time"),
            ("Lock_time: ", "mysql.lock_time"),
            ("Rows_sent: ", "mysql.rows_sent"),
            ("Rows_examined: ", "mysql.rows_examined"),
            ("Schema: ", "db.namespace"),
        ] {
            if let Some(at) = memchr::memmem::find(line, label.as_bytes()) {
                let rest = line.get(at + label.len()..).unwrap_or_default();
                let length = match name {
                    "db.namespace" => rest.iter().take_while(|c| !c.is_ascii_whitespace()).count(),
                    _ => number(rest),
                };
                attributes.add(name, rest.get(..length).unwrap_or_default());
            }
        }
    }
    attributes
}

/// The length of a number with or without a fraction.
pub(crate) fn number(text: &[u8]) -> usize {
    let whole = digits(text);
    match text.get(whole) {
        Some(b'.') => whole + 1 + digits(text.get(whole + 1..).unwrap_or_default()),
        _ => whole,
    }
}
