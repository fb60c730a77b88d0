//! The side that checks a signature.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::authorization::{self, Authorization, Claim};
use super::{
    Parts, UNSIGNED_PAYLOAD, X_CONTENT_SHA256, X_SDK_DATE, canonical, mac, sdk_hmac, sigv4,
};

/// How far `X-Sdk-Date` may be from the verifier's time, in either direction.
pub const MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// Headers without which a signature could be moved to another host or time.
const NEEDED: [&str; 2] = ["host", "x-sdk-date"];

/// Why a signature is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
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

/// A signature that was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The key that signed.
    pub access_key: String,
    /// Which headers can be trusted, as sent.
    pub signed_headers: Vec<String>,
}

/// Checks the signature of a request as received, in either form.
///
/// `SignedHeaders` is honoured as sent, since clients differ in what they sign; only `Host` and
/// `X-Sdk-Date` must be among them. `secret_of` finds the secret key for an access key.
///
/// # Errors
///
/// The first reason found to refuse it.
pub fn verify(
    parts: Parts<'_>,
    secret_of: impl FnOnce(&str) -> Option<SecretString>,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    let header = parts.headers.get(AUTHORIZATION).ok_or(Refusal::Missing)?;
    let text = header
        .to_str()
        .map_err(|_| Refusal::Malformed("it is not plain text"))?;
    let authorization = authorization::parse(text)?;
    let signed = &authorization.signed_headers;
    for needed in NEEDED {
        if !signed.iter().any(|name| name == needed) {
            return Err(Refusal::NotSigned(needed));
        }
    }
    if let Some(name) = signed
        .iter()
        .find(|name| !parts.headers.contains_key(name.as_str()))
    {
        return Err(Refusal::HeaderNotSent(crate::redact::identifier(name)));
    }
    let date = fresh_date(parts.headers, now)?;
    check_stated_hash(parts)?;

    let (Claim::SdkHmac { access_key } | Claim::SigV4 { access_key, .. }) = &authorization.claim;
    let secret = secret_of(access_key).ok_or(Refusal::UnknownAccessKey)?;
    let good = match &authorization.claim {
        Claim::SdkHmac { .. } => is_good_sdk_hmac(parts, &authorization, date, &secret),
        Claim::SigV4 {
            date: day,
            region,
            service,
            ..
        } => {
            if !date.starts_with(&format!("{day}T")) {
                return Err(Refusal::Date);
            }
            is_good_sigv4(parts, &authorization, date, [day, region, service], &secret)
        }
    };
    if !good {
        return Err(Refusal::Mismatch);
    }
    Ok(Verified {
        access_key: access_key.clone(),
        signed_headers: authorization.signed_headers,
    })
}

fn fresh_date(headers: &HeaderMap, now: Timestamp) -> Result<&str, Refusal> {
    let text = headers
        .get(X_SDK_DATE)
        .and_then(|value| value.to_str().ok())
        .ok_or(Refusal::Date)?;
    let signed = canonical::parse_date_time(text).ok_or(Refusal::Date)?;
    if now.duration_since(signed).unsigned_abs() > MAX_AGE {
        return Err(Refusal::Stale { signed, now });
    }
    Ok(text)
}

/// A stated hash takes the place of the body's in the signature, so it has to be true.
fn check_stated_hash(parts: Parts<'_>) -> Result<(), Refusal> {
    match parts.headers.get(X_CONTENT_SHA256) {
        Some(stated)
            if stated != UNSIGNED_PAYLOAD
                && !stated
                    .as_bytes()
                    .eq_ignore_ascii_case(mac::sha256_hex(parts.body).as_bytes()) =>
        {
            Err(Refusal::Body)
        }
        _ => Ok(()),
    }
}

/// What clients put in place of the body's hash: the stated one, or the body's own. Python hashes an empty body
/// even when it states that the payload is not signed.
fn payload_hashes(parts: Parts<'_>) -> impl Iterator<Item = String> {
    let stated = parts
        .headers
        .get(X_CONTENT_SHA256)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let own = (stated.is_none() || parts.body.is_empty()).then(|| mac::sha256_hex(parts.body));
    stated.into_iter().chain(own)
}

fn is_good_sdk_hmac(
    parts: Parts<'_>,
    authorization: &Authorization,
    date: &str,
    secret: &SecretString,
) -> bool {
    payload_hashes(parts).any(|hash| {
        let canonical = sdk_hmac::canonical_request(parts, &authorization.signed_headers, &hash);
        let text = sdk_hmac::string_to_sign(date, &canonical);
        mac::is_hmac(
            secret.expose_secret().as_bytes(),
            text.as_bytes(),
            &authorization.signature,
        )
    })
}

fn is_good_sigv4(
    parts: Parts<'_>,
    authorization: &Authorization,
    date_time: &str,
    [date, region, service]: [&str; 3],
    secret: &SecretString,
) -> bool {
    let Ok(key) = sigv4::derived_key(secret.expose_secret(), date, region, service) else {
        return false;
    };
    let scope = sigv4::scope(date, region, service);
    // Not every client of this form moves the query of a POST without a body into the payload.
    let ways: &[bool] = if sigv4::query_is_payload(parts) {
        &[true, false]
    } else {
        &[false]
    };
    ways.iter().any(|query_is_payload| {
        let canonical =
            sigv4::canonical_request(parts, &authorization.signed_headers, *query_is_payload);
        let text = sigv4::string_to_sign(date_time, &scope, &canonical);
        mac::is_hmac(&key, text.as_bytes(), &authorization.signature)
    })
}
