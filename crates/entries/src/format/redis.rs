//! Redis: `PID:ROLE DAY MONTH YEAR TIME LEVEL TEXT`; before 3.0 `[PID] DAY MONTH TIME LEVEL TEXT`.

use super::{Attributes, Line, digits};
use crate::severity::Severity;
use crate::time::{TimeContext, day_first};

/// Process id, role and what follows, which begins with the time.
fn origin(line: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let bracketed = line.first() == Some(&b'[');
    let start = usize::from(bracketed);
    let end = start + digits(line.get(start..)?);
    let pid = line.get(start..end).filter(|pid| !pid.is_empty())?;
    match line.get(end..)? {
        [b']', b' ', rest @ ..] if bracketed => Some((pid, b"", rest)),
        [b':', role @ b'A'..=b'Z', b' ', rest @ ..] if !bracketed => {
            Some((pid, std::slice::from_ref(role), rest))
        }
        [b':', b'c' | b's', b'i', b'g', ..] => None,
        [b':', rest @ ..] if !bracketed => {
            // `1234:signal-handler (1795313403) Received SIGTERM` has a time of its own kind.
            rest.first().filter(|c| c.is_ascii_digit())?;
            Some((pid, b"", rest))
        }
        _ => None,
    }
}

pub(super) fn line(line: &[u8], context: &TimeContext) -> Line {
    if let Some((_, _, rest)) = origin(line)
        && let Some((time, length)) = day_first(rest, context)
    {
        return Line::begins(Some(time), severity(rest.get(length..)));
    }
    match signal(line) {
        Some(time) => Line::begins(Some(time), Some(Severity::WARN)),
        None => Line::Belongs,
    }
}

/// `1234:signal-handler (1795313403) Received SIGTERM scheduling shutdown...`
fn signal(line: &[u8]) -> Option<jiff::Timestamp> {
    const HANDLER: &[u8] = b":signal-handler (";
    let rest = line.get(digits(line)..)?.strip_prefix(HANDLER)?;
    let seconds = std::str::from_utf8(rest.get(..digits(rest))?).ok()?;
    jiff::Timestamp::from_second(seconds.parse().ok()?).ok()
}

fn severity(rest: Option<&[u8]>) -> Option<Severity> {
    match rest? {
        [b' ', b'.', ..] => Some(Severity::DEBUG),
        [b' ', b'-', ..] => Some(Severity::INFO),
        [b' ', b'*', ..] => Some(Severity::NOTICE),
        [b' ', b'#', ..] => Some(Severity::WARN),
        _ => None,
    }
}

pub(super) fn attributes(entry: &[u8]) -> Attributes<'_> {
    let mut attributes = Attributes::default();
    let Some((pid, role, rest)) = origin(super::first_line(entry)) else {
        return attributes;
    };
    attributes.add("process.pid", pid);
    attributes.add(
        "redis.role",
        match role {
            b"M" => b"master",
            b"S" => b"replica",
            b"C" => b"child",
            b"X" => b"sentinel",
            other => other,
        },
    );
    // The level is the first mark behind the time, which has none of them.
    let mark = rest
        .iter()
        .zip(rest.iter().skip(1))
        .find(|(space, mark)| **space == b' ' && b".-*#".contains(mark));
    attributes.severity = mark.and_then(|(_, mark)| match mark {
        b'.' => Some("debug"),
        b'-' => Some("verbose"),
        b'*' => Some("notice"),
        b'#' => Some("warning"),
        _ => None,
    });
    attributes
}
