//! What was asked of the cloud.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use otcdb_core::sync::unpoisoned;
use serde_json::Value;

use crate::spec::Operation;

/// How a request proved who sent it. The proof need not have been good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthUsed {
    /// Not at all.
    #[default]
    Nothing,
    /// X-Auth-Token.
    Token,
    /// `Authorization: SDK-HMAC-SHA256 Access=…`.
    SdkHmac,
    /// `Authorization: SDK-HMAC-SHA256 Credential=…`.
    SigV4,
    /// Another Authorization header.
    OtherAuthorization,
    /// A token and an Authorization header.
    Both,
    /// A signature in the query, as presigned links have.
    Link,
}

/// A request as received, without its secrets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// When, by the simulator's clock.
    pub time: Timestamp,
    /// Method.
    pub method: String,
    /// Path as sent.
    pub path: String,
    /// Query as sent, but for the signature of a link, which is `***`.
    pub query: Option<String>,
    /// Service and operationId with a dot between them, `download`, or nothing for an unknown path.
    pub operation: Option<String>,
    /// Headers in the order of their names; those that prove identity are `***`.
    pub headers: Vec<(String, String)>,
    /// How the request proved who sent it.
    pub auth: AuthUsed,
    /// Body; a password in it is `***`. Of a body that is not JSON, its length alone.
    pub body: Bytes,
    /// The X-Request-Id of the response.
    pub request_id: String,
    /// The status of the response, even if a fault kept it from arriving.
    pub status: u16,
    /// The fault that happened to it.
    pub fault: Option<String>,
    /// Why it was refused, or what of it was ignored.
    pub detail: Option<String>,
}

/// Requests that are kept; older ones are forgotten so that a simulator can run for days.
const KEPT: usize = 20_000;

const REDACTED: &str = "***";
const SECRET_HEADERS: [&str; 5] = [
    "authorization",
    "x-auth-token",
    "x-security-token",
    "x-subject-token",
    "cookie",
];

/// All requests so far.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    requests: VecDeque<RecordedRequest>,
    counts: HashMap<String, u64>,
    deviations: Vec<String>,
    unknown_parameters: Vec<String>,
}

impl RequestLog {
    pub(crate) fn push(&self, request: RecordedRequest) {
        let mut inner = unpoisoned(self.0.lock());
        if let Some(operation) = &request.operation {
            *inner.counts.entry(operation.clone()).or_default() += 1;
        }
        if inner.requests.len() == KEPT {
            inner.requests.pop_front();
        }
        inner.requests.push_back(request);
    }

    /// A response that the bundle does not have like this.
    pub(crate) fn deviation(&self, text: String) {
        let mut inner = unpoisoned(self.0.lock());
        inner.deviations.push(text);
    }

    pub(crate) fn deviations(&self) -> Vec<String> {
        let inner = unpoisoned(self.0.lock());
        inner.deviations.clone()
    }

    /// Query parameters that an operation does not have.
    pub(crate) fn unknown(&self, operation: &Operation, names: &[String]) {
        let mut inner = unpoisoned(self.0.lock());
        let room = KEPT.saturating_sub(inner.unknown_parameters.len());
        let operation = operation.qualified();
        let named = names.iter().map(|name| format!("{operation}: {name}"));
        inner.unknown_parameters.extend(named.take(room));
    }

    pub(crate) fn unknown_parameters(&self) -> Vec<String> {
        let inner = unpoisoned(self.0.lock());
        inner.unknown_parameters.clone()
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        let inner = unpoisoned(self.0.lock());
        inner.requests.iter().cloned().collect()
    }

    /// Requests of an operation, with or without the service in front.
    pub(crate) fn count(&self, operation: &str) -> u64 {
        let inner = unpoisoned(self.0.lock());
        inner
            .counts
            .iter()
            .filter(|(name, _)| {
                *name == operation
                    || name
                        .split_once('.')
                        .is_some_and(|(_, name)| name == operation)
            })
            .map(|(_, count)| count)
            .sum()
    }

    pub(crate) fn clear(&self) {
        let mut inner = unpoisoned(self.0.lock());
        inner.requests.clear();
        inner.counts.clear();
    }
}

