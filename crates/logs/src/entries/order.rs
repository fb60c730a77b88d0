//! The order of entries in a file: the oldest one first, whatever the order of the list.

use std::io::{self, BufRead};
use std::ops::Range;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::entry::{Entry, Fields};
use crate::time::Interval;

/// What has to be known to put entries into the order of their times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) fields: Fields,
    /// Where times can lie. Others are none.
    pub(super) bounds: Interval,
    /// Whether the list began with the newest entry, so that of entries with one time the last one is the oldest.
    pub(super) begins_with_newest: bool,
}

impl Order {
    /// Where the lines are that are to come first, second, and so on. An entry without a time stays behind the one before
    /// it. That takes some bytes for each entry, whatever its size.
    ///
    /// # Errors
    /// The text cannot be read.
    pub(super) fn places(&self, text: &mut impl BufRead) -> io::Result<Vec<Range<u64>>> {
        let mut all = Vec::new();
        let mut line = Vec::new();
        let mut start = 0;
        loop {
            line.clear();
            let length = u64::try_from(text.read_until(b'\n', &mut line)?).unwrap_or(u64::MAX);
            if length == 0 {
                break;
            }
            let end = start + length;
            all.push((self.time(&line), start..end));
            start = end;
        }
        if self.begins_with_newest {
            all.reverse();
        }
        let mut last = Timestamp::MIN;
        for (time, _) in &mut all {
            last = time.unwrap_or(last);
            *time = Some(last);
        }
        all.sort_by_key(|(time, _)| *time);
        Ok(all.into_iter().map(|(_, place)| place).collect())
    }

    fn time(&self, line: &[u8]) -> Option<Timestamp> {
        let sent = serde_json::from_slice::<&RawValue>(line).ok()?;
        let time = Entry::new(sent, self.fields).time;
        time.filter(|time| self.bounds.has(*time))
    }
}
