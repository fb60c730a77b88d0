//! `clouds.yaml` and `secure.yaml` of the OpenStack tools, as openstacksdk documents them.
//!
//! Only the entry that was chosen is read, of whatever form the others are. Null and the empty text are nothing. Names may
//! be written with hyphens. A key that is not in this table means nothing to the services that are called here, and is
//! ignored: `networks`, `image_format`, `compute_api_version`, `cache` and many more.
//!
//! | Key | What becomes of it |
//! |---|---|
//! | `auth` | honoured, null included; keys that belong inside it are honoured beside it too, with a note |
//! | `auth_url` | honoured, with or without `/v3`; `{region_name}` is filled in; `/v2.0` is refused |
//! | `username`, `password` | honoured |
//! | `user_domain_name`, `user_domain_id`, `domain_name`, `domain_id`, `default_domain_name`, `default_domain_id`, `default_domain` | honoured, the first pair that is given |
//! | `project_name`, `project_id`, `tenant_name`, `tenant_id` | honoured |
//! | `project_domain_name`, `project_domain_id` | not sent, since a project is that of the user's domain; one that differs from it is noted |
//! | `token`, `auth_token` | honoured |
//! | `ak`, `sk`, `access_key`, `secret_key`, `security_token` | honoured, in `auth` and beside it |
//! | `agency_name`, `agency_domain_name`, `agency_domain_id`, `delegated_project` | honoured, in `auth` and beside it |
//! | `user_id` | refused where there is no `username` |
//! | `application_credential_id`, `…_name`, `…_secret` | refused: the identity services of these clouds do not have them |
//! | `passcode`, `trust_id`, `system_scope` | refused |
//! | `auth_type`, `auth_plugin` | `password`, `v3password`, `token`, `v3token` and `aksk` are honoured, all others refused |
//! | `profile`, `cloud` | `otc` and `otc-swiss` are built in; others are looked for in `clouds-public.yaml` beside the file, and refused where nothing else says where the cloud is |
//! | `region_name` | honoured; of several in a list or with commas the first |
//! | `regions` | honoured: names, or mappings with `name` and `values`, of which those of the region that is used win |
//! | `identity_api_version` | 3 is honoured, others are refused |
//! | `identity_endpoint_override`, `<service>_endpoint_override` of every service, such as `rds_endpoint_override` or `rdsv3_endpoint_override`, and without `_override` | honoured; a version and a project at the end are left out, since calls bring them |
//! | `interface`, `endpoint_type` | `public` is honoured, others are noted |
//! | `cacert` | honoured, beside the authorities of the system |
//! | `verify`, `insecure` | true and false: certificates are always verified, which is noted where the entry says otherwise |
//! | `cert`, `key` | refused |
//! | other entries, other keys beside `clouds` | not read |

mod entry;
mod error;
mod keys;
mod url;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use entry::Read;
use error::Fault;
use keys::{SECRETS, is_text};
use yaml::Entry;

use super::{Environment, Layer, Setting};
use crate::error::{Error, ErrorKind, Result};

const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The values of the entry that a setting names. Those of `secure.yaml` beside the file win. `region` is the region that was chosen
/// before, which picks the values of one of several.
///
/// # Errors
///
/// A file that cannot be read, is no YAML of that shape, or has no such entry; a key that is refused.
pub(super) fn cloud_entry(
    name: &Setting,
    region: Option<&Setting>,
    environment: &Environment,
    notes: &mut Vec<String>,
) -> Result<Layer> {
    let name = name.expose();
    let Some((path, text)) = clouds_file(environment)? else {
        return Err(missing(name, None, &[]));
    };
    let found = parse(&text, "clouds", name, &path)?;
    let Some(entry) = found.entry else {
        return Err(missing(name, Some(&path), &found.others));
    };
    let place = format!("clouds.{name}");
    let mut read = Read::default();
    if has_secret(&entry) {
        notes.extend(environment.exposed(&path));
    }
    let secure = secure_file(name, &path, environment, notes)?;
    read.take(entry, &path, &place);
    if let Some((path, entry)) = secure {
        if has_secret(&entry) {
            notes.extend(environment.exposed(&path));
        }
        read.take(entry, &path, &place);
    }
    read.expand_profile(&path, environment, notes)?;
    read.choose_region(region)?;
    read.into_layer(&path, &place, notes)
}

