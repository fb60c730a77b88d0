//! Text that must not be seen: passwords and presigned links in requests and responses.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A string of a request or a response that its holder must not print.
///
/// Generated models have this type where the description says `x-secret`: passwords, and presigned links, with
/// which anyone can download. `Debug` shows `[secret]`, there is no `Display`, and the memory is overwritten when
/// the value is dropped. [`expose`](Self::expose) gives the text; serialising does too, since that is how it is sent.
///
/// What is secret in it is made known to [`redact`](crate::redact::values), which masks it where a service sends it back: the
/// signature of a link, or the whole of a text that is no link.
///
/// ```
/// use otcdb_core::Secret;
///
/// let link = Secret::from("https://bucket.example/log?Signature=abc");
/// assert_eq!(format!("{link:?}"), "[secret]");
/// assert!(link.expose().ends_with("abc"));
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself. Keep it out of messages and logs.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Takes as long for texts of one length, wherever they differ.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.expose().as_bytes(), other.expose().as_bytes());
        let different = |(one, other): (&u8, &u8)| one ^ other;
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .map(different)
                .fold(0, |all, one| all | one)
                == 0
    }
}

impl Eq for Secret {}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        crate::redact::register_passing(&text);
        Self(text.into())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

/// The schema of a string.
#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_where_it_comes_back() {
        let link =
            Secret::from("bucket.example/a-file-of-logs?X-Signature=pLm8Yh3Wq5Zt2K&Expires=1");
        let password: Secret = serde_json::from_str("\"Gv4Rk9Wm2Ls7\"").unwrap();
        let said =
            format!("no file a-file-of-logs: pLm8Yh3Wq5Zt2K, Gv4Rk9Wm {link:?} {password:?}");
        let shown = crate::redact::values(&said).into_owned();
        assert_eq!(shown, "no file a-file-of-logs: ***, *** [secret] [secret]");
    }

    #[test]
    fn secrets_are_compared() {
        let secret = Secret::from("hunter2");
        assert_eq!(secret, secret.clone());
        for other in ["hunter3", "hunter", ""] {
            assert_ne!(secret, Secret::from(other));
        }
    }

    #[test]
    fn a_secret_is_sent_but_never_shown() {
        let secret: Secret = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"hunter2\"");
        assert!(!format!("{secret:?} {:#?}", Some(secret.clone())).contains("hunter2"));
    }
}
