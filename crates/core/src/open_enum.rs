//! Values of an enumeration that the server may extend or spell otherwise.

use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value the server sends, which is either a documented value of `T` or a text nobody documented.
///
/// The services answer with values that the documentation does not list and spell documented ones in
/// another letter case (`"finish"` for `FINISH`, `"replica"` for `Replica`). A client that refused
/// these would lose a whole response over one field, so this type accepts any text:
///
/// - The text is parsed as a `T` as it was given, then in upper case, then in lower case, then
///   with a capital first letter. Only ASCII letters change case. The first success makes the value *known*.
/// - Text that is no `T` in any of these is *unknown*, and no error.
/// - The text is kept exactly as it was received. [`as_str`](Self::as_str), [`Display`](fmt::Display) and
///   serialisation give it back unchanged, so decoding and encoding a response alters nothing.
///
/// # Equality
///
/// Two known values are equal if their `T`s are equal, however they were spelled: `"finish"` equals
/// `"FINISH"`. Two unknown values are equal if their texts are. A known value never equals an
/// unknown one. `Hash` and `Ord` agree with this; known values sort before unknown ones. It follows that
/// equal values can serialise to different text. Where the spelling matters, compare
/// [`as_str`](Self::as_str).
///
/// # Example
///
/// ```
/// use otcdb_core::Open;
///
/// let port: Open<u16> = "6379".parse()?;
/// assert_eq!(port.known(), Some(&6379));
/// assert_eq!(port, 6379);
///
/// let port: Open<u16> = "default".parse()?;
/// assert_eq!(port.known(), None);
/// assert_eq!(port.as_str(), "default");
/// # Ok::<(), std::convert::Infallible>(())
/// ```
#[derive(Clone)]
pub struct Open<T> {
    /// As received, or as `T` displays itself.
    text: Box<str>,
    known: Option<T>,
}

impl<T> Open<T> {
    /// The documented value, or `None` if the text is no value of `T`.
    pub fn known(&self) -> Option<&T> {
        self.known.as_ref()
    }

    /// The text exactly as it was received.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the text is a documented value.
    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// The documented value, or the text if it is none.
    ///
    /// # Errors
    ///
    /// The text as received if it is no value of `T`.
    pub fn into_known(self) -> Result<T, String> {
        self.known.ok_or_else(|| self.text.into_string())
    }
}

impl<T: FromStr> Open<T> {
    /// Reads a text. This never fails: see the type's documentation.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let known = parse_in_any_case(&text);
        Self { text, known }
    }
}

fn parse_in_any_case<T: FromStr>(text: &str) -> Option<T> {
    let capitalised = || {
        let mut lower = text.to_ascii_lowercase();
        // A first character that is not one byte long is not ASCII and has no case to change.
        if let Some(first) = lower.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        lower
    };
    text.parse()
        .ok()
        .or_else(|| text.to_ascii_uppercase().parse().ok())
        .or_else(|| text.to_ascii_lowercase().parse().ok())
        .or_else(|| capitalised().parse().ok())
}

/// A documented value, spelled as `T` displays itself.
impl<T: fmt::Display> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self {
            text: value.to_string().into_boxed_str(),
            known: Some(value),
        }
    }
}

impl<T: FromStr> FromStr for Open<T> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl<T> AsRef<str> for Open<T> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<T> fmt::Display for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// `Known(…)` with the `T`'s own form, or `Unknown("…")`.
impl<T: fmt::Debug> fmt::Debug for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.known {
            Some(value) => f.debug_tuple("Known").field(value).finish(),
            None => f.debug_tuple("Unknown").field(&self.text).finish(),
        }
    }
}

/// What identity is decided by: the value if there is one, else the text. The derived order of the
/// variants puts known values first.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key<'a, T> {
    Known(&'a T),
    Unknown(&'a str),
}

impl<T> Open<T> {
    fn key(&self) -> Key<'_, T> {
        match &self.known {
            Some(value) => Key::Known(value),
            None => Key::Unknown(&self.text),
        }
    }
}

impl<T: PartialEq> PartialEq for Open<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T: Eq> Eq for Open<T> {}

impl<T: PartialEq> PartialEq<T> for Open<T> {
    fn eq(&self, other: &T) -> bool {
        self.known.as_ref() == Some(other)
    }
}

impl<T: PartialOrd> PartialOrd for Open<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.key().partial_cmp(&other.key())
    }
}

