//! The forms in which logs are written: which lines begin an entry, and what those say.

mod audit;
mod json;
mod mongo;
mod mysql;
mod plain;
mod postgres;
mod redis;
mod sniff;

use jiff::Timestamp;

use crate::severity::Severity;
use crate::time::{Minute, TimeContext};
pub use json::Members;
pub(crate) use mysql::number;

/// The form of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Redis: `1:M 22 Nov 2026 02:10:03.123 * Ready to accept connections`.
    Redis,
    /// PostgreSQL's standard error stream, with a `log_line_prefix` that has the time.
    Postgres,
    /// PostgreSQL's `csvlog`.
    PostgresCsv,
    /// MySQL's error log.
    MysqlError,
    /// MySQL's slow query log.
    MysqlSlow,
    /// Audit logs of SQL: comma-separated values, one of the first of which is the time.
    Audit,
    /// A JSON document per line: entries of the services' APIs, MongoDB since 4.4, and what else writes such logs.
    Json,
    /// MongoDB before 4.4: `2026-11-22T02:10:03.123+0000 I NETWORK  [conn1] end connection`.
    Mongo,
    /// Text of which nothing else is known: a line that begins with a time begins an entry.
    Plain,
}

/// What a line is to the entries of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The first one of an entry.
    Begins(Head),
    /// One that belongs to the entry before.
    Belongs,
    /// Likewise, and it tells that entry's time, if nothing better does.
    Dates(Timestamp),
}

/// What the first line of an entry says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) time: Option<Timestamp>,
    pub(crate) severity: Option<Severity>,
}

impl Line {
    fn begins(time: Option<Timestamp>, severity: Option<Severity>) -> Self {
        Self::Begins(Head { time, severity })
    }
}

/// What has to be remembered from one line to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    minute: Minute,
    /// Whether a quotation mark is open, so that the next line belongs to a value.
    is_quoted: bool,
    /// Whether the line before was the `# Time:` of an entry whose other lines follow.
    is_after_time: bool,
}

impl State {
    /// What was remembered means nothing any more: an entry was too long to be looked at whole.
    pub(crate) fn forget(&mut self) {
        *self = Self {
            minute: self.minute,
            ..Self::default()
        };
    }
}

impl Format {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Redis,
        Self::Postgres,
        Self::PostgresCsv,
        Self::MysqlError,
        Self::MysqlSlow,
        Self::Audit,
        Self::Json,
        Self::Mongo,
        Self::Plain,
    ];

    /// The form of a log that begins with these bytes. Where several fit, `likely` is preferred.
    pub fn of(beginning: &[u8], likely: &[Self]) -> Self {
        sniff::format(beginning, likely)
    }

    /// What a line, with or without its line break, is.
    pub(crate) fn line(self, line: &[u8], state: &mut State, context: &TimeContext) -> Line {
        match self {
            Self::Redis => redis::line(line, context),
            Self::Postgres => postgres::line(line, state, context),
            Self::PostgresCsv => postgres::csv_line(line, state, context),
            Self::MysqlError => mysql::error_line(line, state, context),
            Self::MysqlSlow => mysql::slow_line(line, state, context),
            Self::Audit => audit::line(line, context),
            Self::Json => json::line(line, context),
            Self::Mongo => mongo::line(line, state, context),
            Self::Plain => plain::line(line, state, context),
        }
    }

    /// The form of an entry, which may be another one than that of its log.
    pub(crate) fn of_entry(self, entry: &[u8]) -> Self {
        match self {
            Self::Mongo if entry.starts_with(b"{") => Self::Json,
            _ => self,
        }
    }

    /// The word for the severity, as the entry has it, and what else its beginning says, by the names of OpenTelemetry's
    /// conventions.
    pub fn attributes(self, entry: &[u8]) -> Attributes<'_> {
        match self {
            Self::Redis => redis::attributes(entry),
            Self::Postgres => postgres::attributes(entry),
            Self::MysqlError => mysql::error_attributes(entry),
            Self::MysqlSlow => mysql::slow_attributes(entry),
            Self::Mongo => mongo::attributes(entry),
            Self::PostgresCsv => postgres::csv_attributes(entry),
            Self::Audit | Self::Json | Self::Plain => Attributes::default(),
        }
    }
}

/// What the beginning of an entry says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attributes<'a> {
    /// The severity in the log's own word.
    pub severity: Option<&'a str>,
    /// Names and values.
    pub values: Vec<(&'static str, &'a str)>,
}

impl<'a> Attributes<'a> {
    fn add(&mut self, name: &'static str, value: &'a [u8]) {
        if let Ok(value) = std::str::from_utf8(value)
            && !value.is_empty()
            && value != "-"
        {
            self.values.push((name, value));
        }
    }

    fn state(&mut self, severity: &'a [u8]) {
        self.severity = std::str::from_utf8(severity).ok();
    }
}

/// The message of an entry of PostgreSQL. In `csvlog`, a quotation mark in it is two of them.
pub(crate) fn postgres_message(format: Format, entry: &[u8]) -> Option<&[u8]> {
    match format {
        Format::PostgresCsv => postgres::csv_message(entry),
        _ => postgres::message(entry),
    }
}

/// The first line of a text, without its line break.
fn first_line(text: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let line = text.get(..end).unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What stands before and after the first of a byte.
fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(at, text)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// How many bytes at the beginning are digits.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|c| c.is_ascii_digit()).count()
}
