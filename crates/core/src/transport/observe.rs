//! Showing what goes over the wire to whoever records it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use url::Url;

use super::encoding;
use crate::service::Service;

/// A request as it was sent, and the response to it: one attempt of a call. It holds secrets as they are, so `Debug` shows
/// neither headers nor bodies.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Exchange<'a> {
    /// The service that was asked.
    pub service: Service,
    /// The operationId, or what else the call is called by.
    pub operation: &'a str,
    /// The method.
    pub method: &'a Method,
    /// Where it was sent.
    pub url: &'a Url,
    /// The headers of the request, those that prove the identity included.
    pub request_headers: &'a HeaderMap,
    /// The body of the request.
    pub request_body: &'a [u8],
    /// The status of the response.
    pub status: StatusCode,
    /// The headers of the response.
    pub response_headers: &'a HeaderMap,
    /// The body of the response, decompressed, as far as it was read: of an error, its first 64 KiB.
    pub response_body: &'a [u8],
    /// When the request was sent, by the session's clock.
    pub started: Timestamp,
    /// How long it took until the response had been read.
    pub elapsed: Duration,
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("service", &self.service)
            .field("operation", &self.operation)
            .field("method", self.method)
            .field("url", &crate::redact::url(self.url))
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A request for a file at a presigned link, and the head of the response to it: one step of an attempt, since a store may
/// send elsewhere. The link is a secret, so `Debug` does not show it whole.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct FileExchange<'a> {
    /// Where it was sent, with GET.
    pub url: &'a Url,
    /// The headers of the request that were set for it.
    pub request_headers: &'a HeaderMap,
    /// The status of the response.
    pub status: StatusCode,
    /// The headers of the response.
    pub response_headers: &'a HeaderMap,
    /// The length of the response's body in bytes, where the store says it.
    pub length: Option<u64>,
    /// When the request was sent, by the session's clock.
    pub started: Timestamp,
    /// How long it took until the head of the response was there.
    pub elapsed: Duration,
}

impl fmt::Debug for FileExchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileExchange")
            .field("url", &crate::redact::url(self.url))
            .field("status", &self.status)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Is shown every response that a session gets, repeated ones and refusals included, before it is judged.
/// Requests without a response are not shown.
///
/// What it is shown holds secrets: it masks what it keeps, for instance with [`Masks`](crate::redact::Masks).
pub trait Observer: fmt::Debug + Send + Sync {
    /// Looks at an exchange. The call waits for it.
    fn observe(&self, exchange: &Exchange<'_>);

    /// Looks at a request for a file. The download waits for it. Nothing is done about it by default.
    fn observe_file(&self, _exchange: &FileExchange<'_>) {}
}

/// The body as it is read, where its compression can be undone.
pub(super) fn plain(headers: &HeaderMap, body: &Bytes) -> Bytes {
    encoding::decompress(&mut headers.clone(), body.clone()).unwrap_or_else(|_| body.clone())
}
