//! What the body of a failing response says, whatever its form.
//!
//! The forms that are documented come first ([`json`]). Behind them stand gateways, proxies and stores that answer in
//! JSON of their own, XML, HTML or plain text; what they say is often the only thing that tells what went wrong.

mod json;
mod markup;
mod plain;

use reqwest::header::HeaderMap;

use crate::redact;
use crate::transport::body::ERROR_BYTES;

pub(super) use json::{Stated, stated};
pub(crate) use plain::encoding as encoding_of;

/// The most characters of what a service says that an error shows.
pub const SAID_CHARS: usize = 1000;

/// What the body of a failing response says. The texts are one line each, bounded and redacted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// The code, such as `DCS.4004`, or `NoSuchKey` of an object store.
    pub code: Option<String>,
    /// The message, or the whole text where there is nothing that is one. A cut is marked by an ellipsis, after which
    /// stands how many characters are missing.
    pub message: Option<String>,
    /// The id of the request, if the body has it.
    pub request_id: Option<String>,
    /// Whether it came in one of the documented forms.
    pub documented: bool,
}

impl Said {
    fn is_empty(&self) -> bool {
        self.code.is_none() && self.message.is_none()
    }
}

/// Reads the body of a failing response: documented JSON or any other, also cut off; XML and HTML; plain text; in
/// UTF-8, UTF-16 or what the content type names; also compressed. Only the first 64 KiB are looked at. `None` if it is
/// empty.
///
/// ```
/// use otcdb_core::error::said;
/// use reqwest::header::HeaderMap;
///
/// let body = "<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>";
/// let said = said(&HeaderMap::new(), body.as_bytes()).unwrap();
/// assert_eq!(said.code.as_deref(), Some("NoSuchKey"));
/// assert_eq!(said.message.as_deref(), Some("The key does not exist."));
/// ```
pub fn said(headers: &HeaderMap, body: &[u8]) -> Option<Said> {
    if body.is_empty() {
        return None;
    }
    // Errors are short. What is longer is something else, which would cost many times its size.
    let body = body.get(..ERROR_BYTES).unwrap_or(body);
    let Some(text) = plain::text_of(headers, body) else {
        return Some(not_text(body));
    };
    let text = text.trim();
    let read = match text.bytes().next() {
        None => return Some(nothing(body)),
        Some(b'{' | b'[' | b'"') => match json::parse(text) {
            Some(value) => json::said(&value),
            None if plain::may_hold_a_secret(text) => not_shown(text),
            None => as_text(text),
        },
        Some(b'<') => markup::said(text).unwrap_or_else(|| as_text(text)),
        Some(_) => as_text(text),
    };
    let read = if read.is_empty() { as_text(text) } else { read };
    Some(if read.is_empty() {
        not_text(body)
    } else {
        read
    })
}

fn as_text(text: &str) -> Said {
    Said {
        message: cleaned(text),
        ..Said::default()
    }
}

fn nothing(body: &[u8]) -> Said {
    Said {
        message: Some(format!("{} bytes of white space", body.len())),
        ..Said::default()
    }
}

fn not_text(body: &[u8]) -> Said {
    Said {
        message: Some(format!("{} bytes that are not text", body.len())),
        ..Said::default()
    }
}

fn not_shown(text: &str) -> Said {
    Said {
        message: Some(format!("broken JSON, {} bytes", text.len())),
        ..Said::default()
    }
}

/// A text of the network as it may be shown: on one line, redacted, bounded; `None` if nothing is left of it.
fn cleaned(text: &str) -> Option<String> {
    let line = text
        .split(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (!line.is_empty()).then(|| bounded(&redact::text(&line), SAID_CHARS))
}

/// At most so many characters, and how many are missing.
fn bounded(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some((end, _)) => {
            let (kept, rest) = text.split_at(end);
            format!("{kept}… ({} more characters)", rest.chars().count())
        }
    }
}

#[cfg(test)]
mod tests;
