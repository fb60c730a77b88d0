//! One entry of a log: as it was sent, on one line.

use jiff::Timestamp;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::time;

/// Where the entries of a log tell what matters here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The field with the time.
    pub(crate) time: &'static str,
    /// The field with a number that may be that of the entry or that of its place in the response.
    pub(crate) number: Option<&'static str>,
}

/// What tells whether two entries are the same: half of a SHA-256.
pub(crate) type Digest = [u8; 16];

/// Digests of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Of everything in it.
    pub(crate) whole: Digest,
    /// Of everything but its number.
    pub(crate) content: Digest,
}

/// In hexadecimal; both digests only where they differ.
impl Serialize for Identity {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut text = hex::encode(self.whole);
        if self.content != self.whole {
            text.push('.');
            text.push_str(&hex::encode(self.content));
        }
        to.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Identity {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        let digest = |text: &str| {
            let mut digest = Digest::default();
            hex::decode_to_slice(text, &mut digest)
                .map(|()| digest)
                .map_err(|_| D::Error::custom("a digest of an entry is none"))
        };
        let (whole, content) = text.split_once('.').unwrap_or((&text, &text));
        Ok(Self {
            whole: digest(whole)?,
            content: digest(content)?,
        })
    }
}

/// An entry.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// What was sent, without white space outside of texts, and without a line break.
    pub(crate) line: String,
    pub(crate) identity: Identity,
    /// When it was written, if it says so.
    pub(crate) time: Option<Timestamp>,
    /// The number that it has.
    pub(crate) number: Option<u64>,
}

impl Entry {
    /// Reads what was sent. Whatever it is, it is an entry.
    pub(crate) fn new(sent: &RawValue, fields: Fields) -> Self {
        let line = compact(sent.get());
        let Ok(mut members) = serde_json::from_str::<Members<'_>>(&line) else {
            let whole = digest([line.as_str()]);
            return Self {
                identity: Identity {
                    whole,
                    content: whole,
                },
                line,
                time: None,
                number: None,
            };
        };
        let field = |name: &str| {
            let found = members.0.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.get())
        };
        let time =
            field(fields.time).and_then(|value| match serde_json::from_str::<String>(value) {
                Ok(text) => time::of_entry(&text),
                Err(_) => time::of_entry(value),
            });
        let number = fields.number.and_then(field);
        let number = number.and_then(|value| value.trim_matches('"').parse().ok());
        // A service may send the same in another order.
        members.0.sort_by(|(a, _), (b, _)| a.cmp(b));
        let of = |with_number: bool| {
            let members = members.0.iter();
            let members = members
                .filter(|(name, _)| with_number || Some(name.as_str()) != fields.number)
                .flat_map(|(name, value)| [name.as_str(), value.get()]);
            digest(members)
        };
        let whole = of(true);
        let content = if number.is_some() { of(false) } else { whole };
        Self {
            identity: Identity { whole, content },
            line,
            time,
            number,
        }
    }
}

/// A digest of parts, each of which is told apart from the next.
fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut half = Digest::default();
    for (to, from) in half.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    half
}

/// JSON without white space outside of texts. Nothing else of it is changed: numbers keep their digits.
fn compact(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    let mut is_text = false;
    let mut is_escaped = false;
    for c in json.chars() {
        if !is_text && c.is_ascii_whitespace() {
            continue;
        }
        is_text ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        line.push(c);
    }
    line
}

/// The members of an object, as they were sent.
struct Members<'a>(Vec<(String, &'a RawValue)>);

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
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    const FIELDS: Fields = Fields {
        time: "start_time",
        number: Some("id"),
    };

    fn entry(json: &str) -> Entry {
        Entry::new(&RawValue::from_string(json.to_owned()).unwrap(), FIELDS)
    }

    #[test]
    fn a_line_is_what_was_sent_but_for_white_space() {
        let sent = "{ \"id\" : 10000000000000000000000001.50,\r\n\t\"a b\": [ 1e2, \"x \\\" \\\\\" , null ], \"\\u00e9\": \" \\n\" }";
        assert_eq!(
            entry(sent).line,
            "{\"id\":10000000000000000000000001.50,\"a b\":[1e2,\"x \\\" \\\\\",null],\"\\u00e9\":\" \\n\"}"
        );
        for odd in ["7", "null", "[1 ,2]", "\" \""] {
            let odd = entry(odd);
            assert_eq!((odd.time, odd.number), (None, None));
        }
    }

    #[test]
    fn entries_are_told_apart_by_what_they_hold_not_by_its_order() {
        let identity = |json| entry(json).identity;
        let one = identity(r#"{"id":1,"start_time":"2026-11-22T02:22:33Z","x":{"a":1.0}}"#);
        let same = identity(r#"{ "x" :{"a": 1.0},"start_time":"2026-11-22T02:22:33Z","id":1}"#);
        assert_eq!(one, same);
        let renumbered = identity(r#"{"id":2,"start_time":"2026-11-22T02:22:33Z","x":{"a":1.0}}"#);
        assert_eq!(renumbered.content, one.content);
        assert_ne!(renumbered.whole, one.whole);
        for other in [
            r#"{"id":1,"start_time":"2026-11-22T02:22:33Z","x":{"a":1}}"#,
            r#"{"id":1,"start_time":"2026-11-22T02:22:33Z"}"#,
            r#"{"id":1,"start_time":"2026-11-22T02:22:33Z","x":{"a":1.0},"y":null}"#,
        ] {
            assert_ne!(identity(other).content, one.content, "{other}");
        }
    }

    #[test]
    fn time_and_number_are_read_where_they_can_be() {
        let read = |json| {
            let entry = entry(json);
            (entry.time.map(|time| time.as_second()), entry.number)
        };
        let time = Some(1_795_314_153);
        assert_eq!(
            read(r#"{"id":3,"start_time":"2026-11-22T02:22:33Z"}"#),
            (time, Some(3))
        );
        assert_eq!(
            read(r#"{"id":"3","start_time":1795314153}"#),
            (time, Some(3))
        );
        assert_eq!(read(r#"{"id":-1.5,"start_time":{}}"#), (None, None));
    }

    #[test]
    fn an_identity_is_read_as_it_was_written() {
        for json in [r#"{"id":1,"x":2}"#, r#"{"x":2}"#] {
            let identity = entry(json).identity;
            let text = serde_json::to_string(&identity).unwrap();
            assert_eq!(text.len(), if json.contains("id") { 67 } else { 34 });
            assert_eq!(serde_json::from_str::<Identity>(&text).unwrap(), identity);
        }
        assert!(serde_json::from_str::<Identity>("\"00\"").is_err());
    }

    proptest! {
        #[test]
        fn a_line_says_the_same_as_what_was_sent(texts in prop::collection::vec("\\PC*|[\\\\\" \n\t]*", 0..5)) {
            let value = serde_json::json!({ "a b": texts, "c": { "d": [1, 2.5, null, true] } });
            let sent = serde_json::to_string_pretty(&value).unwrap();
            let line = entry(&sent).line;
            prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value.clone());
            prop_assert_eq!(line, value.to_string());
        }
    }
}
