//! Who is calling.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// Access key, secret key, and for temporary keys the security token that belongs to them.
#[derive(Clone)]
#[non_exhaustive]
pub struct AccessKey {
    /// The public half (AK).
    pub id: String,
    /// The secret half (SK).
    pub secret: Secret,
    /// Sent with temporary keys, which are void without it.
    pub security_token: Option<Secret>,
}

impl AccessKey {
    /// Permanent keys.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            security_token: None,
        }
    }

    /// Makes them temporary.
    #[must_use]
    pub fn with_security_token(mut self, token: impl Into<Secret>) -> Self {
        self.security_token = Some(token.into());
        self
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("temporary", &self.security_token.is_some())
            .finish_non_exhaustive()
    }
}

/// A domain (the account), by id or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// By its id.
    Id(String),
    /// By its name, such as `OTC-EU-DE-00000000001000000001`.
    Name(String),
}

impl Domain {
    fn as_str(&self) -> &str {
        match self {
            Self::Id(text) | Self::Name(text) => text,
        }
    }
}

/// A user and its password.
#[derive(Clone)]
#[non_exhaustive]
pub struct Password {
    /// The IAM user's name.
    pub user: String,
    /// The user's password.
    pub password: Secret,
    /// The domain that the user belongs to.
    pub domain: Domain,
}

impl Password {
    /// A user of a domain.
    pub fn new(user: impl Into<String>, password: impl Into<Secret>, domain: Domain) -> Self {
        Self {
            user: user.into(),
            password: password.into(),
            domain,
        }
    }
}

impl Password {
    /// What has to be there, with names for people.
    fn parts(&self) -> [(&'static str, &str); 3] {
        [
            ("the user's name", &self.user),
            ("the password", self.password.expose()),
            ("the user's domain", self.domain.as_str()),
        ]
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password")
            .field("user", &self.user)
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

/// A role of another domain that this identity may take (method `assume_role`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Agency {
    /// The agency's name.
    pub name: String,
    /// The delegating domain.
    pub domain: Domain,
    /// Whose token opens the agency.
    pub base: AgencyBase,
}

impl Agency {
    /// The agency `name` of the domain that delegates.
    pub fn new(name: impl Into<String>, domain: Domain, base: AgencyBase) -> Self {
        Self {
            name: name.into(),
            domain,
            base,
        }
    }
}

/// The identity that takes an agency.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AgencyBase {
    /// A user of the delegated domain.
    Password(Password),
    /// A token that such a user already has.
    Token(Secret),
}

/// How calls prove who makes them.
///
/// ```
/// use otcdb_core::credentials::{AccessKey, Domain, Password};
/// use otcdb_core::{Credentials, Session};
///
/// # fn main() -> otcdb_core::Result<()> {
/// let domain = Domain::Name("OTC-EU-DE-00000000001000000001".to_owned());
/// let session = Session::builder(Password::new("log-reader", "…", domain), "eu-de".parse()?).build()?;
/// let session = Session::builder(AccessKey::new("…", "…"), "eu-de".parse()?).build()?;
/// let session = Session::builder(Credentials::token("…"), "eu-de".parse()?).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A token that was issued elsewhere. It cannot be renewed.
    Token(Secret),
    /// Tokens are issued for this user when needed.
    Password(Password),
    /// Tokens are issued for the agency when needed.
    Agency(Agency),
    /// Every request is signed.
    AccessKey(AccessKey),
}

impl Credentials {
    /// A token that was issued elsewhere.
    pub fn token(token: impl Into<Secret>) -> Self {
        Self::Token(token.into())
    }

    /// Makes the secrets known to [`redact`](crate::redact), so that they are masked wherever a service sends them back.
    pub(crate) fn register(&self) {
        let register = |secret: &Secret| crate::redact::register(secret.expose());
        match self {
            Self::Token(token)
            | Self::Agency(Agency {
                base: AgencyBase::Token(token),
                ..
            }) => register(token),
            Self::Password(password)
            | Self::Agency(Agency {
                base: AgencyBase::Password(password),
                ..
            }) => register(&password.password),
            Self::AccessKey(keys) => {
                crate::redact::register(&keys.id);
                register(&keys.secret);
                keys.security_token.iter().for_each(register);
            }
        }
    }

    /// # Errors
    ///
    /// A part of them is empty or blank, so that every call would be refused ([`ErrorKind::Credentials`]).
    pub(crate) fn check(&self) -> Result<()> {
        let mut parts = Vec::new();
        match self {
            Self::Token(token) => parts.push(("the token", token.expose())),
            Self::Password(password) => parts.extend(password.parts()),
            Self::Agency(agency) => {
                parts.push(("the name of the agency", &agency.name));
                parts.push(("the domain that delegates", agency.domain.as_str()));
                match &agency.base {
                    AgencyBase::Password(password) => parts.extend(password.parts()),
                    AgencyBase::Token(token) => parts.push(("the token", token.expose())),
                }
            }
            Self::AccessKey(keys) => {
                parts.push(("the access key", &keys.id));
                parts.push(("the secret key", keys.secret.expose()));
                let token = keys.security_token.iter();
                parts.extend(token.map(|token| ("the security token", token.expose())));
            }
        }
        let empty = parts.iter().filter(|(_, text)| text.trim().is_empty());
        let empty: Vec<&str> = empty.map(|(what, _)| *what).collect();
        let what = match empty.as_slice() {
            [] => return Ok(()),
            [one] => format!("{one} is empty"),
            several => format!("{} are empty", several.join(" and ")),
        };
        Err(Error::new(ErrorKind::Credentials, what)
            .with_hint("see where the program takes its credentials from"))
    }

    /// A word for the method: `token`, `password`, `agency`, `access key` or `temporary access key`.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::Password(_) => "password",
            Self::Agency(_) => "agency",
            Self::AccessKey(keys) if keys.security_token.is_some() => "temporary access key",
            Self::AccessKey(_) => "access key",
        }
    }
}

impl From<AccessKey> for Credentials {
    fn from(keys: AccessKey) -> Self {
        Self::AccessKey(keys)
    }
}

impl From<Password> for Credentials {
    fn from(password: Password) -> Self {
        Self::Password(password)
    }
}

impl From<Agency> for Credentials {
    fn from(agency: Agency) -> Self {
        Self::Agency(agency)
    }
}
