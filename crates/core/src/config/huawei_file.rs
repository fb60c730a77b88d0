//! The credentials file of the Huawei Cloud SDKs.

use std::path::PathBuf;

use configparser::ini::Ini;

use super::variables::{CREDENTIALS_FILE as VARIABLE, CREDENTIALS_FILE_AT_HOME};
use super::{Environment, Key, Layer, Source};
use crate::error::{Error, Result};
use crate::service::Service;

/// Names in the section `basic`, which is for services with projects, and in `global`.
const NAMES: [(&str, &str, Key); 6] = [
    ("basic", "ak", Key::AccessKey),
    ("basic", "sk", Key::SecretKey),
    ("basic", "security_token", Key::SecurityToken),
    ("basic", "project_id", Key::ProjectId),
    ("basic", "iam_endpoint", Key::EndpointOf(Service::IDENTITY)),
    ("global", "domain_id", Key::DomainId),
];

/// The values in the file, none if it is not there. A file without keys may still be meant for something else, so that it
/// is told of among `excuses`, for where no other place has an identity.
///
/// # Errors
///
/// A file that cannot be read or is not of this form, and one that a variable names but is not there.
pub(super) fn credentials_file(
    environment: &Environment,
    notes: &mut Vec<String>,
    excuses: &mut Vec<String>,
) -> Result<Layer> {
    let named = environment.variable(VARIABLE).map(PathBuf::from);
    let is_named = named.is_some();
    let Some(path) = named.or_else(|| environment.at_home(CREDENTIALS_FILE_AT_HOME)) else {
        return Ok(Layer::new());
    };
    let text = match environment.read(&path)? {
        Some(text) => text,
        None if is_named => {
            return Err(Error::invalid_argument(format!(
                "{VARIABLE} names {}, which is not there",
                path.display()
            )));
        }
        None => return Ok(Layer::new()),
    };
    let mut ini = Ini::new();
    // A secret key may hold any of the characters that would begin a comment or end a name.
    ini.set_inline_comment_symbols(Some(&[]));
    ini.read(text).map_err(|_| {
        // The parser's own message quotes the line.
        Error::invalid_argument(format!(
            "{} is not a credentials file; it needs a section [basic] with lines such as ak = …",
            path.display()
        ))
    })?;
    let mut layer = Layer::new();
    for (section, name, key) in NAMES {
        if let Some(value) = ini.get(section, name) {
            let source = Source::File {
                path: path.clone(),
                entry: format!("[{section}]"),
            };
            layer.add(key, value.trim(), source);
        }
    }
    if !layer.has_any(&[Key::AccessKey, Key::SecretKey]) {
        excuses.push(format!(
            "{} has no ak and sk in a section [basic], so nothing of it is used",
            path.display()
        ));
    }
    if layer.has_any(&[Key::SecretKey, Key::SecurityToken]) {
        notes.extend(environment.exposed(&path));
    }
    Ok(layer)
}
