//! What the host of a file answers.

use otcdb_core::error::Answer as Refusal;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName};
use reqwest::{Response, StatusCode};

use super::Trouble;
use super::part::Part;

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

/// Reads an answer to a request for everything that `part` does not hold yet.
pub(super) fn read(response: &Response, part: &Part, shown: &str) -> Result<Answer, Trouble> {
    let headers = response.headers();
    let status = response.status();
    let answer = Refusal {
        status,
        headers,
        body: b"",
    };
    let from = format!("download from {shown}");
    match status {
        StatusCode::OK => {
            no_page(answer, &from)?;
            Ok(Answer::Whole {
                size: number(headers, &CONTENT_LENGTH),
                tag: strong_tag(headers),
            })
        }
        StatusCode::PARTIAL_CONTENT => {
            no_page(answer, &from)?;
            let tag = strong_tag(headers);
            match content_range(headers) {
                Some((start, size))
                    if start == part.length()
                        && same(size, part.size())
                        && (part.length() == 0 || tag.as_deref() == part.tag()) =>
                {
                    Ok(Answer::Rest { size, tag })
                }
                _ => Ok(Answer::Void),
            }
        }
        // The whole file is here; or more than there is, when it has become another one. What was never said to be the
        // size proves nothing: another file may end by chance where the connection was cut.
        StatusCode::RANGE_NOT_SATISFIABLE => match (unsatisfied(headers), part.size()) {
            (Some(now), Some(before)) if now == part.length() && now == before => {
                Ok(Answer::Complete)
            }
            _ => Ok(Answer::Void),
        },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE => {
            let error = answer.to_error().with_operation(from);
            Err(Trouble::Refused(error.with_hint(
                "links expire; a new one was asked for and refused as well, so check this machine's clock and proxy",
            )))
        }
        _ => {
            let error = answer.to_error().with_operation(from);
            if error.is_transient() || status.is_server_error() {
                Err(Trouble::Passing(error))
            } else {
                Err(Trouble::Final(error))
            }
        }
    }
}

/// Whether two statements about a file agree; what is not stated contradicts nothing.
fn same<T: PartialEq>(now: Option<T>, before: Option<T>) -> bool {
    match (now, before) {
        (Some(now), Some(before)) => now == before,
        _ => true,
    }
}

/// A page in place of a log: a login form, a proxy's message, an error of the store sent as a success.
fn no_page(answer: Refusal<'_>, from: &str) -> Result<(), Trouble> {
    let media = answer
        .headers
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
        let error = answer.to_undocumented(format!(
            "a document of the type {media} stands in place of the log"
        ));
        return Err(Trouble::Passing(error.with_operation(from)));
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
