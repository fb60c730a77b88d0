//! What the cloud answers, before it becomes HTTP.

use std::convert::Infallible;
use std::ops::Range;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use serde::Serialize;

use crate::log_file::LogFile;

/// The HTTP response to a request.
pub(crate) type HttpResponse = http::Response<BoxBody<Bytes, Infallible>>;

/// A response that faults can still change.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) framing: Framing,
    /// What a person who wonders about the response should know. The cloud's own texts are often short.
    pub(crate) detail: Option<String>,
}

/// What tells where the body ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Content-Length.
    #[default]
    Length,
    /// The last chunk.
    Chunks,
    /// The end of the connection, as in HTTP/1.0.
    Connection,
}

/// The body of a response.
#[derive(Debug)]
pub(crate) enum Body {
    /// Nothing.
    Empty,
    /// All of it.
    Bytes(Bytes),
    /// Part of a log file.
    File(LogFile, Range<u64>),
}

impl Response {
    /// A status without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Body::Empty,
            framing: Framing::default(),
            detail: None,
        }
    }

    /// A JSON body.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        // Nothing that is answered has keys that are no texts, so that there is always a body.
        let text = serde_json::to_string(value).unwrap_or_default();
        Self::text(status, "application/json", text)
    }

    /// A body of any type.
    pub(crate) fn text(status: StatusCode, content_type: &'static str, text: String) -> Self {
        Self {
            body: Body::Bytes(Bytes::from(text)),
            ..Self::empty(status)
        }
        .header(CONTENT_TYPE, content_type)
    }

    /// Adds or replaces a header. A value that no header may have is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Explains the response.
    pub(crate) fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Length of the body in bytes.
    pub(crate) fn length(&self) -> u64 {
        match &self.body {
            Body::Empty => 0,
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::File(_, range) => range.end.saturating_sub(range.start),
        }
    }

    /// The HTTP response. Its length is stated unless it is a file that is framed otherwise. For HEAD the body is left
    /// out.
    pub(crate) fn into_response(self, head: bool) -> HttpResponse {
        let length = self.length();
        let framing = match self.body {
            Body::File(..) if !head => self.framing,
            _ => Framing::Length,
        };
        let body = match self.body {
            Body::Bytes(bytes) if !head => Full::new(bytes).boxed(),
            Body::File(file, range) if !head => {
                let chunks = file.chunks(range).map(|chunk| Ok(Frame::data(chunk)));
                StreamBody::new(stream::iter(chunks)).boxed()
            }
            _ => Full::default().boxed(),
        };
        let mut response = HttpResponse::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        match framing {
            Framing::Length if self.status == StatusCode::NO_CONTENT => {}
            Framing::Length => {
                response
                    .headers_mut()
                    .insert(CONTENT_LENGTH, HeaderValue::from(length));
            }
            Framing::Chunks => {}
            // The server sends no chunks then, and ends the connection.
            Framing::Connection => *response.version_mut() = Version::HTTP_10,
        }
        response
    }
}
