//! What a page states, without any sentence of it.
//!
//! Every fact knows the line of the page it came from. Whether something was
//! stated is kept in three states: stated, stated as none, and missing;
//! missing is not the same as removed, because a form of a page may have lost
//! what another form still has.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::block::Format;
use crate::json::{self, Repair};

/// A single statement in one of three states.
///
/// In YAML a missing statement has no key, one stated as none is `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stated<T> {
    /// The page says nothing about it.
    #[default]
    Missing,
    /// The page says that there is none.
    Nothing,
    /// The page states this.
    Value(T),
}

impl<T> Stated<T> {
    /// Whether the page says nothing about it.
    pub fn is_missing(&self) -> bool {
        matches!(self, Stated::Missing)
    }

    /// The stated value.
    pub fn value(&self) -> Option<&T> {
        match self {
            Stated::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<T: Serialize> Serialize for Stated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Stated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<T>::deserialize(deserializer)? {
            Some(value) => Stated::Value(value),
            None => Stated::Nothing,
        })
    }
}

/// Whether a whole part of a page was stated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// The page says nothing about it.
    #[default]
    Missing,
    /// The page says that there is none.
    None,
    /// The page states it.
    Stated,
}

/// The facts of one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Facts {
    /// The page itself.
    pub page: Page,
    /// Method and path.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub operation: Stated<Operation>,
    /// Parameters outside the bodies.
    pub parameters: Parameters,
    /// The request body.
    pub request: Body,
    /// Responses by status.
    pub responses: Vec<Response>,
    /// Example requests in page order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_examples: Vec<RequestExample>,
    /// Example responses in page order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_examples: Vec<ResponseExample>,
}

/// Which page was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Page {
    /// The page id, `CreateRedislog` for instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose documentation it is: `otc`, `huaweicloud`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The form it was read from.
    pub format: Format,
    /// SHA-256 of the bytes that were read, in hexadecimal.
    pub sha256: String,
    /// Hash of the words of the page, for telling a change of wording.
    pub text: String,
}

/// Method and path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Operation {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path from `/`, with parameters in braces and no query.
    pub path: String,
    /// Names in the query template of the URI.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<String>,
    /// Line of the page.
    pub line: u32,
}

/// Parameters outside the bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Parameters {
    /// Whether the page states them.
    pub state: State,
    /// The parameters in page order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Field>,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a request header.
    Header,
}

impl Place {
    /// The word OpenAPI uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        }
    }
}

/// A parameter or a field of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Field {
    /// The name.
    pub name: String,
    /// Where a parameter goes; absent for fields of a body.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether it must be given.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub mandatory: Stated<bool>,
    /// The documented word for its type, `Array of Tag objects` for instance.
    #[serde(default, rename = "type", skip_serializing_if = "Stated::is_missing")]
    pub type_word: Stated<String>,
    /// Documented values, in page order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Documented ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// Documented defaults; several where they depend on something.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub default: Stated<Vec<String>>,
    /// Hash of the words of its description.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Line of the page.
    pub line: u32,
    /// Set where the fields below would repeat a table the field lies in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recursive: bool,
    /// Fields of the object, or of each object of the list; of a string, the
    /// fields of the JSON that it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A documented range. Numbers are kept as the page writes them, without
/// thousands separators; a unit stays behind its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Limit {
    /// What is limited.
    pub of: Limited,
    /// Smallest, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// Largest, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

/// What a range limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Limited {
    /// The value, or, for a string, whatever the page means by its maximum.
    Value,
    /// The length in characters.
    Length,
}

/// A body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Body {
    /// Whether the page states one.
    pub state: State,
    /// Its forms; more than one where the page has a table for each use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Form>,
}

/// One form of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Form {
    /// Line of its table.
    pub line: u32,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Response {
    /// The status; missing where the page has lost it.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub status: Stated<u16>,
    /// Line of the page.
    pub line: u32,
    /// Headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Field>,
    /// The body; missing where the status is only listed.
    pub body: Body,
}

/// An example request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RequestExample {
    /// Line of the page.
    pub line: u32,
    /// Method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// URL as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Headers as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// Body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Payload>,
}

/// An example response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ResponseExample {
    /// Line of the page.
    pub line: u32,
    /// Status; missing where the page does not say.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub status: Stated<u16>,
    /// Headers as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// Body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Payload>,
}

/// A header of an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Header {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// The body of an example.
///
/// Only the text is written to YAML; reading it back parses it again by the
/// same rules, so that text and value cannot drift apart.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Payload {
    /// The text exactly as documented, without the page's indentation.
    pub text: String,
    /// The value, where the text is JSON or could be repaired.
    pub value: Option<Value>,
    /// The repairs that were needed, in the order they were made.
    pub repairs: Vec<Repair>,
}

impl Payload {
    /// Parses a text.
    pub fn new(text: String) -> Self {
        let parsed = json::parse(&text);
        Self {
            text,
            value: parsed.value,
            repairs: parsed.repairs,
        }
    }

    /// What tells it from the other examples of its page: it says the same wherever on the page the example stands, and
    /// another where this has changed.
    pub fn tag(&self) -> String {
        let text = match &self.value {
            Some(value) => value.to_string(),
            None => self.text.clone(),
        };
        let mut tag = crate::digest::short(&text);
        tag.truncate(8);
        tag
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPayload {
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<Repair>,
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenPayload {
            text: self.text.clone(),
            repairs: self.repairs.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = WrittenPayload::deserialize(deserializer)?;
        let payload = Payload::new(written.text);
        if payload.repairs != written.repairs {
            return Err(serde::de::Error::custom(
                "the repairs of an example do not follow from its text; import the page again",
            ));
        }
        Ok(payload)
    }
}
