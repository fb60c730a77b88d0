//! The names of what is read in an entry.

use crate::config::Key;
use crate::service::Service;

/// Keys of `auth` that other places of an entry may hold too, after a note.
pub(super) const INSIDE: [&str; 27] = [
    "auth_url",
    "username",
    "user_name",
    "user_id",
    "password",
    "passcode",
    "token",
    "auth_token",
    "user_domain_id",
    "user_domain_name",
    "domain_id",
    "domain_name",
    "default_domain",
    "default_domain_id",
    "default_domain_name",
    "project_domain_id",
    "project_domain_name",
    "project_id",
    "tenant_id",
    "project_name",
    "tenant_name",
    "trust_id",
    "system_scope",
    "application_credential_id",
    "application_credential_name",
    "application_credential_secret",
    "delegated_project",
];

/// Keys that are read beside `auth`, or in both places.
pub(super) const BESIDE: [&str; 18] = [
    "ak",
    "access_key",
    "sk",
    "secret_key",
    "security_token",
    "agency_name",
    "agency_domain_id",
    "agency_domain_name",
    "profile",
    "cloud",
    "auth_type",
    "auth_plugin",
    "identity_api_version",
    "interface",
    "endpoint_type",
    "verify",
    "insecure",
    "cacert",
];

/// Client certificates.
pub(super) const CLIENT: [&str; 2] = ["cert", "key"];

/// The name under which the identity service is known to clients.
const IDENTITY: &str = "identity";

pub(super) const SECRETS: [&str; 8] = [
    "password",
    "passcode",
    "token",
    "auth_token",
    "sk",
    "secret_key",
    "security_token",
    "application_credential_secret",
];

pub(super) fn is_text(name: &str) -> bool {
    INSIDE.contains(&name)
        || BESIDE.contains(&name)
        || CLIENT.contains(&name)
        || endpoint(name).is_some()
}

/// Whose endpoint it is: of a service by its name, behind which other clients write a version, as in `rdsv3_endpoint`.
pub(super) fn endpoint(name: &str) -> Option<Key> {
    let name = name.strip_suffix("_override").unwrap_or(name);
    if name.strip_suffix("_endpoint") == Some(IDENTITY) {
        return Some(Key::EndpointOf(Service::IDENTITY));
    }
    let called = |name: &str| {
        Service::ALL
            .into_iter()
            .find(|service| service.endpoint_setting() == name)
    };
    called(name)
        .or_else(|| called(&without_version(name)?))
        .map(Key::EndpointOf)
}

/// `rds_endpoint` of `rdsv3_endpoint`.
fn without_version(name: &str) -> Option<String> {
    let (service, version) = name.strip_suffix("_endpoint")?.rsplit_once('v')?;
    let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{service}_endpoint"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_in_one_way() {
        let mut all: Vec<_> = INSIDE.into_iter().chain(BESIDE).chain(CLIENT).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), INSIDE.len() + BESIDE.len() + CLIENT.len());
        assert!(SECRETS.iter().all(|name| is_text(name)));
    }

    #[test]
    fn every_service_has_an_endpoint_with_or_without_a_version() {
        for service in Service::ALL {
            let setting = service.endpoint_setting();
            let stem = setting.strip_suffix("_endpoint").unwrap();
            for name in [
                setting.to_owned(),
                format!("{setting}_override"),
                format!("{stem}v1_endpoint"),
                format!("{stem}v10_endpoint_override"),
            ] {
                assert_eq!(endpoint(&name), Some(Key::EndpointOf(service)), "{name}");
            }
            for name in [
                stem.to_owned(),
                format!("{stem}v_endpoint"),
                format!("{stem}vx_endpoint"),
                format!("{stem}_override"),
                format!("x{setting}"),
            ] {
                assert_eq!(endpoint(&name), None, "{name}");
            }
        }
        let identity = Some(Key::EndpointOf(Service::IDENTITY));
        assert_eq!(endpoint("identity_endpoint_override"), identity);
        assert_eq!(endpoint("volume_endpoint_override"), None);
    }
}
