//! `otcdb api`.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use otcdb_core::{Error, Received, Result, Service, redact};

use crate::args::Api;
use crate::body;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::output::{self, clean};
use crate::session;

/// Where paths begin that belong to IAM.
const IAM: [&str; 12] = [
    "auth",
    "credentials",
    "domains",
    "endpoints",
    "groups",
    "policies",
    "projects",
    "regions",
    "roles",
    "services",
    "users",
    "",
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

/// Whose path it is.
fn service_of(path: &str) -> Result<Service> {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts = path.split('/').skip(1);
    let (version, next) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let is_project = next == "{project_id}"
        || (next.len() == 32 && next.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match version {
        "v1.0" | "v2" => Ok(Service::Dcs),
        "v3" if IAM.contains(&next) => Ok(Service::Iam),
        "v3" | "v3.1" if is_project => Ok(Service::Rds),
        _ => Err(Error::invalid_argument(format!(
            "{:?} does not tell whose path it is",
            redact::text(path)
        ))
        .with_hint("name the service with --service dcs, rds or iam")),
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
            ("/v3/{project_id}/instances", Service::Rds),
            (&format!("/v3/{project}/jobs"), Service::Rds),
            ("/v3.1/{project_id}/x", Service::Rds),
            ("/v3/auth/tokens", Service::Iam),
            ("/v3", Service::Iam),
        ] {
            assert_eq!(service_of(path).unwrap(), service, "{path}");
        }
        for path in ["", "/", "v2", "/v9/x", "/v3/something"] {
            assert!(service_of(path).is_err(), "{path}");
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
