//! The way of a request: which operation, which fault, from whom, valid, carried out, recorded.

use std::error::Error;

use bytes::Bytes;
use http::header::{CONNECTION, DATE, RANGE};
use http::{HeaderName, HeaderValue, Method};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::connection::ConnectionFault;
use super::{browser, faults, shape};
use crate::auth::{authenticate, authorize};
use crate::call::{Call, CallError};
use crate::cloud::Cloud;
use crate::fault::{self, FaultKind};
use crate::objects::serve::Download;
use crate::principal::Principal;
use crate::request::Request;
use crate::request_log::{self, AuthUsed, RecordedRequest};
use crate::response::{Body, HttpResponse, Response};
use crate::service_error::{ServiceError, invalid};
use crate::services::{self, Simulation};
use crate::spec::{Found, Operation, Service};

/// Larger bodies than any operation takes.
const BODY_LIMIT: usize = 1024 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Says to a person why a request was refused; the services' own messages are short.
const DETAIL: HeaderName = HeaderName::from_static("x-simulator-detail");

/// What a request is for.
enum Target<'a> {
    Operation(&'a Operation, Vec<(String, String)>),
    /// Bucket and object, decoded.
    Download(String),
    Nothing(Service, ServiceError),
}

impl Target<'_> {
    fn service(&self) -> Option<Service> {
        match self {
            Self::Operation(operation, _) => Some(operation.service),
            Self::Download(_) => None,
            Self::Nothing(service, _) => Some(*service),
        }
    }

    fn name(&self) -> Option<String> {
        match self {
            Self::Operation(operation, _) => Some(operation.qualified()),
            Self::Download(_) => Some("download".to_owned()),
            Self::Nothing(..) => None,
        }
    }
}

/// Answers a request to a service, or for a file: those are to be had at the address of any service.
pub(crate) async fn answer(
    cloud: &Simulation,
    service: Service,
    connection_fault: &ConnectionFault,
    request: http::Request<Incoming>,
) -> HttpResponse {
    let (parts, body) = request.into_parts();
    let id = cloud.request_id();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let body = body.map(|body| body.to_bytes());
    let path = parts.uri.path().to_owned();
    let sent = body.as_deref().unwrap_or_default();
    let target = target(cloud, service, &parts.method, &path, sent);
    if matches!(&target, Target::Operation(operation, _) if operation.polled) {
        cloud.clock.polled();
    }
    let request = Request {
        id,
        now: cloud.clock.now(),
        method: parts.method,
        path,
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: parts.headers,
        body: body.as_ref().cloned().unwrap_or_else(|_| Bytes::new()),
    };

    let of_simulator = browser::leave(&request).or_else(|| match &target {
        Target::Nothing(..) => browser::answer(cloud, service, &request),
        // What a service has at the same path is the service's.
        Target::Operation(..) | Target::Download(_) => None,
    });
    if let Some(response) = of_simulator {
        return respond(cloud, response, &request);
    }
    let call = fault::Call {
        operation: match &target {
            Target::Operation(operation, _) => Some((operation.service, operation.id.as_str())),
            Target::Download(_) => None,
            // Faults leave unknown paths alone, but for `*` and whole services.
            Target::Nothing(service, _) => Some((*service, "")),
        },
        path: &request.path,
        of_part: request.headers.contains_key(RANGE),
    };
    let slow = cloud
        .faults
        .fires(call, |kind| matches!(kind, FaultKind::Slow(_)));
    if let Some(FaultKind::Slow(delay)) = slow {
        tokio::time::sleep(delay).await;
    }
    let changed = cloud.faults.fires(call, |kind| kind == FaultKind::Changed);
    if let (Some(_), Target::Download(key)) = (changed, &target) {
        cloud.store.replace(key);
    }
    let fault = cloud.faults.fires(call, |kind| {
        let of_response = !kind.is_of_state() && !kind.is_beside();
        of_response || (kind == FaultKind::ExpiredLink && matches!(target, Target::Download(_)))
    });

    let replayed = match (&cloud.options.replay, &target) {
        (None, _) | (_, Target::Download(_)) => None,
        (Some(replay), _) => replay.answer(service, &request),
    };
    let is_own = replayed.is_none();
    let response = fault
        .and_then(|fault| faults::instead(fault, target.service(), &request.id))
        .or(replayed)
        .unwrap_or_else(|| match body {
            Ok(_) => carry_out(cloud, &target, &request, fault),
            Err(error) => unread(&*error, service, &request.id),
        });
    if cloud.options.keep_requests
        && fault.is_none()
        && is_own
        && let Target::Operation(operation, _) = &target
    {
        compare(cloud, operation, &response);
    }
    let (response, cut) = match fault {
        Some(FaultKind::Shape(shape)) => match &target {
            Target::Operation(operation, _) => (shape::apply(shape, operation, response), None),
            _ => (response, None),
        },
        Some(fault) => faults::after(fault, response),
        None => (response, None),
    };
    if let Some(cut) = cut {
        connection_fault.cut(cut);
    }
    let response = match &target {
        Target::Operation(operation, _) => note_unknown(cloud, operation, &request, response),
        _ => response,
    };
    if cloud.options.keep_requests {
        let happened = fault.or(changed).or(slow).map(|fault| format!("{fault:?}"));
        keep(cloud, &target, &request, &response, happened);
    }
    respond(cloud, response, &request)
}

