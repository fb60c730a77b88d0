//! Presigned links.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use std::time::Duration;

use crate::clock::later;
use crate::seed::Seed;

const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkError {
    /// There is no complete signature in the query.
    Unsigned,
    /// The signature belongs to something else.
    Mismatch,
    /// It has ended, at this second since the epoch.
    Expired(i64),
}

/// Makes and checks presigned links.
pub(crate) struct Signer {
    access_key: String,
    key: String,
}

impl Signer {
    pub(crate) fn new(seed: Seed) -> Self {
        Self {
            access_key: seed
                .hex32("link access key")
                .chars()
                .take(20)
                .collect::<String>()
                .to_uppercase(),
            key: seed.hex64("link secret key"),
        }
    }

    /// The link without scheme, and its signature, which is a secret.
    pub(crate) fn link(
        &self,
        authority: &str,
        key: &str,
        now: Timestamp,
        lifetime: Duration,
    ) -> (String, String) {
        let expires = later(now, lifetime).as_second();
        let signature = self.signature(key, expires);
        let link = format!(
            "{authority}/obs/{}?AWSAccessKeyId={}&Expires={expires}&response-cache-control=no-cache%2Cno-store&Signature={}",
            utf8_percent_encode(key, PATH),
            self.access_key,
            utf8_percent_encode(&signature, NON_ALPHANUMERIC),
        );
        (link, signature)
    }

    /// Checks the query of a request for a file.
    pub(crate) fn check(
        &self,
        key: &str,
        query: &[(String, String)],
        now: Timestamp,
    ) -> Result<(), LinkError> {
        let value = |name: &str| {
            query
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value.as_str())
        };
        let access_key = value("AWSAccessKeyId").ok_or(LinkError::Unsigned)?;
        let signature = value("Signature").ok_or(LinkError::Unsigned)?;
        let expires: i64 = value("Expires")
            .and_then(|text| text.parse().ok())
            .ok_or(LinkError::Unsigned)?;
        if access_key != self.access_key || signature != self.signature(key, expires) {
            return Err(LinkError::Mismatch);
        }
        if now.as_second() >= expires {
            return Err(LinkError::Expired(expires));
        }
        Ok(())
    }

    fn signature(&self, key: &str, expires: i64) -> String {
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()) else {
            return String::new();
        };
        mac.update(format!("GET\n\n\n{expires}\n/{key}").as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(link: &str) -> Vec<(String, String)> {
        let (_, query) = link.split_once('?').unwrap();
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    #[test]
    fn a_link_is_good_for_its_own_file_until_it_ends() {
        let signer = Signer::new(Seed(1));
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let (link, _) = signer.link("127.0.0.1:1", "b/a log", now, Duration::from_secs(300));
        assert!(link.starts_with("127.0.0.1:1/obs/b/a%20log?AWSAccessKeyId="));
        let query = query(&link);
        assert_eq!(signer.check("b/a log", &query, now), Ok(()));
        assert_eq!(
            signer.check("b/other", &query, now),
            Err(LinkError::Mismatch)
        );
        assert_eq!(signer.check("b/a log", &[], now), Err(LinkError::Unsigned));
        let end = later(now, Duration::from_secs(300));
        assert_eq!(
            signer.check("b/a log", &query, end),
            Err(LinkError::Expired(end.as_second()))
        );
    }
}
