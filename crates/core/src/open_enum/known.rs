//! Enumerations of texts, as the generated clients have them.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serializer};

/// An enumeration whose values are texts. Generated; `otcdb_core::text_enum!` does the rest of its implementations.
pub trait TextEnum: Copy + Eq + 'static {
    /// What the values are, as the description says it.
    const DESCRIPTION: &'static str;
    /// The values, in the order of the description.
    const VALUES: &'static [Self];
    /// Their texts, in the same order.
    const TEXTS: &'static [&'static str];

    /// Where the value stands in [`VALUES`](Self::VALUES).
    fn index(self) -> usize;

    /// The text that is sent for this value.
    fn text(self) -> &'static str {
        Self::TEXTS.get(self.index()).copied().unwrap_or_default()
    }

    /// The value with this text, in this letter case; `None` if there is none.
    fn of_text(text: &str) -> Option<Self> {
        let index = Self::TEXTS.iter().position(|known| *known == text)?;
        Self::VALUES.get(index).copied()
    }
}

/// A value that an enumeration does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is none of {choices}")]
pub struct UnknownValue {
    value: String,
    choices: String,
}

impl UnknownValue {
    /// `value` is none of `choices`.
    pub fn new<T: fmt::Display>(value: impl fmt::Display, choices: &[T]) -> Self {
        let choices: Vec<String> = choices.iter().map(T::to_string).collect();
        Self {
            value: value.to_string(),
            choices: choices.join(", "),
        }
    }
}

#[doc(hidden)]
pub fn parse<T: TextEnum>(text: &str) -> Result<T, UnknownValue> {
    T::of_text(text).ok_or_else(|| UnknownValue::new(text, T::TEXTS))
}

#[doc(hidden)]
pub fn serialize<T: TextEnum, S: Serializer>(value: T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.text())
}

#[doc(hidden)]
pub fn deserialize<'de, T: TextEnum, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    parse(&text).map_err(serde::de::Error::custom)
}

/// The schema of an enumeration.
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub fn schema<T: TextEnum>() -> schemars::Schema {
    let mut schema = schemars::json_schema!({ "type": "string", "enum": T::TEXTS });
    if !T::DESCRIPTION.is_empty() {
        schema.insert("description".to_owned(), T::DESCRIPTION.into());
    }
    schema
}

/// Implements for a [`TextEnum`] what an enumeration of texts has: `as_str`, `Display`, `AsRef<str>`, `FromStr` and `TryFrom`
/// of texts, serde's traits, and `schemars::JsonSchema` with the feature `schemars` of the crate that calls it.
#[macro_export]
macro_rules! text_enum {
    ($name:ident) => {
        impl $name {
            /// The text that is sent for this value.
            pub fn as_str(&self) -> &'static str {
                $crate::TextEnum::text(*self)
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::open_enum::UnknownValue;
            fn from_str(
                text: &str,
            ) -> ::std::result::Result<Self, $crate::open_enum::UnknownValue> {
                $crate::open_enum::parse(text)
            }
        }
        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $crate::open_enum::UnknownValue;
            fn try_from(
                text: &str,
            ) -> ::std::result::Result<Self, $crate::open_enum::UnknownValue> {
                $crate::open_enum::parse(text)
            }
        }
        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::open_enum::UnknownValue;
            fn try_from(
                text: ::std::string::String,
            ) -> ::std::result::Result<Self, $crate::open_enum::UnknownValue> {
                $crate::open_enum::parse(&text)
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::open_enum::serialize(*self, serializer)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::open_enum::deserialize(deserializer)
            }
        }
        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!($name).into()
            }
            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::open_enum::schema::<Self>()
            }
        }
    };
}
