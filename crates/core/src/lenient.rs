//! Texts that services send as something else.
//!
//! Their documentation has numbers, truth values and `{}` in examples of fields that its tables call strings. A client
//! that refused them would lose a whole response over one field.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};

/// Reads a text that may be missing. A number or a truth value becomes the text that it is written as; null and an empty
/// object are no text. Generated types decode the texts of responses with it.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Quota {
///     #[serde(default, deserialize_with = "otcdb_core::lenient::text")]
///     unit: Option<String>,
/// }
///
/// let unit = |body| serde_json::from_str::<Quota>(body).unwrap().unit;
/// assert_eq!(unit(r#"{"unit": "GB"}"#).as_deref(), Some("GB"));
/// assert_eq!(unit(r#"{"unit": 7}"#).as_deref(), Some("7"));
/// assert_eq!(unit(r#"{"unit": {}}"#), None);
/// ```
///
/// # Errors
///
/// A list, or an object with fields.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_any(Text)
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(truth.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_entry::<IgnoredAny, IgnoredAny>()? {
            None => Ok(None),
            Some(_) => Err(A::Error::custom("invalid type: map, expected a string")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_stands_for_a_text_is_one() {
        for (value, expected) in [
            (json!("a"), Some("a")),
            (json!(""), Some("")),
            (json!(100), Some("100")),
            (json!(-1), Some("-1")),
            (json!(0.125), Some("0.125")),
            (json!(true), Some("true")),
            (json!(null), None),
            (json!({}), None),
        ] {
            assert_eq!(text(&value).unwrap().as_deref(), expected, "{value}");
        }
        for value in [json!([]), json!(["a"]), json!({ "a": 1 })] {
            let error = text(&value).unwrap_err().to_string();
            assert!(error.ends_with("expected a string"), "{error}");
        }
    }

    #[test]
    fn an_object_in_place_of_a_text_ends_nothing_but_itself() {
        #[derive(serde::Deserialize)]
        struct Both {
            #[serde(default, deserialize_with = "text")]
            a: Option<String>,
            b: Value,
        }
        let both: Both = serde_json::from_str(r#"{"a": { }, "b": {"c": 1}}"#).unwrap();
        assert_eq!((both.a, both.b), (None, json!({ "c": 1 })));
    }
}
