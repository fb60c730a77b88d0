//! Recordings as HTTP archives.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use har::v1_2::{
    self, Cache, Creator, Entries, Headers, Log, PostData, QueryString, Request, Response, Timings,
};
use har::{Har, Spec};
use http::StatusCode;
use thiserror::Error;

use crate::Recording;
use crate::exchange::{Content, Exchange};

/// What stands for a size that is not known.
const UNKNOWN: i64 = -1;
const HTTP: &str = "HTTP/1.1";
/// The comment of an exchange that asked for a file at a presigned link.
const FILE: &str = "file";

/// Why a recording cannot be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// It is no HTTP archive of version 1.2.
    #[error("it is no HTTP archive (HAR 1.2): {0}")]
    NoArchive(String),
    /// A response has a status that there is none of.
    #[error("log/entries/{0}: the response has the status {1}, which is none")]
    Status(usize, i64),
}

impl Recording {
    /// Reads an archive.
    ///
    /// # Errors
    ///
    /// It is none, or of another version.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordingError> {
        let archive = har::from_slice(bytes).map_err(|error| no_archive(&error))?;
        let Spec::V1_2(log) = archive.log else {
            let what = "it is of another version".to_owned();
            return Err(RecordingError::NoArchive(what));
        };
        let exchanges = log.entries.into_iter().enumerate();
        let exchanges: Result<_, _> = exchanges.map(|(place, entry)| read(place, entry)).collect();
        Ok(Self {
            exchanges: exchanges?,
        })
    }

    /// Writes an archive, indented.
    ///
    /// # Errors
    ///
    /// A time is no number that JSON has.
    pub fn to_json(&self) -> Result<String, RecordingError> {
        let archive = Har {
            log: Spec::V1_2(Log {
                creator: Creator {
                    name: "otcdb".to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                    comment: None,
                },
                entries: self.exchanges.iter().map(write).collect(),
                ..Log::default()
            }),
        };
        let mut text = har::to_json(&archive).map_err(|error| no_archive(&error))?;
        text.push('\n');
        Ok(text)
    }
}

