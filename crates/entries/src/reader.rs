//! The entries of one log, in the order in which they stand there.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::format::{Format, Head, Line, State};
use crate::input::{self, Opener};
use crate::severity::Severity;
use crate::time::TimeContext;

/// What is read at once, and the memory that a log takes whose entries are not longer.
const USUAL: usize = 128 * 1024;

/// An entry that is longer than this is read piece by piece.
pub const LONGEST: usize = 1024 * 1024;

/// Clocks differ, and zones are guessed.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A log that can be read.
#[derive(Clone)]
#[non_exhaustive]
pub struct Log {
    /// Opens it.
    pub open: Opener,
    /// The forms that it may have, likeliest first; others are tried after them.
    pub likely: Vec<Format>,
    /// What its times leave out.
    pub context: TimeContext,
    /// The time of its entries if none of them states one.
    pub fallback: Timestamp,
    /// When it was copied, if that is known. What says that it was written more than a day later was written by a wrong
    /// clock: it counts as one that states no time, so that it does not date all that follow.
    pub until: Option<Timestamp>,
    /// How many bytes at its beginning are left out.
    pub skip: u64,
    /// An earlier copy of the same log. Entries that it has are left out.
    pub before: Option<Opener>,
}

impl Log {
    /// A log in UTC, of which nothing more is known.
    pub fn new(open: Opener) -> Self {
        Self {
            open,
            likely: Vec::new(),
            context: TimeContext::new(jiff::tz::TimeZone::UTC, Timestamp::UNIX_EPOCH),
            fallback: Timestamp::UNIX_EPOCH,
            until: None,
            skip: 0,
            before: None,
        }
    }

    /// The log in a file.
    pub fn of_file(path: impl Into<std::path::PathBuf>) -> Self {
        let path = path.into();
        Self::new(Arc::new(move || std::fs::File::open(&path)))
    }

    /// Sets [`likely`](Self::likely).
    #[must_use]
    pub fn likely(mut self, forms: impl IntoIterator<Item = Format>) -> Self {
        self.likely = forms.into_iter().collect();
        self
    }

    /// Sets [`context`](Self::context).
    #[must_use]
    pub fn context(mut self, context: TimeContext) -> Self {
        self.context = context;
        self
    }

    /// Sets [`fallback`](Self::fallback).
    #[must_use]
    pub fn fallback(mut self, time: Timestamp) -> Self {
        self.fallback = time;
        self
    }

    /// Sets [`until`](Self::until).
    #[must_use]
    pub fn until(mut self, time: impl Into<Option<Timestamp>>) -> Self {
        self.until = time.into();
        self
    }

    /// Sets [`skip`](Self::skip).
    #[must_use]
    pub fn skip(mut self, bytes: u64) -> Self {
        self.skip = bytes;
        self
    }

    /// Sets [`before`](Self::before).
    #[must_use]
    pub fn before(mut self, open: impl Into<Option<Opener>>) -> Self {
        self.before = open.into();
        self
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log")
            .field("likely", &self.likely)
            .finish_non_exhaustive()
    }
}

/// An entry of a log: its first line, and those that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// As it stands in the log, with its line breaks.
    pub raw: &'a [u8],
    /// When it was written. One that is older than the one before it in the same log has that one's time, and so has one
    /// that states none.
    pub time: Timestamp,
    /// How grave it is, if it says so.
    pub severity: Option<Severity>,
    /// Its form, which is nearly always that of its log.
    pub format: Format,
    /// Whether it is the next piece of an entry that is longer than [`LONGEST`].
    pub is_rest: bool,
    /// Whether its last line goes on in the next piece.
    pub is_cut: bool,
}

/// Reads the entries of one log. Its memory does not grow with the log.
pub struct Reader {
    text: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    filled: usize,
    is_over: bool,
    format: Format,
    state: State,
    context: TimeContext,
    /// Later times are those of a wrong clock.
    latest: Timestamp,
    /// The time of the entry before.
    last: Timestamp,
    current: Current,
    /// The first line of the next entry, which has been looked at already, and its length.
    pending: Option<(Head, usize)>,
    /// Whether what follows is the middle of a line.
    is_in_line: bool,
    /// Whether what follows belongs to the entry that was given last.
    is_rest: bool,
}

#[derive(Clone, Debug)]
struct Current {
    at: Range<usize>,
    stated: Option<Timestamp>,
    severity: Option<Severity>,
    is_rest: bool,
}

