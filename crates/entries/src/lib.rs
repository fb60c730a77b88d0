//! Reads the logs of databases as entries, and merges them by time.
//!
//! A log is text in one of several [forms](Format). Lines that begin no entry belong to the one before, so that the
//! entries of a log, one behind the other, are the log, whatever bytes it has. [`Merge`] reads any number of logs side by
//! side, and [`Text`] and [`JsonLines`] write their entries. [`Top`] groups slow statements that differ only in their
//! values. Memory grows neither with the size nor with the number of logs.
//!
//! ```
//! use otcdb_entries::{Log, Merge};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("redis.log");
//! std::fs::write(&path, "1:M 22 Nov 2026 02:10:03.123 * Ready to accept connections\n")?;
//! let mut merge = Merge::new();
//! merge.add(Log::of_file(&path));
//! let (_, entry) = merge.next().unwrap();
//! assert_eq!(entry.time.to_string(), "2026-11-22T02:10:03.123Z");
//! # Ok::<(), std::io::Error>(())
//! ```

mod filter;
mod format;
mod fresh;
mod input;
mod merge;
mod reader;
mod render;
mod severity;
mod slow;
mod time;

pub use filter::Filter;
pub use format::{Attributes, Format, Members};
pub use input::Opener;
pub use merge::Merge;
pub use reader::{Entry, LONGEST, Log, Reader};
pub use regex::bytes::{Regex, RegexBuilder};
pub use render::{JsonLines, Label, Text};
pub use severity::Severity;
pub use slow::{Group, Statement, Top, fingerprint};
pub use time::TimeContext;
