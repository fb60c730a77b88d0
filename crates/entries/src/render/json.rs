//! Entries in [OpenTelemetry's log data model](https://opentelemetry.io/docs/specs/otel/logs/data-model/), one JSON document
//! per line.

use std::borrow::Cow;
use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Label, members, without_end};
use crate::reader::Entry;
use crate::severity::Severity;

/// Writes entries as JSON lines: `timestamp` in UTC, `severity_text`, `severity_number`, `body`, `resource` and
/// `attributes`.
///
/// The body of an entry is the entry as it stands in its log, without its last line break; that of a JSON document is
/// what it says, and its other members are attributes. An entry that states no severity is `INFO`.
#[derive(Debug, Default)]
pub struct JsonLines {
    second: (i64, String),
    /// Where in the text the names of the object stand that is being written.
    names: Vec<Range<usize>>,
}

impl JsonLines {
    /// Adds an entry.
    pub fn write(&mut self, out: &mut Vec<u8>, label: &Label, entry: &Entry<'_>) {
        let members = (!entry.is_rest)
            .then(|| members(entry.format, entry.raw))
            .flatten();
        let attributes = match entry.is_rest {
            true => crate::Attributes::default(),
            false => entry.format.attributes(entry.raw),
        };
        out.extend_from_slice(b"{\"timestamp\":\"");
        self.time(out, entry.time);
        out.push(b'"');
        let stated = members.as_ref().and_then(|members| members.severity());
        let severity = entry.severity.unwrap_or(Severity::INFO);
        let text: Cow<'_, str> = match &members {
            Some(members) => stated.and_then(|(_, name)| members.text(name)),
            None => attributes.severity.map(Cow::Borrowed),
        }
        .unwrap_or(Cow::Borrowed(severity.name()));
        field(out, "severity_text", &text);
        out.extend_from_slice(b",\"severity_number\":");
        if severity.number() > 9 {
            out.push(b'0' + severity.number() / 10);
        }
        out.push(b'0' + severity.number() % 10);
        let body = members.as_ref().and_then(|members| members.body());
        match &body {
            Some((body, _)) => field(out, "body", body),
            None => field(
                out,
                "body",
                &String::from_utf8_lossy(without_end(entry.raw)),
            ),
        }
        out.extend_from_slice(b",\"resource\":{");
        let mut pairs = Pairs::new(out, &mut self.names);
        for (name, value) in &label.resource {
            pairs.text(name, value);
        }
        out.extend_from_slice(b"},\"attributes\":{");
        let mut pairs = Pairs::new(out, &mut self.names);
        for (name, value) in &label.attributes {
            pairs.text(name, value);
        }
        for (name, value) in &attributes.values {
            pairs.text(name, value);
        }
        if let (Some(members), Some((_, said))) = (&members, &body) {
            for (name, value) in members.all() {
                let is_shown = name == *said || stated.is_some_and(|(_, stated)| stated == name);
                if !is_shown {
                    pairs.raw(name, value.get());
                }
            }
        }
        if entry.is_rest {
            pairs.raw("otcdb.continues", "true");
        }
        out.extend_from_slice(b"}}\n");
    }

    /// RFC 3339 with nine decimals.
    fn time(&mut self, out: &mut Vec<u8>, time: Timestamp) {
        let nanosecond = time.subsec_nanosecond();
        let second = time.as_second() - i64::from(nanosecond < 0);
        if self.second.0 != second || self.second.1.is_empty() {
            let whole = Timestamp::from_second(second).unwrap_or(time);
            let shown = TimeZone::UTC.to_datetime(whole);
            self.second = (second, shown.strftime("%Y-%m-%dT%H:%M:%S").to_string());
        }
        out.extend_from_slice(self.second.1.as_bytes());
        let mut decimals = *b".000000000Z";
        let mut rest = nanosecond.rem_euclid(1_000_000_000).unsigned_abs();
        for digit in decimals.iter_mut().skip(1).take(9).rev() {
            *digit += u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        out.extend_from_slice(&decimals);
    }
}

fn field(out: &mut Vec<u8>, name: &str, text: &str) {
    out.push(b',');
    string(out, name);
    out.push(b':');
    string(out, text);
}

fn string(out: &mut Vec<u8>, text: &str) {
    // Without a way out of the loop, many bytes are looked at at once.
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if text.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        // A vector takes everything.
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// The members of an object. A name that was there already is left out.
struct Pairs<'a> {
    out: &'a mut Vec<u8>,
    names: &'a mut Vec<Range<usize>>,
}

impl<'a> Pairs<'a> {
    fn new(out: &'a mut Vec<u8>, names: &'a mut Vec<Range<usize>>) -> Self {
        names.clear();
        Self { out, names }
    }

    fn name(&mut self, name: &str) -> bool {
        let end = self.out.len();
        if !self.names.is_empty() {
            self.out.push(b',');
        }
        let start = self.out.len();
        string(self.out, name);
        let new = start..self.out.len();
        let text = |range: &Range<usize>| self.out.get(range.clone());
        if self.names.iter().any(|known| text(known) == text(&new)) {
            self.out.truncate(end);
            return false;
        }
        self.names.push(new);
        self.out.push(b':');
        true
    }

    fn text(&mut self, name: &str, value: &str) {
        if self.name(name) {
            string(self.out, value);
        }
    }

    fn raw(&mut self, name: &str, value: &str) {
        if self.name(name) {
            self.out.extend_from_slice(value.as_bytes());
        }
    }
}
