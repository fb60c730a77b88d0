//! PostgreSQL's standard error stream and `csvlog`.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{Attributes, Line, State, cut, digits, first_line};
use crate::severity::Severity;
use crate::time::{TimeContext, epoch, iso_within};

/// So far into a line its prefix may reach: names of applications, databases and users are at most 63 bytes each.
const PREFIX: usize = 512;

/// Lines that say more of the one before, and are written with it in one piece.
const MORE: [&[u8]; 7] = [
    b"DETAIL",
    b"HINT",
    b"CONTEXT",
    b"STATEMENT",
    b"QUERY",
    b"LOCATION",
    b"BACKTRACE",
];

/// The word before the first `:  ` that is one of PostgreSQL's, where it begins, and its severity. What says more of the
/// line before has none.
fn tag(line: &[u8]) -> Option<(&[u8], usize, Option<Severity>)> {
    static END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b":  "));
    let head = line.get(..PREFIX.min(line.len()))?;
    for end in END.find_iter(head) {
        let word = head.get(..end)?;
        let length = word
            .iter()
            .rev()
            .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            .count();
        let start = end - length;
        let word = word.get(start..)?;
        let severity = Severity::of_word(word).filter(|_| word.len() > 2);
        if severity.is_some() || MORE.contains(&word) {
            return Some((word, start, severity));
        }
    }
    None
}

pub(super) fn line(line: &[u8], state: &mut State, context: &TimeContext) -> Line {
    // What continues a message is indented.
    if matches!(line.first(), None | Some(b'\t' | b'\n' | b'\r')) {
        return Line::Belongs;
    }
    let time = state.minute.iso(line, context).or_else(|| epoch(line));
    match tag(line) {
        Some((_, _, None)) => Line::Belongs,
        Some((_, start, severity)) => {
            let prefix = || iso_within(line.get(..start)?, context);
            let time = time.or_else(prefix).map(|(time, _)| time);
            Line::begins(time, severity)
        }
        // In another language.
        None => match time {
            Some((time, _)) => Line::begins(Some(time), None),
            None => Line::Belongs,
        },
    }
}

pub(super) fn attributes(entry: &[u8]) -> Attributes<'_> {
    let mut attributes = Attributes::default();
    let line = first_line(entry);
    let Some((word, start, _)) = tag(line) else {
        return attributes;
    };
    attributes.state(word);
    let prefix = line.get(..start).unwrap_or_default();
    // The process stands in brackets; so does the number of the line, with a dash.
    if let Some((_, rest)) = cut(prefix, b'[') {
        let pid = rest.get(..digits(rest)).unwrap_or_default();
        if rest.get(pid.len()) == Some(&b']') {
            attributes.add("process.pid", pid);
        }
    }
    if memchr::memchr(b'=', prefix).is_some() {
        for (label, name) in [
            ("user=", "user.name"),
            ("db=", "db.namespace"),
            ("client=", "client.address"),
            ("host=", "client.address"),
            ("app=", "postgresql.application_name"),
        ] {
            if let Some(at) = memchr::memmem::find(prefix, label.as_bytes()) {
                let rest = prefix.get(at + label.len()..).unwrap_or_default();
                let length = rest.iter().take_while(|c| !b", ]".contains(c)).count();
                attributes.add(name, rest.get(..length).unwrap_or_default());
            }
        }
    }
    // `user@database`, between marks.
    if let Some(at) = memchr::memchr(b'@', prefix) {
        let is_name = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_' || *c == b'-';
        let before = prefix.get(..at).unwrap_or_default();
        let after = prefix.get(at + 1..).unwrap_or_default();
        let user = before.iter().rev().take_while(|c| is_name(c)).count();
        let database = after.iter().take_while(|c| is_name(c)).count();
        attributes.add("user.name", before.get(at - user..).unwrap_or_default());
        attributes.add("db.namespace", after.get(..database).unwrap_or_default());
    }
    attributes
}

/// The columns of `csvlog` up to the message, by their numbers.
const SEVERITY: usize = 11;
const MESSAGE: usize = 13;

pub(super) fn csv_line(line: &[u8], state: &mut State, context: &TimeContext) -> Line {
    let was_quoted = state.is_quoted;
    // An escaped mark is two of them.
    if memchr::memchr_iter(b'"', line).count() % 2 == 1 {
        state.is_quoted = !state.is_quoted;
    }
    if was_quoted {
        return Line::Belongs;
    }
    match state.minute.iso(line, context) {
        Some((time, length)) if line.get(length) == Some(&b',') => {
            let severity = columns(line).nth(SEVERITY);
            Line::begins(Some(time), severity.and_then(Severity::of_word))
        }
        _ => Line::Belongs,
    }
}

/// The columns of an entry, without the marks around them.
fn columns(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut is_over = false;
    std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let (value, more) = column(rest);
        match more {
            Some(more) => rest = more,
            None => is_over = true,
        }
        Some(value)
    })
}

fn column(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let Some(inner) = text.strip_prefix(b"\"") else {
        return match cut(text, b',') {
            Some((value, more)) => (value, Some(more)),
            None => (text.trim_ascii_end(), None),
        };
    };
    let mut marks = memchr::memchr_iter(b'"', inner);
    while let Some(at) = marks.next() {
        match inner.get(at + 1) {
            Some(b'"') => {
                marks.next();
            }
            Some(b',') => return (inner.get(..at).unwrap_or_default(), inner.get(at + 2..)),
            _ => return (inner.get(..at).unwrap_or_default(), None),
        }
    }
    (inner, None)
}

pub(super) fn csv_attributes(entry: &[u8]) -> Attributes<'_> {
    const NAMES: [Option<&str>; MESSAGE] = [
        None,
        Some("user.name"),
        Some("db.namespace"),
        Some("process.pid"),
        Some("client.address"),
        Some("postgresql.session_id"),
        None,
        Some("postgresql.command_tag"),
        None,
        None,
        None,
        None,
        Some("db.response.status_code"),
    ];
    let mut attributes = Attributes::default();
    for (number, (value, name)) in columns(entry).zip(NAMES).enumerate() {
        match name {
            Some(name) => attributes.add(name, value),
            None if number == SEVERITY => attributes.state(value),
            None => {}
        }
    }
    attributes
}

/// The message of an entry of `csvlog`, in which a mark is still two of them.
pub(super) fn csv_message(entry: &[u8]) -> Option<&[u8]> {
    columns(entry).nth(MESSAGE)
}

/// The message of an entry of the standard error stream.
pub(super) fn message(entry: &[u8]) -> Option<&[u8]> {
    let (word, start, _) = tag(entry)?;
    entry.get(start + word.len() + 3..)
}
