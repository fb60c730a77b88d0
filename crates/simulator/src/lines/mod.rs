//! What the entries of each kind of log file look like, and what they say.

mod mongo;
mod mysql;
mod postgres;
mod redis;
mod statements;
mod template;

use jiff::civil::Date;
use serde::Deserialize;

use template::Template;
pub(crate) use template::Times;

/// A kind of log file, under the name that models have for it: `mysql-slow`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Style {
    RedisRun,
    PostgresError,
    PostgresSlow,
    MysqlSlow,
    MysqlAudit,
    SqlServerTrace,
    MongoError,
    MongoSlow,
    MongoAudit,
}

/// What an entry of a [`LogFile`](crate::LogFile) says, for tests of what reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Said {
    /// A slow statement.
    Statement {
        /// The same for statements that differ only in their values.
        shape: usize,
        /// How long it took.
        microseconds: u64,
    },
    /// An error, by the word for its severity.
    Error {
        /// `ERROR` or `FATAL`.
        severity: &'static str,
    },
    /// The end of a checkpoint of PostgreSQL.
    Checkpoint {
        /// How many buffers it wrote.
        buffers: u16,
    },
    /// A connection that was let in.
    Connection,
    /// Anything else.
    Other,
}

/// The entries of one file, of which each that is written has its own time.
pub(crate) struct Lines {
    /// What the server writes when it opens the file.
    pub(crate) opening: &'static str,
    entries: Vec<Template>,
    filler: Template,
    times: Times,
}

/// Different entries of a file.
const ENTRIES: usize = 96;

impl Style {
    /// The entries of one day's file.
    pub(crate) fn lines(self, day: Date, rng: &mut fastrand::Rng) -> Lines {
        let entries = (0..ENTRIES).map(|_| self.entry(rng)).collect();
        let filler = match self {
            Self::RedisRun => redis::filler(),
            Self::PostgresError => postgres::error_filler(),
            Self::PostgresSlow => postgres::slow_filler(),
            Self::MysqlSlow => mysql::slow_filler(),
            Self::MysqlAudit => mysql::audit_filler(),
            Self::SqlServerTrace => statements::trace_filler(),
            Self::MongoError => mongo::error_filler(),
            Self::MongoSlow => mongo::slow_filler(),
            Self::MongoAudit => mongo::audit_filler(),
        };
        let date = match self {
            Self::RedisRun => day.strftime("%d %b %Y ").to_string(),
            Self::PostgresError | Self::PostgresSlow | Self::SqlServerTrace => format!("{day} "),
            _ => format!("{day}T"),
        };
        let opening = match self {
            Self::MysqlSlow => mysql::OPENING,
            _ => "",
        };
        Lines {
            opening,
            entries,
            filler,
            times: Times::new(day, date),
        }
    }

    fn entry(self, rng: &mut fastrand::Rng) -> Template {
        match self {
            Self::RedisRun => redis::entry(rng),
            Self::PostgresError => postgres::error(rng),
            Self::PostgresSlow => postgres::slow(rng),
            Self::MysqlSlow => mysql::slow(rng),
            Self::MysqlAudit => mysql::audit(rng),
            Self::SqlServerTrace => statements::trace(rng),
            Self::MongoError => mongo::error(rng),
            Self::MongoSlow => mongo::slow(rng),
            Self::MongoAudit => mongo::audit(rng),
        }
    }
}

impl Lines {
    /// Adds entries to a text until it is exactly this long, and calls `said` with what each of them says. `milliseconds` is
    /// the time of day of an entry that begins at a position. Entries are whole, unless the length has no room for one.
    pub(crate) fn fill(
        &self,
        text: &mut Vec<u8>,
        length: usize,
        rng: &mut fastrand::Rng,
        milliseconds: impl Fn(usize) -> u64,
        mut said: impl FnMut(&Said),
    ) {
        let least = self.filler.length(&self.times);
        while text.len() < length {
            let time = milliseconds(text.len());
            let left = length - text.len();
            let fits = |entry: &&Template| {
                let rest = left.checked_sub(entry.length(&self.times));
                rest.is_some_and(|rest| rest == 0 || rest >= least)
            };
            match rng.choice(&self.entries).filter(fits) {
                Some(entry) => {
                    entry.write(text, time, &self.times, 0);
                    said(&entry.said);
                }
                None => {
                    let is_whole = left >= least;
                    let padding = left.saturating_sub(least);
                    self.filler.write(text, time, &self.times, padding);
                    if is_whole {
                        said(&self.filler.said);
                    } else {
                        text.truncate(length.saturating_sub(1));
                        text.push(b'\n');
                    }
                }
            }
        }
    }
}

/// Who is connected from where.
struct Client {
    address: String,
    port: u16,
    process: u16,
}

impl Client {
    /// The one of entries that fill a file.
    fn filling() -> Self {
        Self {
            address: "192.168.0.9".to_owned(),
            port: 40_000,
            process: 900,
        }
    }

    fn any(rng: &mut fastrand::Rng) -> Self {
        Self {
            address: format!("192.168.{}.{}", rng.u8(0..8), rng.u8(2..250)),
            port: rng.u16(32_000..61_000),
            process: rng.u16(1_000..32_000),
        }
    }
}
