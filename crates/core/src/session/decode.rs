//! The body of a successful response as the type that the description gives it.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::error::{Error, RawResponse, Result};
use crate::operation::{Expect, ListMeta};
use crate::page::{self, Page};
use crate::redact;
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
    match serde_json::from_slice(body) {
        Ok(answer) => Ok(answer),
        // It is decoded a second time to find the place, which costs more than most responses need.
        Err(_) => match serde_json::from_slice::<Value>(body) {
            Ok(_) => located(body).map_err(|mismatch| mismatch.to_error(received)),
            Err(error) => Err(invalid(&error, received)),
        },
    }
}

/// The list in a response.
///
/// # Errors
///
/// Those of [`decode`].
pub(crate) fn page<T: DeserializeOwned>(received: &Received, list: ListMeta) -> Result<Page<T>> {
    let mut document: Value = if received.body.is_empty() {
        Value::Null
    } else {
        located(&received.body).map_err(|mismatch| mismatch.to_error(received))?
    };
    let total = list
        .total
        .and_then(|total| page::total(at(&mut document, total)?));
    let items = match at(&mut document, list.items).map(Value::take) {
        None | Some(Value::Null) => Vec::new(),
        Some(items) => serde_path_to_error::deserialize(&items).map_err(|error| {
            // The path of the list itself is a dot.
            let inside = error.path().to_string();
            let inside = inside.strip_prefix('.').unwrap_or(&inside);
            let mismatch = Mismatch {
                place: redact::line(&format!("{}{inside}", list.items)),
                item: item_around(&items, error.path()),
                how: redact::decode_error(error.inner()),
            };
            mismatch.to_error(received)
        })?,
    };
    Ok(Page::new(items, total))
}

/// The value that dots lead to.
fn at<'a>(document: &'a mut Value, place: &str) -> Option<&'a mut Value> {
    let mut names = place.split('.');
    names.try_fold(document, |value, name| value.get_mut(name))
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
        if self.place != "." {
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

fn located<T: DeserializeOwned>(body: &[u8]) -> Result<T, Mismatch> {
    let reader = &mut serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let document: Value = serde_json::from_slice(body).unwrap_or_default();
        Mismatch {
            place: redact::line(&error.path().to_string()),
            item: item_around(&document, error.path()),
            how: redact::decode_error(error.inner()),
        }
    })
}

/// What the innermost object on the way to a place says of itself, if it has an id or a name.
fn item_around(document: &Value, path: &Path) -> Option<String> {
    let mut found = None;
    let mut at = Some(document);
    for segment in path {
        found = at.and_then(named).or(found);
        at = match segment {
            Segment::Seq { index } => at.and_then(|value| value.get(*index)),
            Segment::Map { key } => at.and_then(|value| value.get(key)),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
    }
    at.and_then(named).or(found)
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
        zone: String,
    }

    #[test]
    fn an_odd_field_is_named_with_the_item_that_it_belongs_to() {
        for (body, says) in [
            (
                r#"{"instances":[{"port":1},{"instance_id":"i-2","name":"two","port":"6379"}]}"#,
                "instances[1].port (instance_id i-2, name two): invalid type: string ***, expected u16 at",
            ),
            (
                r#"{"instances":[{"name":"one","nodes":[{"zone":"a"},{"zone":7}]}]}"#,
                "instances[0].nodes[1].zone (name one): invalid type: integer `7`, expected a string at",
            ),
            (
                r#"{"instances":[{"name":"one","nodes":[{"id":"n-1"}]}]}"#,
                "instances[0].nodes[0] (id n-1): missing field `zone` at",
            ),
            (
                r#"{"instances":{}}"#,
                "instances: invalid type: map, expected a sequence at",
            ),
            ("7", "invalid type: integer `7`, expected struct List at"),
        ] {
            let error = located::<List>(body.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
