//! The one error type of the runtime.

mod kind;
mod response;
mod said;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::StatusCode;

use crate::service::Service;

pub use kind::ErrorKind;
pub(crate) use response::date_of;
pub use response::{RawResponse, embedded_error, request_id_of, retry_after_of};
pub(crate) use said::encoding_of;
pub use said::{SAID_CHARS, Said, said};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call, a setting or a workflow failed.
///
/// [`kind`](Self::kind) is what programs decide by. Everything else is for people: the HTTP status,
/// the code and message of the service, the request id to quote to the cloud's support, and a
/// [`hint`](Self::hint) that says what to do. `Display` is one line and holds no secret; texts
/// that came from the network are bounded, stripped of control characters and redacted.
///
/// An error is cheap to clone, so one failed token renewal can be handed to every call that waited for it.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    service: Option<Service>,
    operation: Option<String>,
    status: Option<StatusCode>,
    code: Option<String>,
    service_message: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    excerpt: Option<String>,
    hint: Option<String>,
    attempts: u32,
    /// How far the response's clock is ahead of this machine's.
    clock_offset: Option<SignedDuration>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of this kind. The message says what went wrong and where, without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            service: None,
            operation: None,
            status: None,
            code: None,
            service_message: None,
            request_id: None,
            retry_after: None,
            excerpt: None,
            hint: None,
            attempts: 0,
            clock_offset: None,
            source: None,
        }))
    }

    /// An argument or a setting that cannot be used.
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }

    fn edit(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Names the operation that failed, by its operationId (`ListRedislog`) or, for a raw call, by
    /// method and path. The first name given stays.
    #[must_use]
    pub fn with_operation(self, operation: impl Into<String>) -> Self {
        self.edit(|inner| {
            inner.operation.get_or_insert_with(|| operation.into());
        })
    }

    /// Names the call that failed by service and operation, which two services may have by the same name. The first
    /// operation named stays, and with it its service.
    #[must_use]
    pub fn with_call(self, service: Service, operation: impl Into<String>) -> Self {
        self.edit(|inner| {
            if inner.operation.is_none() {
                inner.operation = Some(operation.into());
                inner.service = Some(service);
            }
        })
    }

    /// Replaces the hint that the kind gives.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        self.edit(|inner| inner.hint = Some(hint.into()))
    }

    /// Keeps the cause. It must not hold a secret: strip the URL of a `reqwest::Error` first.
    #[must_use]
    pub fn with_source(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.edit(|inner| inner.source = Some(Arc::new(source)))
    }

    /// Takes over what the service said in an earlier attempt, and keeps that attempt's error as the cause.
    #[must_use]
    pub(crate) fn with_last(self, last: Self) -> Self {
        self.edit(|inner| {
            let said = &*last.0;
            inner.status = said.status;
            inner.code.clone_from(&said.code);
            inner.service_message.clone_from(&said.service_message);
            inner.request_id.clone_from(&said.request_id);
            inner.retry_after = said.retry_after;
            inner.excerpt.clone_from(&said.excerpt);
            inner.source = Some(Arc::new(last));
        })
    }

    /// How many times the call was sent.
    #[must_use]
    pub(crate) fn with_attempts(self, attempts: u32) -> Self {
        self.edit(|inner| inner.attempts = attempts)
    }

    /// Adds to the message where it was.
    #[must_use]
    pub(crate) fn with_place(self, place: &str) -> Self {
        self.edit(|inner| {
            inner.message.push(' ');
            inner.message.push_str(place);
        })
    }

    #[must_use]
    pub(crate) fn with_clock_offset(self, offset: Option<SignedDuration>) -> Self {
        self.edit(|inner| inner.clock_offset = offset)
    }

    pub(crate) fn clock_offset(&self) -> Option<SignedDuration> {
        self.0.clock_offset
    }

    /// Adds what the head of a response said, for a response whose body never came or is not read here (a
    /// download). The request id, best taken with [`request_id_of`], is cleaned for display.
    #[must_use]
    pub fn with_response(self, status: StatusCode, request_id: Option<String>) -> Self {
        self.edit(|inner| {
            inner.status = Some(status);
            inner.request_id = request_id
                .map(|id| crate::redact::line(&id))
                .filter(|id| !id.is_empty());
        })
    }

    /// Adds how long the service asks to wait before the next try, best taken with [`retry_after_of`].
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        self.edit(|inner| inner.retry_after = Some(wait))
    }

    /// What sort of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong, without status, code and request id.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The operation that failed, if it was one call.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The service whose operation failed, where it is known.
    pub fn service(&self) -> Option<Service> {
        self.0.service
    }

    /// The HTTP status, if there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The service's own code, such as `DCS.4104` or `RDS.1102`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The service's own message.
    pub fn service_message(&self) -> Option<&str> {
        self.0.service_message.as_deref()
    }

    /// The id under which the cloud has recorded the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the service asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The beginning of an undocumented response, redacted, at most [`crate::redact::EXCERPT_CHARS`] characters.
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// How many times the call was sent; 0 if it was never sent or the error is not about a call.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<&str> {
        let of_kind = match (self.0.kind, self.0.status) {
            (ErrorKind::InvalidArgument, Some(_)) => Some(
                "the service's message says what it refused; see the operation's documentation",
            ),
            (_, Some(StatusCode::PROXY_AUTHENTICATION_REQUIRED)) => Some(
                "a proxy asks for a user and password: put them into the URL that HTTPS_PROXY holds",
            ),
            (kind, _) => kind.hint(),
        };
        self.0.hint.as_deref().or(of_kind)
    }

    /// Whether the same call may succeed later without any change: a workflow that polls goes on
    /// after such an error, up to its own bound.
    pub fn is_transient(&self) -> bool {
        match self.0.kind {
            ErrorKind::Throttled | ErrorKind::Connection | ErrorKind::Timeout => true,
            ErrorKind::Service | ErrorKind::UndocumentedResponse => {
                self.0.status.is_some_and(|status| status.is_server_error())
                    || self.code().is_some_and(crate::retry::is_transient_code)
            }
            _ => self.code().is_some_and(crate::retry::is_transient_code),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match (inner.service, &inner.operation) {
            (Some(service), Some(operation)) => write!(f, "{service} {operation}: ")?,
            (None, Some(operation)) => write!(f, "{operation}: ")?,
            (_, None) => {}
        }
        f.write_str(&inner.message)?;
        if let Some(status) = inner.status {
            write!(f, ", HTTP {}", status.as_u16())?;
            if let Some(reason) = status.canonical_reason() {
                write!(f, " {reason}")?;
            }
        }
        match (&inner.code, &inner.service_message) {
            (Some(code), Some(message)) => write!(f, ", {code}: {message}")?,
            (Some(text), None) | (None, Some(text)) => write!(f, ", {text}")?,
            (None, None) => {}
        }
        if let Some(wait) = inner.retry_after.filter(|wait| !wait.is_zero()) {
            write!(f, ", it asks to wait {} s", wait.as_secs_f64().ceil())?;
        }
        if let Some(id) = &inner.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("service", &inner.service)
            .field("operation", &inner.operation)
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("service_message", &inner.service_message)
            .field("request_id", &inner.request_id)
            .field("retry_after", &inner.retry_after)
            .field("excerpt", &inner.excerpt)
            .field("attempts", &inner.attempts)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