impl AuthUsed {
    pub(crate) fn of(headers: &HeaderMap, query: Option<&str>) -> Self {
        let authorization = headers
            .get("authorization")
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        match (headers.contains_key("x-auth-token"), authorization) {
            (true, Some(_)) => Self::Both,
            (true, None) => Self::Token,
            (false, Some(text)) if text.contains("Access=") => Self::SdkHmac,
            (false, Some(text)) if text.contains("Credential=") => Self::SigV4,
            (false, Some(_)) => Self::OtherAuthorization,
            (false, None) if query.is_some_and(|query| query.contains("Signature=")) => Self::Link,
            (false, None) => Self::Nothing,
        }
    }
}

/// Headers without secrets.
pub(crate) fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            let secret = SECRET_HEADERS.contains(&name.as_str());
            let value = match secret {
                true => REDACTED.to_owned(),
                false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
            };
            (name.as_str().to_owned(), value)
        })
        .collect();
    list.sort();
    list
}

/// A query without the signature of a link.
pub(crate) fn query(query: &str) -> String {
    let pieces: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name @ "Signature", _)) => format!("{name}={REDACTED}"),
            _ => pair.to_owned(),
        })
        .collect();
    pieces.join("&")
}

/// A body without a password. What is not JSON may have one anywhere, so that only its length is kept.
pub(crate) fn body(bytes: &Bytes) -> Bytes {
    let Ok(mut value) = serde_json::from_slice::<Value>(bytes) else {
        return match bytes.len() {
            0 => Bytes::new(),
            length => Bytes::from(format!("({length} bytes that are not JSON)")),
        };
    };
    match redact(&mut value) {
        true => Bytes::from(value.to_string()),
        false => bytes.clone(),
    }
}

/// Whether a member of a body is a password, of whatever type it was sent.
fn is_password(key: &str, value: &Value) -> bool {
    let is_switch = key == "no_password_access" && (value.is_boolean() || value.is_null());
    key.to_ascii_lowercase().contains("password") && !value.is_null() && !is_switch
}

/// Whether there was a password.
fn redact(value: &mut Value) -> bool {
    let mut found = false;
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                // The password of a login is an object, in which one member is the password itself.
                let is_login = key == "password" && value.get("user").is_some_and(Value::is_object);
                if is_password(key, value) && !is_login {
                    *value = Value::from(REDACTED);
                    found = true;
                } else {
                    found |= redact(value);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                found |= redact(item);
            }
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_recorded() {
        let mut sent = HeaderMap::new();
        sent.insert("x-auth-token", "secret".parse().unwrap());
        sent.insert("accept", "*/*".parse().unwrap());
        assert_eq!(
            headers(&sent),
            [
                ("accept".to_owned(), "*/*".to_owned()),
                ("x-auth-token".to_owned(), "***".to_owned())
            ]
        );
        assert_eq!(query("a=1&Signature=secret%3D"), "a=1&Signature=***");
        let login = Bytes::from(r#"{"user":{"name":"a","password":"secret"}}"#);
        assert_eq!(body(&login), r#"{"user":{"name":"a","password":"***"}}"#);
        let change = Bytes::from(r#"{"new_password":"secret","old_password":"secret"}"#);
        assert_eq!(
            body(&change),
            r#"{"new_password":"***","old_password":"***"}"#
        );
        for (sent, kept) in [
            ("not json, secret", "(16 bytes that are not JSON)"),
            (r#"{"password":"secret""#, "(20 bytes that are not JSON)"),
            ("", ""),
            (r#"{"new_password":987654321}"#, r#"{"new_password":"***"}"#),
            (
                r#"{"Password":["secret"],"no_password_access":"secret"}"#,
                r#"{"Password":"***","no_password_access":"***"}"#,
            ),
            (
                r#"{"auth":{"password":{"user":{"name":"a","password":{"x":1}}}}}"#,
                r#"{"auth":{"password":{"user":{"name":"a","password":"***"}}}}"#,
            ),
        ] {
            assert_eq!(body(&Bytes::from(sent)), kept, "{sent}");
        }
        let open = Bytes::from(r#"{ "no_password_access": true, "password": null }"#);
        assert_eq!(body(&open), open);
    }
}
