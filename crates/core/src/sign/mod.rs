//! Request signatures with access key and secret key.
//!
//! Two forms exist side by side, and a session uses the one it is configured for:
//!
//! - `SDK-HMAC-SHA256` with `Access=…`, the form of the present Huawei Cloud SDKs ([`sdk_hmac`]);
//! - the same algorithm name with `Credential=…/date/region/service/sdk_request` and a derived key, the form of
//!   older OTC SDKs, which resembles AWS Signature Version 4 ([`sigv4`]).
//!
//! A signature is good for 15 minutes, so each attempt of a call is signed afresh. [`verify`] is the other side.

mod authorization;
mod canonical;
mod error;
mod hmac;
pub mod sdk_hmac;
pub mod sigv4;
pub mod verify;

use std::str::FromStr;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use url::{Position, Url};

use crate::credentials::AccessKey;
use crate::error::{Error, Result};

/// The algorithm name of both forms.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";

pub(crate) const X_SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");
pub(crate) const X_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");
pub(crate) const X_PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");
pub(crate) const X_DOMAIN_ID: HeaderName = HeaderName::from_static("x-domain-id");
pub(crate) const X_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The form of a signature, as a setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// `SDK-HMAC-SHA256 Access=…`.
    #[default]
    SdkHmacSha256,
    /// `SDK-HMAC-SHA256 Credential=…/sdk_request`.
    SigV4,
}

impl FromStr for Form {
    type Err = Error;

    /// Reads `sdk-hmac-sha256` or `sigv4` in any letter case.
    ///
    /// # Errors
    ///
    /// The known forms that are not built, `SDK-HMAC-SM3` and `V11-HMAC-SHA256`, and any other text.
    fn from_str(text: &str) -> Result<Self> {
        match text.to_ascii_lowercase().as_str() {
            "sdk-hmac-sha256" => Ok(Self::SdkHmacSha256),
            "sigv4" => Ok(Self::SigV4),
            "sdk-hmac-sm3" | "v11-hmac-sha256" => Err(Error::invalid_argument(format!(
                "the signature form {} is known but not supported; use sdk-hmac-sha256 or sigv4",
                text.to_ascii_uppercase()
            ))),
            _ => Err(Error::invalid_argument(format!(
                "{text:?} is no signature form; use sdk-hmac-sha256 or sigv4"
            ))),
        }
    }
}

/// What a signature speaks for: a project, a whole domain (global services), or neither yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Sent as `X-Project-Id`.
    Project(String),
    /// Sent as `X-Domain-Id`.
    Domain(String),
    /// Nothing is sent; enough to look a project up.
    #[default]
    None,
}

/// The form, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// [`Form::SdkHmacSha256`].
    SdkHmacSha256,
    /// [`Form::SigV4`]. Both names may be empty; the Go SDK leaves them so.
    SigV4 {
        /// The region in the credential scope.
        region: String,
        /// The service in the credential scope.
        service: String,
    },
}

/// A signature and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// The canonical request. Bytes, because header values need not be UTF-8.
    pub canonical_request: Vec<u8>,
    /// The text that the key was applied to.
    pub string_to_sign: String,
    /// The names in `SignedHeaders`, sorted.
    pub signed_headers: Vec<String>,
    /// The value of the `Authorization` header.
    pub authorization: String,
}

/// A request as far as a signature covers it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Parts<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as it stands in the request line, percent-encoding included.
    pub path: &'a str,
    /// The query as it stands in the request line, without the question mark.
    pub query: Option<&'a str>,
    /// All headers, `Host` among them.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> Parts<'a> {
    /// A request of a method for a path as it stands in the request line, with all of its headers, `Host` among them. It
    /// has neither query nor body.
    pub const fn new(method: &'a str, path: &'a str, headers: &'a HeaderMap) -> Self {
        Self {
            method,
            path,
            query: None,
            headers,
            body: &[],
        }
    }

    /// Its query as it stands in the request line, without the question mark.
    #[must_use]
    pub const fn query(mut self, query: Option<&'a str>) -> Self {
        self.query = query;
        self
    }

    /// Its whole body.
    #[must_use]
    pub const fn body(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self
    }
}

/// Signs a request in place: sets scope, security token, date, host and `Authorization`, replacing what an earlier
/// attempt left, and rewrites the query in the form that was signed.
///
/// # Errors
///
/// A project id, domain id or key that cannot stand in a header, or a URL without a host.
pub fn sign(
    request: &mut reqwest::Request,
    body: &Bytes,
    keys: &AccessKey,
    scheme: &Scheme,
    scope: &Scope,
    now: Timestamp,
) -> Result<Signature> {
    let host = host_header(request.url())?;
    let headers = request.headers_mut();
    headers.remove(AUTHORIZATION);
    match scope {
        Scope::Project(id) => set(headers, X_PROJECT_ID, id, false)?,
        Scope::Domain(id) => set(headers, X_DOMAIN_ID, id, false)?,
        Scope::None => {}
    }
    if let Some(token) = &keys.security_token {
        set(headers, X_SECURITY_TOKEN, token.expose(), true)?;
    }
    set(headers, X_SDK_DATE, &canonical::date_time(now), false)?;
    set(headers, HOST, &host, false)?;
    // Only JSON bodies are covered by the payload hash; the services take others as they come.
    let signs_payload = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_none_or(|text| {
            text.is_empty()
                || text.starts_with("application/json")
                || text.starts_with("application/bson")
        });
    if !signs_payload {
        set(headers, X_CONTENT_SHA256, UNSIGNED_PAYLOAD, false)?;
    }
    let query = canonical::query(&canonical::pairs(request.url().query()));
    request
        .url_mut()
        .set_query((!query.is_empty()).then_some(query.as_str()));

    let parts = Parts {
        method: request.method().as_str(),
        path: request.url().path(),
        query: request.url().query(),
        headers: request.headers(),
        body,
    };
    let signature = match scheme {
        Scheme::SdkHmacSha256 => sdk_hmac::sign(parts, keys)?,
        Scheme::SigV4 { region, service } => sigv4::sign(parts, keys, region, service)?,
    };
    set(
        request.headers_mut(),
        AUTHORIZATION,
        &signature.authorization,
        true,
    )?;
    Ok(signature)
}

fn set(headers: &mut HeaderMap, name: HeaderName, text: &str, secret: bool) -> Result<()> {
    let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| {
        Error::invalid_argument(format!(
            "the value for the header {name} holds a character that no header may hold"
        ))
    })?;
    value.set_sensitive(secret);
    headers.insert(name, value);
    Ok(())
}

/// Host and, unless it is the scheme's own, port.
fn host_header(url: &Url) -> Result<String> {
    let host = &url[Position::BeforeHost..Position::AfterPort];
    if host.is_empty() {
        return Err(Error::invalid_argument(
            "the URL of the request has no host",
        ));
    }
    Ok(host.to_owned())
}