fn has_secret(entry: &Entry) -> bool {
    let of =
        |texts: &BTreeMap<String, String>| SECRETS.iter().any(|name| texts.contains_key(*name));
    of(&entry.beside)
        || of(&entry.auth)
        || entry.regions.iter().any(|(_, values)| has_secret(values))
}

fn parse(text: &str, top: &str, name: &str, path: &Path) -> Result<yaml::Found> {
    yaml::read(text, top, name, is_text).map_err(|Fault { line, what, hint }| {
        let place = line.map_or_else(String::new, |line| format!(" at line {line}"));
        Error::invalid_argument(format!(
            "{} is not a clouds file{place}: {what}",
            path.display()
        ))
        .with_hint(hint)
    })
}

fn missing(name: &str, path: Option<&Path>, others: &[String]) -> Error {
    const LOOKED_FOR: &str = "clouds.yaml is looked for in the working folder, ~/.config/openstack and \
         /etc/openstack, or where OS_CLIENT_CONFIG_FILE says";
    let hint = match path {
        Some(path) if !others.is_empty() => {
            format!("there are: {} (in {})", others.join(", "), path.display())
        }
        Some(path) => format!("{} has no clouds; {LOOKED_FOR}", path.display()),
        None => LOOKED_FOR.to_owned(),
    };
    Error::new(
        ErrorKind::InvalidArgument,
        format!("no clouds.yaml has a cloud named {name:?}"),
    )
    .with_hint(hint)
}

/// Where the variable says.
fn named(variable: &str, environment: &Environment) -> Result<Option<(PathBuf, String)>> {
    let Some(path) = environment.variable(variable).map(PathBuf::from) else {
        return Ok(None);
    };
    let text = environment.read(&path)?.ok_or_else(|| {
        Error::invalid_argument(format!(
            "{variable} names {}, which is not there",
            path.display()
        ))
    })?;
    Ok(Some((path, text)))
}

/// The first file of this name in a folder.
fn in_folder(
    folder: &Path,
    stem: &str,
    environment: &Environment,
) -> Result<Option<(PathBuf, String)>> {
    for extension in EXTENSIONS {
        let path = folder.join(format!("{stem}.{extension}"));
        if let Some(text) = environment.read(&path)? {
            return Ok(Some((path, text)));
        }
    }
    Ok(None)
}

fn folders(environment: &Environment) -> Vec<PathBuf> {
    let configuration = environment
        .variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| environment.at_home(".config"));
    [
        Some(PathBuf::new()),
        configuration.map(|folder| folder.join("openstack")),
        Some(PathBuf::from("/etc/openstack")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn clouds_file(environment: &Environment) -> Result<Option<(PathBuf, String)>> {
    if let Some(found) = named("OS_CLIENT_CONFIG_FILE", environment)? {
        return Ok(Some(found));
    }
    for folder in folders(environment) {
        if let Some(found) = in_folder(&folder, "clouds", environment)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The secrets of the entry. A file that no variable names counts only beside the clouds file: whoever put that into the
/// working folder must not get the password of another folder sent to a host of their choice.
fn secure_file(
    name: &str,
    clouds: &Path,
    environment: &Environment,
    notes: &mut Vec<String>,
) -> Result<Option<(PathBuf, Entry)>> {
    let beside = clouds.parent().unwrap_or(Path::new(""));
    let found = match named("OS_CLIENT_SECURE_FILE", environment)? {
        Some(found) => Some(found),
        None => in_folder(beside, "secure", environment)?,
    };
    if let Some((path, text)) = found {
        let entry = parse(&text, "clouds", name, &path)?.entry;
        return Ok(entry.map(|entry| (path, entry)));
    }
    for folder in folders(environment) {
        // A file that counts for nothing may be of any form.
        let Ok(Some((path, text))) = in_folder(&folder, "secure", environment) else {
            continue;
        };
        let has_entry =
            parse(&text, "clouds", name, &path).is_ok_and(|found| found.entry.is_some());
        if folder != beside && has_entry {
            notes.push(format!(
                "{} is not used: only a secure.yaml beside {} counts, or one that OS_CLIENT_SECURE_FILE names",
                path.display(),
                clouds.display()
            ));
        }
    }
    Ok(None)
}
