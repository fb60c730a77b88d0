//! Hashes and message authentication codes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

pub(super) fn sha256_hex(data: &[u8]) -> String {
    hex::encode(Sha256::digest(data))
}

fn keyed(key: &[u8], data: &[u8]) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| Error::invalid_argument("the secret key cannot be used as a signing key"))?;
    mac.update(data);
    Ok(mac)
}

pub(super) fn hmac(key: &[u8], data: &[u8]) -> Result<Vec<u8>> {
    Ok(keyed(key, data)?.finalize().into_bytes().to_vec())
}

/// Whether the signature belongs to key and data, in a time that does not depend on where they differ.
pub(super) fn is_hmac(key: &[u8], data: &[u8], signature: &[u8]) -> bool {
    keyed(key, data).is_ok_and(|mac| mac.verify_slice(signature).is_ok())
}
