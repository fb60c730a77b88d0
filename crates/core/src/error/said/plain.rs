//! From bytes to text.

use std::borrow::Cow;
use std::io::Read as _;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::json::is_secret;
use crate::transport::body::ERROR_BYTES;

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// A body as text; `None` if it is none.
pub(super) fn text_of<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<Cow<'a, str>> {
    if body.starts_with(&GZIP) {
        let mut inner = Vec::new();
        // What came before a compressed body broke off can be read.
        let _ = MultiGzDecoder::new(body)
            .take(ERROR_BYTES as u64)
            .read_to_end(&mut inner);
        return decoded(headers, &inner).map(|text| text.into_owned().into());
    }
    decoded(headers, body)
}

fn decoded<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<Cow<'a, str>> {
    let (text, _, _) = encoding(headers, body).decode(body);
    let odd = text
        .chars()
        .filter(|c| matches!(*c, char::REPLACEMENT_CHARACTER | '\0'))
        .count();
    // A cut or odd character now and then leaves a text readable.
    (odd * 10 <= text.chars().count()).then_some(text)
}

/// What the first bytes show, what the content type names, or UTF-8.
pub(crate) fn encoding(headers: &HeaderMap, body: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return encoding;
    }
    match body {
        [0, 1..=255, 0, 1..=255, ..] => return UTF_16BE,
        [1..=255, 0, 1..=255, 0, ..] => return UTF_16LE,
        _ => {}
    }
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            value.split(';').skip(1).find_map(|parameter| {
                let (name, label) = parameter.split_once('=')?;
                let label = label.trim().trim_matches('"');
                name.trim()
                    .eq_ignore_ascii_case("charset")
                    .then(|| Encoding::for_label(label.as_bytes()))?
            })
        })
        .unwrap_or(UTF_8)
}

/// Whether a text that looks like fields, but cannot be read as such, has one whose name is that of a secret.
pub(super) fn may_hold_a_secret(text: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
        .any(is_secret)
}
