//! Text of which nothing is known.

use super::{Line, State};
use crate::time::{TimeContext, epoch, short};

pub(super) fn line(line: &[u8], state: &mut State, context: &TimeContext) -> Line {
    let read = state
        .minute
        .iso(line, context)
        .or_else(|| short(line, context))
        .or_else(|| epoch(line));
    match read {
        Some((time, _)) => Line::begins(Some(time), None),
        None => Line::Belongs,
    }
}
