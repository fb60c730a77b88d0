//! `otcdb simulate`.

use std::collections::BTreeMap;
use std::path::Path;

use otcdb_core::{Error, Result, files};
use otcdb_simulator::{Fixture, Recording, Running, Service, Simulator};
use serde::Serialize;

use crate::args::{AuthKind, Simulate, SimulateFormat};
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt::{self, Signals};
use crate::output;

/// More instances than are made in a moment.
const MANY: usize = 1000;

#[derive(Serialize)]
struct Started<'a> {
    /// The address of the first service.
    url: &'a str,
    /// The address of each service.
    services: BTreeMap<&'static str, String>,
    environment: BTreeMap<String, String>,
    /// What every operation can be called with.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixtures: Option<Vec<Fixture>>,
}

pub(crate) async fn run(args: &Simulate, console: &Console) -> Result<Code> {
    if args.fixtures && args.output != SimulateFormat::Json {
        let why = "fixtures are written as JSON only";
        return Err(Error::invalid_argument(why).with_hint("add --output json"));
    }
    let [single, replicated, cluster] = args.redis.0;
    let [mysql, postgresql, sqlserver] = args.databases.0;
    let mut signals = Signals::catch()?;
    let instances: usize = args.redis.0.iter().chain(&args.databases.0).sum();
    if instances > MANY {
        console.note(&format!(
            "making {instances} instances, which takes a while"
        ));
    }
    let mut builder = Simulator::builder()
        .port(args.port)
        .seed(args.seed)
        .redis(single, replicated, cluster)
        .databases(mysql, postgresql, sqlserver)
        .log_size(args.log_size.clone())
        .entries(args.entries)
        .audit_files(args.audit_files)
        .collect_delay(args.collect_delay)
        .export_delay(args.export_delay)
        .token_lifetime(args.token_lifetime)
        .redis_link_lifetime(args.redis_link_lifetime)
        .rds_link_lifetime(args.rds_link_lifetime)
        .keep_requests(false)
        .require_auth(!args.no_auth)
        .faults(args.fault.iter().cloned());
    if let Some(path) = &args.replay {
        builder = builder.replay(recording(path)?);
    }
    let start = async {
        builder
            .start()
            .await
            .map_err(|error| Error::invalid_argument(error.to_string()))
    };
    let cloud = interrupt::or_exit(&mut signals, console, start).await?;
    let fixtures = args.fixtures.then(|| cloud.fixtures()).transpose();
    let fixtures = fixtures.map_err(|error| {
        Error::invalid_argument(error.to_string()).with_hint(
            "there have to be instances of every kind: leave out --redis and --databases, or give each number as at least 1",
        )
    })?;
    output::write_unmasked(cloud_as_json(args, &cloud, fixtures)?.as_bytes())?;
    signals.next().await;
    console.note("interrupted: the simulated cloud ends");
    cloud.shutdown().await;
    // To be interrupted is how this command ends.
    Ok(Code::Success)
}

/// Reads a recording.
///
/// # Errors
/// A file that cannot be read, or is none.
fn recording(path: &Path) -> Result<Recording> {
    /// What no recording is longer than, in bytes.
    const MOST: u64 = 1 << 30;
    let unfit = |why: String| {
        Error::invalid_argument(format!(
            "the file of --replay, {}, cannot be read: {why}",
            path.display()
        ))
        .with_hint("give a file that `--record FILE` of any command has written")
    };
    let bytes = files::read(path, MOST).map_err(|error| unfit(error.to_string()))?;
    Recording::parse(&bytes).map_err(|error| unfit(error.to_string()))
}

fn cloud_as_json(
    args: &Simulate,
    cloud: &Running,
    fixtures: Option<Vec<Fixture>>,
) -> Result<String> {
    let environment = match args.auth {
        AuthKind::Token => cloud.env_token(),
        AuthKind::Password => cloud.env_password(),
        AuthKind::AccessKey => cloud.env_access_key(),
        AuthKind::TemporaryAccessKey => cloud.env_temporary_access_key(),
    };
    let url = cloud.base_url();
    let services = Service::ALL.map(|service| (service.as_str(), cloud.url(service)));
    match args.output {
        SimulateFormat::Json => output::json_line(&Started {
            url: &url,
            services: BTreeMap::from(services),
            environment: environment.into_iter().collect(),
            fixtures,
        }),
        SimulateFormat::Shell => {
            let services = services
                .map(|(name, url)| format!("{url} ({name})"))
                .join(", ");
            let mut text = format!(
                "# A simulated cloud listens on {services}; Ctrl-C ends it.\n\
                 # A browser shows every operation at {url}/ and tries it there.\n"
            );
            for (name, value) in environment {
                text.push_str(&format!("export {name}={}\n", quoted(&value)));
            }
            text.push_str("# With these variables set, try: otcdb logs pull --all\n");
            Ok(text)
        }
    }
}

/// A word for a POSIX shell.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        assert_eq!(quoted("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(quoted("a b$c"), "'a b$c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
