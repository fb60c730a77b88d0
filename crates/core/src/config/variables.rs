//! Environment variables.

use super::{Environment, Key, Layer, Source};

const OTCDB: [(&str, Key); 21] = [
    ("OTCDB_CLOUD", Key::Cloud),
    ("OTCDB_REGION", Key::Region),
    ("OTCDB_AUTH_URL", Key::AuthUrl),
    ("OTCDB_ENDPOINT", Key::Endpoint),
    ("OTCDB_DCS_ENDPOINT", Key::DcsEndpoint),
    ("OTCDB_RDS_ENDPOINT", Key::RdsEndpoint),
    ("OTCDB_IAM_ENDPOINT", Key::IamEndpoint),
    ("OTCDB_PROJECT_ID", Key::ProjectId),
    ("OTCDB_PROJECT_NAME", Key::ProjectName),
    ("OTCDB_DOMAIN_ID", Key::DomainId),
    ("OTCDB_DOMAIN_NAME", Key::DomainName),
    ("OTCDB_TOKEN", Key::Token),
    ("OTCDB_USERNAME", Key::Username),
    ("OTCDB_PASSWORD", Key::Password),
    ("OTCDB_ACCESS_KEY", Key::AccessKey),
    ("OTCDB_SECRET_KEY", Key::SecretKey),
    ("OTCDB_SECURITY_TOKEN", Key::SecurityToken),
    ("OTCDB_AGENCY_NAME", Key::AgencyName),
    ("OTCDB_AGENCY_DOMAIN_ID", Key::AgencyDomainId),
    ("OTCDB_AGENCY_DOMAIN_NAME", Key::AgencyDomainName),
    ("OTCDB_SIGNATURE_FORM", Key::SignatureForm),
];

/// Of two names for one key the first that is set counts. Open Telekom Cloud's users set `OS_DOMAIN_NAME` to the domain
/// of the user.
const OPENSTACK: [(&str, Key); 21] = [
    ("OS_CLOUD", Key::Cloud),
    ("OS_REGION_NAME", Key::Region),
    ("OS_AUTH_URL", Key::AuthUrl),
    ("OS_PROJECT_ID", Key::ProjectId),
    ("OS_TENANT_ID", Key::ProjectId),
    ("OS_PROJECT_NAME", Key::ProjectName),
    ("OS_TENANT_NAME", Key::ProjectName),
    ("OS_USER_DOMAIN_ID", Key::DomainId),
    ("OS_DOMAIN_ID", Key::DomainId),
    ("OS_USER_DOMAIN_NAME", Key::DomainName),
    ("OS_DOMAIN_NAME", Key::DomainName),
    ("OS_TOKEN", Key::Token),
    ("OS_AUTH_TOKEN", Key::Token),
    ("OS_USERNAME", Key::Username),
    ("OS_PASSWORD", Key::Password),
    ("OS_ACCESS_KEY", Key::AccessKey),
    ("OS_SECRET_KEY", Key::SecretKey),
    ("OS_SECURITY_TOKEN", Key::SecurityToken),
    ("OS_AGENCY_NAME", Key::AgencyName),
    ("OS_AGENCY_DOMAIN_NAME", Key::AgencyDomainName),
    ("OS_IDENTITY_ENDPOINT_OVERRIDE", Key::IamEndpoint),
];

const HUAWEI_CLOUD: [(&str, Key); 5] = [
    ("HUAWEICLOUD_SDK_AK", Key::AccessKey),
    ("HUAWEICLOUD_SDK_SK", Key::SecretKey),
    ("HUAWEICLOUD_SDK_SECURITY_TOKEN", Key::SecurityToken),
    ("HUAWEICLOUD_SDK_PROJECT_ID", Key::ProjectId),
    ("HUAWEICLOUD_SDK_DOMAIN_ID", Key::DomainId),
];

/// The layers of the three families, in their order.
pub(super) fn layers(environment: &Environment) -> [Layer; 3] {
    [&OTCDB[..], &OPENSTACK[..], &HUAWEI_CLOUD[..]].map(|names| {
        let mut layer = Layer::new();
        for (name, key) in names {
            if let Some(value) = environment.variable(name) {
                layer.add(*key, value, Source::Variable((*name).to_owned()));
            }
        }
        layer
    })
}
