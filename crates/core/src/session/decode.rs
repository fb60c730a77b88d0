//! The body of a successful response as the type that the description gives it.

use std::fmt;

use bytes::Bytes;
use progenitor_client::{Error as ClientError, ResponseValue};
use reqwest::{Response, StatusCode, Url, header::HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::service::{OperationName, error_response};
use crate::error::RawResponse;
use crate::redact;

/// Decodes a response of [`ServiceSession::exec`](super::ServiceSession::exec). Generated clients call it where
/// progenitor's own would lose status and headers of a body that does not fit.
///
/// # Errors
///
/// A body of another shape than documented: [`ErrorKind::UndocumentedResponse`](crate::ErrorKind::UndocumentedResponse)
/// with status, request id and operation, the field and the item that it belongs to, once it went through [`from_client`](crate::error::from_client).
pub async fn decode<T: DeserializeOwned>(
    response: Response,
) -> Result<ResponseValue<T>, ClientError<()>> {
    let head = Head::of(&response);
    let body = response
        .bytes()
        .await
        .map_err(ClientError::ResponseBodyError)?;
    match serde_json::from_slice(&body) {
        Ok(inner) => Ok(ResponseValue::new(inner, head.status, head.headers)),
        Err(_) => match located::<T>(&body) {
            // It is decoded a second time to find the place, which costs more than most responses need.
            Ok(inner) => Ok(ResponseValue::new(inner, head.status, head.headers)),
            Err(error) => Err(head.mismatch(&body, &error)),
        },
    }
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

fn located<T: DeserializeOwned>(body: &[u8]) -> Result<T, Mismatch> {
    let reader = &mut serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(reader).map_err(|error| Mismatch {
        place: redact::line(&error.path().to_string()),
        item: item_around(body, error.path()),
        how: redact::decode_error(error.inner()),
    })
}

/// What the innermost object on the way to a place says of itself, if it has an id or a name.
fn item_around(body: &[u8], path: &Path) -> Option<String> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let mut found = None;
    let mut at = Some(&document);
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

struct Head {
    url: Url,
    status: StatusCode,
    headers: HeaderMap,
    operation: Option<OperationName>,
}

impl Head {
    fn of(response: &Response) -> Self {
        Self {
            url: response.url().clone(),
            status: response.status(),
            headers: response.headers().clone(),
            operation: response.extensions().get().cloned(),
        }
    }

    fn mismatch(self, body: &Bytes, error: &Mismatch) -> ClientError<()> {
        let what = match body.as_ref() {
            b"{}" => format!("the response is empty where a document was expected: {error}"),
            _ => format!("the response does not have the documented shape: {error}"),
        };
        let error = RawResponse {
            status: self.status,
            headers: &self.headers,
            body,
        }
        .to_undocumented(what);
        let error = match self.operation {
            Some(OperationName(service, name)) => error.with_call(service, name),
            None => error,
        };
        ClientError::UnexpectedResponse(error_response(&self.url, error))
    }
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
