//! The body of a successful response as the type that the description gives it.

use std::collections::HashMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{Error, RawResponse, Result};
use crate::operation::{Expect, ListMeta};
use crate::page::{self, Page};
use crate::redact;
use crate::session::place::Place;
use crate::transport::Received;

/// The answer in a response. Where a list may come without a body, that is a list of nothing.
///
/// # Errors
///
/// A body of another shape than documented: [`ErrorKind::UndocumentedResponse`](crate::ErrorKind::UndocumentedResponse)
/// with status and request id, the field and the item that it belongs to.
pub(crate) fn decode<T: DeserializeOwned>(
    received: &Received,
    (expect, is_list): (Expect, bool),
) -> Result<T> {
    let body: &[u8] = match expect {
        // Whatever comes where nothing is documented is ignored.
        Expect::Empty => b"null",
        Expect::JsonOrEmpty if is_list && *received.body == *b"null" => b"{}",
        _ => &received.body,
    };
    read(body).map_err(|fault| match fault {
        Fault::Mismatch(mismatch) => mismatch.to_error(received),
        Fault::Invalid(error) => invalid(&error, received),
    })
}

/// The list in a response.
///
/// # Errors
///
/// Those of [`decode`].
pub(crate) fn page<T: DeserializeOwned>(received: &Received, list: ListMeta) -> Result<Page<T>> {
    if received.body.is_empty() {
        return Ok(Page::new(Vec::new(), None));
    }
    let document = serde_json::from_slice::<&RawValue>(&received.body)
        .map_err(|error| invalid(&error, received))?;
    let total = list.total.and_then(|total| {
        let total: Value = serde_json::from_str(at(document, total)?.get()).ok()?;
        page::total(&total)
    });
    let Some(items) = at(document, list.items).filter(|items| items.get() != "null") else {
        return Ok(Page::new(Vec::new(), total));
    };
    let items = read(items.get().as_bytes()).map_err(|fault| match fault {
        Fault::Mismatch(mismatch) => mismatch.inside(list.items).to_error(received),
        Fault::Invalid(error) => invalid(&error, received),
    })?;
    Ok(Page::new(items, total))
}

/// The value that dots lead to.
fn at<'a>(document: &'a RawValue, place: &str) -> Option<&'a RawValue> {
    place.split('.').try_fold(document, |value, name| {
        let mut fields: HashMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
        fields.remove(name)
    })
}

/// Why a text is no value of a type.
enum Fault {
    Mismatch(Mismatch),
    Invalid(serde_json::Error),
}

fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(text).map_err(|error| fault(text, error))
}

fn fault(text: &[u8], error: serde_json::Error) -> Fault {
    // What is no JSON has no places. This costs what only responses with a fault do.
    let document: Value = match serde_json::from_slice(text) {
        Ok(document) => document,
        Err(error) => return Fault::Invalid(error),
    };
    let place = Place::of(&error, text);
    let how = redact::decode_error(&error);
    let position = format!(" at line {} column {}", error.line(), error.column());
    Fault::Mismatch(Mismatch {
        item: place.through(&document).filter_map(named).last(),
        place: redact::line(&place.to_string()),
        how: how.strip_suffix(&position).unwrap_or(&how).to_owned(),
    })
}

/// Where a response is not as documented, and how.
struct Mismatch {
    /// `instances[3].port`
    place: String,
    /// What names the item around the place, as `instance_id …, name …`.
    item: Option<String>,
    how: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            f.write_str(&self.place)?;
            if let Some(item) = &self.item {
                write!(f, " ({item})")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.how)
    }
}

impl Mismatch {
    /// The same of the document that has the list.
    fn inside(self, list: &str) -> Self {
        let separator = if self.place.is_empty() || self.place.starts_with('[') {
            ""
        } else {
            "."
        };
        Self {
            place: format!("{list}{separator}{}", self.place),
            ..self
        }
    }

    fn to_error(&self, received: &Received) -> Error {
        let what = match received.body.as_ref() {
            b"{}" => format!("the response is empty where a document was expected: {self}"),
            _ => format!("the response does not have the documented shape: {self}"),
        };
        RawResponse {
            status: received.status,
            headers: &received.headers,
            body: &received.body,
        }
        .to_undocumented(what)
    }
}

/// The error of a text that is no JSON, though it has the form of it: a number that is too large, a text that is no Unicode.
fn invalid(error: &serde_json::Error, received: &Received) -> Error {
    RawResponse {
        status: received.status,
        headers: &received.headers,
        body: &received.body,
    }
    .to_undocumented(format!(
        "the response is not valid JSON: {}",
        redact::decode_error(error)
    ))
}

fn named(value: &Value) -> Option<String> {
    const NAMES: [&str; 8] = [
        "id",
        "instance_id",
        "job_id",
        "task_id",
        "backup_id",
        "node_id",
        "name",
        "instance_name",
    ];
    let said: Vec<_> = NAMES
        .into_iter()
        .filter_map(|name| Some((name, value.get(name)?.as_str()?)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| format!("{name} {}", redact::identifier(&redact::text(text))))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct List {
        instances: Vec<Instance>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Instance {
        port: Option<u16>,
        nodes: Option<Vec<Node>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Node {
        #[serde(deserialize_with = "crate::lenient::required_text")]
        zone: String,
    }

    #[test]
    fn an_odd_field_is_named_with_the_item_that_it_belongs_to() {
        for (body, says) in [
            (
                r#"{"instances":[{"port":1},{"instance_id":"i-2","name":"two","port":"6379"}]}"#,
                "instances[1].port (instance_id i-2, name two): invalid type: string ***, expected u16",
            ),
            (
                r#"{"instances":[{"name":"one","nodes":[{"zone":"a"},{"zone":[]}]}]}"#,
                "instances[0].nodes[1].zone (name one): invalid type: sequence, expected a string",
            ),
            (
                r#"{"instances":[{"name":"one","nodes":[{"zone":null}]}]}"#,
                "instances[0].nodes[0].zone (name one): invalid type: null, expected a string",
            ),
            (
                r#"{"instances":[{"name":"one","nodes":[{"id":"n-1"}]}]}"#,
                "instances[0].nodes[0] (id n-1): missing field `zone`",
            ),
            (
                r#"{"instances":{}}"#,
                "instances: invalid type: map, expected a sequence",
            ),
            ("7", "invalid type: integer `7`, expected struct List"),
        ] {
            let Err(Fault::Mismatch(mismatch)) = read::<List>(body.as_bytes()) else {
                panic!("{body} is read");
            };
            assert_eq!(mismatch.to_string(), says);
        }
    }
}
