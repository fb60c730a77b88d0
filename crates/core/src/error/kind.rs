//! The sorts of failure that callers tell apart.

use std::fmt;

use reqwest::StatusCode;

/// What sort of failure an [`Error`](super::Error) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No credentials, incomplete ones, or ones that the service refused (401).
    Credentials,
    /// The credentials are good but do not allow this (403).
    Permission,
    /// The instance, project, file or path does not exist (404).
    NotFound,
    /// Too many requests (429), still so after the retries.
    Throttled,
    /// The service refused the call for a reason of its own (409 and the like) or failed (5xx).
    Service,
    /// No response: the name did not resolve, or the connection was refused or lost.
    Connection,
    /// No response in time, or asynchronous work that did not end in time.
    Timeout,
    /// A response that is not what the documentation describes.
    UndocumentedResponse,
    /// An argument or setting that cannot be used, found here or by the service (400).
    InvalidArgument,
    /// A file or folder of this machine cannot be read or written.
    Storage,
    /// The caller cancelled.
    Cancelled,
    /// A fault of this program or of the system under it, which neither arguments nor the service have caused: no
    /// threads or sockets, a result that cannot be written down, an operation that no table has.
    Internal,
}

impl ErrorKind {
    /// What an HTTP status says by itself. A success or redirection that is handled as an error is
    /// an undocumented response.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            400 | 413..=415 | 422 => Self::InvalidArgument,
            401 => Self::Credentials,
            403 => Self::Permission,
            404 | 410 => Self::NotFound,
            408 | 504 => Self::Timeout,
            429 => Self::Throttled,
            402..=599 => Self::Service,
            _ => Self::UndocumentedResponse,
        }
    }

    /// What a person can do about a failure of this kind when nothing more is known.
    pub(super) fn hint(self) -> Option<&'static str> {
        match self {
            Self::Credentials => Some(
                "check that the credentials are complete and still valid, belong to this cloud and region, \
                 and that this machine's clock is right; temporary keys need their security token",
            ),
            Self::Permission => Some(
                "ask the account's administrator for a role that allows this operation in this project",
            ),
            Self::NotFound => Some("check the id, the region and the project"),
            Self::Throttled => Some("wait, or lower the concurrency, and run it again"),
            Self::Service => {
                Some("run it again later; if it stays, give the request id to the cloud's support")
            }
            Self::Connection => {
                Some("check the endpoint, the network, the proxy and the certificate store")
            }
            Self::Timeout => Some("run it again, or allow more time"),
            Self::UndocumentedResponse => Some(
                "check that the endpoint is the service's own and no proxy or login page answers in its place",
            ),
            Self::Storage => Some("check the path, its permissions and the free space"),
            Self::Internal => Some(
                "this is no fault of what was asked for; if this system has threads, sockets and memory to spare, report it",
            ),
            Self::InvalidArgument | Self::Cancelled => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::NotFound => "not found",
            Self::Throttled => "throttled",
            Self::Service => "service",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::UndocumentedResponse => "undocumented response",
            Self::InvalidArgument => "invalid argument",
            Self::Storage => "storage",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        })
    }
}