impl Reader {
    /// Opens a log. Its first entries have the time of the first one that states any.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(log: &Log) -> io::Result<Self> {
        let beginning = Beginning::of(log)?;
        Self::open_at(log, beginning)
    }

    pub(crate) fn open_at(log: &Log, beginning: Beginning) -> io::Result<Self> {
        Self::new(&log.open, log.skip, log, beginning)
    }

    /// Reads the earlier copy of a log.
    pub(crate) fn open_before(log: &Log, open: &Opener) -> io::Result<Self> {
        let earlier = Log {
            open: Arc::clone(open),
            skip: 0,
            before: None,
            ..log.clone()
        };
        Self::open(&earlier)
    }

    fn new(open: &Opener, skip: u64, log: &Log, beginning: Beginning) -> io::Result<Self> {
        Ok(Self {
            text: input::open(open, skip)?,
            buffer: Vec::new(),
            filled: 0,
            is_over: false,
            format: beginning.format,
            state: State::default(),
            context: log.context.clone(),
            latest: log
                .until
                .and_then(|until| until.checked_add(A_DAY).ok())
                .unwrap_or(Timestamp::MAX),
            last: beginning.time,
            current: Current {
                at: 0..0,
                stated: None,
                severity: None,
                is_rest: false,
            },
            pending: None,
            is_in_line: false,
            is_rest: false,
        })
    }

    /// The form of the log.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Goes to the next entry; `false` if there is none.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn advance(&mut self) -> io::Result<bool> {
        let mut start = self.current.at.end;
        let mut head = None;
        let mut at = start;
        if let Some((pending, length)) = self.pending.take() {
            head = Some(pending);
            at = start + length;
            self.is_rest = false;
        }
        let mut dated = None;
        let mut is_in_line = std::mem::take(&mut self.is_in_line);
        let end = loop {
            let rest = self.buffer.get(at..self.filled).unwrap_or_default();
            let line = match memchr::memchr(b'\n', rest) {
                Some(end) => rest.get(..=end).unwrap_or_default(),
                None if self.is_over => rest,
                None => {
                    if self.filled - start >= LONGEST {
                        if at == start && head.is_none() && !is_in_line {
                            head = self.head_of(start..self.filled);
                        }
                        break self.cut(start, at);
                    }
                    at -= start;
                    start = self.fill(start)?;
                    continue;
                }
            };
            if line.is_empty() {
                break at;
            }
            let length = line.len();
            if std::mem::take(&mut is_in_line) {
                at += length;
                continue;
            }
            match self.format.line(line, &mut self.state, &self.context) {
                Line::Begins(next) if at == start && head.is_none() => {
                    head = Some(next);
                    self.is_rest = false;
                }
                Line::Begins(next) => {
                    self.pending = Some((next, length));
                    break at;
                }
                Line::Dates(time) => dated = dated.or(Some(time)),
                Line::Belongs => {}
            }
            at += length;
        };
        if start == end {
            self.current.at = start..end;
            return Ok(false);
        }
        let head = head.unwrap_or_default();
        let stated = head.time.or(dated).filter(|time| *time <= self.latest);
        self.last = stated.map_or(self.last, |stated| stated.max(self.last));
        self.current = Current {
            at: start..end,
            stated,
            severity: match self.is_rest {
                true => self.current.severity,
                false => head.severity,
            },
            is_rest: self.is_rest,
        };
        // What follows without a beginning of its own belongs to this one.
        self.is_rest = true;
        Ok(true)
    }

    /// The entry at which the reader is.
    pub fn entry(&self) -> Entry<'_> {
        let raw = self.buffer.get(self.current.at.clone()).unwrap_or_default();
        Entry {
            raw,
            time: self.last,
            severity: self.current.severity,
            format: match self.current.is_rest {
                true => self.format,
                false => self.format.of_entry(raw),
            },
            is_rest: self.current.is_rest,
            is_cut: self.is_in_line,
        }
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.last
    }

    /// What a line says that is too long to be there whole, if it begins an entry.
    fn head_of(&mut self, line: Range<usize>) -> Option<Head> {
        let line = self.buffer.get(line).unwrap_or_default();
        match self.format.line(line, &mut self.state, &self.context) {
            Line::Begins(head) => {
                self.is_rest = false;
                Some(head)
            }
            Line::Belongs | Line::Dates(_) => None,
        }
    }

    /// Where an entry that is too long is cut: before its last line or, if it is one, within it.
    fn cut(&mut self, start: usize, line: usize) -> usize {
        self.state.forget();
        if line > start {
            return line;
        }
        self.is_in_line = true;
        // No character is cut in two.
        let text = self.buffer.get(..self.filled).unwrap_or_default();
        let back = (0..4).find(|back| {
            let next = self
                .filled
                .checked_sub(back + 1)
                .and_then(|at| text.get(at));
            next.is_none_or(|byte| !(0x80..0xc0).contains(byte))
        });
        let back = match back {
            // The last byte is ASCII, or the text is no UTF-8.
            Some(0) if text.last().is_none_or(u8::is_ascii) => 0,
            Some(back) => back + 1,
            None => 0,
        };
        (self.filled - back).max(start + 1)
    }

    /// Reads more behind what is there, and gives where the entry now begins.
    fn fill(&mut self, start: usize) -> io::Result<usize> {
        self.buffer.copy_within(start..self.filled, 0);
        self.filled -= start;
        self.current.at = 0..0;
        if self.buffer.len() < USUAL {
            self.buffer.resize(USUAL, 0);
        } else if self.filled * 2 > self.buffer.len() {
            let size = (self.buffer.len() * 2).min(LONGEST + USUAL);
            self.buffer.resize(size, 0);
        } else if self.filled < USUAL / 2 && self.buffer.len() > USUAL {
            self.buffer.truncate(USUAL);
            self.buffer.shrink_to_fit();
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let count = loop {
            match self.text.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                count => break count?,
            }
        };
        self.filled += count;
        self.is_over = count == 0;
        Ok(0)
    }
}

/// What has to be known of a log before it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    pub(crate) format: Format,
    /// The first time in it.
    pub(crate) time: Timestamp,
}

impl Beginning {
    /// How much of a log tells its form.
    const SAMPLE: u64 = 64 * 1024;

    pub(crate) fn of(log: &Log) -> io::Result<Self> {
        let mut sample = Vec::new();
        // The form is that of the whole log, also where the beginning is left out.
        input::open(&log.open, 0)?
            .take(Self::SAMPLE)
            .read_to_end(&mut sample)?;
        let format = Format::of(&sample, &log.likely);
        let mut reader = Reader::new(
            &log.open,
            log.skip,
            log,
            Self {
                format,
                time: Timestamp::MIN,
            },
        )?;
        let mut time = None;
        while time.is_none() && reader.advance()? {
            time = reader.current.stated;
        }
        let time = time.unwrap_or(log.fallback);
        Ok(Self { format, time })
    }
}
