//! A request as received.

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;

/// A request as received.
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) now: Timestamp,
    pub(crate) method: Method,
    /// As sent.
    pub(crate) path: String,
    /// As sent.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}
