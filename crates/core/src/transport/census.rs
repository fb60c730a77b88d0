//! What is in a response, counted before any of it is decoded.
//!
//! A decoded value is many times as large as its text: `{}` becomes a record of a kilobyte. So what a response holds is
//! counted first, in a pass that keeps nothing.

use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The most lists and objects of one response. The largest documented page has a thousand instances with some dozens
/// each.
pub(super) const CONTAINERS: usize = 200_000;

/// The most values of one response: five for each list or object.
pub(super) const VALUES: usize = 1_000_000;

/// What was seen where the list was to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Seen {
    #[default]
    Nothing,
    Null,
    List,
    /// The name of what else it is.
    Other(&'static str),
}

#[derive(Debug, Default)]
pub(super) struct Census {
    containers: usize,
    values: usize,
    /// Whether the counting ended because there was too much.
    pub(super) overflowed: bool,
    pub(super) list: Seen,
    pub(super) total: Option<u64>,
}

/// Counts a JSON text; notes what is at `list`, and the number or text at `total`.
///
/// # Errors
///
/// The text is no JSON, is nested deeper than any decoder goes, or holds too much.
pub(super) fn take(
    body: &[u8],
    list: Option<&[&str]>,
    total: Option<&[&str]>,
) -> (Census, Result<(), serde_json::Error>) {
    let mut census = Census::default();
    let mut reader = serde_json::Deserializer::from_slice(body);
    let walk = Walk {
        census: &mut census,
        list,
        total,
    };
    let outcome = walk.deserialize(&mut reader).and_then(|()| reader.end());
    (census, outcome)
}

/// Whether a text is too short to hold too much: a list takes two bytes at least, and so does a value with its comma.
pub(super) fn is_little(body: &[u8]) -> bool {
    body.len() < 2 * CONTAINERS
}

/// Reads a JSON text to its end without a look at what texts and numbers are.
///
/// # Errors
///
/// The text is no JSON, or breaks off.
pub(super) fn glance(body: &[u8]) -> (Census, Result<(), serde_json::Error>) {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let outcome = IgnoredAny::deserialize(&mut reader).and_then(|_| reader.end());
    (Census::default(), outcome)
}

/// One value, with the rest of the ways to what is looked for; an empty one means that this is it.
struct Walk<'a> {
    census: &'a mut Census,
    list: Option<&'a [&'a str]>,
    total: Option<&'a [&'a str]>,
}

impl Walk<'_> {
    fn is(&self, way: Option<&[&str]>) -> bool {
        way.is_some_and(<[&str]>::is_empty)
    }

    fn count<E: serde::de::Error>(&mut self, seen: Seen) -> Result<(), E> {
        if self.is(self.list) {
            self.census.list = seen;
        }
        self.census.values += 1;
        let too_many = self.census.values > VALUES || self.census.containers > CONTAINERS;
        if too_many {
            self.census.overflowed = true;
            return Err(E::custom("it holds too much"));
        }
        Ok(())
    }

    fn note_total(&mut self, total: Option<u64>) {
        if self.is(self.total) {
            self.census.total = total;
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: serde::de::Error>(mut self) -> Result<(), E> {
        self.count(Seen::Null)
    }

    fn visit_bool<E: serde::de::Error>(mut self, _: bool) -> Result<(), E> {
        self.count(Seen::Other("a truth value"))
    }

    fn visit_u64<E: serde::de::Error>(mut self, number: u64) -> Result<(), E> {
        self.note_total(Some(number));
        self.count(Seen::Other("a number"))
    }

    fn visit_i64<E: serde::de::Error>(mut self, _: i64) -> Result<(), E> {
        self.count(Seen::Other("a number"))
    }

    fn visit_f64<E: serde::de::Error>(mut self, _: f64) -> Result<(), E> {
        self.count(Seen::Other("a number"))
    }

    fn visit_str<E: serde::de::Error>(mut self, text: &str) -> Result<(), E> {
        self.note_total(text.parse().ok());
        self.count(Seen::Other("a text"))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.census.containers += 1;
        self.count(Seen::List)?;
        while items
            .next_element_seed(Walk {
                census: self.census,
                list: None,
                total: None,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        self.census.containers += 1;
        self.count(Seen::Other("an object"))?;
        while let Some((to_list, to_total)) = fields.next_key_seed(Key {
            list: self.list,
            total: self.total,
        })? {
            let list = self
                .list
                .filter(|_| to_list)
                .and_then(<[&str]>::split_first);
            let total = self
                .total
                .filter(|_| to_total)
                .and_then(<[&str]>::split_first);
            fields.next_value_seed(Walk {
                census: self.census,
                list: list.map(|(_, rest)| rest),
                total: total.map(|(_, rest)| rest),
            })?;
        }
        Ok(())
    }
}

/// Whether a field is the next step to what is looked for.
struct Key<'a> {
    list: Option<&'a [&'a str]>,
    total: Option<&'a [&'a str]>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = (bool, bool);

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<(bool, bool), D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = (bool, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<(bool, bool), E> {
        let is_next = |way: Option<&[&str]>| way.is_some_and(|way| way.first() == Some(&name));
        Ok((is_next(self.list), is_next(self.total)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Census {
        let (census, outcome) = take(
            body.as_bytes(),
            Some(&["result", "items"]),
            Some(&["total"]),
        );
        outcome.unwrap();
        census
    }

    #[test]
    fn list_and_total_are_found_where_they_are_to_be() {
        for (body, list, total) in [
            (
                r#"{"result":{"items":[{"items":1}]},"total":1}"#,
                Seen::List,
                Some(1),
            ),
            (
                r#"{"total":"7","result":{"items":null}}"#,
                Seen::Null,
                Some(7),
            ),
            (r#"{"result":{"items":{}}}"#, Seen::Other("an object"), None),
            (
                r#"{"result":{"items":"no"},"total":"many"}"#,
                Seen::Other("a text"),
                None,
            ),
            (
                r#"{"items":[],"result":[{"items":[]}],"a":{"total":3}}"#,
                Seen::Nothing,
                None,
            ),
            (r#"{"\u0072esult":{"items":[]}}"#, Seen::List, None),
            ("[]", Seen::Nothing, None),
            ("null", Seen::Nothing, None),
        ] {
            let census = of(body);
            assert_eq!((census.list, census.total), (list, total), "{body}");
        }
    }

    #[test]
    fn too_much_is_too_much_in_any_shape() {
        let many = |item: &str, count: usize| format!("[{}1]", format!("{item},").repeat(count));
        for body in [
            many("{}", CONTAINERS),
            many("[]", CONTAINERS),
            many("[[{}]]", CONTAINERS / 3 + 1),
            many("1", VALUES),
            many(
                r#"{"a":1,"b":"c","d":null,"e":true,"f":1.5}"#,
                VALUES / 6 + 1,
            ),
        ] {
            let (census, outcome) = take(body.as_bytes(), None, None);
            assert!(outcome.is_err() && census.overflowed);
        }
        let (census, outcome) = take(many("{}", CONTAINERS - 1).as_bytes(), None, None);
        assert!(outcome.is_ok() && !census.overflowed);
    }

    #[test]
    fn nesting_without_end_is_an_error() {
        for body in ["[".repeat(1 << 20), "{\"a\":".repeat(1 << 20)] {
            let (census, outcome) = take(body.as_bytes(), Some(&["a", "a"]), None);
            let error = outcome.unwrap_err();
            assert!(error.to_string().contains("recursion"), "{error}");
            assert!(!census.overflowed);
        }
    }
}
