//! From flags, environment and files to a session.

use std::path::Path;

use otcdb_core::config::{Environment, Key, Layer, Settings};
use otcdb_core::{Error, Result, RetryPolicy, Session, Timeouts, files};

use crate::args::{Calls, Identity};
use crate::cli::Cli;
use crate::console::Console;

/// Which of the clouds and projects that flags name a session is for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Of<'a> {
    pub(crate) cloud: Option<&'a str>,
    pub(crate) project: Option<&'a str>,
}

impl<'a> Of<'a> {
    /// The only ones that are named.
    ///
    /// # Errors
    /// There are several.
    fn only(identity: &'a Identity) -> Result<Self> {
        Ok(Self {
            cloud: only("--os-cloud", &identity.os_cloud)?,
            project: only("--project-name", &identity.project_name)?,
        })
    }
}

fn only<'a>(flag: &str, values: &'a [String]) -> Result<Option<&'a str>> {
    match values {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(Error::invalid_argument(format!("{flag} can be given once here")).with_hint(
            "several are for the commands that pull logs: logs pull, list and follow, and logs show and top with --pull",
        )),
    }
}

/// Every setting with its source. What should be known about them is noted.
///
/// # Errors
/// A file that is named but cannot be read or understood; more than one cloud or project.
pub(crate) fn settings(cli: &Cli, console: &Console) -> Result<Settings> {
    settings_of(cli, Of::only(&cli.identity)?, console)
}

/// The same for one of several clouds and projects.
///
/// # Errors
/// A file that is named but cannot be read or understood.
pub(crate) fn settings_of(cli: &Cli, of: Of<'_>, console: &Console) -> Result<Settings> {
    let environment = Environment::process();
    let (layer, files) = layer(&cli.identity, of)?;
    let settings = Settings::discover(layer, &environment)?;
    let exposed = files.iter().filter_map(|path| environment.exposed(path));
    for note in exposed.chain(settings.notes().iter().cloned()) {
        console.note(&format!("note: {note}"));
    }
    Ok(settings)
}

/// Every setting, for work of which nothing is noted.
///
/// # Errors
/// As [`settings`].
pub(crate) fn found(identity: &Identity) -> Result<Settings> {
    let (layer, _) = layer(identity, Of::only(identity)?)?;
    Settings::discover(layer, &Environment::process())
}

/// The session that calls are made with.
///
/// # Errors
/// A setting that is missing or cannot be used.
pub(crate) fn session(calls: &Calls, settings: &Settings) -> Result<Session> {
    let builder = settings
        .session()?
        .timeouts(timeouts(calls))
        .retry(RetryPolicy::default().attempts(calls.attempts))
        .allow_plain_http(calls.allow_plain_http);
    match &calls.recorder {
        Some(recorder) => builder.observer(recorder.clone()).build(),
        None => builder.build(),
    }
}

fn timeouts(calls: &Calls) -> Timeouts {
    Timeouts::default()
        .connect(calls.connect_timeout)
        .read(calls.read_timeout)
        .total(calls.call_timeout)
}

/// What the flags say, and the files that they name. Secrets come from files, since everyone on a machine sees its command lines.
fn layer<'a>(identity: &'a Identity, of: Of<'_>) -> Result<(Layer, Vec<&'a Path>)> {
    let mut layer = Layer::new()
        .flag(Key::Cloud, "--os-cloud", of.cloud)
        .flag(Key::Region, "--region", identity.region.clone())
        .flag(Key::AuthUrl, "--auth-url", identity.auth_url.clone())
        .flag(Key::ProjectId, "--project-id", identity.project_id.clone())
        .flag(Key::ProjectName, "--project-name", of.project)
        .flag(Key::DomainId, "--domain-id", identity.domain_id.clone())
        .flag(
            Key::DomainName,
            "--domain-name",
            identity.domain_name.clone(),
        )
        .flag(Key::Username, "--username", identity.username.clone())
        .flag(
            Key::AgencyName,
            "--agency-name",
            identity.agency_name.clone(),
        )
        .flag(
            Key::AgencyDomainId,
            "--agency-domain-id",
            identity.agency_domain_id.clone(),
        )
        .flag(
            Key::AgencyDomainName,
            "--agency-domain-name",
            identity.agency_domain_name.clone(),
        )
        .flag(
            Key::SignatureForm,
            "--signature",
            identity.signature.map(|form| form.as_str()),
        );
    let mut files = Vec::new();
    for endpoint in &identity.endpoint {
        let key = endpoint.service.map_or(Key::Endpoint, Key::EndpointOf);
        layer = layer.flag(key, "--endpoint", Some(endpoint.url.clone()));
    }
    for (key, flag, path) in [
        (Key::Token, "--token-file", &identity.token_file),
        (Key::Password, "--password-file", &identity.password_file),
        (
            Key::AccessKey,
            "--access-key-file",
            &identity.access_key_file,
        ),
        (
            Key::SecretKey,
            "--secret-key-file",
            &identity.secret_key_file,
        ),
        (
            Key::SecurityToken,
            "--security-token-file",
            &identity.security_token_file,
        ),
    ] {
        if let Some(path) = path {
            layer = layer.flag(key, flag, Some(secret(flag, path)?));
            files.push(path.as_path());
        }
    }
    Ok((layer, files))
}

/// The content of a file without the end of its line.
fn secret(flag: &str, path: &Path) -> Result<String> {
    /// What no secret is longer than, in bytes. Tokens have some thousand.
    const MOST: u64 = 1024 * 1024;
    let text = files::read_text(path, MOST).map_err(|error| {
        Error::invalid_argument(format!(
            "the file of {flag}, {}, cannot be read: {error}",
            path.display()
        ))
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        let what = format!("the file of {flag}, {}, is empty", path.display());
        return Err(Error::invalid_argument(what));
    }
    Ok(text.to_owned())
}
