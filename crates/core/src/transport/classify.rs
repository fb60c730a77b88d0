//! What a failed attempt was, for people and for the retry policy.

use reqwest::StatusCode;

use crate::error::{Error, ErrorKind};
use crate::retry::AttemptError;

/// How far an attempt got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    NotSent,
    Lost,
    TimedOut,
    Answered,
}

impl Reached {
    pub(crate) fn failure(self, error: &Error) -> AttemptError<'_> {
        match (self, error.status()) {
            (Self::Answered, Some(status)) => AttemptError::Answered {
                status,
                code: error.code(),
                retry_after: error.retry_after(),
            },
            _ => self.as_failure(),
        }
    }

    /// The failure without its details.
    pub(crate) fn as_failure(self) -> AttemptError<'static> {
        match self {
            Self::NotSent => AttemptError::NotSent,
            Self::Lost => AttemptError::Lost,
            Self::TimedOut => AttemptError::TimedOut,
            Self::Answered => AttemptError::Answered {
                status: StatusCode::OK,
                code: None,
                retry_after: None,
            },
        }
    }
}

/// A failed attempt.
pub(crate) struct FailedAttempt {
    pub(crate) loss: Reached,
    pub(crate) error: Error,
}

impl FailedAttempt {
    pub(crate) fn answered(error: Error) -> Box<Self> {
        Box::new(Self {
            loss: Reached::Answered,
            error,
        })
    }

    /// A response that broke off: the service may have done its work, or not.
    pub(crate) fn broken_off(error: Error) -> Box<Self> {
        Box::new(Self {
            loss: Reached::Lost,
            error,
        })
    }

    /// Adds what was known when the body broke off.
    pub(crate) fn with_response(self, status: StatusCode, request_id: Option<String>) -> Box<Self> {
        Box::new(Self {
            error: self.error.with_response(status, request_id),
            ..self
        })
    }
}

impl From<reqwest::Error> for FailedAttempt {
    fn from(error: reqwest::Error) -> Self {
        let (loss, error) = to_error(error);
        Self { loss, error }
    }
}

/// What to do about a certificate that is refused.
const CERTIFICATE: &str = "certificates are always verified: check the endpoint and whether a proxy answers in its place; an \
     authority that this system does not know is named with cacert in clouds.yaml, OS_CACERT or SSL_CERT_FILE";

/// With these words begins the error of a handshake for which no authority can be read.
pub(crate) const NO_AUTHORITIES: &str =
    "the certificates of this system's authorities cannot be read";

/// What to do about that.
pub(crate) const NO_AUTHORITIES_HINT: &str = "check that this system has certificates of authorities (package ca-certificates), \
     and what SSL_CERT_FILE and SSL_CERT_DIR name if they are set";

pub(crate) fn to_error(error: reqwest::Error) -> (Reached, Error) {
    let (loss, kind, message) = if error.is_builder() {
        (
            Reached::Answered,
            ErrorKind::InvalidArgument,
            "the request could not be built",
        )
    } else if error.is_connect() && error.is_timeout() {
        (
            Reached::NotSent,
            ErrorKind::Timeout,
            "no connection in time",
        )
    } else if error.is_connect() {
        (Reached::NotSent, ErrorKind::Connection, "could not connect")
    } else if error.is_timeout() {
        (Reached::TimedOut, ErrorKind::Timeout, "no response in time")
    } else {
        (
            Reached::Lost,
            ErrorKind::Connection,
            "the connection was lost",
        )
    };
    // A URL may be a presigned link, so reqwest's own rendering of it must not survive. Its host is no secret, and whoever
    // has to find out why there is no connection needs it.
    let place = match (loss, error.url()) {
        (Reached::NotSent, Some(url)) => place(url),
        _ => String::new(),
    };
    let cause = error.without_url();
    let reason = root_cause(&cause);
    let mut error = Error::new(kind, format!("{message}{place}: {reason}"));
    if reason.contains("peer certificate") {
        error = error.with_hint(CERTIFICATE);
    } else if reason.contains(NO_AUTHORITIES) {
        error = error.with_hint(NO_AUTHORITIES_HINT);
    }
    (loss, error.with_source(cause))
}

/// Where a connection was to be made.
fn place(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!(" to {host}:{port}"),
        None => format!(" to {host}"),
    }
}

/// The innermost cause is the one that says something ("Connection refused").
pub(crate) fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    crate::redact::line(&cause.to_string())
}
