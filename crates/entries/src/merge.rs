//! Many logs as one, in the order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io;

use jiff::Timestamp;

use crate::fresh::Fresh;
use crate::reader::{Beginning, Entry, Log};

/// Reads logs side by side. A log takes memory from its first entry to its last one, whatever its size.
#[derive(Default)]
pub struct Merge {
    slots: Vec<Slot>,
    /// The time of the next entry of each log, and its number. At one time, logs come in the order in which they were
    /// added, and all of one before the next.
    heap: BinaryHeap<Reverse<Turn>>,
    /// The log whose entry was given last.
    last: Option<usize>,
    failures: Vec<(usize, io::Error)>,
}

/// A time and the number of a log in one, as one number is compared in fewer steps than two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn(i128);

impl Turn {
    /// The lower bits are the number's. Times have 69 bits, so that all fits.
    const NUMBER: u32 = 48;

    fn new(time: Timestamp, number: usize) -> Self {
        // No process has as many logs.
        let number = i128::try_from(number).unwrap_or_default();
        Self((time.as_nanosecond() << Self::NUMBER) | number)
    }

    fn number(self) -> usize {
        let number = self.0 & ((1 << Self::NUMBER) - 1);
        usize::try_from(number).unwrap_or_default()
    }
}

struct Slot {
    log: Log,
    beginning: Beginning,
    reader: Option<Fresh>,
}

impl Merge {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a log, whose number is that of logs that were added before. One that cannot be read is a
    /// [failure](Self::failures).
    pub fn add(&mut self, log: Log) {
        let number = self.slots.len();
        let beginning = match Beginning::of(&log) {
            Ok(beginning) => {
                self.heap.push(Reverse(Turn::new(beginning.time, number)));
                beginning
            }
            Err(error) => {
                self.failures.push((number, error));
                Beginning {
                    format: crate::Format::Plain,
                    time: log.fallback,
                }
            }
        };
        self.slots.push(Slot {
            log,
            beginning,
            reader: None,
        });
    }

    /// The numbers of the logs that could not be read to their ends so far.
    pub fn failed(&self) -> impl Iterator<Item = usize> {
        self.failures.iter().map(|(number, _)| *number)
    }

    /// The logs that could not be read to their ends, by their numbers. All others were.
    pub fn failures(&mut self) -> Vec<(usize, io::Error)> {
        std::mem::take(&mut self.failures)
    }

    /// The next entry, and the number of its log.
    // It lends what it holds, which an iterator cannot.
    #[expect(clippy::should_implement_trait, reason = "an entry is lent")]
    pub fn next(&mut self) -> Option<(usize, Entry<'_>)> {
        let last = self.last.take();
        // The log of the last entry often has the next one, too.
        let mut next = last.and_then(|number| Some(Turn::new(self.advance(number)?, number)));
        let number = loop {
            let first = match (next, self.heap.peek_mut()) {
                // One goes and one comes, which costs the heap half of both by themselves.
                (Some(next), Some(mut first)) if first.0 < next => {
                    std::mem::replace(&mut first.0, next)
                }
                (Some(next), _) => break next.number(),
                (None, Some(first)) => PeekMut::pop(first).0,
                (None, None) => return None,
            };
            let number = first.number();
            if self.slots.get(number)?.reader.is_some() {
                break number;
            }
            next = self.open(number).map(|time| Turn::new(time, number));
        };
        self.last = Some(number);
        let reader = self.slots.get(number)?.reader.as_ref()?;
        Some((number, reader.entry()))
    }

    /// The entry that was given last.
    pub fn current(&self) -> Option<Entry<'_>> {
        let reader = self.slots.get(self.last?)?.reader.as_ref()?;
        Some(reader.entry())
    }

    /// Opens a log, and gives the time of its first entry.
    fn open(&mut self, number: usize) -> Option<Timestamp> {
        let slot = self.slots.get_mut(number)?;
        match Fresh::open(&slot.log, slot.beginning) {
            Ok(reader) => slot.reader = Some(reader),
            Err(error) => {
                self.failures.push((number, error));
                return None;
            }
        }
        self.advance(number)
    }

    /// Goes to the next entry of a log, and gives its time.
    fn advance(&mut self, number: usize) -> Option<Timestamp> {
        let slot = self.slots.get_mut(number)?;
        let reader = slot.reader.as_mut()?;
        match reader.advance() {
            Ok(true) => return Some(reader.time()),
            Ok(false) => {}
            Err(error) => self.failures.push((number, error)),
        }
        slot.reader = None;
        None
    }
}
