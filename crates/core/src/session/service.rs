//! A session in the hands of one service's client.

use std::borrow::Cow;

use bytes::Bytes;
use jiff::SignedDuration;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName,
    HeaderValue,
};
use url::Url;

use super::{RawCall, Session};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::identity::below;
use crate::service::Service;
use crate::transport::{Call, Received};

const X_LANGUAGE: HeaderName = HeaderName::from_static("x-language");

/// What a raw path may not hold as it is.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'#');

/// A [`Session`] with one service's endpoint, as a generated client holds it.
///
/// Calls of a generated client are [`Call`](crate::call::Call)s with it; [`execute`](Self::execute) makes any other.
#[derive(Clone, Debug)]
pub struct ServiceSession {
    session: Session,
    service: Service,
}

impl ServiceSession {
    pub(super) fn new(session: Session, service: Service) -> Self {
        Self { session, service }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The service.
    pub fn service(&self) -> Service {
        self.service
    }

    /// The base URL without a slash at its end.
    pub fn endpoint(&self) -> String {
        self.base().as_str().trim_end_matches('/').to_owned()
    }

    /// How far this service's clock is ahead of this machine's; see [`Session::clock_offset`].
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        let services = &self.session.0.transport.services;
        services.of(self.service).offset.get()
    }

    pub(crate) fn base(&self) -> &Url {
        self.session.endpoints().get(self.service)
    }

    /// Makes any call, generated or not, with this session's identity, retries and errors. A `+` in path or `query`
    /// is a plus sign and arrives as `%2B`; see [`execute`](Self::execute).
    ///
    /// # Errors
    ///
    /// See [`execute`](Self::execute).
    pub async fn execute_raw(
        &self,
        method: Method,
        path: &str,
        query: &[(String, String)],
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Received> {
        let call = RawCall::new(method, path)
            .query(query.to_vec())
            .headers(headers)
            .body(body);
        self.execute(call).await
    }

    /// Makes a call that is described at run time, with this session's identity, retries and errors. A call that is
    /// not idempotent is only sent again if the service cannot have taken it.
    ///
    /// # Errors
    ///
    /// Every response that is no success or not what is expected, and none at all; a path that is none; a header that
    /// would replace the identity.
    pub async fn execute(&self, call: RawCall) -> Result<Received> {
        check(&call)?;
        // Boxed, each by itself: whoever makes several calls one after the other would hold each of them all the time.
        let call = Box::pin(self.described(call)).await?;
        Box::pin(self.send(call)).await
    }

    async fn described(&self, call: RawCall) -> Result<Call> {
        let path: Cow<'_, str> = if call.path.contains("{project_id}") {
            call.path
                .replace("{project_id}", &self.session.project_id().await?)
                .into()
        } else {
            call.path.as_str().into()
        };
        let (path, own_query) = path.split_once('?').unwrap_or((&path, ""));
        // `..` segments are resolved here; a path that thereby leaves the service is refused in `send`.
        let mut url = below(self.base(), &utf8_percent_encode(path, PATH).to_string());
        if !own_query.is_empty() {
            // What is typed is meant: here `+` is a plus sign, as in `+0800`, and not a form's space.
            url.set_query(Some(&own_query.replace('+', "%2B")));
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Ok(Call {
            service: self.service,
            idempotent: call.idempotent,
            name: name_of(&call),
            method: call.method,
            url,
            headers: call.headers,
            body: call.body,
            expect: call.expect,
            list: call.list,
            is_typed: false,
        })
    }

    pub(crate) async fn send(&self, mut call: Call) -> Result<Received> {
        if !endpoint::belongs_to(&call.url, self.base()) {
            return Err(Error::invalid_argument(format!(
                "credentials for {} are only sent to {}, not to {}",
                self.service,
                self.endpoint(),
                crate::redact::url(&call.url)
            ))
            .with_call(self.service, call.name));
        }
        prepare(&mut call);
        let identity = &self.session.0.identity;
        let caller = match identity.caller_at_hand(self.service) {
            Some(caller) => caller,
            // Boxed: it is over when the call begins to wait.
            None => Box::pin(identity.caller(self.service))
                .await
                .map_err(|error| error.with_call(self.service, call.name.clone()))?,
        };
        self.session.0.transport.send(&call, &caller).await
    }
}

/// # Errors
/// A path that is none, or a header that would replace the identity.
fn check(call: &RawCall) -> Result<()> {
    if !call.path.starts_with('/') || call.path.starts_with("//") {
        return Err(Error::invalid_argument(format!(
            "{:?} is no path; it starts with one slash, as in /v2/{{project_id}}/instances",
            crate::redact::text(&call.path)
        )));
    }
    if let Some(header) = [AUTHORIZATION, crate::identity::X_AUTH_TOKEN, COOKIE, HOST]
        .iter()
        .find(|header| call.headers.contains_key(*header))
    {
        return Err(Error::invalid_argument(format!(
            "the header {header} is set by the session and cannot be given"
        )));
    }
    Ok(())
}

/// What errors and the log call it.
fn name_of(call: &RawCall) -> Cow<'static, str> {
    let unnamed = || format!("{} {}", call.method, crate::redact::text(&call.path));
    call.name.clone().unwrap_or_else(|| unnamed().into())
}

/// The headers that every call has, or must not have.
fn prepare(call: &mut Call) {
    let mut default = |name: HeaderName, value: &'static str| {
        call.headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    default(ACCEPT, "application/json");
    default(X_LANGUAGE, "en-us");
    if !call.body.is_empty() || !matches!(call.method, Method::GET | Method::HEAD) {
        default(CONTENT_TYPE, "application/json");
    }
    // Some gateways answer 411 where the length of nothing is not stated.
    if call.body.is_empty() && matches!(call.method, Method::POST | Method::PUT | Method::PATCH) {
        default(CONTENT_LENGTH, "0");
    }
    // A form-encoded `+` is a space to some gateways and a plus sign to others.
    if let Some(query) = call.url.query().filter(|query| query.contains('+')) {
        let query = query.replace('+', "%20");
        call.url.set_query(Some(&query));
    }
}
