//! A call that no generated client makes.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::operation::{Expect, ListMeta, OperationMeta};

/// A call for [`ServiceSession::execute`](super::ServiceSession::execute).
/// Query, headers and body can hold secrets, so `Debug` shows none of them.
#[derive(Clone)]
#[must_use]
pub struct RawCall {
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) idempotent: bool,
    pub(super) expect: Expect,
    pub(super) list: Option<ListMeta>,
}

impl RawCall {
    /// A call of this method and path, without query, headers and body, whose response is handed on as it is. GET,
    /// HEAD, OPTIONS, PUT and DELETE are idempotent by definition.
    ///
    /// The path starts with a slash and may hold a query of its own, in which a `+` is a plus sign. `{project_id}` in
    /// it is replaced by the session's project.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            name: None,
            idempotent: OperationMeta::is_idempotent_method(&method),
            method,
            path: path.into(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            expect: Expect::Unknown,
            list: None,
        }
    }

    /// What errors and the log call it: the operationId. Without it they name method and path.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Query parameters, added to those of the path.
    pub fn query(mut self, query: Vec<(String, String)>) -> Self {
        self.query = query;
        self
    }

    /// Headers. None may replace the identity.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// The body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Whether sending it twice has the effect of sending it once, where the method does not say so.
    pub fn idempotent(mut self, on: bool) -> Self {
        self.idempotent = on;
        self
    }

    /// What a successful response carries.
    pub fn expect(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// Where the list is that the response is to hold.
    pub fn list(mut self, list: Option<ListMeta>) -> Self {
        self.list = list;
        self
    }
}

impl fmt::Debug for RawCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawCall")
            .field("name", &self.name)
            .field("method", &self.method)
            .field("path", &crate::redact::text(&self.path))
            .field("idempotent", &self.idempotent)
            .field("expect", &self.expect)
            .finish_non_exhaustive()
    }
}
