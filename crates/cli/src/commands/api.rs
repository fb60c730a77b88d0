//! `otcdb api`.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use otcdb_core::{Error, Received, Result, Service, redact};

use crate::args::{Api, values};
use crate::body;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::output::{self, clean};
use crate::session;

/// Where paths begin of which no operation is described, and whose they are.
const NOT_DESCRIBED: [(&str, Service); 11] = [
    ("/v1.0/{project_id}", Service::Dcs),
    ("/v3/", Service::IDENTITY),
    ("/v3/credentials", Service::IDENTITY),
    ("/v3/domains", Service::IDENTITY),
    ("/v3/endpoints", Service::IDENTITY),
    ("/v3/groups", Service::IDENTITY),
    ("/v3/policies", Service::IDENTITY),
    ("/v3/regions", Service::IDENTITY),
    ("/v3/roles", Service::IDENTITY),
    ("/v3/services", Service::IDENTITY),
    ("/v3/users", Service::IDENTITY),
];

pub(crate) async fn run(cli: &Cli, args: &Api, console: &Console) -> Result<Code> {
    let service = args.service.map_or_else(|| service_of(&args.path), Ok)?;
    let headers: HeaderMap = args.header.iter().cloned().collect();
    let body = body_of(args.body.as_deref(), &headers)?;
    let settings = session::settings(cli, console)?;
    let received = session::session(&cli.calls, &settings)?
        .execute_raw(
            service,
            args.method.clone(),
            &args.path,
            &args.query,
            headers,
            body,
        )
        .await?;
    if args.include {
        output::write(head(&received).as_bytes())?;
    }
    output::write(&shown(&received.body, output::is_terminal()))?;
    Ok(Code::Success)
}

/// Whose path it is: the service's that has the path most like it.
fn service_of(path: &str) -> Result<Service> {
    let wanted = path.split(['?', '#']).next().unwrap_or_default();
    let mut best = Likeness::default();
    let mut of: Vec<Service> = Vec::new();
    for (known, service) in paths() {
        let likeness = likeness(known, wanted);
        if likeness.shared == 0 || likeness < best {
            continue;
        }
        if likeness > best {
            best = likeness;
            of.clear();
        }
        if !of.contains(&service) {
            of.push(service);
        }
    }
    match of[..] {
        [service] => Ok(service),
        _ => Err(Error::invalid_argument(format!(
            "{:?} does not tell whose path it is",
            redact::text(path)
        ))
        .with_hint(format!(
            "name the service with --service {}",
            values::services()
        ))),
    }
}

/// The paths of all services.
fn paths() -> impl Iterator<Item = (&'static str, Service)> {
    let described = Service::ALL.into_iter().flat_map(|service| {
        // That the bundle can be read is a test's business; a service without it has no paths.
        let operations = otcdb_bundles::bundle(service.as_str())
            .map_or(&[][..], |bundle| &bundle.operations[..]);
        operations
            .iter()
            .map(move |one| (one.path.as_str(), service))
    });
    described.chain(NOT_DESCRIBED)
}

/// How alike two paths are. Of two that are alike as far, the one with fewer parameters there is more so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    /// How many parts their beginnings share.
    shared: usize,
    /// Whether they are the same to the end.
    complete: bool,
    /// How many of the shared parts are no parameters.
    literal: usize,
}

fn likeness(known: &str, wanted: &str) -> Likeness {
    let Some(wanted) = wanted.strip_prefix('/') else {
        return Likeness::default();
    };
    let known: Vec<&str> = known.split('/').skip(1).collect();
    let wanted: Vec<&str> = wanted.split('/').collect();
    let pairs = known.iter().zip(&wanted);
    let shared: Vec<_> = pairs
        .take_while(|(known, wanted)| fits(known, wanted))
        .collect();
    let literal = shared.iter().filter(|(known, _)| !known.starts_with('{'));
    Likeness {
        shared: shared.len(),
        complete: shared.len() == known.len() && shared.len() == wanted.len(),
        literal: literal.count(),
    }
}

/// Whether a part of a path can be one of a described path. Ids of projects are known by their form: other words stand in
/// their place in other services' paths.
fn fits(known: &str, wanted: &str) -> bool {
    match known {
        "{project_id}" => {
            wanted == known
                || (wanted.len() == 32 && wanted.bytes().all(|byte| byte.is_ascii_hexdigit()))
        }
        _ if known.starts_with('{') => !wanted.is_empty(),
        _ => wanted == known,
    }
}

