//! Errors made from an HTTP response, whatever its body looks like.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use memchr::memmem::Finder;
use reqwest::StatusCode;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION,
    RETRY_AFTER,
};
use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::said::{Said, Stated, said, stated};
use super::{Error, ErrorKind};
use crate::redact;
use crate::retry::{is_throttling, is_transient_code, parse_retry_after};
use crate::transport::body::ERROR_BYTES;

/// Where the gateways and services put the id of a request, the most telling first.
const REQUEST_ID_HEADERS: [&str; 7] = [
    "x-request-id",
    "x-openstack-request-id",
    "x-trace-id",
    "x-apig-request-id",
    // Object storage, from which files are downloaded.
    "x-obs-request-id",
    "x-amz-request-id",
    "request-id",
];

/// The keys that error bodies use, over all services. A successful response that has an error code and
/// none but these is an error in disguise.
const ERROR_KEYS: [&str; 16] = [
    "error_code",
    "error_msg",
    "error_ext_msg",
    "errCode",
    "externalMessage",
    "errorCode",
    "errorMsg",
    "error",
    "code",
    "message",
    "title",
    "request_id",
    "encoded_authorization_message",
    "details",
    "error_description",
    "status",
];

/// Code and message, as the forms of error bodies name them.
const CODES: [(&str, &str); 3] = [
    ("error_code", "error_msg"),
    ("errCode", "externalMessage"),
    ("errorCode", "errorMsg"),
];

/// A response as far as errors are concerned.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct RawResponse<'a> {
    /// The HTTP status.
    pub status: StatusCode,
    /// The response's headers.
    pub headers: &'a HeaderMap,
    /// The body, or as much of it as was read.
    pub body: &'a [u8],
}

impl<'a> RawResponse<'a> {
    /// A response of this status, with its headers and what was read of its body.
    pub const fn new(status: StatusCode, headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }
}

impl RawResponse<'_> {
    /// The error that a response with a failing status is.
    ///
    /// Documented are the bodies of DCS (`error_code`, `error_msg`, `error_ext_msg`), RDS (`error_code`,
    /// `error_msg`, and `errCode`, `externalMessage`), IAM (`error` with `code`, `message`, `title`), the API
    /// gateway (with `request_id`) and OpenStack (`itemNotFound` with `code`, `message`). Of any other body the error
    /// says that it is not documented, and shows what [`said`] reads in it. The kind comes from the status, unless the
    /// code says that the service throttles or recovers.
    pub fn to_error(self) -> Error {
        let read = said(self.headers, self.body);
        let code = read.as_ref().and_then(|read| read.code.as_deref());
        let kind = if is_throttling(self.status, code) {
            ErrorKind::Throttled
        } else if code.is_some_and(is_transient_code) {
            ErrorKind::Service
        } else {
            ErrorKind::of_status(self.status)
        };
        let message = match (&read, kind) {
            (Some(read), _) if read.documented => "the service refused the call".to_owned(),
            (_, ErrorKind::UndocumentedResponse) if self.status.is_redirection() => {
                format!(
                    "the service answered with a redirection{}, which is never followed",
                    self.location()
                )
            }
            (None, _) if self.announces_a_body() => {
                "the call failed, and its error body did not come".to_owned()
            }
            (None, _) => "the call failed without an error body".to_owned(),
            (Some(_), _) => format!(
                "the call failed with an error body that is not documented ({})",
                self.content_type()
            ),
        };
        self.error(kind, message, read)
    }

    fn announces_a_body(self) -> bool {
        self.headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok())
            .is_some_and(|length| length > 0)
    }

    /// A response that is not what was documented: `what` says in which way.
    pub fn to_undocumented(self, what: impl Into<String>) -> Error {
        self.error(ErrorKind::UndocumentedResponse, what.into(), None)
    }

    /// The same, with what the response says instead: a login page, a notice of a gateway.
    pub(crate) fn to_unexpected(self, what: impl Into<String>) -> Error {
        let read = said(self.headers, self.body);
        self.error(ErrorKind::UndocumentedResponse, what.into(), read)
    }

    /// A successful status whose body is an error.
    pub(crate) fn to_embedded_error(self) -> Option<Error> {
        // Lists can be long; errors are short.
        if self.body.len() > ERROR_BYTES {
            return None;
        }
        if !has_error_keys_alone(self.body) && !names_a_code(self.body) {
            return None;
        }
        let value: Value = serde_json::from_slice(self.body).ok()?;
        let stated = embedded(&value)?;
        Some(self.error(
            ErrorKind::UndocumentedResponse,
            "the service answered with success but sent an error".to_owned(),
            Some(Said {
                code: stated.code,
                message: stated.message,
                request_id: stated.request_id,
                documented: true,
            }),
        ))
    }

    fn error(self, kind: ErrorKind, message: String, read: Option<Said>) -> Error {
        let Said {
            code,
            message: service_message,
            request_id,
            documented,
        } = read.unwrap_or_default();
        Error::new(kind, message).edit(|inner| {
            inner.status = Some(self.status);
            inner.code = code;
            inner.service_message = service_message;
            inner.request_id = request_id_of(self.headers).or(request_id);
            inner.retry_after = retry_after_of(self.headers);
            if !documented && !self.body.is_empty() {
                inner.excerpt = Some(excerpt(self.body));
            }
        })
    }

    pub(crate) fn content_type(self) -> String {
        let shown = |value: &HeaderValue| redact::line(&String::from_utf8_lossy(value.as_bytes()));
        let kind = self
            .headers
            .get(CONTENT_TYPE)
            .map_or_else(|| "no content type".to_owned(), shown);
        match self.headers.get(CONTENT_ENCODING) {
            Some(encoding) => format!("{kind}, compressed as {}", shown(encoding)),
            None => kind,
        }
    }

    /// Where a redirection leads, which tells a login page from a region that has moved.
    fn location(self) -> String {
        self.headers
            .get(LOCATION)
            .map_or_else(String::new, |value| {
                let to = redact::line(&String::from_utf8_lossy(value.as_bytes()));
                format!(" to {to}")
            })
    }
}

