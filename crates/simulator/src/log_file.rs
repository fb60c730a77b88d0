//! Log files whose every byte follows from seed and key, so that none is ever stored.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use jiff::civil::Date;
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::seed::Seed;
use crate::style::{Lines, Style};

/// Text is made in blocks of this many bytes, each from its own random numbers: a range can begin anywhere
/// without making what comes before it, and no two blocks are alike.
const BLOCK: u64 = 64 * 1024;

/// No line is begun with less room than this in its block; the one before is stretched instead.
const ROOM: usize = 48;

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
        let lines = self
            .style
            .lines(self.day, &mut self.seed.rng(&format!("lines {}", self.key)));
        let base = self.seed.number(&self.key);
        let end = range.end.min(self.size);
        let mut position = range.start;
        std::iter::from_fn(move || {
            if position >= end {
                return None;
            }
            let index = position / BLOCK;
            let start = index * BLOCK;
            let block = Bytes::from(file.block(index, base, &lines));
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

    fn block(&self, index: u64, base: u64, lines: &Lines) -> Vec<u8> {
        let start = index * BLOCK;
        let length = usize::try_from(BLOCK.min(self.size - start)).unwrap_or(0);
        let mut rng = fastrand::Rng::with_seed(base.wrapping_add(index));
        let mut text = Vec::with_capacity(length + 512);
        while text.len() < length {
            let position = start + text.len() as u64;
            text.extend_from_slice(lines.head.as_bytes());
            push_time(
                &mut text,
                u128::from(position) * DAY_MILLISECONDS / u128::from(self.size),
            );
            if let Some(tail) = rng.choice(&lines.tails) {
                text.extend_from_slice(tail.as_bytes());
            }
            text.push(b'\n');
            if text.len() + ROOM > length {
                finish_at(&mut text, length);
            }
        }
        text
    }
}

/// Makes the text exactly this long, with a line feed at its end.
fn finish_at(text: &mut Vec<u8>, length: usize) {
    text.pop();
    text.resize(length.saturating_sub(1), b'.');
    if length > 0 {
        text.push(b'\n');
    }
}

/// Writes `HH:MM:SS.mmm`.
fn push_time(text: &mut Vec<u8>, milliseconds: u128) {
    // Less than a day's milliseconds, which fit.
    let milliseconds = u32::try_from(milliseconds).unwrap_or(0);
    let seconds = milliseconds / 1000;
    push_digits(text, seconds / 3600, 2);
    text.push(b':');
    push_digits(text, seconds / 60 % 60, 2);
    text.push(b':');
    push_digits(text, seconds % 60, 2);
    text.push(b'.');
    push_digits(text, milliseconds % 1000, 3);
}

fn push_digits(text: &mut Vec<u8>, number: u32, digits: u32) {
    for power in (0..digits).rev() {
        let digit = u8::try_from(number / 10_u32.pow(power) % 10).unwrap_or(0);
        text.push(b'0' + digit);
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
    fn a_position_far_into_a_huge_file_is_reached_at_once() {
        let file = file(50_000_000_000, Style::MysqlSlow);
        let end: Vec<u8> = file
            .chunks(file.size() - 100..file.size())
            .flatten()
            .collect();
        assert_eq!(end.len(), 100);
    }
}
