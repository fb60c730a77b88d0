//! Environment variables.

use super::layer::refused;
use super::method::Method;
use super::{Environment, Key, Layer, Source, environment};
use crate::error::Result;
use crate::service::Service;

/// Beside one for the endpoint of each service.
const OTCDB: [(&str, Key); 19] = [
    ("OTCDB_CLOUD", Key::Cloud),
    ("OTCDB_REGION", Key::Region),
    ("OTCDB_AUTH_URL", Key::AuthUrl),
    ("OTCDB_ENDPOINT", Key::Endpoint),
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
    ("OTCDB_CACERT", Key::CaCert),
];

/// Of two names for one key the first that is set counts. Open Telekom Cloud's users set `OS_DOMAIN_NAME` to the domain
/// of the user.
const OPENSTACK: [(&str, Key); 23] = [
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
    ("OS_AGENCY_DOMAIN_ID", Key::AgencyDomainId),
    ("OS_AGENCY_DOMAIN_NAME", Key::AgencyDomainName),
    (
        "OS_IDENTITY_ENDPOINT_OVERRIDE",
        Key::EndpointOf(Service::IDENTITY),
    ),
    ("OS_CACERT", Key::CaCert),
];

const HUAWEI_CLOUD: [(&str, Key); 5] = [
    ("HUAWEICLOUD_SDK_AK", Key::AccessKey),
    ("HUAWEICLOUD_SDK_SK", Key::SecretKey),
    ("HUAWEICLOUD_SDK_SECURITY_TOKEN", Key::SecurityToken),
    ("HUAWEICLOUD_SDK_PROJECT_ID", Key::ProjectId),
    ("HUAWEICLOUD_SDK_DOMAIN_ID", Key::DomainId),
];

/// Names the credentials file of the Huawei Cloud SDKs.
pub(super) const CREDENTIALS_FILE: &str = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";

/// Where that is otherwise, below the home folder.
pub(super) const CREDENTIALS_FILE_AT_HOME: &str = ".huaweicloud/credentials";

/// The layers of the three families, in their order.
pub(super) fn layers(environment: &Environment) -> [Layer; 3] {
    let mut layers = [&OTCDB[..], &OPENSTACK[..], &HUAWEI_CLOUD[..]].map(|names| {
        let mut layer = Layer::new();
        for (name, key) in names {
            add(&mut layer, *key, name, environment);
        }
        layer
    });
    for service in Service::ALL {
        let name = format!("OTCDB_{}", service.endpoint_setting().to_ascii_uppercase());
        add(&mut layers[0], Key::EndpointOf(service), &name, environment);
    }
    layers
}

/// The names of the variables in which any of these settings may stand, in the order in which they count.
pub(super) fn names(keys: &[Key]) -> String {
    let all = [&OTCDB[..], &OPENSTACK[..], &HUAWEI_CLOUD[..]].concat();
    let names = all.into_iter().filter(|(_, key)| keys.contains(key));
    let names: Vec<_> = names.map(|(name, _)| name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn add(layer: &mut Layer, key: Key, name: &str, environment: &Environment) {
    if let Some(value) = environment.variable(name) {
        layer.add(key, value, Source::Variable(name.to_owned()));
    }
}

/// Takes out of the `OS_*` variables what is not of the method that `OS_AUTH_TYPE` names, and refuses what is not
/// supported. That matters only if their identity is used, or none.
///
/// # Errors
///
/// A variable that asks for what is not supported.
pub(super) fn choose_method(openstack: &mut Layer, environment: &Environment) -> Result<()> {
    let found = ["OS_AUTH_TYPE", "OS_AUTH_PLUGIN"]
        .into_iter()
        .find_map(|name| Some((name, environment.variable(name)?)));
    if let Some((name, value)) = found {
        let source = Source::Variable(name.to_owned());
        return Method::of_auth_type(value, &source)?.choose(openstack, &source);
    }
    for name in [
        "OS_APPLICATION_CREDENTIAL_ID",
        "OS_APPLICATION_CREDENTIAL_NAME",
        "OS_APPLICATION_CREDENTIAL_SECRET",
    ] {
        if environment.variable(name).is_some() {
            return Err(refused(
                &Source::Variable(name.to_owned()),
                "the identity services of these clouds do not take application credentials",
                Method::KNOWN,
            ));
        }
    }
    Ok(())
}

/// What is not honoured, and should not be passed over in silence.
pub(super) fn notes(environment: &Environment) -> Vec<String> {
    let mut notes = environment.unreadable();
    if let Some(value) = environment.variable("OS_INSECURE")
        && environment::boolean(value) != Some(false)
    {
        notes.push(
            "OS_INSECURE is refused, and certificates are verified as ever; name the authority of such a cloud with OS_CACERT"
                .to_owned(),
        );
    }
    for name in ["OS_CERT", "OS_KEY"] {
        if environment.variable(name).is_some() {
            notes.push(format!("{name} is not used: no client certificate is sent"));
        }
    }
    notes
}
