//! Entries in [OpenTelemetry's log data model](https://opentelemetry.io/docs/specs/otel/logs/data-model/), one JSON document
//! per line.

use std::borrow::Cow;

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
        out.extend_from_slice(format!(",\"severity_number\":{}", severity.number()).as_bytes());
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
        let mut pairs = Pairs::new(out);
        for (name, value) in &label.resource {
            pairs.text(name, value);
        }
        out.extend_from_slice(b"},\"attributes\":{");
        let mut pairs = Pairs::new(out);
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
        let decimals = format!(".{:09}Z", nanosecond.rem_euclid(1_000_000_000));
        out.extend_from_slice(decimals.as_bytes());
    }
}

fn field(out: &mut Vec<u8>, name: &str, text: &str) {
    out.push(b',');
    string(out, name);
    out.push(b':');
    string(out, text);
}

fn string(out: &mut Vec<u8>, text: &str) {
    // A vector takes everything.
    let _ = serde_json::to_writer(out, text);
}

/// The members of an object. A name that was there already is left out.
struct Pairs<'a> {
    out: &'a mut Vec<u8>,
    names: Vec<String>,
}

impl<'a> Pairs<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            names: Vec::new(),
        }
    }

    fn name(&mut self, name: &str) -> bool {
        if self.names.iter().any(|known| known == name) {
            return false;
        }
        if !self.names.is_empty() {
            self.out.push(b',');
        }
        string(self.out, name);
        self.out.push(b':');
        self.names.push(name.to_owned());
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
