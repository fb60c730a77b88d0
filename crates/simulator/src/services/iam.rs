//! Operations of the identity service.

use http::{HeaderName, StatusCode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use otcdb_core::sync::unpoisoned;
use serde_json::{Map, Value, json};

use super::{Handler, Outcome};
use crate::accounts::{Accounts, Grant, Project, Scope};
use crate::auth::authenticate;
use crate::call::Call;
use crate::engine::{first_of, slice};
use crate::principal::Principal;
use crate::response::Response;
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Place, Service};

/// All operations.
pub(super) const HANDLERS: [(&str, Handler); 6] = [
    ("KeystoneCreateUserToken", |call, _| token(call)),
    ("KeystoneListAuthProjects", |call, _| Ok(own_projects(call))),
    ("KeystoneListProjects", |call, _| Ok(projects(call))),
    ("KeystoneShowCatalog", |call, _| Ok(show_catalog(call))),
    ("KeystoneShowVersion", |call, _| Ok(version(call))),
    ("KeystoneValidateToken", |call, _| validate(call)),
];

fn version(call: &Call<'_>) -> Response {
    let href = format!("http://{}/v3/", authority(call));
    let body = json!({ "version": {
        "id": "v3.6",
        "status": "stable",
        "updated": "2016-04-04T00:00:00Z",
        "links": [{ "rel": "self", "href": href }],
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.identity-v3+json",
        }],
    }});
    Response::json(StatusCode::OK, &body)
}

fn token(call: &Call<'_>) -> Outcome {
    let accounts = &call.cloud.accounts;
    let body = call.params.body.as_ref().unwrap_or(&Value::Null);
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    let methods = body.pointer("/auth/identity/methods");
    let method = methods
        .and_then(|methods| methods.get(0))
        .and_then(Value::as_str);
    let holder = match method {
        Some("password") => {
            let user = "/auth/identity/password/user";
            let given = |field: &str| text(&format!("{user}/{field}"));
            let good = given("name") == Some(&accounts.user_name)
                && given("domain/name") == Some(&accounts.domain_name)
                && given("password") == Some(&accounts.password);
            if !good {
                return Err(ServiceError::BadLogin("The username or password is wrong.").into());
            }
            accounts.holder()
        }
        Some("assume_role") => {
            authenticate(call.cloud, call.request)?;
            let given = |field: &str| text(&format!("/auth/identity/assume_role/{field}"));
            let (domain, agency) = &accounts.agency;
            let named = given("agency_name").or_else(|| given("xrole_name"));
            let good = named == Some(agency) && given("domain_name") == Some(domain);
            if !good {
                return Err(ServiceError::Forbidden(
                    "You are not authorized to perform the requested action: assume_role.",
                )
                .into());
            }
            json!({
                "methods": ["assume_role"],
                "user": {
                    "id": call.cloud.seed.hex32("agency"),
                    "name": format!("{domain}/{agency}"),
                    "domain": { "id": call.cloud.seed.hex32("agency domain"), "name": domain },
                },
                "assumed_by": { "user": accounts.user() },
            })
        }
        _ => {
            let why = "neither password nor assume_role";
            return Err(InvalidRequest::value(Place::Body, "methods", why).into());
        }
    };
    let scope = scope(accounts, body)?;
    let mut tokens = unpoisoned(call.cloud.tokens.lock());
    let (secret, grant) = tokens.issue(holder, scope, call.now());
    drop(tokens);
    Ok(described(call, StatusCode::CREATED, secret, &grant))
}

/// The user of the account may look at each of its tokens.
fn validate(call: &Call<'_>) -> Outcome {
    let secret = call.params.text("X-Subject-Token").unwrap_or_default();
    let tokens = unpoisoned(call.cloud.tokens.lock());
    let grant = tokens.check(secret, call.now()).cloned();
    drop(tokens);
    let grant = grant.map_err(|_| ServiceError::NoObject("token"))?;
    Ok(described(call, StatusCode::OK, secret.to_owned(), &grant))
}

/// A token in the header, and what is known about it in the body.
fn described(call: &Call<'_>, status: StatusCode, secret: String, grant: &Grant) -> Response {
    let mut token = grant.holder.clone();
    if let Some(token) = token.as_object_mut() {
        render_token(call, token, grant);
    }
    let response = Response::json(status, &json!({ "token": token }));
    response.header(HeaderName::from_static("x-subject-token"), secret)
}

/// The project that is asked for, else the account. Other accounts are none of the caller's, but for the one whose agency
/// it takes on.
fn scope(accounts: &Accounts, body: &Value) -> Result<Scope, ServiceError> {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    let partner = text("/auth/identity/assume_role/domain_name");
    let is_known = |domain: &str| {
        let is_name = |name| name == accounts.domain_name || Some(name) == partner;
        text(&format!("{domain}/id")).is_none_or(|id| id == accounts.domain_id)
            && text(&format!("{domain}/name")).is_none_or(is_name)
    };
    if !is_known("/auth/scope/domain") || !is_known("/auth/scope/project/domain") {
        return Err(ServiceError::BadLogin("The domain could not be found."));
    }
    let (id, name) = (
        text("/auth/scope/project/id"),
        text("/auth/scope/project/name"),
    );
    if id.is_none() && name.is_none() {
        return Ok(Scope::Domain);
    }
    accounts
        .projects()
        .find(|own| {
            own.enabled
                && id.is_none_or(|id| id == own.id)
                && name.is_none_or(|name| name == own.name)
        })
        .map(|own| Scope::Project(own.id))
        .ok_or(ServiceError::BadLogin("The project could not be found."))
}

