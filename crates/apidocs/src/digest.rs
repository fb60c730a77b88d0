//! Hashes of what was read.

use sha2::{Digest, Sha256};

/// SHA-256 of bytes in hexadecimal.
pub(crate) fn full(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The first 64 bits of the SHA-256 of a text in hexadecimal; empty for an
/// empty text. White space is collapsed first.
pub(crate) fn short(text: &str) -> String {
    let text = crate::block::collapse(text);
    if text.is_empty() {
        return String::new();
    }
    let digest = Sha256::digest(text.as_bytes());
    hex(digest.get(..8).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .filter_map(|n| DIGITS.get(usize::from(n)))
        .map(|d| char::from(*d))
        .collect()
}