fn target<'a>(
    cloud: &'a Cloud,
    service: Service,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Target<'a> {
    if let Some(key) = path.strip_prefix("/obs/") {
        return Target::Download(percent_decode_str(key).decode_utf8_lossy().into_owned());
    }
    match cloud.spec.find(service, method, path, body) {
        Found::Operation(operation, parameters) => Target::Operation(operation, parameters),
        Found::OtherMethod => Target::Nothing(service, ServiceError::UnknownMethod),
        Found::Nothing => Target::Nothing(service, ServiceError::UnknownPath),
    }
}

/// The response to a request whose body was not read to its end. The connection cannot be used after it, which a client has
/// to know before it sends the next request.
fn unread(error: &(dyn Error + 'static), service: Service, request_id: &str) -> Response {
    let problem = match error.is::<LengthLimitError>() {
        true => ServiceError::TooLarge,
        false => ServiceError::NotJson,
    };
    let response = problem.answer(service, request_id);
    response
        .because(error.to_string())
        .header(CONNECTION, "close")
}

fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

fn carry_out(
    cloud: &Simulation,
    target: &Target<'_>,
    request: &Request,
    fault: Option<FaultKind>,
) -> Response {
    let query = pairs(request.query.as_deref());
    match target {
        Target::Nothing(service, problem) => problem.answer(*service, &request.id),
        Target::Download(key) => {
            let download = Download {
                method: &request.method,
                key,
                query: &query,
                headers: &request.headers,
                request_id: &request.id,
                now: request.now,
                fault,
            };
            match fault {
                Some(FaultKind::ExpiredLink) => download.expired(),
                _ => download.answer(&cloud.signer, &cloud.store),
            }
        }
        Target::Operation(operation, path) => {
            match operate(cloud, operation, path, &query, request) {
                Ok(response) => response,
                Err(CallError::ServiceError(problem)) => problem
                    .answer(operation.service, &request.id)
                    .because(format!("{problem:?}")),
                Err(CallError::InvalidRequest(why)) => invalid(operation, &why, &request.id),
            }
        }
    }
}

/// Carries out an operation for whoever sends the request.
pub(crate) fn operate(
    cloud: &Simulation,
    operation: &Operation,
    path: &[(String, String)],
    query: &[(String, String)],
    request: &Request,
) -> Result<Response, CallError> {
    let principal = match operation.open {
        true => Principal::Anyone,
        false => authenticate(cloud, request)?,
    };
    let project = path
        .iter()
        .find(|(name, _)| name == "project_id")
        .map(|(_, id)| id.as_str());
    authorize(cloud, &principal, operation.service, project)?;
    let params = operation.check(path, query, &request.headers, &request.body)?;
    let call = Call {
        cloud,
        request,
        operation,
        params,
        principal,
    };
    services::handle(&call, cloud.states_of(project))
}

/// Notes where the simulator itself does not keep to the bundle, values and forms of times included.
fn compare(cloud: &Cloud, operation: &Operation, response: &Response) {
    let status = response.status.as_u16();
    let parsed = match &response.body {
        Body::Bytes(bytes) => serde_json::from_slice::<Value>(bytes).ok(),
        _ => None,
    };
    let body = match (&response.body, &parsed) {
        (Body::Empty, _) => otcdb_openapi::Body::Empty,
        (_, Some(body)) => otcdb_openapi::Body::Json(body),
        (_, None) => otcdb_openapi::Body::Other,
    };
    for difference in operation.differences(status, body) {
        let deviation = format!("{} {status}: {difference}", operation.id);
        cloud.record.deviation(deviation);
    }
}

/// Notes query parameters that the operation does not have.
fn note_unknown(
    cloud: &Cloud,
    operation: &Operation,
    request: &Request,
    mut response: Response,
) -> Response {
    let unknown = operation.unknown_parameters(&pairs(request.query.as_deref()));
    if !unknown.is_empty() {
        if cloud.options.keep_requests {
            cloud.record.unknown(operation, &unknown);
        }
        let ignored = || format!("ignored, as it is not described: {}", unknown.join(", "));
        response.detail.get_or_insert_with(ignored);
    }
    response
}

fn keep(
    cloud: &Cloud,
    target: &Target<'_>,
    request: &Request,
    response: &Response,
    fault: Option<String>,
) {
    cloud.record.push(RecordedRequest {
        time: request.now,
        method: request.method.to_string(),
        path: request.path.clone(),
        query: request.query.as_deref().map(request_log::query),
        operation: target.name(),
        headers: request_log::headers(&request.headers),
        auth: AuthUsed::of(&request.headers, request.query.as_deref()),
        body: request_log::body(&request.body),
        request_id: request.id.clone(),
        status: response.status.as_u16(),
        fault,
        detail: response.detail.clone(),
    });
}

fn respond(cloud: &Cloud, response: Response, request: &Request) -> HttpResponse {
    let detail = response.detail.clone();
    let mut response = response.into_response(request.method == Method::HEAD);
    browser::allow(request, response.headers_mut());
    let mut add = |name, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    };
    add(REQUEST_ID, &request.id);
    if cloud.options.goes_on {
        static FORM: DateTimePrinter = DateTimePrinter::new();
        // Times of HTTP have four digits for a year.
        if let Ok(now) = FORM.timestamp_to_rfc9110_string(&request.now) {
            add(DATE, &now);
        }
    }
    if let Some(detail) = detail {
        add(DETAIL, &detail);
    }
    response
}