fn render_token(call: &Call<'_>, token: &mut Map<String, Value>, grant: &Grant) {
    let accounts = &call.cloud.accounts;
    let domain = json!({ "id": accounts.domain_id, "name": accounts.domain_name });
    let mut add = |name: &str, value: Value| token.insert(name.to_owned(), value);
    add("issued_at", Value::from(microseconds(grant.issued)));
    add("expires_at", Value::from(microseconds(grant.expires)));
    add(
        "roles",
        json!([{ "id": "0", "name": "dcs_adm" }, { "id": "0", "name": "rds_adm" }]),
    );
    match &grant.scope {
        Scope::Domain => add("domain", domain),
        Scope::Project(id) => {
            let mut projects = accounts.projects();
            let name = projects.find(|own| own.id == *id).map(|own| own.name);
            add(
                "project",
                json!({ "id": id, "name": name, "domain": domain }),
            )
        }
    };
    if call.params.text("nocatalog").is_none_or(str::is_empty) {
        add("catalog", catalog(call, project_of(accounts, &grant.scope)));
    }
}

/// The project that the addresses of a catalog contain.
fn project_of<'a>(accounts: &'a Accounts, scope: &'a Scope) -> &'a str {
    match scope {
        Scope::Project(id) => id,
        Scope::Domain => &accounts.project_id,
    }
}

fn show_catalog(call: &Call<'_>) -> Response {
    let accounts = &call.cloud.accounts;
    let project = match &call.principal {
        Principal::Token(scope) => project_of(accounts, scope),
        Principal::Key(Some(project)) => project,
        Principal::Key(None) | Principal::Anyone => &accounts.project_id,
    };
    let body = json!({
        "catalog": catalog(call, project),
        "links": { "self": format!("http://{}/v3/auth/catalog", authority(call)) },
    });
    Response::json(StatusCode::OK, &body)
}

/// Host and port of the service itself.
fn authority(call: &Call<'_>) -> String {
    call.cloud.addresses.authority(Service::Iam)
}

/// Leads to the address of each service. Clients look for DCS as `dcsv1`, with the path of its version 1, or as `dcs`.
fn catalog(call: &Call<'_>, project: &str) -> Value {
    let cloud = call.cloud;
    let region = &cloud.accounts.region;
    let entry = |of: Service, name: &str, kind: &str, path: String| {
        let authority = cloud.addresses.authority(of);
        json!({
            "id": cloud.seed.hex32(&format!("service {name}")),
            "type": kind,
            "name": name,
            "endpoints": [{
                "id": cloud.seed.hex32(&format!("endpoint {name}")),
                "interface": "public",
                "region": region,
                "region_id": region,
                "url": format!("http://{authority}{path}"),
            }],
        })
    };
    let entries = |of: Service| match of {
        Service::IDENTITY => vec![entry(of, of.as_str(), "identity", "/v3".to_owned())],
        Service::Dcs => vec![
            entry(of, "dcsv1", "dcsv1", format!("/v1.0/{project}")),
            entry(of, "dcs", "dcs", String::new()),
        ],
        Service::Rds => vec![entry(of, "rdsv3", "rdsv3", format!("/v3/{project}"))],
        _ => vec![entry(of, of.as_str(), of.as_str(), String::new())],
    };
    let others = Service::ALL
        .into_iter()
        .filter(|service| *service != Service::IDENTITY);
    [Service::IDENTITY]
        .into_iter()
        .chain(others)
        .flat_map(entries)
        .collect()
}

/// Such as `2015-11-09T00:42:57.527404Z`.
fn microseconds(time: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(time);
    format!(
        "{}.{:06}Z",
        time.strftime("%Y-%m-%dT%H:%M:%S"),
        time.subsec_nanosecond() / 1000
    )
}

/// A project, as lists show it.
fn shown(accounts: &Accounts, project: &Project, base: &str) -> Value {
    json!({
        "id": project.id,
        "name": project.name,
        "description": "",
        "is_domain": false,
        "enabled": project.enabled,
        "parent_id": accounts.domain_id,
        "domain_id": accounts.domain_id,
        "links": { "self": format!("{base}/{}", project.id) },
    })
}

/// The projects that the caller may enter, which are all.
fn own_projects(call: &Call<'_>) -> Response {
    let accounts = &call.cloud.accounts;
    let base = format!("http://{}/v3/projects", authority(call));
    let all = accounts.projects().map(|one| shown(accounts, &one, &base));
    let href = format!("http://{}/v3/auth/projects", authority(call));
    let body = json!({
        "projects": all.collect::<Vec<_>>(),
        "links": { "self": href, "previous": null, "next": null },
    });
    Response::json(StatusCode::OK, &body)
}

fn projects(call: &Call<'_>) -> Response {
    let params = &call.params;
    let accounts = &call.cloud.accounts;
    let base = format!("http://{}/v3/projects", authority(call));
    let is = |name: &str, value: &str| params.text(name).is_none_or(|wanted| wanted == value);
    let found: Vec<Value> = accounts
        .projects()
        .filter(|one| is("name", &one.name))
        .filter(|_| is("domain_id", &accounts.domain_id) && is("parent_id", &accounts.domain_id))
        .filter(|one| {
            params
                .truth("enabled")
                .is_none_or(|wanted| wanted == one.enabled)
        })
        .filter(|_| params.truth("is_domain") != Some(true))
        .map(|one| shown(accounts, &one, &base))
        .collect();
    let page: Vec<&Value> = match (params.number("page"), params.number("per_page")) {
        (Some(page), Some(limit)) => slice(&found, first_of(page, limit), limit).collect(),
        _ => found.iter().collect(),
    };
    let body = json!({
        "projects": page,
        "links": { "self": base, "previous": null, "next": null },
    });
    Response::json(StatusCode::OK, &body)
}
