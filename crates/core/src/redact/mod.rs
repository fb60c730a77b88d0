//! What may be shown of a request, a response or a link.
//!
//! Everything here works by allow-list: a query parameter, header or body field whose name is not known
//! to be harmless is shown as `***`. Presigned links are secrets in their query only, so scheme, host
//! and path stay readable. There is no switch that turns redaction off.
//!
//! The secrets of a session itself are known by value, too, and masked in everything that is shown here: see
//! [`register`] and [`values`].

mod json;
mod masks;
mod text;
mod values;

use reqwest::header::HeaderMap;
use url::Url;

pub use json::body;
pub use masks::Masks;
pub use text::{identifier, line, text};
pub use values::{register, register_passing, values, values_of_bytes};

/// What stands in place of a hidden value.
pub const MASK: &str = "***";

/// The most characters of an undocumented body that an error quotes.
pub const EXCERPT_CHARS: usize = 200;

/// Query parameters that choose what is listed and prove nothing.
const OPEN_PARAMETERS: [&str; 27] = [
    "action",
    "cur_page",
    "datastore_type",
    "end_date",
    "end_time",
    "engine",
    "enabled",
    "file_name",
    "id",
    "include_failure",
    "instance_id",
    "instance_name",
    "level",
    "limit",
    "log_type",
    "marker",
    "name",
    "node_id",
    "offset",
    "page",
    "per_page",
    "query_time",
    "replication_id",
    "start_date",
    "start_time",
    "status",
    "type",
];

/// Headers that carry neither identity nor secrets.
const OPEN_HEADERS: [&str; 27] = [
    "accept",
    "accept-ranges",
    "api-version",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "etag",
    "host",
    "last-modified",
    "range",
    "request-id",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "x-apig-request-id",
    "x-domain-id",
    "x-language",
    "x-openstack-request-id",
    "x-project-id",
    "x-request-id",
    "x-sdk-date",
    "x-trace-id",
];

/// A URL with scheme, host, port and path, the values of unknown query parameters masked, and without
/// user information and fragment.
///
/// ```
/// let link = "https://obs.example.com/logs/slow.log?AccessKeyId=AK&Expires=9&Signature=s&limit=5";
/// assert_eq!(
///     otcdb_core::redact::url(&link.parse()?),
///     "https://obs.example.com/logs/slow.log?AccessKeyId=***&Expires=***&Signature=***&limit=5",
/// );
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn url(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_fragment(None);
    // These fail only for URLs that cannot have user information.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    let query = shown.query().map(text::query);
    shown.set_query(query.as_deref());
    values(shown.as_str()).into_owned()
}

fn is_open_parameter(name: &str) -> bool {
    OPEN_PARAMETERS.contains(&name)
}

/// Headers as `name: value` lines in the order they are held, unknown ones masked.
pub fn headers(headers: &HeaderMap) -> Vec<String> {
    headers
        .iter()
        .map(|(name, value)| {
            let shown = if OPEN_HEADERS.contains(&name.as_str()) {
                text::identifier(&String::from_utf8_lossy(value.as_bytes()))
            } else if name == "location" {
                text::line(&String::from_utf8_lossy(value.as_bytes()))
            } else {
                MASK.to_owned()
            };
            format!("{name}: {shown}")
        })
        .collect()
}

/// What serde says of a body, without the text that it quotes from it: that can be anything, a link or a key included.
pub fn decode_error(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let masked = match (message.split_once('"'), message.rsplit_once('"')) {
        (Some((before, _)), Some((_, after))) => format!("{before}{MASK}{after}"),
        _ => message,
    };
    line(&masked)
}

/// The beginning of a body for an error, on one line.
pub fn excerpt(bytes: &[u8]) -> String {
    body(bytes, EXCERPT_CHARS)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_url_loses_user_password_fragment_and_unknown_values() {
        let shown = url(&"http://u:p@127.0.0.1:8080/a%20b?token=t&limit=1&x#frag"
            .parse()
            .unwrap());
        assert_eq!(shown, "http://127.0.0.1:8080/a%20b?token=***&limit=1&x");
    }

    #[test]
    fn what_serde_says_is_kept_but_not_what_it_quotes() {
        for (body, shown) in [
            (
                r#""hunt\"er2""#,
                "invalid type: string ***, expected u8 at line 1 column 11",
            ),
            (
                "300",
                "invalid value: integer `300`, expected u8 at line 1 column 3",
            ),
        ] {
            let error = serde_json::from_str::<u8>(body).unwrap_err();
            assert_eq!(decode_error(&error), shown);
        }
    }

    #[test]
    fn headers_are_shown_by_name_only_unless_known() {
        let mut map = HeaderMap::new();
        map.insert("x-auth-token", HeaderValue::from_static("secret-token"));
        map.insert(
            "authorization",
            HeaderValue::from_static("SDK-HMAC-SHA256 x"),
        );
        map.insert("x-request-id", HeaderValue::from_static("r"));
        map.insert("location", HeaderValue::from_static("/login?ticket=abc"));
        assert_eq!(
            headers(&map),
            [
                "x-auth-token: ***",
                "authorization: ***",
                "x-request-id: r",
                "location: /login?ticket=***"
            ]
        );
    }
}
