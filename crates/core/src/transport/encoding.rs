//! Bodies that come compressed, or in another encoding than UTF-8.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};

use super::body::SUCCESS_BYTES;

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// Undoes what `Content-Encoding` says. Nothing asks for it, but gateways compress all the same.
///
/// # Errors
///
/// Why it cannot be undone.
pub(super) fn decompress(headers: &mut HeaderMap, body: Bytes) -> Result<Bytes, String> {
    let named = headers.get(CONTENT_ENCODING).map(|value| {
        String::from_utf8_lossy(value.as_bytes())
            .trim()
            .to_ascii_lowercase()
    });
    let inner = match named.as_deref() {
        _ if body.is_empty() => return Ok(body),
        None | Some("identity" | "") => return Ok(body),
        Some("gzip" | "x-gzip") if body.starts_with(&GZIP) => read(MultiGzDecoder::new(&*body))?,
        Some("deflate") => read(ZlibDecoder::new(&*body))?,
        // Some gateways decompress on the way and leave the header.
        Some("gzip" | "x-gzip") => body,
        Some(other) => {
            return Err(format!(
                "the response is compressed in a way that was not asked for ({})",
                crate::redact::identifier(other)
            ));
        }
    };
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    Ok(inner)
}

fn read(decoder: impl std::io::Read) -> Result<Bytes, String> {
    let mut inner = Vec::new();
    let limit = SUCCESS_BYTES as u64;
    decoder
        .take(limit + 1)
        .read_to_end(&mut inner)
        .map_err(|error| format!("the response cannot be decompressed: {error}"))?;
    if inner.len() as u64 > limit {
        return Err(format!(
            "the response is longer than {} MiB when it is decompressed, which is more than any documented one",
            limit >> 20
        ));
    }
    Ok(inner.into())
}

/// JSON as UTF-8 without a mark, whatever it came in.
pub(super) fn to_utf8(headers: &HeaderMap, body: Bytes) -> Bytes {
    let encoding = crate::error::encoding_of(headers, &body);
    if encoding == encoding_rs::UTF_8 {
        return match body.strip_prefix(b"\xef\xbb\xbf") {
            Some(_) => body.slice(3..),
            None => body,
        };
    }
    encoding.decode(&body).0.into_owned().into()
}
