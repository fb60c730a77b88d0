//! The names of settings.

use std::fmt;

use crate::service::Service;

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key {
    /// The entry of `clouds.yaml` to use.
    Cloud,
    /// The region.
    Region,
    /// The identity endpoint, with or without `/v3`.
    AuthUrl,
    /// One base URL for all services.
    Endpoint,
    /// The base URL of one service.
    EndpointOf(Service),
    /// The project's id.
    ProjectId,
    /// The project's name.
    ProjectName,
    /// The id of the user's domain.
    DomainId,
    /// The name of the user's domain.
    DomainName,
    /// A token.
    Token,
    /// The user's name.
    Username,
    /// The user's password.
    Password,
    /// The access key (AK).
    AccessKey,
    /// The secret key (SK).
    SecretKey,
    /// The security token of temporary keys.
    SecurityToken,
    /// The agency to take.
    AgencyName,
    /// The id of the domain that delegates.
    AgencyDomainId,
    /// The name of the domain that delegates.
    AgencyDomainName,
    /// The form of signatures.
    SignatureForm,
    /// A file with the certificates of authorities to trust beside those of the system.
    CaCert,
}

impl Key {
    const BEFORE_ENDPOINTS: [Self; 4] = [Self::Cloud, Self::Region, Self::AuthUrl, Self::Endpoint];

    const AFTER_ENDPOINTS: [Self; 15] = [
        Self::ProjectId,
        Self::ProjectName,
        Self::DomainId,
        Self::DomainName,
        Self::Token,
        Self::Username,
        Self::Password,
        Self::AccessKey,
        Self::SecretKey,
        Self::SecurityToken,
        Self::AgencyName,
        Self::AgencyDomainId,
        Self::AgencyDomainName,
        Self::SignatureForm,
        Self::CaCert,
    ];

    /// All of them, in the order in which they are reported.
    pub fn all() -> impl Iterator<Item = Self> {
        let endpoints = Service::ALL.into_iter().map(Self::EndpointOf);
        Self::BEFORE_ENDPOINTS
            .into_iter()
            .chain(endpoints)
            .chain(Self::AFTER_ENDPOINTS)
    }

    /// The name in reports, such as `project_id`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Region => "region",
            Self::AuthUrl => "auth_url",
            Self::Endpoint => "endpoint",
            Self::EndpointOf(service) => service.endpoint_setting(),
            Self::ProjectId => "project_id",
            Self::ProjectName => "project_name",
            Self::DomainId => "domain_id",
            Self::DomainName => "domain_name",
            Self::Token => "token",
            Self::Username => "username",
            Self::Password => "password",
            Self::AccessKey => "access_key",
            Self::SecretKey => "secret_key",
            Self::SecurityToken => "security_token",
            Self::AgencyName => "agency_name",
            Self::AgencyDomainId => "agency_domain_id",
            Self::AgencyDomainName => "agency_domain_name",
            Self::SignatureForm => "signature_form",
            Self::CaCert => "cacert",
        }
    }

    /// Whether the value must never be shown. The access key is no secret by itself, but half of one.
    pub fn is_secret(self) -> bool {
        matches!(
            self,
            Self::Token | Self::Password | Self::AccessKey | Self::SecretKey | Self::SecurityToken
        )
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
