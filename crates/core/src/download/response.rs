//! What the host of a file answers.

use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
};
use reqwest::{Response, StatusCode};

use super::failure::AttemptError;
use super::held::{About, Held};
use crate::error::{Error, ErrorKind, RawResponse, Result};

/// How much of a response that is no file is read.
const LONGEST: usize = 16 * 1024;

/// Announcements of encryption at the store, of Huawei Cloud and of Amazon, by the beginning of their names.
const ENCRYPTED: [&str; 2] = [
    "x-obs-server-side-encryption",
    "x-amz-server-side-encryption",
];

/// A response that leads to the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FileResponse {
    /// The file from its beginning.
    Whole(About),
    /// What was missing.
    Rest(About),
    /// Nothing was missing.
    Complete,
    /// What is there belongs to another file.
    Void,
}

/// What follows from a response's head.
enum Head {
    Leads(FileResponse),
    /// A document in place of the file, by its media type.
    Page(String),
    Refused,
}

/// Reads a response to a request for everything that is not held yet. The body of one that leads to the file is left in it.
pub(super) async fn read(
    response: &mut Response,
    held: &Held,
    shown: &str,
) -> Result<FileResponse, AttemptError> {
    let head = match head(response.status(), response.headers(), held) {
        Head::Leads(raw) => return Ok(raw),
        head => head,
    };
    let body = beginning(response).await;
    let raw = RawResponse {
        status: response.status(),
        headers: response.headers(),
        body: &body,
    };
    let from = format!("download from {shown}");
    Err(match head {
        Head::Page(media) => {
            let what = format!("a document of the type {media} stands in place of the file");
            AttemptError::retry(raw.to_undocumented(what).with_operation(from))
        }
        _ => refused(raw.status, raw.to_error().with_operation(from)),
    })
}

fn head(status: StatusCode, headers: &HeaderMap, held: &Held) -> Head {
    if matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT)
        && let Some(media) = page(headers)
    {
        return Head::Page(media);
    }
    let about = |size| About {
        size,
        tag: strong_tag(headers),
        encoding: encoding(headers),
        encrypted: headers
            .keys()
            .any(|name| ENCRYPTED.iter().any(|it| name.as_str().starts_with(it))),
    };
    Head::Leads(match status {
        StatusCode::OK => FileResponse::Whole(about(number(headers, &CONTENT_LENGTH))),
        StatusCode::PARTIAL_CONTENT => match content_range(headers) {
            Some((start, size))
                if start == held.length
                    && same(size, held.size)
                    && (held.length == 0 || strong_tag(headers) == held.tag) =>
            {
                FileResponse::Rest(about(size))
            }
            _ => FileResponse::Void,
        },
        // The whole file is here; or more than there is, when it has become another one. What was never said to be the
        // size proves nothing: another file may end by chance where the connection was cut.
        StatusCode::RANGE_NOT_SATISFIABLE => match (unsatisfied(headers), held.size) {
            (Some(now), Some(before)) if now == held.length && now == before => {
                FileResponse::Complete
            }
            _ => FileResponse::Void,
        },
        _ => return Head::Refused,
    })
}

/// What a refusal means for the link. Stores say in different ways that one has expired: with 401, 403 and 410, and some
/// with 400, where only the code tells it from a request that is wrong.
fn refused(status: StatusCode, error: Error) -> AttemptError {
    /// Codes of links whose time is over, or whose key is.
    const EXPIRED: [&str; 8] = [
        "ExpiredToken",
        "ExpiredSecurityToken",
        "TokenRefreshRequired",
        "InvalidToken",
        "InvalidSecurityToken",
        "InvalidAccessKeyId",
        "RequestExpired",
        "AccessDenied",
    ];
    /// Codes that another link would not change.
    const LASTING: [&str; 7] = [
        "RequestTimeTooSkewed",
        "AllAccessDisabled",
        "AccountProblem",
        "InArrearOrInsufficientBalance",
        "InvalidObjectState",
        "NotSignedUp",
        "UnauthorizedAccess",
    ];
    const BUSY: [&str; 5] = [
        "RequestTimeout",
        "SlowDown",
        "OperationAborted",
        "ServiceUnavailable",
        "InternalError",
    ];
    let code = error.code().unwrap_or_default();
    let is = |codes: &[&str]| codes.iter().any(|it| it.eq_ignore_ascii_case(code));
    let says_expired = error
        .service_message()
        .is_some_and(|message| message.to_ascii_lowercase().contains("expired"));
    let renew = |error: Error| {
        AttemptError::relink(error.with_hint("links expire: ask the service for a new one"))
    };
    match status {
        _ if is(&["RequestTimeTooSkewed"]) => AttemptError::stop(error.with_hint(
            "the clocks of the service that made the link and of the store differ; run it again later",
        )),
        _ if is(&LASTING) => AttemptError::stop(error),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE => renew(error),
        StatusCode::BAD_REQUEST if is(&EXPIRED) || says_expired => renew(error),
        _ if is(&BUSY) || error.is_transient() || status.is_server_error() => AttemptError::retry(error),
        _ => AttemptError::stop(error),
    }
}