fn body_of(given: Option<&str>, headers: &HeaderMap) -> Result<Bytes> {
    let Some(given) = given else {
        return Ok(Bytes::new());
    };
    let (bytes, place) = body::read(given)?;
    let is_json = headers
        .get(CONTENT_TYPE)
        .is_none_or(|value| value == "application/json");
    if !is_json {
        return Ok(bytes.into());
    }
    body::json(&bytes, &place).map_err(|error| {
        error.with_hint("mend it, or say with --header 'Content-Type: …' what else it is")
    })?;
    Ok(Bytes::copy_from_slice(body::unmarked(&bytes)))
}

/// Status and headers, those that may hold secrets masked.
fn head(received: &Received) -> String {
    let mut text = format!("HTTP {}\n", received.status);
    for line in redact::headers(&received.headers) {
        text.push_str(&clean(&line));
        text.push('\n');
    }
    text.push('\n');
    text
}

/// The body as it is, or for a person's eyes: JSON indented, other text without what would steer the terminal.
fn shown(body: &[u8], for_terminal: bool) -> Vec<u8> {
    if !for_terminal {
        return body.to_vec();
    }
    let mut text = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => format!("{value:#}"),
        Err(_) => String::from_utf8_lossy(body)
            .lines()
            .map(clean)
            .collect::<Vec<_>>()
            .join("\n"),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_service_or_has_to_be_told() {
        let project = "0123456789abcdef0123456789abcdef";
        for (path, service) in [
            ("/v2/{project_id}/instances?limit=1", Service::Dcs),
            ("/v1.0/{project_id}/instances", Service::Dcs),
            ("/v3/{project_id}/instances/diagnosis", Service::Rds),
            ("/v3/{project_id}/instances/i/backups/policy", Service::Rds),
            (&format!("/v3/{project}/jobs"), Service::Rds),
            ("/v3.1/{project_id}/x", Service::Rds),
            ("/v3/auth/tokens", Service::Iam),
            ("/v3", Service::Iam),
            ("/v3/", Service::Iam),
            ("/v3/users", Service::Iam),
            ("/v3/users/x", Service::Iam),
            ("/v3/projects?name=eu-de", Service::Iam),
            ("/v2/available-zones", Service::Dcs),
        ] {
            assert_eq!(service_of(path).unwrap(), service, "{path}");
        }
        let shared = "/v3/{project_id}/instances";
        for path in ["", "/", "v2", "/v9/x", "/v3/something", shared] {
            let error = service_of(path).unwrap_err();
            let hint = error.hint().unwrap_or_default();
            assert!(
                Service::ALL.iter().all(|one| hint.contains(one.as_str())),
                "{path}: {hint}"
            );
        }
    }

    #[test]
    fn the_path_of_an_operation_tells_its_service() {
        for service in Service::ALL {
            let bundle = otcdb_bundles::bundle(service.as_str()).unwrap();
            for operation in &bundle.operations {
                let of = service_of(&operation.path).ok();
                let is_shared =
                    paths().any(|(path, other)| path == operation.path && other != service);
                let expected = (!is_shared).then_some(service);
                assert_eq!(of, expected, "{}", operation.path);
            }
        }
    }

    #[test]
    fn a_terminal_gets_indented_json_and_no_control_characters() {
        assert_eq!(shown(br#"{"a":1}"#, true), b"{\n  \"a\": 1\n}\n");
        assert_eq!(shown(b"a\x1b[2J\nb", true), b"a[2J\nb\n");
        assert_eq!(shown(b"a\x1b[2J", false), b"a\x1b[2J");
        assert_eq!(shown(b"", true), b"");
    }

    #[test]
    fn a_body_that_is_no_json_is_found_before_it_is_sent() {
        let plain = HeaderMap::from_iter([(CONTENT_TYPE, "text/plain".parse().unwrap())]);
        assert!(body_of(Some("{"), &HeaderMap::new()).is_err());
        assert_eq!(body_of(Some("{"), &plain).unwrap(), "{");
        assert_eq!(body_of(Some("{}"), &HeaderMap::new()).unwrap(), "{}");
        assert_eq!(
            body_of(Some("\u{feff}{ }"), &HeaderMap::new()).unwrap(),
            "{ }"
        );
        assert!(body_of(Some("@/no/such/file"), &HeaderMap::new()).is_err());
    }
}
