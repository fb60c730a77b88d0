//! What the host of a file answers.

use otcdb_core::{Error, ErrorKind};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName};
use reqwest::{Response, StatusCode};

use super::Trouble;

/// An answer that leads to the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The file from its beginning.
    Whole {
        size: Option<u64>,
        tag: Option<String>,
    },
    /// What was missing.
    Rest {
        size: Option<u64>,
        tag: Option<String>,
    },
    /// Nothing was missing.
    Complete,
    /// What is there belongs to another file.
    Void,
}

/// Reads an answer to a request for everything from `offset`.
pub(super) fn read(response: &Response, offset: u64, shown: &str) -> Result<Answer, Trouble> {
    let headers = response.headers();
    let status = response.status();
    let fail = |kind, what: String| Error::new(kind, format!("{what} at {shown}"));
    match status {
        StatusCode::OK => {
            no_page(headers, &fail)?;
            Ok(Answer::Whole {
                size: number(headers, &CONTENT_LENGTH),
                tag: strong_tag(headers),
            })
        }
        StatusCode::PARTIAL_CONTENT => {
            no_page(headers, &fail)?;
            match content_range(headers) {
                Some((start, size)) if start == offset => Ok(Answer::Rest {
                    size,
                    tag: strong_tag(headers),
                }),
                _ => Ok(Answer::Void),
            }
        }
        // The whole file is here, or more than there is.
        StatusCode::RANGE_NOT_SATISFIABLE => match unsatisfied(headers) {
            Some(size) if size == offset => Ok(Answer::Complete),
            _ => Ok(Answer::Void),
        },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE => {
            Err(Trouble::Refused(refused(status, fail)))
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(Trouble::Passing(fail(
            ErrorKind::Throttled,
            format!("HTTP {}", status.as_u16()),
        ))),
        _ if status.is_server_error() => Err(Trouble::Passing(fail(
            ErrorKind::Service,
            format!("HTTP {}", status.as_u16()),
        ))),
        _ => {
            let kind = ErrorKind::of_status(status);
            Err(Trouble::Final(fail(
                kind,
                format!("HTTP {} instead of the file", status.as_u16()),
            )))
        }
    }
}

fn refused(status: StatusCode, fail: impl Fn(ErrorKind, String) -> Error) -> Error {
    fail(
        ErrorKind::Permission,
        format!("HTTP {}: the link is refused", status.as_u16()),
    )
    .with_hint("links expire; a new one was asked for and refused as well, so check this machine's clock and proxy")
}

/// A page in place of a log: a login form, a proxy's message, an error of the store sent as a success.
fn no_page(headers: &HeaderMap, fail: &impl Fn(ErrorKind, String) -> Error) -> Result<(), Trouble> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let page = [
        "text/html",
        "application/xhtml+xml",
        "application/xml",
        "text/xml",
        "application/json",
    ];
    if page.contains(&media.as_str()) {
        return Err(Trouble::Passing(fail(
            ErrorKind::UndocumentedAnswer,
            format!("a document of the type {media} stands in place of the log"),
        )));
    }
    Ok(())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A weak tag does not promise the same bytes.
fn strong_tag(headers: &HeaderMap) -> Option<String> {
    let tag = headers.get(ETAG)?.to_str().ok()?;
    (!tag.starts_with("W/")).then(|| tag.to_owned())
}

/// First byte and full size of `bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, size.trim().parse().ok()))
}

/// Full size of `bytes */10`.
fn unsatisfied(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    text.strip_prefix("bytes */")?.trim().parse().ok()
}
