//! Audit logs of SQL, as MySQL's audit plug-ins write them: quoted values with commas between, and the time among the
//! first of them.

use super::{Line, cut};
use crate::time::{TimeContext, iso};

/// Up to this value the time is looked for.
const VALUES: usize = 5;

pub(super) fn line(line: &[u8], context: &TimeContext) -> Line {
    // A statement may have line breaks, and marks of its own in either way of escaping them: what counts is that a line
    // has a time where the first one of an entry has it.
    let mut rest = line;
    for _ in 0..VALUES {
        let (value, more) = match rest {
            [b'"', inner @ ..] => match cut(inner, b'"') {
                Some((value, [b',', more @ ..])) => (value, Some(more)),
                Some((value, _)) => (value, None),
                None => return Line::Belongs,
            },
            _ => match cut(rest, b',') {
                Some((value, more)) => (value, Some(more)),
                None => (rest, None),
            },
        };
        if let Some((time, length)) = iso(value, context)
            && length == value.len()
        {
            return Line::begins(Some(time), None);
        }
        match more {
            Some(more) => rest = more,
            None => break,
        }
    }
    Line::Belongs
}
