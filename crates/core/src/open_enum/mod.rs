//! Values of an enumeration that the server may extend or spell otherwise.

mod known;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lenient;

#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use known::schema;
pub use known::{TextEnum, UnknownValue};
#[doc(hidden)]
pub use known::{deserialize, parse, serialize};

/// A value the server sends: a documented value of `T`, a text nobody documented, or nothing.
///
/// The services answer with values that the documentation does not list and spell documented ones in
/// another letter case (`"finish"` for `FINISH`, `"replica"` for `Replica`). A client that refused
/// these would lose a whole response over one field, so this type accepts any text:
///
/// - The text is looked for among those of `T` as it was given, then in upper case, then in lower case, then
///   with a capital first letter. Only ASCII letters change case. The first that is found makes the value *known*.
/// - Text that is no `T` in any of these is *unknown*, and no error.
/// - The text is kept exactly as it was received. [`as_str`](Self::as_str), [`Display`](fmt::Display) and
///   serialisation give it back unchanged, so decoding and encoding a response alters nothing. What
///   [stands for a text](crate::lenient::text) is one here, too.
/// - What is missing from a response, or null, is *absent*. That is the default, and it has no text.
///
/// # Equality
///
/// Two known values are equal if their `T`s are equal, however they were spelled: `"finish"` equals
/// `"FINISH"`. Two unknown values are equal if their texts are. A known value never equals an
/// unknown one, and neither equals an absent one. `Hash` and `Ord` agree with this; absent values sort before known ones,
/// and these before unknown ones. It follows that equal values can serialise to different text. Where the spelling
/// matters, compare [`as_str`](Self::as_str).
///
/// # As an argument
///
/// A setter takes the documented values of its own list, and any text. A value of a response goes there by its text:
/// `dcs.list_instances().status(instance.status.as_str())`.
///
/// # Example
///
/// ```
/// use otcdb_core::{Open, TextEnum};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// enum Status { Running, Stopped }
///
/// impl TextEnum for Status {
///     const DESCRIPTION: &'static str = "State of an instance.";
///     const VALUES: &'static [Self] = &[Self::Running, Self::Stopped];
///     const TEXTS: &'static [&'static str] = &["RUNNING", "STOPPED"];
///     fn index(self) -> usize { self as usize }
/// }
///
/// let status: Open<Status> = "running".into();
/// assert!(status.is(Status::Running) && status == Status::Running);
///
/// let status: Open<Status> = "FROZEN".into();
/// assert_eq!((status.known(), status.as_str()), (None, "FROZEN"));
///
/// assert!(Open::<Status>::default().is_absent());
/// ```
#[derive(Clone)]
pub struct Open<T>(State<T>);

#[derive(Clone)]
enum State<T> {
    Absent,
    /// Spelled as documented.
    Known(T),
    /// In another letter case.
    Spelled(T, Box<str>),
    Unknown(Box<str>),
}

impl<T> Open<T> {
    /// Whether there is no value.
    pub const fn is_absent(&self) -> bool {
        matches!(self.0, State::Absent)
    }
}

impl<T: TextEnum> Open<T> {
    /// Reads a text. This never fails: see the type's documentation.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self(match T::of_text(&text) {
            Some(value) => State::Known(value),
            None => match in_another_case(&text) {
                Some(value) => State::Spelled(value, text.into_boxed_str()),
                None => State::Unknown(text.into_boxed_str()),
            },
        })
    }

    /// The documented value; `None` if the text is none of `T`, or if there is no value.
    pub fn known(&self) -> Option<T> {
        match self.0 {
            State::Known(value) | State::Spelled(value, _) => Some(value),
            State::Absent | State::Unknown(_) => None,
        }
    }

    /// Whether it is this documented value, however it was spelled.
    pub fn is(&self, value: T) -> bool {
        self.known() == Some(value)
    }

    /// The text exactly as it was received; empty if there is no value.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            State::Absent => "",
            State::Known(value) => value.text(),
            State::Spelled(_, text) | State::Unknown(text) => text,
        }
    }

    /// What identity is decided by. The derived order of the variants is the documented one.
    fn key(&self) -> Key<'_, T> {
        match &self.0 {
            State::Absent => Key::Absent,
            State::Known(value) | State::Spelled(value, _) => Key::Known(*value),
            State::Unknown(text) => Key::Unknown(text),
        }
    }
}

fn in_another_case<T: TextEnum>(text: &str) -> Option<T> {
    let capitalised = || {
        let mut lower = text.to_ascii_lowercase();
        // A first character that is not one byte long is not ASCII and has no case to change.
        if let Some(first) = lower.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        lower
    };
    T::of_text(&text.to_ascii_uppercase())
        .or_else(|| T::of_text(&text.to_ascii_lowercase()))
        .or_else(|| T::of_text(&capitalised()))
}

/// No value.
impl<T> Default for Open<T> {
    fn default() -> Self {
        Self(State::Absent)
    }
}

/// A documented value, spelled as documented.
impl<T: TextEnum> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self(State::Known(value))
    }
}

impl<T: TextEnum> From<&str> for Open<T> {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<T: TextEnum> From<String> for Open<T> {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<T: TextEnum> From<&String> for Open<T> {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

/// The text `true` or `false`.
impl<T: TextEnum + From<bool>> From<bool> for Open<T> {
    fn from(value: bool) -> Self {
        T::from(value).into()
    }
}

impl<T: TextEnum> AsRef<str> for Open<T> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<T: TextEnum> fmt::Display for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `Known(…)` with the `T`'s own form, `Unknown("…")`, or `Absent`.
impl<T: fmt::Debug> fmt::Debug for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            State::Absent => f.write_str("Absent"),
            State::Known(value) | State::Spelled(value, _) => {
                f.debug_tuple("Known").field(value).finish()
            }
            State::Unknown(text) => f.debug_tuple("Unknown").field(text).finish(),
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key<'a, T> {
    Absent,
    Known(T),
    Unknown(&'a str),
}

impl<T: TextEnum> PartialEq for Open<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T: TextEnum> Eq for Open<T> {}

impl<T: TextEnum> PartialEq<T> for Open<T> {
    fn eq(&self, other: &T) -> bool {
        self.is(*other)
    }
}

impl<T: TextEnum + PartialOrd> PartialOrd for Open<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.key().partial_cmp(&other.key())
    }
}

impl<T: TextEnum + Ord> Ord for Open<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl<T: TextEnum + Hash> Hash for Open<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// The text, or null where there is no value. Generated types leave the field out then.
impl<T: TextEnum> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_absent() {
            return serializer.serialize_none();
        }
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, T: TextEnum> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(lenient::text(deserializer)?.map_or_else(Self::default, Self::new))
    }
}

/// The schema of `T` itself: the description promises the documented values, and tolerance is the
/// client's own affair.
#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Open<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests;