/// The beginning of a body that is no file. One that breaks off, or does not come, is what there is.
async fn beginning(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < LONGEST {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            _ => break,
        }
    }
    body.truncate(LONGEST);
    body
}

/// Whether two statements about a file agree; what is not stated contradicts nothing.
fn same<T: PartialEq>(now: Option<T>, before: Option<T>) -> bool {
    match (now, before) {
        (Some(now), Some(before)) => now == before,
        _ => true,
    }
}

/// A page in place of a file, by its media type: a login form, a proxy's message, an error of the store sent as a success.
fn page(headers: &HeaderMap) -> Option<String> {
    let media = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media = media.split(';').next().unwrap_or_default();
    let media = media.trim().to_ascii_lowercase();
    let page = [
        "text/html",
        "application/xhtml+xml",
        "application/xml",
        "text/xml",
        "application/json",
    ];
    page.contains(&media.as_str()).then_some(media)
}

/// The same by what it begins with, for hosts that give every file the same media type. No log begins so.
pub(super) fn looks_like_page(beginning: &[u8]) -> bool {
    const FORMS: [&[u8]; 3] = [b"<!doctype html", b"<html", b"<error>"];
    // UTF-16 of what these forms consist of is ASCII with zeros between.
    let wide = beginning
        .strip_prefix(b"\xff\xfe")
        .or(beginning.strip_prefix(b"\xfe\xff"));
    let narrow: Option<Vec<u8>> =
        wide.map(|wide| wide.iter().copied().filter(|byte| *byte != 0).collect());
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let text = narrow.as_deref().unwrap_or(text);
    let begins = |text: &[u8], form: &[u8]| {
        let start = text.trim_ascii_start().get(..form.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(form))
    };
    let text = after_comments(text);
    // What the store says of a failure stands behind a declaration.
    let behind = begins(text, b"<?xml")
        .then(|| text.windows(2).position(|end| end == b"?>"))
        .flatten()
        .and_then(|end| text.get(end + 2..))
        .map(after_comments);
    FORMS
        .iter()
        .any(|form| begins(text, form) || behind.is_some_and(|behind| begins(behind, form)))
}

/// A document without the comments that it begins with.
fn after_comments(mut text: &[u8]) -> &[u8] {
    while let Some(comment) = text.trim_ascii_start().strip_prefix(b"<!--") {
        let end = comment.windows(3).position(|end| end == b"-->");
        match end.and_then(|end| comment.get(end + 3..)) {
            Some(rest) => text = rest,
            None => break,
        }
    }
    text
}

/// The error of content that is a page.
pub(super) fn page_in_place(
    response: StatusCode,
    headers: &HeaderMap,
    beginning: &[u8],
    shown: &str,
) -> AttemptError {
    let raw = RawResponse {
        status: response,
        headers,
        body: beginning,
    };
    let error = raw.to_undocumented("a page or an error stands in place of the file");
    AttemptError::retry(error.with_operation(format!("download from {shown}")))
}

/// The error of a file that is larger than allowed.
pub(super) fn too_large(shown: &str, size: Option<u64>, largest: u64) -> Error {
    let size = size.map_or_else(
        || "longer than that".to_owned(),
        |size| format!("{size} bytes long"),
    );
    Error::new(
        ErrorKind::UndocumentedResponse,
        format!("the file at {shown} may have {largest} bytes at most and is {size}"),
    )
    .with_hint(
        "a larger limit allows it: max_size, max_file_size, or --max-file-size of the program",
    )
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A weak tag does not promise the same bytes.
fn strong_tag(headers: &HeaderMap) -> Option<String> {
    let tag = headers.get(ETAG)?.to_str().ok()?;
    (!tag.starts_with("W/")).then(|| tag.to_owned())
}

/// How the content is packed, if it is.
fn encoding(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_ENCODING)?.to_str().ok()?;
    let text = text.trim().to_ascii_lowercase();
    (!matches!(text.as_str(), "" | "identity" | "aws-chunked")).then_some(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_known_by_how_they_begin() {
        for page in [
            "<html><body>",
            "  \r\n<!DOCTYPE HTML>",
            "\u{feff}<HTML lang=en>",
            "<!-- saved -->\n<!----><html>",
            "<?xml version='1.0'?><!-- x --><Error><Code>X</Code>",
            "<?xml version='1.0'?>\n<Error><Code>X</Code>",
            "<Error><Code>",
        ] {
            assert!(looks_like_page(page.as_bytes()), "{page}");
        }
        let wide: Vec<u8> = "<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(looks_like_page(&[b"\xff\xfe", wide.as_slice()].concat()));
        for log in [
            "",
            "<",
            "1:C 22 Nov",
            "<?xml version='1.0'?><events>",
            "{\"time\":1}",
            "<134>Nov 22",
            "<!-- not closed <html>",
            "<!-- a --> entry",
            "<htm",
        ] {
            assert!(!looks_like_page(log.as_bytes()), "{log}");
        }
    }
}