/// What its reader says, with the cause.
fn no_archive(error: &har::Error) -> RecordingError {
    let cause = std::error::Error::source(error);
    RecordingError::NoArchive(match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}

fn read(place: usize, entry: Entries) -> Result<Exchange, RecordingError> {
    let status = u16::try_from(entry.response.status)
        .ok()
        .filter(|status| StatusCode::from_u16(*status).is_ok())
        .ok_or(RecordingError::Status(place, entry.response.status))?;
    let names = entry
        .comment
        .as_deref()
        .and_then(|comment| comment.split_once(' '));
    let pairs = |headers: Vec<Headers>| {
        let pairs = headers
            .into_iter()
            .map(|header| (header.name, header.value));
        pairs.collect()
    };
    Ok(Exchange {
        started: entry.started_date_time,
        milliseconds: entry.time,
        service: names.map(|(service, _)| service.to_owned()),
        operation: names.map(|(_, operation)| operation.to_owned()),
        is_file: entry.comment.as_deref() == Some(FILE),
        method: entry.request.method,
        url: entry.request.url,
        request_headers: pairs(entry.request.headers),
        request_body: entry.request.post_data.and_then(|data| data.text),
        status,
        response_headers: pairs(entry.response.headers),
        content: content(entry.response.content),
    })
}

fn content(content: v1_2::Content) -> Content {
    let size = u64::try_from(content.size).unwrap_or_default();
    let text = match (content.text, content.encoding.as_deref()) {
        (Some(text), Some("base64")) => {
            let decoded = STANDARD.decode(text).ok();
            decoded.and_then(|bytes| String::from_utf8(bytes).ok())
        }
        (text, _) => text,
    };
    match text {
        Some(text) if !text.is_empty() => Content::Text(text),
        None if size > 0 => Content::LeftOut(size),
        _ => Content::Empty,
    }
}

fn write(exchange: &Exchange) -> Entries {
    let headers = |pairs: &[(String, String)]| {
        let headers = pairs.iter().map(|(name, value)| Headers {
            name: name.clone(),
            value: value.clone(),
            comment: None,
        });
        headers.collect()
    };
    let mime_type = |pairs: &[(String, String)]| {
        let mut pairs = pairs.iter();
        let found = pairs.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        found.map_or_else(|| "application/json".to_owned(), |(_, value)| value.clone())
    };
    let (size, text) = match &exchange.content {
        Content::Empty => (0, None),
        Content::Text(text) => (
            i64::try_from(text.len()).unwrap_or(UNKNOWN),
            Some(text.clone()),
        ),
        Content::LeftOut(size) => (i64::try_from(*size).unwrap_or(UNKNOWN), None),
    };
    let status = StatusCode::from_u16(exchange.status).ok();
    Entries {
        started_date_time: exchange.started.clone(),
        time: exchange.milliseconds,
        request: Request {
            method: exchange.method.clone(),
            url: exchange.url.clone(),
            http_version: HTTP.to_owned(),
            headers: headers(&exchange.request_headers),
            query_string: exchange
                .query()
                .into_iter()
                .map(|(name, value)| QueryString {
                    name,
                    value,
                    comment: None,
                })
                .collect(),
            post_data: exchange.request_body.clone().map(|text| PostData {
                mime_type: mime_type(&exchange.request_headers),
                text: Some(text),
                params: None,
                comment: None,
            }),
            headers_size: UNKNOWN,
            body_size: UNKNOWN,
            ..Request::default()
        },
        response: Response {
            status: exchange.status.into(),
            status_text: status
                .and_then(|status| status.canonical_reason())
                .unwrap_or_default()
                .to_owned(),
            http_version: HTTP.to_owned(),
            headers: headers(&exchange.response_headers),
            content: v1_2::Content {
                size,
                mime_type: Some(mime_type(&exchange.response_headers)),
                text,
                ..v1_2::Content::default()
            },
            redirect_url: Some(String::new()),
            headers_size: UNKNOWN,
            body_size: UNKNOWN,
            ..Response::default()
        },
        cache: Cache::default(),
        timings: Timings {
            send: 0.0,
            wait: exchange.milliseconds,
            receive: 0.0,
            ..Timings::default()
        },
        comment: match (&exchange.service, &exchange.operation) {
            _ if exchange.is_file => Some(FILE.to_owned()),
            (Some(service), Some(operation)) => Some(format!("{service} {operation}")),
            _ => None,
        },
        ..Entries::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn exchange() -> Exchange {
        let pairs = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        Exchange {
            started: "2026-04-16T12:00:00Z".to_owned(),
            milliseconds: 12.5,
            service: Some("dcs".to_owned()),
            operation: Some("CreateInstance".to_owned()),
            is_file: false,
            method: "POST".to_owned(),
            url: "https://dcs.example.com/v2/p/instances?a=%2B&a=2".to_owned(),
            request_headers: pairs("content-type", "application/json"),
            request_body: Some("{}".to_owned()),
            status: 200,
            response_headers: pairs("Content-Type", "application/json;charset=utf-8"),
            content: Content::Text("{\"a\":1}".to_owned()),
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let exchanges = vec![
            exchange(),
            Exchange {
                content: Content::LeftOut(7),
                service: None,
                operation: None,
                request_body: None,
                is_file: true,
                ..exchange()
            },
            Exchange {
                content: Content::Empty,
                ..exchange()
            },
        ];
        let recording = Recording { exchanges };
        let text = recording.to_json().unwrap();
        assert_eq!(Recording::parse(text.as_bytes()).unwrap(), recording);
        let value: Value = serde_json::from_str(&text).unwrap();
        let entry = &value["log"]["entries"][0];
        assert_eq!(value["log"]["version"], "1.2");
        assert_eq!(
            entry["request"]["queryString"][0],
            json!({ "name": "a", "value": "+" })
        );
        assert_eq!(entry["response"]["redirectURL"], "");
    }

    #[test]
    fn recordings_of_others_are_read_and_what_is_none_is_told() {
        let archive = |version: &str, status: i64| {
            json!({ "log": { "version": version, "creator": { "name": "browser", "version": "1" }, "entries": [{
                "startedDateTime": "2026-04-16T12:00:00Z", "time": 1,
                "request": { "method": "GET", "url": "https://a/b", "httpVersion": "h2", "cookies": [], "headers": [],
                    "queryString": [], "headersSize": -1, "bodySize": 0 },
                "response": { "status": status, "statusText": "", "httpVersion": "h2", "cookies": [], "headers": [],
                    "content": { "size": 2, "mimeType": "application/json", "text": "e30=", "encoding": "base64" },
                    "redirectURL": "", "headersSize": -1, "bodySize": -1, "_transferSize": 7 },
                "cache": {}, "timings": { "send": 0, "wait": 1, "receive": 0 }, "_resourceType": "xhr" }] } })
            .to_string()
        };
        let recording = Recording::parse(archive("1.2", 200).as_bytes()).unwrap();
        assert_eq!(
            recording.exchanges[0].content,
            Content::Text("{}".to_owned())
        );
        for (text, what) in [
            (
                archive("1.2", 0),
                "log/entries/0: the response has the status 0",
            ),
            (archive("1.1", 200), "unsupported HAR version `1.1`"),
            ("{}".to_owned(), "must contain a top-level `log`"),
            ("{".to_owned(), "EOF while parsing"),
        ] {
            let error = Recording::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
