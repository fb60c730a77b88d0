//! Log files whose every byte follows from seed and key, so that none is ever stored.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::lines::{Lines, Said, Style};
use crate::seed::Seed;

/// Text is made in blocks of this many bytes, each from its own random numbers: a range can begin anywhere
/// without making what comes before it, and no two blocks are alike.
const BLOCK: u64 = 64 * 1024;

const DAY_MILLISECONDS: u64 = 24 * 60 * 60 * 1000;

/// A log that grows has so many more bytes with each minute, for a day at most.
const STEP: u64 = 1024;
const MINUTE: u64 = 60 * 1000;
const MOST_MINUTES: u64 = 24 * 60;

/// A log file of the simulated cloud: what the object store serves and what a client should have at the end.
#[derive(Clone, Debug)]
pub struct LogFile {
    key: Arc<str>,
    /// What its content follows from.
    log: Arc<str>,
    size: u64,
    /// How much of it is the log of the day; what follows has come minute by minute since the log went on.
    first: u64,
    seed: Seed,
    style: Style,
    day: Date,
    went_on: DateTime,
}

/// A part of a file that is made by itself.
struct Block {
    /// Its position in the file.
    start: u64,
    length: u64,
    /// Where its random numbers begin.
    base: u64,
    /// How many minutes after the log went on it was written; nothing for what is of the day.
    minutes: Option<u64>,
}

impl LogFile {
    /// A file with the log of a day.
    pub(crate) fn new(key: &str, size: u64, seed: Seed, style: Style, day: Date) -> Self {
        Self {
            key: key.into(),
            log: key.into(),
            size,
            first: size,
            seed,
            style,
            day,
            went_on: day.into(),
        }
    }

    /// A file with a log of the day before this time, which was of this size and has gone on for so many minutes since. Files
    /// of one log begin alike: a later one has all entries of an earlier one, and then others.
    pub(crate) fn of_log(
        (key, log): (&str, &str),
        size: u64,
        seed: Seed,
        style: Style,
        (went_on, minutes): (DateTime, u64),
    ) -> Self {
        let minutes = minutes.min(MOST_MINUTES);
        let day = went_on.date();
        Self {
            log: log.into(),
            size: size.saturating_add(minutes * STEP),
            went_on,
            first: size,
            ..Self::new(key, size, seed, style, day.yesterday().unwrap_or(day))
        }
    }

    /// Another file of the same key and size.
    pub(crate) fn other_version(&self) -> Self {
        Self {
            seed: Seed(self.seed.number(&format!("after {}", self.key))),
            ..self.clone()
        }
    }

