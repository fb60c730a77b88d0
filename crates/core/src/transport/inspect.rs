//! Whether a successful answer is one.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use serde::de::IgnoredAny;

use super::classify::Failed;
use super::{Call, Received};
use crate::error::{Answer, Error};
use crate::operation::Expect;

/// Refuses errors in disguise, answers that are not JSON where JSON was promised, and JSON that breaks off; turns an empty answer into `null` where emptiness was promised.
///
/// JSON that ends too early counts as a lost connection, which an idempotent call may try again. Everything else
/// would only come again.
pub(super) fn inspect(call: &Call, mut received: Received) -> Result<Received, Box<Failed>> {
    let answer = Answer {
        status: received.status,
        headers: &received.headers,
        body: &received.body,
    };
    if let Some(error) = answer.to_embedded_error() {
        return Err(Failed::answered(error));
    }
    let refuse = |what: &str| Err(Failed::answered(answer.to_unexpected(what)));
    match call.expect {
        Expect::Empty | Expect::Unknown => return Ok(received),
        Expect::JsonOrEmpty if received.body.is_empty() => {
            received.body = Bytes::from_static(b"null");
            return Ok(received);
        }
        Expect::Json | Expect::JsonOrEmpty if received.body.is_empty() => {
            return refuse("the answer is empty where JSON was expected");
        }
        Expect::Json | Expect::JsonOrEmpty => {}
    }
    if !is_json(&received) {
        let what = format!(
            "the answer is not JSON by its content type ({})",
            answer.content_type()
        );
        return refuse(&what);
    }
    // Whether the shape is right is seen when it is decoded.
    match serde_json::from_slice::<IgnoredAny>(&received.body) {
        Ok(_) => Ok(received),
        Err(error) if error.is_eof() => Err(Failed::broken_off(described(
            answer,
            "the answer's JSON breaks off",
            &error,
        ))),
        Err(error) => Err(Failed::answered(described(
            answer,
            "the answer is not valid JSON",
            &error,
        ))),
    }
}

fn described(answer: Answer<'_>, what: &str, error: &serde_json::Error) -> Error {
    answer.to_undocumented(format!("{what}: {}", crate::redact::decode_error(error)))
}

/// `application/json`, `application/…+json`, or no content type at all.
fn is_json(received: &Received) -> bool {
    let Some(value) = received.headers.get(CONTENT_TYPE) else {
        return true;
    };
    let Ok(text) = value.to_str() else {
        return false;
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let subtype = essence.rsplit('/').next().unwrap_or_default();
    subtype.eq_ignore_ascii_case("json") || subtype.to_ascii_lowercase().ends_with("+json")
}
