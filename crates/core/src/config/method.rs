//! `auth_type`: the way to prove identity that a place names, where it could have several.

use super::layer::refused;
use super::precedence::METHODS;
use super::{Key, Layer, Source};
use crate::error::{Error, ErrorKind, Result};

/// A way to prove identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Password,
    Token,
    AccessKey,
}

impl Method {
    /// What can be used instead of what is refused.
    pub(super) const KNOWN: &'static str = "identity is proved by username and password (auth_type password), by a token (token), or by access key and \
         secret key (aksk)";

    /// The method that a name of keystoneauth, or of other clients of these clouds, stands for.
    ///
    /// # Errors
    ///
    /// A method that is not supported.
    pub(super) fn of_auth_type(name: &str, source: &Source) -> Result<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "password" | "v3password" => Ok(Self::Password),
            "token" | "v3token" => Ok(Self::Token),
            "aksk" | "ak_sk" | "ak-sk" | "v3aksk" | "access_key" => Ok(Self::AccessKey),
            _ => Err(refused(
                source,
                &format!("auth_type {} is not supported", crate::redact::line(name)),
                Self::KNOWN,
            )),
        }
    }

    fn first(self) -> Key {
        match self {
            Self::Password => Key::Username,
            Self::Token => Key::Token,
            Self::AccessKey => Key::AccessKey,
        }
    }

    /// Takes out of a place what belongs to other methods.
    ///
    /// # Errors
    ///
    /// The place has another method and not this one.
    pub(super) fn choose(self, layer: &mut Layer, source: &Source) -> Result<()> {
        let first = self.first();
        let others = METHODS.iter().filter(|(other, _)| *other != first);
        let has_own = layer.get(first).is_some();
        let mut lacks = None;
        for (other, rest) in others {
            if !has_own && layer.get(*other).is_some() {
                lacks = Some(*other);
            }
            layer.remove(&[*other]);
            layer.remove(rest);
        }
        match lacks {
            None => Ok(()),
            Some(other) => Err(Error::new(
                ErrorKind::Credentials,
                format!("{source}: its auth_type asks for {first}, but it has only {other}"),
            )
            .with_hint("add what is missing, or leave auth_type out")),
        }
    }
}
