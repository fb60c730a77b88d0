//! The forms in which both sides of a signature write a request.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use reqwest::header::{AUTHORIZATION, HeaderMap};

/// Everything but letters, digits and `-_.~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The same in a path, which keeps its slashes.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Names and values, decoded.
pub(super) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// The path, decoded, encoded again segment by segment, and closed by a slash. An encoded slash becomes a real one.
pub(super) fn uri(path: &str) -> String {
    let decoded: Cow<'_, [u8]> = percent_decode(path.as_bytes()).into();
    let mut uri = percent_encode(&decoded, RESERVED_IN_PATH).to_string();
    if !uri.ends_with('/') {
        uri.push('/');
    }
    uri
}

/// A query's pairs as a form-decoder reads them: `+` is a space, a name without `=` has an empty value.
pub(super) fn pairs(query: Option<&str>) -> Pairs {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode(text.as_bytes()).collect()
    };
    query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// The pairs sorted by name, then by value, and encoded with `%20` for a space and `=` always.
pub(super) fn query(pairs: &Pairs) -> String {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort();
    sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The pairs sorted by name only, with `+` for a space: how Go's `url.Values` writes them.
pub(super) fn form(pairs: &Pairs) -> String {
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort_by(|(left, _), (right, _)| left.cmp(right));
    sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)).replace("%20", "+"))
        .collect::<Vec<_>>()
        .join("&")
}

/// How a form writes header values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spaces {
    /// Only trimmed.
    Kept,
    /// Trimmed, and runs of white space made one space.
    Collapsed,
}

/// The headers that a signer covers: all that are set, without `Authorization` and, where `underscores` is false,
/// without those that have an underscore in their name, which some gateways drop.
pub(super) fn names_to_sign(headers: &HeaderMap, underscores: bool) -> Vec<String> {
    let mut names: Vec<_> = headers
        .keys()
        .filter(|name| **name != AUTHORIZATION)
        .map(|name| name.as_str().to_owned())
        .filter(|name| underscores || !name.contains('_'))
        .collect();
    names.sort();
    names
}

/// `name:value\n` for each of the names that is set. Several values of one name are joined by commas.
pub(super) fn header_lines(headers: &HeaderMap, names: &[String], spaces: Spaces) -> Vec<u8> {
    let mut lines = Vec::with_capacity(64 * names.len());
    for name in names {
        let mut values = headers.get_all(name.as_str()).iter().peekable();
        if values.peek().is_none() {
            continue;
        }
        lines.extend_from_slice(name.as_bytes());
        lines.push(b':');
        let start = lines.len();
        for value in values {
            if lines.len() > start {
                lines.push(b',');
            }
            write(&mut lines, value.as_bytes(), spaces);
        }
        lines.push(b'\n');
    }
    lines
}

fn write(line: &mut Vec<u8>, value: &[u8], spaces: Spaces) {
    let trimmed = value.trim_ascii();
    if spaces == Spaces::Kept {
        return line.extend_from_slice(trimmed);
    }
    let words = trimmed.split(u8::is_ascii_whitespace);
    for (index, word) in words.filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            line.push(b' ');
        }
        line.extend_from_slice(word);
    }
}

/// The canonical request.
pub(super) fn request(
    method: &str,
    path: &str,
    query: &str,
    header_lines: &[u8],
    signed_headers: &[String],
    payload_hash: &str,
) -> Vec<u8> {
    [
        method.to_ascii_uppercase().as_bytes(),
        uri(path).as_bytes(),
        query.as_bytes(),
        header_lines,
        signed_headers.join(";").as_bytes(),
        payload_hash.as_bytes(),
    ]
    .join(&b'\n')
}

/// A time as the services write it in signatures, such as `20260102T030405Z`.
pub(super) fn date_time(time: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(time);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// The time that such a text stands for.
pub(super) fn parse_date_time(text: &str) -> Option<Timestamp> {
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    civil
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_and_encoded_again() {
        for (path, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("/a", "/a/"),
            ("/a/", "/a/"),
            ("/a%2Fb", "/a/b/"),
            ("/a%20b~c", "/a%20b~c/"),
            ("/%c3%a4", "/%C3%A4/"),
            ("/a*b:c@d", "/a%2Ab%3Ac%40d/"),
            ("/100%", "/100%25/"),
        ] {
            assert_eq!(uri(path), canonical);
        }
    }

    #[test]
    fn queries_are_sorted_by_decoded_name_then_value() {
        for (raw, canonical) in [
            ("", ""),
            ("b&a", "a=&b="),
            ("a+b=c%20d", "a%20b=c%20d"),
            ("t=b&t=a&t=A&t=a%3D1", "t=A&t=a&t=a%3D1&t=b"),
            ("%7E=1&z=2", "z=2&~=1"),
            ("a=1=2", "a=1%3D2"),
            ("&&a=1&", "a=1"),
        ] {
            assert_eq!(query(&pairs(Some(raw))), canonical);
        }
        assert_eq!(form(&pairs(Some("b=x%20y&a=2&a=1"))), "a=2&a=1&b=x+y");
    }

    #[test]
    fn dates_round_trip_and_other_texts_are_refused() {
        let time = parse_date_time("20260102T030405Z").unwrap();
        assert_eq!(date_time(time), "20260102T030405Z");
        for text in [
            "",
            "20260102",
            "20260102T030405",
            "20261302T030405Z",
            "2026-01-02T03:04:05Z",
        ] {
            assert_eq!(parse_date_time(text), None, "{text}");
        }
    }
}
