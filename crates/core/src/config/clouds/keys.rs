//! The names of what is read in an entry.

use crate::config::Key;

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

/// Endpoints by the names under which the services are known to clients.
pub(super) const ENDPOINTS: [(&str, Key); 6] = [
    ("identity", Key::IamEndpoint),
    ("dcs", Key::DcsEndpoint),
    ("dcsv1", Key::DcsEndpoint),
    ("dcsv2", Key::DcsEndpoint),
    ("rds", Key::RdsEndpoint),
    ("rdsv3", Key::RdsEndpoint),
];

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

pub(super) fn endpoint(name: &str) -> Option<Key> {
    let service = name
        .strip_suffix("_endpoint_override")
        .or_else(|| name.strip_suffix("_endpoint"))?;
    ENDPOINTS
        .iter()
        .find_map(|(known, key)| (*known == service).then_some(*key))
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
}