impl<T: Ord> Ord for Open<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl<T: Hash> Hash for Open<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl<T> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
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
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    /// What typify generates for `enum: [FINISH, EXPORTING, Replica, running]`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    enum Status {
        #[cfg_attr(feature = "schemars", schemars(rename = "FINISH"))]
        Finish,
        #[cfg_attr(feature = "schemars", schemars(rename = "EXPORTING"))]
        Exporting,
        Replica,
        #[cfg_attr(feature = "schemars", schemars(rename = "running"))]
        Running,
    }

    impl fmt::Display for Status {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match self {
                Self::Finish => "FINISH",
                Self::Exporting => "EXPORTING",
                Self::Replica => "Replica",
                Self::Running => "running",
            })
        }
    }

    impl FromStr for Status {
        type Err = &'static str;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            match text {
                "FINISH" => Ok(Self::Finish),
                "EXPORTING" => Ok(Self::Exporting),
                "Replica" => Ok(Self::Replica),
                "running" => Ok(Self::Running),
                _ => Err("invalid value"),
            }
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Response {
        status: Open<Status>,
        previous: Option<Open<Status>>,
    }

    #[test]
    fn every_spelling_of_a_documented_value_is_known() {
        for (text, value) in [
            ("FINISH", Status::Finish),
            ("finish", Status::Finish),
            ("Finish", Status::Finish),
            ("RUNNING", Status::Running),
            ("running", Status::Running),
            ("Replica", Status::Replica),
            ("replica", Status::Replica),
            ("REPLICA", Status::Replica),
        ] {
            let open = Open::<Status>::new(text);
            assert_eq!(open.known(), Some(&value), "{text}");
            assert_eq!(open, value);
            assert_eq!(open.as_str(), text);
            assert_eq!(open.to_string(), text);
        }
    }

    #[test]
    fn other_text_is_unknown_and_kept() {
        for text in ["", " ", "FINISHED", "ßinish", "\u{1F980}", "é"] {
            let open = Open::<Status>::new(text);
            assert_eq!(open.known(), None);
            assert_ne!(open, Status::Finish);
            assert_eq!(open.clone().into_known(), Err(text.to_owned()));
            assert_eq!(format!("{open:?}"), format!("Unknown({text:?})"));
        }
    }

    #[test]
    fn a_response_is_encoded_as_it_was_received() {
        for text in [
            r#"{"status":"finish","previous":"EXPORTING"}"#,
            r#"{"status":"FINISH","previous":null}"#,
            r#"{"status":"never heard of","previous":""}"#,
        ] {
            let response: Response = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&response).unwrap(), text);
        }
    }

    #[test]
    fn only_strings_are_accepted() {
        let error = serde_json::from_str::<Open<Status>>("7").unwrap_err();
        assert!(error.to_string().contains("expected a string"), "{error}");
    }

    #[test]
    fn a_value_from_code_is_spelled_as_documented() {
        let open = Open::from(Status::Exporting);
        assert_eq!(serde_json::to_string(&open).unwrap(), r#""EXPORTING""#);
        assert_eq!(format!("{open:>11}|"), "  EXPORTING|");
        assert_eq!(format!("{open:?}"), "Known(Exporting)");
    }

    #[test]
    fn equality_hash_and_order_agree() {
        let spelled = [
            "FINISH",
            "finish",
            "zzz",
            "aaa",
            "exporting",
            "EXPORTING",
            "aaa",
        ];
        let open = || spelled.iter().map(|text| Open::<Status>::new(*text));
        let sorted: Vec<_> = open().collect::<BTreeSet<_>>().into_iter().collect();
        let hashed: HashSet<_> = open().collect();
        assert_eq!(hashed.len(), sorted.len());
        let texts: Vec<_> = sorted.iter().map(|o| o.as_str().to_uppercase()).collect();
        assert_eq!(texts, ["FINISH", "EXPORTING", "AAA", "ZZZ"]);
    }

    #[test]
    fn a_known_value_differs_from_any_unknown_one() {
        assert_ne!(Open::<Status>::new("FINISH"), Open::new("FINISHED"));
        assert_ne!(Open::<Status>::new("unheard"), Open::new("UNHEARD"));
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn the_schema_is_that_of_the_documented_values() {
        use schemars::schema_for;
        assert_eq!(schema_for!(Open<Status>), schema_for!(Status));
        #[derive(schemars::JsonSchema)]
        #[allow(dead_code)]
        struct Plain {
            status: Status,
        }
        #[derive(schemars::JsonSchema)]
        #[schemars(rename = "Plain")]
        #[allow(dead_code)]
        struct Tolerant {
            status: Open<Status>,
        }
        assert_eq!(schema_for!(Tolerant), schema_for!(Plain));
    }
}
