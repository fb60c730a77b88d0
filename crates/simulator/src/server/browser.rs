//! What a page in a browser needs to try the services: their descriptions, and leave to call them from another origin.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;

use crate::cloud::Cloud;
use crate::request::Request;
use crate::response::Response;
use crate::service_error::ServiceError;
use crate::spec::Service;

/// Where each service has its description. No operation of the services has this path.
const DESCRIPTION: &str = "/openapi.json";

/// The response to a request that is none to the service itself.
pub(super) fn answer(cloud: &Cloud, service: Service, request: &Request) -> Option<Response> {
    let headers = &request.headers;
    if request.method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return Some(preflight(headers));
    }
    let asks = matches!(request.method, Method::GET | Method::HEAD) && request.path == DESCRIPTION;
    asks.then(|| description(cloud, service, &request.id))
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
