//! Why signatures are refused.

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

/// How far `X-Sdk-Date` may be from the verifier's time, in either direction.
pub const MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// Why a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no `Authorization` header.
    #[error("the request has no Authorization header")]
    Missing,
    /// The header cannot be read.
    #[error("the Authorization header cannot be read: {0}")]
    Malformed(&'static str),
    /// Another algorithm, such as `SDK-HMAC-SM3`.
    #[error("the algorithm {0} is not supported")]
    Algorithm(String),
    /// No such key.
    #[error("the access key is not known")]
    UnknownAccessKey,
    /// A header that has to be signed is not among `SignedHeaders`.
    #[error("the header {0} is not signed")]
    NotSigned(&'static str),
    /// A header is named in `SignedHeaders` but was not sent.
    #[error("the signed header {0} was not sent")]
    HeaderNotSent(String),
    /// `X-Sdk-Date` is not a date of the form `20260102T030405Z`, or not that of the credential scope.
    #[error("X-Sdk-Date is not a valid date")]
    Date,
    /// Signed too long ago, or in the future.
    #[error("the signature was made at {signed}, more than {} minutes from {now}", MAX_AGE.as_secs() / 60)]
    Stale {
        /// The time in `X-Sdk-Date`.
        signed: Timestamp,
        /// The verifier's time.
        now: Timestamp,
    },
    /// The body is not the one that `X-Sdk-Content-Sha256` states.
    #[error("the body does not have the hash that X-Sdk-Content-Sha256 states")]
    Body,
    /// The signature belongs to another request or another key.
    #[error("the signature does not match the request")]
    Mismatch,
}