/// The beginning of a body. One that is longer than errors are is not even looked at: to mask what is in it, it is
/// decoded, which costs many times its size.
pub(super) fn excerpt(body: &[u8]) -> String {
    if body.len() > ERROR_BYTES {
        format!("{} bytes", body.len())
    } else {
        redact::excerpt(body)
    }
}

/// The server's own time, to the second.
pub(crate) fn date_of(headers: &HeaderMap) -> Option<Timestamp> {
    static FORM: DateTimeParser = DateTimeParser::new();
    FORM.parse_timestamp(headers.get(DATE)?.as_bytes()).ok()
}

/// The server's own time, so that its dates can be read even if the clocks differ; else that of this machine.
fn time_of(headers: &HeaderMap) -> Timestamp {
    date_of(headers).unwrap_or_else(crate::clock::now)
}

/// How long a response's `Retry-After` asks to wait; a date in it is read by the response's own `Date`.
pub fn retry_after_of(headers: &HeaderMap) -> Option<Duration> {
    parse_retry_after(headers.get(RETRY_AFTER)?, time_of(headers))
}

/// The request id in a response's headers, of a service, a gateway or the object storage, cleaned for display.
pub fn request_id_of(headers: &HeaderMap) -> Option<String> {
    REQUEST_ID_HEADERS
        .iter()
        .filter_map(|name| headers.get(*name))
        .map(|value| redact::line(&String::from_utf8_lossy(value.as_bytes())))
        .find(|id| !id.is_empty())
}

/// Whether a decoded body of a successful response is an error in disguise: an object that has a
/// non-empty error code or message and no key outside the vocabulary of error bodies, or one that has
/// both code and message of an error. No documented success has them.
pub fn embedded_error(body: &Value) -> bool {
    embedded(body).is_some()
}

fn embedded(body: &Value) -> Option<Stated> {
    let object = body.as_object()?;
    let has = |key: &str| object.get(key).is_some_and(is_filled);
    let is_error = match object.keys().all(|key| ERROR_KEYS.contains(&key.as_str())) {
        // `status`, `code` and `message` alone are ordinary fields of ordinary responses.
        true => ["error_code", "error_msg", "errCode", "errorCode", "error"]
            .into_iter()
            .any(has),
        false => CODES
            .iter()
            .any(|(code, message)| has(code) && has(message)),
    };
    if is_error { stated(object) } else { None }
}

/// Whether a JSON text may be an object with code and message of an error beside other keys.
fn names_a_code(body: &[u8]) -> bool {
    static FINDERS: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| CODES.map(|(code, _)| Finder::new(code)));
    FINDERS.iter().any(|code| code.find(body).is_some())
}

