//! The call that issues a token, and the one that finds a project.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::token::Token;
use crate::credentials::{Agency, Domain, Password};
use crate::error::{Error, ErrorKind, RawResponse, Result};
use crate::operation::{Expect, ListMeta};
use crate::project::Project;
use crate::secret::Secret;
use crate::service::Service;
use crate::transport::{Call, Received, X_SUBJECT_TOKEN};

/// Tokens last this long if the response does not say otherwise.
const DOCUMENTED_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What a token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenScope {
    /// One project, by id.
    ProjectId(String),
    /// One project, by name. Each region's own project has the region's name.
    ProjectName(String),
    /// The domain: global services only.
    Domain(Domain),
}

/// A user's token through its password (page `en-us_topic_0057845583`).
pub(super) fn by_password(password: &Password, scope: &TokenScope) -> Value {
    json!({"auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": {
                "name": password.user,
                "password": password.password.expose(),
                "domain": domain(&password.domain),
            }},
        },
        "scope": scope_object(scope),
    }})
}

/// The token of an agency (page `en-us_topic_0064274720`). The page's table calls its name `agency_name`, its example
/// `xrole_name`; clients in use send the latter.
pub(super) fn by_agency(agency: &Agency, scope: &TokenScope) -> Value {
    let role = match &agency.domain {
        Domain::Id(id) => json!({"xrole_name": agency.name, "domain_id": id}),
        Domain::Name(name) => json!({"xrole_name": agency.name, "domain_name": name}),
    };
    json!({"auth": {
        "identity": {"methods": ["assume_role"], "assume_role": role},
        "scope": scope_object(scope),
    }})
}

fn domain(domain: &Domain) -> Value {
    match domain {
        Domain::Id(id) => json!({"id": id}),
        Domain::Name(name) => json!({"name": name}),
    }
}

fn scope_object(scope: &TokenScope) -> Value {
    match scope {
        TokenScope::ProjectId(id) => json!({"project": {"id": id}}),
        TokenScope::ProjectName(name) => json!({"project": {"name": name}}),
        TokenScope::Domain(of) => json!({"domain": domain(of)}),
    }
}

/// `POST /v3/auth/tokens`. Issuing a token twice does no harm, so it is repeated like a GET.
pub(super) fn token_call(identity: &Url, body: &Value, with: Option<&Secret>) -> Result<Call> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(token) = with {
        headers.insert(super::X_AUTH_TOKEN, super::secret_value(token)?);
    }
    Ok(Call {
        service: Service::IDENTITY,
        method: Method::POST,
        url: below(identity, "/v3/auth/tokens"),
        headers,
        body: body.to_string().into(),
        name: "token issue".into(),
        idempotent: true,
        expect: Expect::Json,
        list: None,
        is_typed: false,
    })
}

/// `GET /v3/projects?name=…` (page `en-us_topic_0057845625`).
pub(super) fn project_call(identity: &Url, name: &str) -> Call {
    let mut url = below(identity, "/v3/projects");
    url.query_pairs_mut().append_pair("name", name);
    list_call(url, "project lookup")
}

/// `GET /v3/auth/projects` (page `en-us_topic_0057845558`).
pub(super) fn projects_call(identity: &Url) -> Call {
    list_call(below(identity, "/v3/auth/projects"), "list of projects")
}

fn list_call(url: Url, name: &'static str) -> Call {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Call {
        service: Service::IDENTITY,
        method: Method::GET,
        url,
        headers,
        body: bytes::Bytes::new(),
        name: name.into(),
        idempotent: true,
        expect: Expect::Json,
        list: Some(ListMeta::new("projects", None)),
        is_typed: false,
    }
}

pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let full = format!("{}{path}", base.path().trim_end_matches('/'));
    url.set_path(&full);
    url
}

#[derive(Deserialize)]
struct TokenResponse {
    token: TokenBody,
}

/// Fields of any form: an odd one costs what it would have said, and not the token.
#[derive(Deserialize)]
struct TokenBody {
    #[serde(default)]
    issued_at: Value,
    #[serde(default)]
    expires_at: Value,
    #[serde(default)]
    project: Value,
}

pub(super) fn read_token(received: &Received, now: Timestamp) -> Result<Token> {
    let secret = received
        .headers
        .get(X_SUBJECT_TOKEN)
        .and_then(|value| value.to_str().ok())
        .filter(|text| !text.is_empty())
        .ok_or_else(|| undocumented(received, "the identity service sent no X-Subject-Token"))?;
    let TokenResponse { token } = serde_json::from_slice(&received.body)
        .map_err(|_| undocumented(received, "the identity service did not describe the token"))?;
    let time = |field: Value| field.as_str()?.parse::<Timestamp>().ok();
    // Only the length of its life is taken from the response: the clocks may differ.
    let life = match (time(token.issued_at), time(token.expires_at)) {
        (Some(issued), Some(expires)) => expires.duration_since(issued),
        (None, Some(expires)) => expires.duration_since(now),
        (_, None) => DOCUMENTED_LIFE,
    };
    let expires_at = now
        .checked_add(life)
        .map_err(|_| undocumented(received, "the token's end is not a time"))?;
    let project_id = token.project["id"]
        .as_str()
        .map(|id| checked(received, id))
        .transpose()?;
    Ok(Token::new(secret.into(), now, expires_at, project_id))
}

/// Whether a text can be an id: it becomes part of paths and headers, in which others would mean something.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn checked(received: &Received, id: &str) -> Result<String> {
    if is_id(id) {
        return Ok(id.to_owned());
    }
    let what = format!(
        "the identity service named a project by {:?}, which is no id",
        crate::redact::line(id)
    );
    Err(undocumented(received, &what))
}

/// What a list of projects has.
fn listed(received: &Received) -> Result<Vec<Value>> {
    #[derive(Deserialize)]
    struct Projects {
        projects: Vec<Value>,
    }
    let Projects { projects } = serde_json::from_slice(&received.body)
        .map_err(|_| undocumented(received, "the identity service did not list projects"))?;
    Ok(projects)
}

/// One that does not say whether it can be used is tried.
pub(super) fn read_projects(received: &Received) -> Result<Vec<Project>> {
    let mut projects = Vec::new();
    for project in listed(received)? {
        let (Some(id), Some(name)) = (project["id"].as_str(), project["name"].as_str()) else {
            continue;
        };
        projects.push(Project {
            enabled: project["enabled"] != Value::Bool(false),
            ..Project::new(checked(received, id)?, name)
        });
    }
    Ok(projects)
}

pub(super) fn read_project(received: &Received, name: &str) -> Result<String> {
    listed(received)?
        .iter()
        .filter(|project| project["name"] == name)
        .find_map(|project| project["id"].as_str())
        .map(|id| checked(received, id))
        .unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::NotFound,
                format!("these credentials see no project named {name:?}"),
            )
            .with_hint("check the region, or give the project by id or by its full name"))
        })
}

fn undocumented(received: &Received, what: &str) -> Error {
    RawResponse {
        status: received.status,
        headers: &received.headers,
        // Never quoted: it describes the identity.
        body: b"",
    }
    .to_undocumented(what)
}
