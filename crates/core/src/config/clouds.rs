//! `clouds.yaml` and `secure.yaml` of the OpenStack tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::{Environment, Key, Layer, Source};
use crate::error::{Error, ErrorKind, Result};

/// Where Open Telekom Cloud's vendor profile is when it does not say.
const OTC_PROFILE: (&str, &str) = ("otc", "eu-de");

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    clouds: BTreeMap<String, Option<Cloud>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cloud {
    auth: Auth,
    profile: Option<String>,
    /// The profile's older name.
    cloud: Option<String>,
    region_name: Option<String>,
    identity_endpoint_override: Option<String>,
    dcs_endpoint_override: Option<String>,
    rds_endpoint_override: Option<String>,
    access_key: Option<String>,
    ak: Option<String>,
    secret_key: Option<String>,
    sk: Option<String>,
    security_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Auth {
    auth_url: Option<String>,
    username: Option<String>,
    password: Option<String>,
    token: Option<String>,
    project_id: Option<String>,
    project_name: Option<String>,
    tenant_id: Option<String>,
    tenant_name: Option<String>,
    user_domain_id: Option<String>,
    user_domain_name: Option<String>,
    domain_id: Option<String>,
    domain_name: Option<String>,
    access_key: Option<String>,
    ak: Option<String>,
    secret_key: Option<String>,
    sk: Option<String>,
    security_token: Option<String>,
}

/// The values of the entry `name`. Those of `secure.yaml` win.
///
/// # Errors
///
/// A file that cannot be read, is no YAML of that shape, or has no such entry.
pub(super) fn layer(name: &str, environment: &Environment) -> Result<Layer> {
    let mut layer = Layer::new();
    let mut profile = None;
    let mut found = false;
    let mut others = Vec::new();
    for (variable, stem) in [
        ("OS_CLIENT_SECURE_FILE", "secure"),
        ("OS_CLIENT_CONFIG_FILE", "clouds"),
    ] {
        let Some((path, text)) = read(variable, stem, environment)? else {
            continue;
        };
        // The parser's own message may quote the text, which holds passwords.
        let mut file: File = serde_saphyr::from_str(&text).map_err(|error| {
            let place = error.location().map_or_else(String::new, |location| {
                format!(" at line {}", location.line())
            });
            Error::invalid_argument(format!(
                "{} is not a clouds file{place}; it needs a mapping of clouds, each with auth and region_name",
                path.display()
            ))
        })?;
        let Some(cloud) = file.clouds.remove(name) else {
            if stem == "clouds" {
                others.extend(file.clouds.into_keys());
            }
            continue;
        };
        found |= stem == "clouds";
        let mut cloud = cloud.unwrap_or_default();
        profile = profile.or(cloud.profile.take()).or(cloud.cloud.take());
        let source = Source::File {
            path,
            entry: format!("clouds.{name}"),
        };
        for (key, value) in values(cloud) {
            if let Some(value) = value {
                layer.add(key, value, source.clone());
            }
        }
    }
    if !found {
        return Err(missing(name, &others));
    }
    if profile.as_deref() == Some(OTC_PROFILE.0) && !layer.has_any(&[Key::Region, Key::AuthUrl]) {
        layer.add(
            Key::Region,
            OTC_PROFILE.1,
            Source::Profile(OTC_PROFILE.0.to_owned()),
        );
    }
    Ok(layer)
}

fn missing(name: &str, others: &[String]) -> Error {
    let hint = if others.is_empty() {
        "clouds.yaml is looked for in the working folder, ~/.config/openstack and /etc/openstack, or \
         where OS_CLIENT_CONFIG_FILE says"
            .to_owned()
    } else {
        format!("there are: {}", others.join(", "))
    };
    Error::new(
        ErrorKind::InvalidArgument,
        format!("no clouds.yaml has a cloud named {name:?}"),
    )
    .with_hint(hint)
}

/// The first such file that is there: where the variable says, or else in the usual folders.
fn read(
    variable: &str,
    stem: &str,
    environment: &Environment,
) -> Result<Option<(PathBuf, String)>> {
    if let Some(path) = environment.variable(variable) {
        let path = PathBuf::from(path);
        let text = environment.read(&path)?.ok_or_else(|| {
            Error::invalid_argument(format!(
                "{variable} names {}, which is not there",
                path.display()
            ))
        })?;
        return Ok(Some((path, text)));
    }
    let configuration = environment
        .variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| environment.at_home(".config"));
    let folders = [
        Some(PathBuf::new()),
        configuration.map(|folder| folder.join("openstack")),
        Some(PathBuf::from("/etc/openstack")),
    ];
    for folder in folders.into_iter().flatten() {
        for extension in ["yaml", "yml"] {
            let path = folder.join(format!("{stem}.{extension}"));
            if let Some(text) = environment.read(&path)? {
                return Ok(Some((path, text)));
            }
        }
    }
    Ok(None)
}

/// Of several names for one key the first that is set counts.
fn values(cloud: Cloud) -> [(Key, Option<String>); 26] {
    let auth = cloud.auth;
    [
        (Key::Region, cloud.region_name),
        (Key::AuthUrl, auth.auth_url),
        (Key::IamEndpoint, cloud.identity_endpoint_override),
        (Key::DcsEndpoint, cloud.dcs_endpoint_override),
        (Key::RdsEndpoint, cloud.rds_endpoint_override),
        (Key::Username, auth.username),
        (Key::Password, auth.password),
        (Key::Token, auth.token),
        (Key::ProjectId, auth.project_id),
        (Key::ProjectId, auth.tenant_id),
        (Key::ProjectName, auth.project_name),
        (Key::ProjectName, auth.tenant_name),
        (Key::DomainId, auth.user_domain_id),
        (Key::DomainId, auth.domain_id),
        (Key::DomainName, auth.user_domain_name),
        (Key::DomainName, auth.domain_name),
        (Key::AccessKey, auth.ak),
        (Key::AccessKey, auth.access_key),
        (Key::AccessKey, cloud.access_key),
        (Key::AccessKey, cloud.ak),
        (Key::SecretKey, auth.sk),
        (Key::SecretKey, auth.secret_key),
        (Key::SecretKey, cloud.secret_key),
        (Key::SecretKey, cloud.sk),
        (Key::SecurityToken, auth.security_token),
        (Key::SecurityToken, cloud.security_token),
    ]
}