/// Whether a JSON text is an object without a key that no error has. It is read up to the first of those, which is nearly
/// always the first of all: every response is asked this.
fn has_error_keys_alone(body: &[u8]) -> bool {
    struct Keys;
    impl<'de> Visitor<'de> for Keys {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an error")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
            while let Some(key) = fields.next_key::<Cow<'_, str>>()? {
                if !ERROR_KEYS.contains(&key.as_ref()) {
                    return Err(serde::de::Error::custom("another key"));
                }
                fields.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    reader.deserialize_map(Keys).is_ok()
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::Number(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn error(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Error {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        RawResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers: &headers,
            body: body.as_bytes(),
        }
        .to_error()
    }

    #[test]
    fn every_documented_error_body_gives_code_and_message() {
        for (body, code, message) in [
            (
                json!({"error_code": "DCS.4004", "error_msg": "invalid instance", "error_ext_msg": "no such id"}),
                "DCS.4004",
                "invalid instance (no such id)",
            ),
            (
                json!({"error_code": "DBS.280001", "error_msg": "Parameter error"}),
                "DBS.280001",
                "Parameter error",
            ),
            (
                json!({"errCode": "RDS.1102", "externalMessage": "name taken"}),
                "RDS.1102",
                "name taken",
            ),
            (
                json!({"error": {"code": 401, "message": "bad password", "title": "Unauthorized"}}),
                "401",
                "bad password",
            ),
            (
                json!({"itemNotFound": {"code": 404, "message": "gone"}}),
                "404",
                "gone",
            ),
            (
                json!({"error": {"error_code": "APIGW.0301", "error_msg": "bad signature"}}),
                "APIGW.0301",
                "bad signature",
            ),
        ] {
            let error = error(404, &[], &body.to_string());
            assert_eq!(error.code(), Some(code));
            assert_eq!(error.service_message(), Some(message));
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert_eq!(error.excerpt(), None);
        }
    }

    #[test]
    fn the_gateways_request_id_is_taken_from_header_or_body() {
        let body = r#"{"error_msg":"busy","error_code":"APIGW.0308","request_id":"body-id"}"#;
        assert_eq!(error(429, &[], body).request_id(), Some("body-id"));
        let from_header = error(429, &[("X-Request-Id", "header-id")], body);
        assert_eq!(from_header.request_id(), Some("header-id"));
        assert_eq!(
            from_header.to_string(),
            "the service refused the call, HTTP 429 Too Many Requests, APIGW.0308: busy (request id header-id)"
        );
    }

    #[test]
    fn an_error_made_elsewhere_can_carry_what_the_head_of_a_response_said() {
        for name in ["x-obs-request-id", "x-amz-request-id"] {
            let headers = HeaderMap::from_iter([
                (name.parse().unwrap(), HeaderValue::from_static("0000018A")),
                (RETRY_AFTER, HeaderValue::from_static("5")),
            ]);
            let error = Error::new(ErrorKind::Service, "the file cannot be had")
                .with_response(StatusCode::SERVICE_UNAVAILABLE, request_id_of(&headers))
                .with_retry_after(retry_after_of(&headers).unwrap());
            assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
            assert_eq!(error.request_id(), Some("0000018A"));
            assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
        }
    }

    #[test]
    fn a_date_to_retry_at_is_read_by_the_servers_clock() {
        let headers = [
            ("date", "Fri, 02 Jan 2026 03:04:05 GMT"),
            ("retry-after", "Fri, 02 Jan 2026 03:04:35 GMT"),
        ];
        let wait = error(503, &headers, "").retry_after().unwrap();
        assert_eq!(wait.as_secs(), 30);
    }

    #[test]
    fn a_passing_fault_of_the_service_is_not_the_callers() {
        let body = r#"{"error_code": "DCS.4104", "error_msg": "recovering"}"#;
        let error = error(400, &[], body);
        assert_eq!(error.kind(), ErrorKind::Service);
        assert!(error.is_transient());
    }

    #[test]
    fn undocumented_bodies_keep_status_and_request_id() {
        for body in [
            "",
            "<html><body>Forbidden</body></html>",
            "[]",
            "null",
            "\u{0}\u{ff}",
        ] {
            let error = error(
                403,
                &[("x-request-id", "r1"), ("content-type", "text/html")],
                body,
            );
            assert_eq!(error.kind(), ErrorKind::Permission, "{body}");
            assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
            assert_eq!(error.request_id(), Some("r1"));
            assert_eq!(error.code(), None);
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn control_characters_of_a_message_never_reach_the_terminal() {
        let error = error(
            500,
            &[],
            "{\"error_code\":\"X\\u001b[31m\",\"error_msg\":\"a\\r\\nb\\u0007\"}",
        );
        assert_eq!(
            error.to_string(),
            "the service refused the call, HTTP 500 Internal Server Error, X [31m: a b"
        );
    }

    #[test]
    fn an_object_with_the_fields_of_an_error_is_one_in_disguise() {
        for body in [
            json!({"error_code": "DCS.4104", "error_msg": "recovering"}),
            json!({"error": {"code": "x", "message": "y"}}),
            json!({"errCode": "RDS.0001", "externalMessage": "y", "request_id": "z"}),
            json!({"error_code": "DCS.4104", "error_msg": "recovering", "trace": "t"}),
            json!({"instances": [], "error_code": "DCS.4104", "error_msg": "recovering"}),
        ] {
            assert!(embedded_error(&body), "{body}");
            let text = body.to_string();
            let response = RawResponse {
                status: StatusCode::OK,
                headers: &HeaderMap::new(),
                body: text.as_bytes(),
            };
            assert!(response.to_embedded_error().is_some(), "{body}");
        }
        for body in [
            json!({"error_code": "", "error_msg": ""}),
            json!({"error_code": null}),
            json!({"error_code": "0", "instances": []}),
            json!({"jobs": [{"error_code": "DCS.4104", "error_msg": "recovering"}]}),
            json!({"status": "SUCCESS", "message": "fine"}),
            json!({"code": "x"}),
            json!({"error": false}),
            json!({}),
            json!([]),
            json!(null),
        ] {
            assert!(!embedded_error(&body), "{body}");
        }
    }
}
