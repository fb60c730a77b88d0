//! Entries for people: time in UTC, name of the instance, the entry as it is.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use memchr::memchr;

use super::{Label, members, without_end};
use crate::reader::Entry;
use crate::severity::Severity;

/// Writes entries as lines of text. The lines of an entry behind its first are indented.
#[derive(Debug)]
pub struct Text {
    /// Of the names.
    width: usize,
    is_terminal: bool,
    /// The second that was written last, and how.
    second: (i64, String),
    /// Whether the next piece of an entry goes on in the same line.
    is_in_line: bool,
}

const TIME: usize = "2026-11-22T02:10:03.123Z".len();
const RESET: &str = "\u{1b}[0m";
const DIM: &str = "\u{1b}[2m";
const NAMES: [&str; 6] = [
    "\u{1b}[36m",
    "\u{1b}[32m",
    "\u{1b}[35m",
    "\u{1b}[34m",
    "\u{1b}[96m",
    "\u{1b}[95m",
];

impl Text {
    /// Text in which names take this many columns. With colours, or for a terminal, control characters of entries are
    /// made visible: whoever may write into a log must not steer a terminal.
    pub fn new(width: usize, is_terminal: bool) -> Self {
        Self {
            width,
            is_terminal,
            second: (i64::MIN, String::new()),
            is_in_line: false,
        }
    }

    /// Adds an entry.
    pub fn write(&mut self, out: &mut Vec<u8>, label: &Label, entry: &Entry<'_>) {
        let indent = TIME + 1 + self.width + 1;
        if !entry.is_rest {
            self.begin(out, label, entry.time);
        } else if !self.is_in_line {
            out.resize(out.len() + indent, b' ');
        }
        let colour = match entry.severity {
            _ if !self.is_terminal => "",
            Some(severity) if severity >= Severity::ERROR => "\u{1b}[31m",
            Some(severity) if severity >= Severity::WARN => "\u{1b}[33m",
            Some(severity) if severity < Severity::INFO => DIM,
            _ => "",
        };
        out.extend_from_slice(colour.as_bytes());
        if !entry.is_rest
            && let Some(members) = members(entry.format, entry.raw)
        {
            self.document(out, &members);
        } else {
            let mut text = without_end(entry.raw);
            while let Some(end) = memchr(b'\n', text) {
                let (line, rest) = text.split_at(end + 1);
                self.visible(out, line);
                out.resize(out.len() + indent, b' ');
                text = rest;
            }
            self.visible(out, text);
        }
        if !colour.is_empty() {
            out.extend_from_slice(RESET.as_bytes());
        }
        self.is_in_line = entry.is_cut;
        if !entry.is_cut {
            out.push(b'\n');
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>, label: &Label, time: Timestamp) {
        if self.is_terminal {
            out.extend_from_slice(DIM.as_bytes());
        }
        self.time(out, time);
        if self.is_terminal {
            out.extend_from_slice(RESET.as_bytes());
        }
        out.push(b' ');
        let colour = label.name.bytes().fold(0usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        });
        if self.is_terminal
            && let Some(colour) = NAMES.get(colour % NAMES.len())
        {
            out.extend_from_slice(colour.as_bytes());
        }
        self.visible(out, label.name.as_bytes());
        if self.is_terminal {
            out.extend_from_slice(RESET.as_bytes());
        }
        let length = label.name.chars().count();
        out.resize(out.len() + self.width.saturating_sub(length) + 1, b' ');
    }

    /// `2026-11-22T02:10:03.123Z`; most entries have the second of the one before.
    fn time(&mut self, out: &mut Vec<u8>, time: Timestamp) {
        let nanosecond = time.subsec_nanosecond();
        // Before 1970, fractions count backwards.
        let second = time.as_second() - i64::from(nanosecond < 0);
        if self.second.0 != second {
            let whole = Timestamp::from_second(second).unwrap_or(time);
            let shown = TimeZone::UTC.to_datetime(whole);
            self.second = (second, shown.strftime("%Y-%m-%dT%H:%M:%S").to_string());
        }
        out.extend_from_slice(self.second.1.as_bytes());
        let millisecond =
            u32::try_from(nanosecond.rem_euclid(1_000_000_000)).unwrap_or(0) / 1_000_000;
        out.push(b'.');
        for unit in [100, 10, 1] {
            out.push(b'0' + u8::try_from(millisecond / unit % 10).unwrap_or(0));
        }
        out.push(b'Z');
    }

    /// What a document says, and the rest of it as `name=value`.
    fn document(&self, out: &mut Vec<u8>, members: &crate::format::Members<'_>) {
        let severity = members.severity();
        let body = members.body();
        if let Some((_, name)) = severity
            && let Some(word) = members.text(name)
        {
            self.visible(out, word.as_bytes());
            out.push(b' ');
        }
        if let Some((body, _)) = &body {
            self.visible(out, body.replace('\n', "\\n").as_bytes());
            out.push(b' ');
        }
        let known = [severity.map(|(_, name)| name), body.map(|(_, name)| name)];
        for (name, value) in members.all() {
            if known.contains(&Some(name)) {
                continue;
            }
            self.visible(out, name.as_bytes());
            out.push(b'=');
            self.visible(out, value.get().as_bytes());
            out.push(b' ');
        }
        if out.last() == Some(&b' ') {
            out.pop();
        }
    }

    /// Bytes, on a terminal without those that steer it.
    fn visible(&self, out: &mut Vec<u8>, text: &[u8]) {
        let is_harmless = |byte: &u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
        if !self.is_terminal || text.iter().all(is_harmless) {
            out.extend_from_slice(text);
            return;
        }
        for c in String::from_utf8_lossy(text).chars() {
            let hidden = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
            if (c.is_control() || hidden) && c != '\n' && c != '\t' {
                out.extend_from_slice(c.escape_unicode().to_string().as_bytes());
            } else {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}
