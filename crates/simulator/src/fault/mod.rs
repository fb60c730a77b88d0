//! Faults on demand.
//!
//! # Text form
//!
//! ```text
//! TARGET[+TARGET]…:KIND[:KEY=VALUE]…
//! ```
//!
//! A target is an operationId (`ListRedislog`), one of a certain service (`SERVICE.ListInstances`), all of a
//! service (`SERVICE.*`), the object store (`download`), or everything (`*`).
//!
//! | Kind | What happens |
//! |---|---|
//! | `400`, `403`, `404` | refused: a value of the request, the role of the caller, or the object that is not there |
//! | `429` | throttled; with `retry-after` a Retry-After header |
//! | `500`, `502`, `503` | the service, a proxy or the gateway fails; `retry-after` goes with `503` |
//! | `slow` | the response begins after `delay` milliseconds of real time (1000) |
//! | `stall` | the response stops after `at` bytes of its body (half), or does not begin if it has none, and the
//!   connection stays open |
//! | `reset` | the request is carried out, then the connection is reset before any of the response |
//! | `reset-head` | reset after the head of the response, before its body |
//! | `reset-body` | reset after `at` bytes of the body (half) |
//! | `truncate` | the connection ends in good order after `at` bytes of the body (half) |
//! | `corrupt-json` | the body is cut to half, with a length that fits |
//! | `html` | an HTML page, with `status` (200) |
//! | `error-in-200` | status 200 with an error for a body |
//! | `content-type` | the right body with a wrong Content-Type |
//! | `empty` | the right status without a body |
//! | `new-field`, `new-value`, `other-type`, `nulls` | a success has fields that are not described, values that are not
//!   listed, texts for numbers and truth values, or nothing but nulls |
//! | `new-status` | a success has another `status` (206) |
//! | `changed` | when a part of a file is asked for, the file has become another one of the same size |
//! | `no-etag` | the file comes without ETag; the connection ends after `at` bytes, if given |
//! | `chunked` | the file comes in chunks, without Content-Length; the connection ends after `at` bytes, if given |
//! | `no-length` | the file comes without either, and ends with the connection: after `at` bytes, if given |
//! | `no-range` | a part is asked for, and the whole file comes with 200 |
//! | `no-if-range` | a part of another version is asked for, and a part of this one comes |
//! | `wrong-range` | a part is asked for, and one of the same length that begins elsewhere comes |
//! | `416` | a part is asked for and refused: the file has no more than `at` bytes (its real size) |
//! | `redirect` | the store sends the client elsewhere, with 307 |
//! | `expired-token` | the store says that the link has ended as some do: with 400 |
//! | `missing` | the store says that there is no such file |
//! | `damaged` | the content comes with a wrong byte, under the tag of the right one |
//! | `encrypted` | the file comes with a tag that is no checksum, as the store announces |
//! | `expired-link` | on an operation that makes links: the link has ended already; on `download`: the store says so |
//! | `stale-list` | a list lacks what came into being lately |
//! | `job-failed`, `job-stuck` | the work that the call begins fails, or never ends |
//! | `job-lost` | the call is accepted, and nothing comes of it |
//! | any status from 400 to 599, with `code` | refused with this status and the service's error `code` |
//!
//! | Key | Meaning |
//! |---|---|
//! | `times` | how often it happens, a number or `always`; 1 unless `p` is given, then `always` |
//! | `p` | how probable it is for each call, from 0 to 1 |
//! | `after` | how many matching calls are left alone first |
//! | `path` | text that the path has to contain, such as the id of an instance |
//!
//! One fault at most happens to a call, besides `slow`, `changed` and those that concern links, lists and work: the
//! first in order whose turn it is. Where a cut is asked for behind the end of a body, the response arrives and the
//! connection ends after it.
//!
//! What is probable is decided by the simulator's seed, the path and how often that path was called before, so
//! that it does not depend on the order in which different paths are called.
//!
//! From `changed` to `encrypted`, the kinds work on `download`. Those that speak of a part leave requests for a whole file
//! alone, and do not count them.
//!
//! `stale-list` works on operations that list a resource, `job-failed` and `job-stuck` on those after whose response
//! work goes on, such as CreateInstance or CopyInstance, `expired-link` on those whose responses have presigned links:
//! which these are follows from the descriptions and models. `job-lost` works on CreateRedislog. Work that fails or
//! never ends has no effect.
//! A port, a whitelist and a password change with the response itself; the tasks that these changes leave always
//! succeed. A call that is refused uses up none of these faults.

