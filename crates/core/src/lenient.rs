//! What services send in place of a text, a number or a list.
//!
//! Their documentation has numbers, truth values and `{}` in examples of fields that its tables call strings, and texts in
//! those of integers. A client that refused them would lose a whole response over one field.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, IgnoredAny, IntoDeserializer, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

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
    deserializer.deserialize_any(Text { required: false })
}

/// Reads a text that has to be there, and takes the same for one as [`text`].
///
/// # Errors
///
/// Null, a list, or an object.
pub fn required_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = deserializer.deserialize_any(Text { required: true })?;
    text.ok_or_else(|| D::Error::invalid_type(Unexpected::Unit, &"a string"))
}

/// Reads a number that may be missing. A text with a number in it is that number; null and an empty text are none.
/// Generated types decode the numbers of responses with it.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Volume {
///     #[serde(default, deserialize_with = "otcdb_core::lenient::number")]
///     size: Option<i32>,
/// }
///
/// let size = |body| serde_json::from_str::<Volume>(body).unwrap().size;
/// assert_eq!(size(r#"{"size": 40}"#), Some(40));
/// assert_eq!(size(r#"{"size": "40"}"#), Some(40));
/// assert_eq!(size(r#"{"size": ""}"#), None);
/// ```
///
/// # Errors
///
/// A number that the type does not hold, any other text, a truth value, a list, or an object.
pub fn number<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de> + FromStr,
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(Number::new(false))
}

/// Reads a number that has to be there, and takes the same for one as [`number`].
///
/// # Errors
///
/// Those of [`number`], null, and an empty text.
pub fn required_number<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + FromStr,
    D: Deserializer<'de>,
{
    let number = deserializer.deserialize_any(Number::new(true))?;
    number.ok_or_else(|| D::Error::invalid_type(Unexpected::Unit, &"a number"))
}

/// Reads a list or a map; null is an empty one.
///
/// # Errors
///
/// Those of the list.
pub fn list<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Nothing in place of a text is refused where it is met, so that the error has its place.
struct Text {
    required: bool,
}

impl Text {
    fn nothing<E: Error>(self) -> Result<Option<String>, E> {
        match self.required {
            true => Err(E::invalid_type(Unexpected::Unit, &self)),
            false => Ok(None),
        }
    }
}

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

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        self.nothing()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_entry::<IgnoredAny, IgnoredAny>()? {
            None => self.nothing(),
            Some(_) => Err(A::Error::custom("invalid type: map, expected a string")),
        }
    }
}

/// As [`Text`] is of nothing.
struct Number<T> {
    required: bool,
    number: PhantomData<T>,
}

impl<T> Number<T> {
    fn new(required: bool) -> Self {
        Self {
            required,
            number: PhantomData,
        }
    }
}

impl<'de, T: Deserialize<'de> + FromStr> Visitor<'de> for Number<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match text.trim() {
            "" => self.visit_unit(),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| E::invalid_value(Unexpected::Str(text), &"a number")),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(Some)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(Some)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(Some)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        match self.required {
            true => Err(E::invalid_type(Unexpected::Unit, &self)),
            false => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_stands_for_a_number_is_one() {
        for (value, expected) in [
            (json!(40), Some(40)),
            (json!("40"), Some(40)),
            (json!(" -4 "), Some(-4)),
            (json!(""), None),
            (json!(null), None),
        ] {
            assert_eq!(number::<i32, _>(&value).unwrap(), expected, "{value}");
        }
        assert_eq!(number::<f64, _>(&json!(7)).unwrap(), Some(7.0));
        for bad in [
            json!("x"),
            json!("4.5"),
            json!(true),
            json!({}),
            json!([]),
            json!(1_i64 << 40),
        ] {
            assert!(number::<i32, _>(&bad).is_err(), "{bad}");
        }
        assert!(required_number::<i32, _>(&json!(null)).is_err());
        assert_eq!(required_number::<i64, _>(&json!("5")).unwrap(), 5);
    }

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
    fn a_text_that_has_to_be_there_is_no_null_and_a_list_may_be() {
        assert_eq!(required_text(&json!(7)).unwrap(), "7");
        for value in [json!(null), json!({})] {
            let error = required_text(&value).unwrap_err().to_string();
            assert_eq!(error, "invalid type: null, expected a string");
        }
        assert!(list::<Vec<u8>, _>(&json!(null)).unwrap().is_empty());
        assert_eq!(list::<Vec<u8>, _>(&json!([1])).unwrap(), [1]);
        assert!(list::<Vec<u8>, _>(&json!({})).is_err());
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