    /// Bucket and object, as in the path of a link after `/obs/`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The last part of the key.
    pub fn name(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or_default()
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The whole content. For files that fit in memory.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0));
        for chunk in self.chunks(0..self.size) {
            bytes.extend_from_slice(&chunk);
        }
        bytes
    }

    /// The content from one position up to another, in pieces of at most 64 KiB. What lies behind the end is
    /// left out.
    pub fn chunks(&self, range: Range<u64>) -> impl Iterator<Item = Bytes> + Send + Sync + use<> {
        let file = self.clone();
        let (mut day, mut lines) = (self.day, self.lines(self.day));
        let end = range.end.min(self.size);
        let mut position = range.start;
        std::iter::from_fn(move || {
            if position >= end {
                return None;
            }
            let block = file.block_at(position);
            let (of_block, start) = (file.day_of(&block), block.start);
            if of_block != day {
                (day, lines) = (of_block, file.lines(of_block));
            }
            let bytes = Bytes::from(file.text(&block, &lines, |_| ()));
            let from = usize::try_from(position - start).unwrap_or(usize::MAX);
            let to = usize::try_from(end - start)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            position = start + block.length;
            (from < to).then(|| bytes.slice(from..to))
        })
    }

    /// SHA-256 of the content in lower-case hex.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for chunk in self.chunks(0..self.size) {
            hash.update(&chunk);
        }
        hex::encode(hash.finalize())
    }

    /// The entity tag, with its quotation marks: the MD5 of the content, or what stores give a file that they got in parts.
    pub fn etag(&self) -> String {
        const PART: u64 = 256 * 1024;
        if self.size <= PART {
            let mut md5 = Md5::new();
            for chunk in self.chunks(0..self.size) {
                md5.update(&chunk);
            }
            return format!("\"{}\"", hex::encode(md5.finalize()));
        }
        let tag = self.seed.hex32(&format!("etag {} {}", self.key, self.size));
        format!("\"{tag}-{}\"", self.size.div_ceil(PART))
    }

    /// What each of its whole entries says, in their order.
    pub fn said(&self) -> Vec<Said> {
        let mut all = Vec::new();
        let mut position = 0;
        while position < self.size {
            let block = self.block_at(position);
            let lines = self.lines(self.day_of(&block));
            self.text(&block, &lines, |said| all.push(said.clone()));
            position += block.length;
        }
        all
    }

    fn lines(&self, day: Date) -> Lines {
        self.style
            .lines(day, &mut self.seed.rng(&format!("lines {}", self.log)))
    }

    /// The part that a position is in.
    fn block_at(&self, position: u64) -> Block {
        let base = self.seed.number(&self.log);
        if let Some(grown) = position.checked_sub(self.first) {
            let number = grown / STEP;
            return Block {
                start: self.first + number * STEP,
                length: STEP,
                base: (!base).wrapping_add(number),
                minutes: Some(number),
            };
        }
        let index = position / BLOCK;
        let start = index * BLOCK;
        Block {
            start,
            length: BLOCK.min(self.first - start),
            base: base.wrapping_add(index),
            minutes: None,
        }
    }

    /// The day and the millisecond in it at which the first entry of a part was written that has come later.
    fn written(&self, minutes: u64) -> (Date, u64) {
        let after = i64::try_from(minutes * MINUTE).unwrap_or(0);
        let after = SignedDuration::from_millis(after);
        let time = self.went_on.checked_add(after).unwrap_or(self.went_on);
        let midnight = time.date().to_datetime(jiff::civil::Time::midnight());
        let since = time.duration_since(midnight).as_millis();
        (time.date(), u64::try_from(since).unwrap_or(0))
    }

    fn day_of(&self, block: &Block) -> Date {
        let written = block.minutes.map(|minutes| self.written(minutes));
        written.map_or(self.day, |(day, _)| day)
    }

    fn text(&self, block: &Block, lines: &Lines, said: impl FnMut(&Said)) -> Vec<u8> {
        let length = usize::try_from(block.length).unwrap_or(0);
        let mut rng = fastrand::Rng::with_seed(block.base);
        let mut text = Vec::with_capacity(length + 1024);
        if block.start == 0 && length > 2 * lines.opening.len() {
            text.extend_from_slice(lines.opening.as_bytes());
        }
        // The share of a span of time that a position in a whole is.
        let share = |position: u64, whole: u64, span: u64| {
            let time = u128::from(position) * u128::from(span) / u128::from(whole.max(1));
            u64::try_from(time).unwrap_or(0)
        };
        let written = block.minutes.map(|minutes| self.written(minutes));
        let milliseconds = |at: usize| match written {
            // Those of the last minute of a day are not later than that.
            Some((_, since)) => {
                (since + share(at as u64, block.length, MINUTE)).min(DAY_MILLISECONDS - 1)
            }
            None => share(block.start + at as u64, self.first, DAY_MILLISECONDS),
        };
        lines.fill(&mut text, length, &mut rng, milliseconds, said);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(size: u64, style: Style) -> LogFile {
        LogFile::new(
            "logs/a.log",
            size,
            Seed(3),
            style,
            jiff::civil::date(2026, 4, 16),
        )
    }

    #[test]
    fn a_file_has_exactly_its_size_and_ends_with_a_line() {
        for style in [
            Style::RedisRun,
            Style::PostgresError,
            Style::PostgresSlow,
            Style::MysqlSlow,
            Style::MysqlAudit,
            Style::SqlServerTrace,
            Style::MongoError,
            Style::MongoSlow,
            Style::MongoAudit,
        ] {
            for size in [0, 1, 47, 300, BLOCK - 1, BLOCK, BLOCK + 1, 200_000] {
                let bytes = file(size, style).bytes();
                assert_eq!(bytes.len() as u64, size);
                assert!(bytes.is_empty() || bytes.ends_with(b"\n"));
                assert!(bytes.is_ascii());
            }
        }
    }

    #[test]
    fn a_part_is_the_same_as_in_the_whole() {
        let file = file(3 * BLOCK + 77, Style::RedisRun);
        let whole = file.bytes();
        for range in [
            0..10,
            BLOCK - 5..BLOCK + 5,
            BLOCK..2 * BLOCK,
            100..3 * BLOCK + 77,
            3 * BLOCK..9 * BLOCK,
        ] {
            let part: Vec<u8> = file.chunks(range.clone()).flatten().collect();
            let expected: Vec<u8> = whole
                .iter()
                .copied()
                .skip(range.start as usize)
                .take((range.end - range.start) as usize)
                .collect();
            assert_eq!(part, expected, "{range:?}");
        }
    }

    #[test]
    fn no_two_blocks_and_no_two_files_are_alike() {
        let one = file(4 * BLOCK, Style::PostgresError);
        let whole = one.bytes();
        let blocks: std::collections::HashSet<_> = whole.chunks(BLOCK as usize).collect();
        assert_eq!(blocks.len(), 4);
        let other = LogFile::new("logs/b.log", one.size, one.seed, one.style, one.day);
        assert_ne!(one.sha256(), other.sha256());
    }

    #[test]
    fn entries_are_whole_and_say_what_is_told_of_them() {
        for size in [2_000, BLOCK + 700, 3 * BLOCK] {
            for (style, begins) in [
                (Style::PostgresSlow, "LOG:  duration: "),
                (Style::MysqlSlow, "# Query_time: "),
            ] {
                let file = file(size, style);
                let text = String::from_utf8(file.bytes()).unwrap();
                assert_eq!(text.matches(begins).count(), file.said().len(), "{style:?}");
                assert!(!text.contains(['\u{1}', '\u{2}', '\u{3}']));
            }
        }
        let shapes: std::collections::HashSet<_> = file(3 * BLOCK, Style::MysqlSlow)
            .said()
            .into_iter()
            .map(|said| match said {
                Said::Statement { shape, .. } => shape,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(shapes.len(), 8);
    }

    #[test]
    fn a_log_that_has_gone_on_begins_with_what_it_was() {
        let went_on = jiff::civil::date(2026, 4, 15).at(12, 30, 0, 0);
        for style in [Style::PostgresError, Style::MysqlSlow] {
            let after = |key, minutes| {
                LogFile::of_log((key, "log"), 100_000, Seed(3), style, (went_on, minutes))
            };
            let (one, same, later) = (after("a", 2), after("b", 2), after("c", 700));
            assert_eq!(one.bytes(), same.bytes());
            assert!(later.said().starts_with(&one.said()));
            let (one, later) = (one.bytes(), later.bytes());
            assert!(one.ends_with(b"\n") && later.len() > one.len());
            assert_eq!(later[..one.len()], one);
            let text = String::from_utf8(later).unwrap();
            let times: Vec<&str> = text
                .match_indices("2026-04-1")
                .filter_map(|(at, _)| text.get(at..at + 23))
                .filter(|time| time.get(13..14) == Some(":"))
                .collect();
            let backwards = times.windows(2).find(|two| two[0] > two[1]);
            assert_eq!(backwards, None, "{style:?}");
            for (time, begins) in [
                (times.first(), "2026-04-14?00:0"),
                (times.last(), "2026-04-16?00:0"),
            ] {
                let time: String = time.unwrap().replace(['T', ' '], "?");
                assert!(time.starts_with(begins), "{time}");
            }
        }
    }

    #[test]
    fn a_position_far_into_a_huge_file_is_reached_at_once() {
        let file = file(50_000_000_000, Style::MysqlSlow);
        let end: Vec<u8> = file
            .chunks(file.size() - 100..file.size())
            .flatten()
            .collect();
        assert_eq!(end.len(), 100);
    }
}
