//! The form `SDK-HMAC-SHA256 Credential=…/date/region/service/sdk_request, …` of older OTC SDKs.
//!
//! Differences from [`super::sdk_hmac`]: the key is derived from date, region and service; runs of white
//! space in header values are made one space; headers with an underscore are covered; and a POST without
//! a body has an empty canonical query while its query string is hashed as the payload.

use super::canonical::{self, Spaces};
use super::{ALGORITHM, Parts, Signature, X_CONTENT_SHA256, X_SDK_DATE, hmac};
use crate::credentials::AccessKey;
use crate::error::{Error, Result};

const TERMINATOR: &str = "sdk_request";

/// Signs parts that have `Host` and `X-Sdk-Date` among their headers already.
///
/// # Errors
///
/// No usable `X-Sdk-Date`.
pub fn sign(parts: Parts<'_>, keys: &AccessKey, region: &str, service: &str) -> Result<Signature> {
    let date_time = parts
        .headers
        .get(X_SDK_DATE)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| Error::invalid_argument("a request without X-Sdk-Date cannot be signed"))?;
    let (date, _) = date_time
        .split_once('T')
        .ok_or_else(|| Error::invalid_argument("X-Sdk-Date is not of the form 20260102T030405Z"))?;
    let scope = scope(date, region, service);
    let signed_headers = canonical::names_to_sign(parts.headers, true);
    let canonical_request = canonical_request(parts, &signed_headers, query_is_payload(parts));
    let string_to_sign = string_to_sign(date_time, &scope, &canonical_request);
    let key = derived_key(keys.secret.expose(), date, region, service)?;
    let signature = hmac::hmac(&key, string_to_sign.as_bytes())?;
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={}",
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

pub(super) fn scope(date: &str, region: &str, service: &str) -> String {
    format!("{date}/{region}/{service}/{TERMINATOR}")
}

pub(super) fn query_is_payload(parts: Parts<'_>) -> bool {
    parts.method.eq_ignore_ascii_case("POST") && parts.body.is_empty()
}

pub(super) fn canonical_request(
    parts: Parts<'_>,
    signed_headers: &[String],
    query_is_payload: bool,
) -> Vec<u8> {
    let pairs = canonical::pairs(parts.query);
    let (query, hash) = if query_is_payload {
        let payload = canonical::form(&pairs);
        (String::new(), hmac::sha256_hex(payload.as_bytes()))
    } else {
        (canonical::query(&pairs), hmac::sha256_hex(parts.body))
    };
    let stated = parts
        .headers
        .get(X_CONTENT_SHA256)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    canonical::request(
        parts.method,
        parts.path,
        &query,
        &canonical::header_lines(parts.headers, signed_headers, Spaces::Collapsed),
        signed_headers,
        &stated.unwrap_or(hash),
    )
}

pub(super) fn string_to_sign(date_time: &str, scope: &str, canonical_request: &[u8]) -> String {
    format!(
        "{ALGORITHM}\n{date_time}\n{scope}\n{}",
        hmac::sha256_hex(canonical_request)
    )
}

pub(super) fn derived_key(
    secret: &str,
    date: &str,
    region: &str,
    service: &str,
) -> Result<Vec<u8>> {
    let mut key = format!("SDK{secret}").into_bytes();
    for part in [date, region, service, TERMINATOR] {
        key = hmac::hmac(&key, part.as_bytes())?;
    }
    Ok(key)
}
