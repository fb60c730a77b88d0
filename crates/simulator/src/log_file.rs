//! Log files whose every byte follows from seed and key, so that none is ever stored.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use jiff::civil::Date;
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::lines::{Lines, Said, Style};
use crate::seed::Seed;

/// Text is made in blocks of this many bytes, each from its own random numbers: a range can begin anywhere
/// without making what comes before it, and no two blocks are alike.
const BLOCK: u64 = 64 * 1024;

const DAY_MILLISECONDS: u128 = 24 * 60 * 60 * 1000;

/// A log file of the simulated cloud: what the object store serves and what a client should have at the end.
#[derive(Clone, Debug)]
pub struct LogFile {
    key: Arc<str>,
    size: u64,
    seed: Seed,
    style: Style,
    day: Date,
}

impl LogFile {
    pub(crate) fn new(key: &str, size: u64, seed: Seed, style: Style, day: Date) -> Self {
        Self {
            key: key.into(),
            size,
            seed,
            style,
            day,
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
        self.chunks(0..self.size).flatten().collect()
    }

    /// The content from one position up to another, in pieces of at most 64 KiB. What lies behind the end is
    /// left out.
    pub fn chunks(&self, range: Range<u64>) -> impl Iterator<Item = Bytes> + Send + Sync + use<> {
        let file = self.clone();
        let lines = self.lines();
        let base = self.seed.number(&self.key);
        let end = range.end.min(self.size);
        let mut position = range.start;
        std::iter::from_fn(move || {
            if position >= end {
                return None;
            }
            let index = position / BLOCK;
            let start = index * BLOCK;
            let block = Bytes::from(file.block(index, base, &lines, |_| ()));
            let from = usize::try_from(position - start).unwrap_or(usize::MAX);
            let to = usize::try_from(end - start)
                .unwrap_or(usize::MAX)
                .min(block.len());
            position = start + BLOCK;
            (from < to).then(|| block.slice(from..to))
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
        let (lines, base) = (self.lines(), self.seed.number(&self.key));
        let mut all = Vec::new();
        for index in 0..self.size.div_ceil(BLOCK) {
            self.block(index, base, &lines, |said| all.push(said.clone()));
        }
        all
    }

    fn lines(&self) -> Lines {
        self.style
            .lines(self.day, &mut self.seed.rng(&format!("lines {}", self.key)))
    }

    fn block(&self, index: u64, base: u64, lines: &Lines, said: impl FnMut(&Said)) -> Vec<u8> {
        let start = index * BLOCK;
        let length = usize::try_from(BLOCK.min(self.size - start)).unwrap_or(0);
        let mut rng = fastrand::Rng::with_seed(base.wrapping_add(index));
        let mut text = Vec::with_capacity(length + 1024);
        if index == 0 && length > 2 * lines.opening.len() {
            text.extend_from_slice(lines.opening.as_bytes());
        }
        let milliseconds = |at: usize| {
            let position = u128::from(start + at as u64);
            let time = position * DAY_MILLISECONDS / u128::from(self.size.max(1));
            // Less than a day's milliseconds, which fit.
            u64::try_from(time).unwrap_or(0)
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
    fn a_position_far_into_a_huge_file_is_reached_at_once() {
        let file = file(50_000_000_000, Style::MysqlSlow);
        let end: Vec<u8> = file
            .chunks(file.size() - 100..file.size())
            .flatten()
            .collect();
        assert_eq!(end.len(), 100);
    }
}