mod abilities;
mod parse;
mod plan;

use std::fmt;
use std::time::Duration;

pub use parse::FaultError;
pub(crate) use plan::{Call, Plan, check};

use crate::spec::Service;

/// A fault, and when it happens. Made from its [text form](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub(crate) targets: Vec<Target>,
    pub(crate) kind: FaultKind,
    pub(crate) when: When,
    text: String,
}

/// What a fault is aimed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Everything,
    Service(Service),
    Operation(Option<Service>, String),
    Download,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Refuse,
    Forbid,
    Miss,
    Throttle { retry_after: Option<u64> },
    Internal,
    BadGateway,
    Unavailable { retry_after: Option<u64> },
    Slow(Duration),
    Stall { at: Option<u64> },
    Reset,
    ResetHead,
    ResetBody { at: Option<u64> },
    Truncate { at: Option<u64> },
    CorruptJson,
    Html { status: u16 },
    ErrorIn200,
    ContentType,
    Empty,
    Changed,
    NoTag { at: Option<u64> },
    Chunked { at: Option<u64> },
    NoLength { at: Option<u64> },
    NoRange,
    NoIfRange,
    WrongRange,
    Unsatisfiable { size: Option<u64> },
    Redirect,
    ExpiredToken,
    Missing,
    Damaged,
    Encrypted,
    ExpiredLink,
    StaleList,
    JobFailed,
    JobStuck,
    JobLost,
    Refused { status: u16, code: ErrorCode },
    Shape(Shape),
}

/// In which way a success is otherwise than described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    NewField,
    NewValue,
    OtherType,
    Nulls,
    Status(u16),
}

/// A service's error code. It is short, so that a kind of fault can be copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ErrorCode {
    bytes: [u8; 32],
    length: usize,
}

impl ErrorCode {
    /// Nothing for no text, and for one that is too long.
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        (!text.is_empty()).then_some(Self {
            bytes,
            length: text.len(),
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// On which of the matching calls a fault happens.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct When {
    pub(crate) after: u32,
    /// `None` is without end.
    pub(crate) times: Option<u32>,
    pub(crate) probability: Option<f64>,
    pub(crate) path: Option<String>,
}

impl FaultKind {
    /// Whether the operation's own code asks for it, instead of it being done to the response.
    pub(crate) fn is_of_state(self) -> bool {
        matches!(
            self,
            Self::ExpiredLink | Self::StaleList | Self::JobFailed | Self::JobStuck | Self::JobLost
        )
    }

    /// Whether it goes together with another fault of the same call, because it does not spoil the response itself.
    pub(crate) fn is_beside(self) -> bool {
        matches!(self, Self::Slow(_) | Self::Changed)
    }

    /// Whether it happens to responses of services alone, which are JSON.
    pub(crate) fn is_of_document(self) -> bool {
        matches!(self, Self::CorruptJson | Self::Shape(_))
    }

    /// Whether it happens to requests for a part of a file alone.
    pub(crate) fn is_of_part(self) -> bool {
        matches!(
            self,
            Self::Changed
                | Self::NoRange
                | Self::NoIfRange
                | Self::WrongRange
                | Self::Unsatisfiable { .. }
        )
    }

    /// Whether it happens to the object store alone.
    pub(crate) fn is_of_store(self) -> bool {
        self.is_of_part()
            || matches!(
                self,
                Self::NoTag { .. }
                    | Self::Chunked { .. }
                    | Self::NoLength { .. }
                    | Self::Redirect
                    | Self::ExpiredToken
                    | Self::Missing
                    | Self::Damaged
                    | Self::Encrypted
            )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
