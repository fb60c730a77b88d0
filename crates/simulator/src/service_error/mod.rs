//! Errors in each service's own form, with documented codes where there are such.

mod keystone;

use http::StatusCode;
use serde_json::{Value, json};

use crate::model::{self, Common, DocumentedError};
use crate::response::Response;
use crate::spec::{InvalidRequest, Operation, Place, Service};

/// Something that a service refuses or fails at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ServiceError {
    UnknownPath,
    UnknownMethod,
    NoToken,
    BadToken,
    ExpiredToken,
    /// With the verifier's reason.
    BadSignature(String),
    Forbidden(&'static str),
    EmptyBody,
    NotJson,
    /// With the name of the parameter.
    BadParameter(String),
    NoInstance,
    NoObject(&'static str),
    OtherEngine,
    /// Login with a wrong name or password.
    BadLogin(&'static str),
    TooLarge,
    Throttled,
    Internal,
    Unavailable,
    /// An error of a single service.
    DocumentedError(DocumentedError),
}

impl ServiceError {
    /// The response of the service.
    pub(crate) fn answer(&self, service: Service, request_id: &str) -> Response {
        if service == Service::IDENTITY {
            return keystone::of(self);
        }
        let (status, code, message) = self.gateway().unwrap_or_else(|| self.of(service));
        with_code(status, code, &message, request_id)
    }

    /// What the service itself answers, behind the gateway.
    fn of(&self, service: Service) -> (StatusCode, &'static str, String) {
        let (common, name) = match self {
            Self::UnknownPath => (Common::UnknownPath, ""),
            Self::UnknownMethod => (Common::UnknownMethod, ""),
            Self::NoToken => (Common::NoToken, "x-auth-token not found"),
            Self::BadToken => (Common::BadToken, "decrypt token fail"),
            Self::ExpiredToken => (Common::ExpiredToken, "token expires"),
            Self::Forbidden(_) => (Common::Forbidden, ""),
            Self::EmptyBody => (Common::EmptyBody, ""),
            Self::NotJson => (Common::NotJson, ""),
            Self::BadParameter(name) => (Common::BadParameter, name.as_str()),
            Self::NoInstance => (Common::NoInstance, ""),
            Self::NoObject(_) => (Common::NoObject, "id"),
            Self::OtherEngine => (Common::OtherEngine, ""),
            _ => (Common::Internal, ""),
        };
        let internal = DocumentedError {
            status: 500,
            code: "",
            message: "",
        };
        let error = model::of(service).errors.of(common).unwrap_or(internal);
        let message = error.message.replace("{name}", name);
        (known(error.status), error.code, message)
    }

    /// What the gateway in front of all services answers in their place.
    fn gateway(&self) -> Option<(StatusCode, &'static str, String)> {
        Some(match self {
            Self::DocumentedError(error) => {
                (known(error.status), error.code, error.message.to_owned())
            }
            Self::BadSignature(why) => (
                StatusCode::UNAUTHORIZED,
                "APIGW.0301",
                format!("Incorrect IAM authentication information: {why}"),
            ),
            Self::Throttled => (
                StatusCode::TOO_MANY_REQUESTS,
                "APIGW.0308",
                "The throttling threshold has been reached.".to_owned(),
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "APIGW.0202",
                "Backend unavailable.".to_owned(),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "APIGW.0201",
                "Request entity too large.".to_owned(),
            ),
            _ => return None,
        })
    }
}

fn known(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The response to a request that does not keep to its operation: the documented one where the bundle has one for
/// the parameter, else the service's general one.
pub(crate) fn invalid(
    operation: &Operation,
    invalid: &InvalidRequest,
    request_id: &str,
) -> Response {
    use crate::spec::InvalidReason::{Missing, NotJson, Wrong};
    let response = match operation.refusals.get(&invalid.name) {
        Some(body) => Response::json(StatusCode::BAD_REQUEST, body),
        None => {
            let problem = match (invalid.place, &invalid.problem) {
                (Place::Body, Missing) if invalid.name.is_empty() => ServiceError::EmptyBody,
                (Place::Body, NotJson(_)) => ServiceError::NotJson,
                (Place::Body, Wrong(why)) if invalid.name.is_empty() => {
                    let fields = fields_of(why);
                    let errors = &model::of(operation.service).errors;
                    let own = errors.of_field(&fields.join("."), why.contains("has more than"));
                    let field = fields.first().copied().unwrap_or("body");
                    own.map_or_else(
                        || ServiceError::BadParameter(field.to_owned()),
                        ServiceError::DocumentedError,
                    )
                }
                _ => ServiceError::BadParameter(invalid.name.clone()),
            };
            problem.answer(operation.service, request_id)
        }
    };
    response.because(invalid.detail())
}

/// The member of the body that a complaint of its schema is about, behind those that it is in, without the numbers of
/// elements: `at /policy/days/0: ...` or `at /policy: "days" is a required property`.
fn fields_of(why: &str) -> Vec<&str> {
    let (pointer, problem) = match why.strip_prefix("at /") {
        Some(rest) => rest.split_once(": ").unwrap_or((rest, "")),
        None => ("", why),
    };
    let missing = problem
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix("\" is a required property"));
    let steps = pointer
        .split('/')
        .filter(|step| !step.bytes().all(|byte| byte.is_ascii_digit()));
    steps.chain(missing).collect()
}

/// A refusal with any status and code, in the service's form. The message is the documented one where there is one.
pub(crate) fn chosen(service: Service, status: u16, code: &str, request_id: &str) -> Response {
    let message = documented(service, code).map_or("The request is refused.", |one| one.message);
    match service {
        Service::IDENTITY => keystone::error(known(status), message),
        _ => with_code(known(status), code, message, request_id),
    }
}

/// That a recording has no answer to a request.
pub(crate) fn of_replay(service: Service, why: &str, request_id: &str) -> Response {
    match service {
        Service::IDENTITY => keystone::error(StatusCode::NOT_FOUND, why),
        _ => with_code(StatusCode::NOT_FOUND, "SIMULATOR.404", why, request_id),
    }
}

fn with_code(status: StatusCode, code: &str, message: &str, request_id: &str) -> Response {
    let mut body = json!({ "error_code": code, "error_msg": message });
    if code.starts_with("APIG")
        && let Some(body) = body.as_object_mut()
    {
        body.insert("request_id".to_owned(), Value::from(request_id));
    }
    Response::json(status, &body)
}

/// The error that a service documents under a code.
pub(crate) fn documented(service: Service, code: &str) -> Option<DocumentedError> {
    model::of(service).errors.get(code)
}
