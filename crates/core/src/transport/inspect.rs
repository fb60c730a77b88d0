//! Whether a successful response is one.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use super::census::{self, Census, Seen};
use super::classify::FailedAttempt;
use super::{Call, Received, encoding};
use crate::error::{Error, RawResponse};
use crate::operation::Expect;

/// Undoes compression and other encodings than UTF-8. Refuses errors in disguise, responses that are not JSON where JSON
/// was promised, JSON that breaks off, holds far more than anyone asks for, or lacks the list that was asked for; turns
/// an empty response into `null` where emptiness was promised, and into an object without fields where it is another
/// success than the usual one.
///
/// JSON that ends too early counts as a lost connection, which an idempotent call may try again. Everything else
/// would only come again.
pub(super) fn inspect(call: &Call, mut received: Received) -> Result<Received, Box<FailedAttempt>> {
    let body = std::mem::take(&mut received.body);
    let compressed = body.clone();
    received.body = match encoding::decompress(&mut received.headers, body) {
        Ok(body) => body,
        Err(what) => {
            received.body = compressed;
            return Err(FailedAttempt::answered(
                raw(&received).to_undocumented(what),
            ));
        }
    };
    drop(compressed);
    if matches!(call.expect, Expect::Json | Expect::JsonOrEmpty) {
        received.body = encoding::to_utf8(&received.headers, received.body);
    }
    if let Some(error) = raw(&received).to_embedded_error() {
        return Err(FailedAttempt::answered(error));
    }
    let refuse = |what: &str| Err(FailedAttempt::answered(raw(&received).to_unexpected(what)));
    match call.expect {
        Expect::Empty | Expect::Unknown => return Ok(received),
        Expect::JsonOrEmpty if received.body.is_empty() => {
            received.body = Bytes::from_static(b"null");
            return Ok(received);
        }
        Expect::Json if received.body.is_empty() => {
            // A list of nothing and a list that was lost look the same.
            if received.status == StatusCode::OK || call.list.is_some() {
                return refuse("the response is empty where JSON was expected");
            }
            received.body = Bytes::from_static(b"{}");
            return Ok(received);
        }
        Expect::Json | Expect::JsonOrEmpty => {}
    }
    if !is_json(&received) {
        let content_type = raw(&received).content_type();
        return refuse(&format!(
            "the response is not JSON by its content type ({content_type})"
        ));
    }
    let way = |place: &'static str| place.split('.').collect::<Vec<_>>();
    let items = call.list.map(|list| way(list.items));
    let total = call.list.and_then(|list| list.total).map(way);
    // Whether the shape is right is seen when it is decoded.
    let (census, outcome) = match items {
        None if call.is_typed && census::is_little(&received.body) => {
            census::glance(&received.body)
        }
        _ => census::take(&received.body, items.as_deref(), total.as_deref()),
    };
    match outcome {
        Ok(()) => {}
        Err(_) if census.overflowed => {
            return Err(FailedAttempt::answered(raw(&received).to_undocumented(format!(
                "the response holds more than {} values or {} lists and objects, which is more than was asked for",
                census::VALUES,
                census::CONTAINERS
            ))));
        }
        Err(error) if error.is_eof() => {
            return Err(FailedAttempt::broken_off(described(
                raw(&received),
                "the response's JSON breaks off",
                &error,
            )));
        }
        Err(error) => {
            return Err(FailedAttempt::answered(described(
                raw(&received),
                "the response is not valid JSON",
                &error,
            )));
        }
    }
    if let Some(list) = call.list
        && let Some(what) = missing(list.items, &census)
    {
        return refuse(&what);
    }
    Ok(received)
}

fn raw(received: &Received) -> RawResponse<'_> {
    RawResponse {
        status: received.status,
        headers: &received.headers,
        body: &received.body,
    }
}

/// What is wrong with a response in which the list is not where it is to be. A total of nothing stands for an empty
/// list, and so do `null`, unless a total says otherwise, and no document at all where that is documented.
fn missing(place: &str, census: &Census) -> Option<String> {
    match census.list {
        Seen::List => None,
        Seen::Nothing if census.total == Some(0) => None,
        Seen::Null if census.total.unwrap_or(0) == 0 => None,
        Seen::Nothing => Some(format!(
            "the response has no list: there is no {place} in it"
        )),
        Seen::Null => Some(format!("the response has no list: {place} is null")),
        Seen::Other(kind) => Some(format!("the response has no list: {place} is {kind}")),
    }
}

fn described(response: RawResponse<'_>, what: &str, error: &serde_json::Error) -> Error {
    response.to_undocumented(format!("{what}: {}", crate::redact::decode_error(error)))
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
