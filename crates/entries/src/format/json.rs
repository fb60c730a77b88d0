//! A JSON document per line.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Line;
use crate::severity::Severity;
use crate::time::{TimeContext, iso, of_api};

/// Where documents have their time, the likelier ones first: a slow statement has a `time` that is a duration.
const TIMES: [&str; 7] = [
    "start_time",
    "timestamp",
    "time",
    "t",
    "@timestamp",
    "ts",
    "create_time",
];
const SEVERITIES: [&str; 6] = [
    "level",
    "s",
    "error_severity",
    "label",
    "severity",
    "severity_text",
];
const BODIES: [&str; 7] = [
    "content",
    "msg",
    "message",
    "command",
    "query_sample",
    "body",
    "sql",
];

pub(super) fn line(line: &[u8], context: &TimeContext) -> Line {
    match Members::of(line) {
        Some(members) => {
            let time = members.time(context).map(|(time, _)| time);
            let severity = members.severity().map(|(severity, _)| severity);
            Line::begins(time, severity)
        }
        // Any other document is an entry, too, and so is what was one before it was damaged.
        None if line.starts_with(b"{") || is_document(line) => Line::begins(None, None),
        None => Line::Belongs,
    }
}

fn is_document(line: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// The members of a document, in its order, as they are written there.
#[derive(Debug)]
pub struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Those of an entry, if it is a document with any.
    pub fn of(entry: &'a [u8]) -> Option<Self> {
        if entry.first() != Some(&b'{') {
            return None;
        }
        serde_json::from_slice(entry).ok()
    }

    /// Name and value of each.
    pub fn all(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let mut all = self.0.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| *value)
    }

    /// The text, or the number as text, of one of them.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text(self.get(name)?)
    }

    /// The time, and the member that has it.
    pub(crate) fn time(&self, context: &TimeContext) -> Option<(Timestamp, &'static str)> {
        TIMES.into_iter().find_map(|name| {
            let value = self.get(name)?;
            let value = match value.get().starts_with('{') {
                // MongoDB's `{"$date": "…"}`.
                true => Members::of(value.get().as_bytes())?.get("$date")?,
                false => value,
            };
            let text = text(value)?;
            let time = of_api(text.as_bytes()).or_else(|| {
                let (time, length) = iso(text.as_bytes(), context)?;
                (length == text.trim_ascii_end().len()).then_some(time)
            })?;
            Some((time, name))
        })
    }

    /// The severity, and the member that has it.
    pub(crate) fn severity(&self) -> Option<(Severity, &'static str)> {
        SEVERITIES.into_iter().find_map(|name| {
            let text = self.text(name)?;
            Some((Severity::of_word(text.as_bytes())?, name))
        })
    }

    /// What is said, and the member that has it.
    pub(crate) fn body(&self) -> Option<(Cow<'a, str>, &'static str)> {
        BODIES.into_iter().find_map(|name| {
            let value = self
                .get(name)
                .filter(|value| value.get().starts_with('"'))?;
            Some((text(value)?, name))
        })
    }
}

fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let raw = value.get();
    if raw.starts_with('"') {
        let Text(text) = serde_json::from_str(raw).ok()?;
        return Some(text);
    }
    raw.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        .then_some(Cow::Borrowed(raw))
}

/// A text that is borrowed where nothing in it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(All)
    }
}
