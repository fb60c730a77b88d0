//! Text of which nothing is known.

use super::Line;
use crate::time::{TimeContext, epoch, iso, short};

pub(super) fn line(line: &[u8], context: &TimeContext) -> Line {
    let read = iso(line, context)
        .or_else(|| short(line, context))
        .or_else(|| epoch(line));
    match read {
        Some((time, _)) => Line::begins(Some(time), None),
        None => Line::Belongs,
    }
}
