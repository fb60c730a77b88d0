//! What of a log is not in an earlier copy of it.
//!
//! A service that exports a log gives all that it keeps each time. Both copies are read side by side, in the order of
//! their times, so that only entries of one time are in memory.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;

use jiff::Timestamp;

use crate::reader::{Beginning, Entry, Log, Reader};

/// Reads a log, without the entries that its earlier copy has.
pub(crate) struct Fresh {
    log: Reader,
    before: Option<Before>,
}

impl Fresh {
    pub(crate) fn open(log: &Log, beginning: Beginning) -> io::Result<Self> {
        let before = match &log.before {
            Some(open) => Some(Before::new(Reader::open_before(log, open)?)?),
            None => None,
        };
        Ok(Self {
            log: Reader::open_at(log, beginning)?,
            before,
        })
    }

    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        while self.log.advance()? {
            let is_known = match &mut self.before {
                Some(before) => before.take(&self.log.entry())?,
                None => false,
            };
            if !is_known {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn entry(&self) -> Entry<'_> {
        self.log.entry()
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.log.time()
    }
}

/// The earlier copy.
struct Before {
    reader: Reader,
    is_over: bool,
    /// The time of the entries that are counted.
    time: Timestamp,
    /// How many entries of that time there are, by their digests.
    counts: HashMap<u64, u32>,
}

impl Before {
    fn new(mut reader: Reader) -> io::Result<Self> {
        let is_over = !reader.advance()?;
        Ok(Self {
            reader,
            is_over,
            time: Timestamp::MIN,
            counts: HashMap::new(),
        })
    }

    /// Whether it has an entry, too. Each counts once.
    fn take(&mut self, entry: &Entry<'_>) -> io::Result<bool> {
        if entry.time > self.time {
            self.counts.clear();
            self.time = entry.time;
            while !self.is_over && self.reader.time() <= entry.time {
                if self.reader.time() == entry.time {
                    *self.counts.entry(digest(&self.reader.entry())).or_default() += 1;
                }
                self.is_over = !self.reader.advance()?;
            }
        }
        let Some(count) = self.counts.get_mut(&digest(entry)) else {
            return Ok(false);
        };
        let is_there = *count > 0;
        *count = count.saturating_sub(1);
        Ok(is_there)
    }
}

fn digest(entry: &Entry<'_>) -> u64 {
    let mut hash = DefaultHasher::new();
    // The last line may have been cut from its line break.
    entry.raw.trim_ascii_end().hash(&mut hash);
    hash.finish()
}
