//! The side that checks a signature.

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderMap};

use super::authorization::{self, Authorization, Claim};
pub use super::error::{MAX_AGE, SignatureError};
use super::{
    Parts, UNSIGNED_PAYLOAD, X_CONTENT_SHA256, X_SDK_DATE, canonical, hmac, sdk_hmac, sigv4,
};

/// Without it a signature could be moved to another time. Nothing else is insisted on: an official SDK signs it alone.
const NEEDED: &str = "x-sdk-date";

/// A signature that was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The key that signed.
    pub access_key: String,
    /// Which headers can be trusted, as sent.
    pub signed_headers: Vec<String>,
}

/// Checks the signature of a request as received, in either form.
///
/// `SignedHeaders` is honoured as sent, since clients differ in what they sign; only `X-Sdk-Date` must be among them.
/// `secret_of` finds the secret key for an access key.
///
/// # Errors
///
/// The first reason found to refuse it.
pub fn verify(
    parts: Parts<'_>,
    secret_of: impl FnOnce(&str) -> Option<String>,
    now: Timestamp,
) -> Result<Verified, SignatureError> {
    let header = parts
        .headers
        .get(AUTHORIZATION)
        .ok_or(SignatureError::Missing)?;
    let text = header
        .to_str()
        .map_err(|_| SignatureError::Malformed("it is not plain text"))?;
    let authorization = authorization::parse(text)?;
    let signed = &authorization.signed_headers;
    if !signed.iter().any(|name| name == NEEDED) {
        return Err(SignatureError::NotSigned(NEEDED));
    }
    if let Some(name) = signed
        .iter()
        .find(|name| !parts.headers.contains_key(name.as_str()))
    {
        return Err(SignatureError::HeaderNotSent(crate::redact::identifier(
            name,
        )));
    }
    let date = fresh_date(parts.headers, now)?;
    check_stated_hash(parts)?;

    let (Claim::SdkHmac { access_key } | Claim::SigV4 { access_key, .. }) = &authorization.claim;
    let secret = secret_of(access_key).ok_or(SignatureError::UnknownAccessKey)?;
    let good = match &authorization.claim {
        Claim::SdkHmac { .. } => is_good_sdk_hmac(parts, &authorization, date, &secret),
        Claim::SigV4 {
            date: day,
            region,
            service,
            ..
        } => {
            if !date.starts_with(&format!("{day}T")) {
                return Err(SignatureError::Date);
            }
            is_good_sigv4(parts, &authorization, date, [day, region, service], &secret)
        }
    };
    if !good {
        return Err(SignatureError::Mismatch);
    }
    Ok(Verified {
        access_key: access_key.clone(),
        signed_headers: authorization.signed_headers,
    })
}

fn fresh_date(headers: &HeaderMap, now: Timestamp) -> Result<&str, SignatureError> {
    let text = headers
        .get(X_SDK_DATE)
        .and_then(|value| value.to_str().ok())
        .ok_or(SignatureError::Date)?;
    let signed = canonical::parse_date_time(text).ok_or(SignatureError::Date)?;
    if now.duration_since(signed).unsigned_abs() > MAX_AGE {
        return Err(SignatureError::Stale { signed, now });
    }
    Ok(text)
}

/// A stated hash takes the place of the body's in the signature, so it has to be true.
fn check_stated_hash(parts: Parts<'_>) -> Result<(), SignatureError> {
    match parts.headers.get(X_CONTENT_SHA256) {
        Some(stated)
            if stated != UNSIGNED_PAYLOAD
                && !stated
                    .as_bytes()
                    .eq_ignore_ascii_case(hmac::sha256_hex(parts.body).as_bytes()) =>
        {
            Err(SignatureError::Body)
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
    let own = (stated.is_none() || parts.body.is_empty()).then(|| hmac::sha256_hex(parts.body));
    stated.into_iter().chain(own)
}

fn is_good_sdk_hmac(
    parts: Parts<'_>,
    authorization: &Authorization,
    date: &str,
    secret: &str,
) -> bool {
    payload_hashes(parts).any(|hash| {
        let canonical = sdk_hmac::canonical_request(parts, &authorization.signed_headers, &hash);
        let text = sdk_hmac::string_to_sign(date, &canonical);
        hmac::is_hmac(secret.as_bytes(), text.as_bytes(), &authorization.signature)
    })
}

fn is_good_sigv4(
    parts: Parts<'_>,
    authorization: &Authorization,
    date_time: &str,
    [date, region, service]: [&str; 3],
    secret: &str,
) -> bool {
    let Ok(key) = sigv4::derived_key(secret, date, region, service) else {
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
        hmac::is_hmac(&key, text.as_bytes(), &authorization.signature)
    })
}
