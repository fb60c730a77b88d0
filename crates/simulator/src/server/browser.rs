//! What a page in a browser needs to try the services: their descriptions, what operations can be called with, leave to call them
//! from another origin, and a page of the simulator's own with all services, for which Swagger UI is in the program, compressed.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ORIGIN,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::cloud::Cloud;
use crate::fixtures::{self, Ids};
use crate::request::Request;
use crate::response::{Body, Response};
use crate::service_error::ServiceError;
use crate::services::Simulation;
use crate::spec::Service;

/// Where each service has its own description. Those of all services are at `/openapi/<service>.json` of each.
const DESCRIPTION: &str = "/openapi.json";

/// Below it is what each operation can be called with, by service and operationId: `/fixtures/dcs.ShowInstance`. To ask is
/// a POST, since it may make something.
const FIXTURES: &str = "/fixtures/";

/// The page, with `CLOUD` where it is told of the cloud.
const PAGE: &str = include_str!("../../assets/reference.html");
/// Files of the page: path, type, content packed with gzip.
const FILES: [(&str, &str, &[u8]); 2] = [
    (
        "/swagger-ui-bundle.js",
        "text/javascript",
        include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js.gz"),
    ),
    (
        "/swagger-ui.css",
        "text/css",
        include_bytes!("../../assets/swagger-ui/swagger-ui.css.gz"),
    ),
];

/// Leave for a page of another origin to send what it asks about.
pub(super) fn leave(request: &Request) -> Option<Response> {
    let headers = &request.headers;
    let asks = headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    (request.method == Method::OPTIONS && asks).then(|| preflight(headers))
}

/// The response to a request for a path that no service has.
pub(super) fn answer(cloud: &Simulation, service: Service, request: &Request) -> Option<Response> {
    let path = request.path.as_str();
    if let (&Method::POST, Some(operation)) = (&request.method, path.strip_prefix(FIXTURES)) {
        return Some(fixture(cloud, operation));
    }
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return None;
    }
    if path == "/" {
        return Some(page(cloud));
    }
    if let Some((_, kind, packed)) = FILES.iter().find(|(file, ..)| *file == path) {
        return Some(file(kind, packed));
    }
    let described = match path.strip_prefix("/openapi/") {
        Some(name) => Service::ALL
            .into_iter()
            .find(|one| name.strip_suffix(".json") == Some(one.as_str())),
        None => (path == DESCRIPTION).then_some(service),
    };
    described.map(|service| description(cloud, service, &request.id))
}

/// What an operation can be called with at the moment, as [`Fixture`](crate::Fixture) has it. What it needs is made.
fn fixture(cloud: &Simulation, operation: &str) -> Response {
    match fixtures::fixture(cloud, operation, &Ids::new()) {
        Ok(fixture) => Response::json(StatusCode::OK, &json!(fixture)),
        Err(error) => {
            let why = json!({ "error": error.to_string() });
            Response::json(StatusCode::CONFLICT, &why)
        }
    }
}

/// All services, for a person who is signed in.
fn page(cloud: &Simulation) -> Response {
    let services = Service::ALL.map(|service| {
        let url = format!("http://{}", cloud.addresses.authority(service));
        (service.as_str().to_owned(), json!(url))
    });
    let services: Map<String, Value> = services.into_iter().collect();
    let about = json!({ "services": services, "token": cloud.new_token() });
    let text = PAGE.replace("CLOUD", &about.to_string());
    Response::text(StatusCode::OK, "text/html; charset=utf-8", text)
        .header(CACHE_CONTROL, "no-store")
}

/// A file as it is embedded: browsers unpack it.
fn file(kind: &'static str, packed: &'static [u8]) -> Response {
    let mut response = Response::empty(StatusCode::OK)
        .header(CONTENT_TYPE, kind)
        .header(CONTENT_ENCODING, "gzip");
    response.body = Body::Bytes(Bytes::from_static(packed));
    response
}

/// What a browser asks before it sends a request from another origin.
fn preflight(headers: &HeaderMap) -> Response {
    let mut response = Response::empty(StatusCode::NO_CONTENT)
        .header(
            ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, POST, PUT, PATCH, DELETE",
        )
        .header(ACCESS_CONTROL_MAX_AGE, "600");
    // An asterisk would not cover Authorization.
    if let Some(wanted) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        response
            .headers
            .insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}

/// The published description, with the address of the simulated service as its only server.
fn description(cloud: &Cloud, service: Service, request_id: &str) -> Response {
    let Ok(mut document) = otcdb_bundles::document(service.as_str()) else {
        return ServiceError::Internal.answer(service, request_id);
    };
    if let Some(document) = document.as_object_mut() {
        let url = format!("http://{}", cloud.addresses.authority(service));
        document.insert("servers".to_owned(), json!([{ "url": url }]));
    }
    Response::json(StatusCode::OK, &document)
}

/// Lets a page of any origin read the response.
pub(super) fn allow(request: &Request, headers: &mut HeaderMap) {
    if request.headers.contains_key(ORIGIN) {
        for name in [ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS] {
            headers.insert(name, HeaderValue::from_static("*"));
        }
    }
}
