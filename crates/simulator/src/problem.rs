//! Errors in each service's own form, with documented codes where there are such.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::spec::{Invalid, Operation, Place, Service};

/// Something that a service refuses or fails at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
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
    NoJob,
    OtherEngine,
    /// Login with a wrong name or password.
    BadLogin(&'static str),
    TooLarge,
    Throttled,
    Internal,
    Unavailable,
    /// An error of a single service.
    Documented(Documented),
}

/// An error as a service's table of error codes has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Documented {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

impl Problem {
    /// The answer of the service.
    pub(crate) fn answer(&self, service: Service, request_id: &str) -> Answer {
        let (status, code, message) = match self.gateway() {
            Some(facts) if service != Service::Iam => facts,
            _ => match service {
                Service::Dcs => self.dcs(),
                Service::Iam => return self.iam(),
                // The newer services answer alike.
                _ => self.rds(),
            },
        };
        let mut body = json!({ "error_code": code, "error_msg": message });
        if code.starts_with("APIG")
            && let Some(body) = body.as_object_mut()
        {
            body.insert("request_id".to_owned(), Value::from(request_id));
        }
        Answer::json(status, &body)
    }

    /// What the gateway in front of all services answers in their place.
    fn gateway(&self) -> Option<(StatusCode, &'static str, String)> {
        Some(match self {
            Self::Documented(error) => (known(error.status), error.code, error.message.to_owned()),
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

    fn dcs(&self) -> (StatusCode, &'static str, String) {
        let (status, code, message) = match self {
            Self::UnknownPath => (404, "DCS.4001", "The requested URL does not exist."),
            Self::UnknownMethod => (405, "DCS.5001", "This request method is not allowed."),
            Self::NoToken => (401, "DCS.1003", "No token in the request."),
            Self::BadToken => (401, "DCS.1001", "Invalid token."),
            Self::ExpiredToken => (401, "DCS.1002", "Token expired."),
            Self::Forbidden(_) => (
                403,
                "DCS.3003",
                "This role does not have the permission to perform this operation.",
            ),
            Self::EmptyBody => (400, "DCS.4004", "Empty request body."),
            Self::NotJson => (
                400,
                "DCS.4005",
                "The message body contains invalid characters or is not in JSON format.",
            ),
            Self::BadParameter(name) => {
                let message = format!("Invalid {name} in the request.");
                return (StatusCode::BAD_REQUEST, "DCS.4800", message);
            }
            Self::NoInstance => (404, "DCS.3022", "This DCS instance does not exist."),
            // No code is documented for a log that does not exist.
            Self::NoObject(_) | Self::NoJob => (400, "DCS.4800", "Invalid id in the request."),
            Self::OtherEngine => (
                400,
                "DCS.4027",
                "This operation is not supported on this node.",
            ),
            _ => (500, "DCS.5000", "Internal service error."),
        };
        (known(status), code, message.to_owned())
    }

    fn rds(&self) -> (StatusCode, &'static str, String) {
        const TOKEN: &str = "Incorrect IAM authentication information: ";
        let (status, code, message) = match self {
            Self::UnknownPath | Self::UnknownMethod | Self::NoObject(_) => {
                (404, "DBS.290013", "Resource not found.")
            }
            // The documented DBS.280056 comes with status 403; the gateway, which looks at tokens first, says 401.
            Self::NoToken => {
                return (
                    StatusCode::UNAUTHORIZED,
                    "APIGW.0301",
                    format!("{TOKEN}x-auth-token not found"),
                );
            }
            Self::BadToken => {
                return (
                    StatusCode::UNAUTHORIZED,
                    "APIGW.0301",
                    format!("{TOKEN}decrypt token fail"),
                );
            }
            Self::ExpiredToken => {
                return (
                    StatusCode::UNAUTHORIZED,
                    "APIGW.0301",
                    format!("{TOKEN}token expires"),
                );
            }
            Self::Forbidden(_) => (
                403,
                "DBS.280015",
                "Resource not found or permission denied.",
            ),
            Self::EmptyBody => (
                400,
                "DBS.200006",
                "The request is null. Enter a request parameter.",
            ),
            Self::NotJson | Self::BadParameter(_) => (400, "DBS.280001", "Parameter error."),
            Self::NoInstance => (404, "DBS.200002", "The DB instance does not exist."),
            Self::NoJob => (400, "DBS.200543", "The job does not exist."),
            Self::OtherEngine => (
                400,
                "DBS.280238",
                "The DB engine or version is not supported.",
            ),
            _ => (500, "DBS.108000", "Server failure."),
        };
        (known(status), code, message.to_owned())
    }

    fn iam(&self) -> Answer {
        let (status, message) = match self {
            Self::UnknownPath | Self::NoObject(_) => (404, "The resource could not be found."),
            Self::UnknownMethod => (405, "The method is not allowed for the requested URL."),
            Self::NoToken | Self::BadToken | Self::ExpiredToken => {
                (401, "The request you have made requires authentication.")
            }
            Self::BadSignature(why) => {
                return iam_error(StatusCode::UNAUTHORIZED, why);
            }
            Self::BadLogin(message) => (401, *message),
            Self::Forbidden(message) => (403, *message),
            Self::EmptyBody | Self::NotJson => (400, "The request body is invalid."),
            Self::BadParameter(name) => {
                let message = format!("Invalid input for field '{name}'.");
                return iam_error(StatusCode::BAD_REQUEST, &message);
            }
            Self::TooLarge => (413, "The request is too large."),
            Self::Throttled => (429, "The request rate is too high."),
            Self::Unavailable => (503, "The service is unavailable."),
            _ => (
                500,
                "An unexpected error prevented the server from fulfilling your request.",
            ),
        };
        iam_error(known(status), message)
    }
}

fn iam_error(status: StatusCode, message: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or("Error");
    Answer::json(
        status,
        &json!({ "error": { "code": status.as_u16(), "message": message, "title": title } }),
    )
}

fn known(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The answer to a request that does not keep to its operation: the documented one where the bundle has one for
/// the parameter, else the service's general one.
pub(crate) fn invalid(operation: &Operation, invalid: &Invalid, request_id: &str) -> Answer {
    use crate::spec::InvalidBecause::{Missing, NotJson, Wrong};
    let answer = match operation.refusals.get(&invalid.name) {
        Some(body) => Answer::json(StatusCode::BAD_REQUEST, body),
        None => {
            let problem = match (invalid.place, &invalid.problem) {
                (Place::Body, Missing) if invalid.name.is_empty() => Problem::EmptyBody,
                (Place::Body, NotJson(_)) => Problem::NotJson,
                (Place::Body, Wrong(why)) if invalid.name.is_empty() => {
                    let field = field_of(why).unwrap_or("body");
                    match operation.service {
                        Service::Dcs => refused(field, why),
                        _ => Problem::BadParameter(field.to_owned()),
                    }
                }
                _ => Problem::BadParameter(invalid.name.clone()),
            };
            problem.answer(operation.service, request_id)
        }
    };
    answer.because(invalid.detail())
}

/// The member of the body that a complaint of its schema is about: `at /name: ...` or `"name" is a required property`.
fn field_of(why: &str) -> Option<&str> {
    if let Some(pointer) = why.strip_prefix("at /") {
        return pointer.split(['/', ':']).next();
    }
    why.strip_prefix('"')?
        .strip_suffix("\" is a required property")
}

/// The documented error for a member of a body, where there is one of its own.
fn refused(field: &str, why: &str) -> Problem {
    use crate::handlers::refusals as dcs;
    Problem::Documented(match field {
        "name" => dcs::NAME,
        "description" => dcs::DESCRIPTION,
        "capacity" | "new_capacity" => dcs::CAPACITY,
        "vpc_id" => dcs::VPC,
        "subnet_id" => dcs::SUBNET,
        "security_group_id" => dcs::SECURITY_GROUP,
        "engine_version" => dcs::VERSION,
        "spec_code" => dcs::SPEC_CODE,
        "password" | "new_password" => dcs::PASSWORD,
        "no_password_access" => dcs::NO_PASSWORD_ACCESS,
        "instances" if why.contains("has more than") => dcs::TOO_MANY,
        "instances" => dcs::INSTANCES,
        "slave_priority_weight" => dcs::PRIORITY,
        "available_zones" => dcs::ZONES,
        "node_list" => dcs::NODE_LIST,
        "remark" => dcs::REMARK,
        _ => return Problem::BadParameter(field.to_owned()),
    })
}
