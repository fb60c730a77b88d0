//! The form `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`.

use super::canonical::{self, Spaces};
use super::{ALGORITHM, Parts, Signature, X_CONTENT_SHA256, X_SDK_DATE, hmac};
use crate::credentials::AccessKey;
use crate::error::{Error, Result};

/// Signs parts that have `Host` and `X-Sdk-Date` among their headers already.
///
/// Every header is covered but `Authorization` and those with an underscore in their name.
///
/// # Errors
///
/// No usable `X-Sdk-Date`.
pub fn sign(parts: Parts<'_>, keys: &AccessKey) -> Result<Signature> {
    let date = parts
        .headers
        .get(X_SDK_DATE)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| Error::invalid_argument("a request without X-Sdk-Date cannot be signed"))?;
    let signed_headers = canonical::names_to_sign(parts.headers, false);
    let canonical_request = canonical_request(parts, &signed_headers, &payload_hash(parts));
    let string_to_sign = string_to_sign(date, &canonical_request);
    let signature = hmac::hmac(keys.secret.expose().as_bytes(), string_to_sign.as_bytes())?;
    let authorization = format!(
        "{ALGORITHM} Access={}, SignedHeaders={}, Signature={}",
        keys.id,
        signed_headers.join(";"),
        hex::encode(signature)
    );
    Ok(Signature {
        canonical_request,
        string_to_sign,
        signed_headers,
        authorization,
    })
}

/// An empty body is hashed even where the header says that the payload is not signed.
fn payload_hash(parts: Parts<'_>) -> String {
    match parts.headers.get(X_CONTENT_SHA256) {
        Some(stated) if !parts.body.is_empty() && !stated.is_empty() => {
            String::from_utf8_lossy(stated.as_bytes()).into_owned()
        }
        _ => hmac::sha256_hex(parts.body),
    }
}

pub(super) fn canonical_request(
    parts: Parts<'_>,
    signed_headers: &[String],
    payload_hash: &str,
) -> Vec<u8> {
    canonical::request(
        parts.method,
        parts.path,
        &canonical::query(&canonical::pairs(parts.query)),
        &canonical::header_lines(parts.headers, signed_headers, Spaces::Kept),
        signed_headers,
        payload_hash,
    )
}

pub(super) fn string_to_sign(date: &str, canonical_request: &[u8]) -> String {
    format!(
        "{ALGORITHM}\n{date}\n{}",
        hmac::sha256_hex(canonical_request)
    )
}
