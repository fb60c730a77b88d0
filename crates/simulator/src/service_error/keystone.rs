//! Errors of the identity service.

use http::StatusCode;
use serde_json::json;

use super::{ServiceError, known};
use crate::response::Response;

/// The response to an error.
pub(super) fn of(problem: &ServiceError) -> Response {
    let (status, message) = match problem {
        ServiceError::UnknownPath | ServiceError::NoObject(_) => {
            (404, "The resource could not be found.")
        }
        ServiceError::UnknownMethod => (405, "The method is not allowed for the requested URL."),
        ServiceError::NoToken | ServiceError::BadToken | ServiceError::ExpiredToken => {
            (401, "The request you have made requires authentication.")
        }
        ServiceError::BadSignature(why) => {
            return error(StatusCode::UNAUTHORIZED, why);
        }
        ServiceError::BadLogin(message) => (401, *message),
        ServiceError::Forbidden(message) => (403, *message),
        ServiceError::EmptyBody | ServiceError::NotJson => (400, "The request body is invalid."),
        ServiceError::BadParameter(name) => {
            let message = format!("Invalid input for field '{name}'.");
            return error(StatusCode::BAD_REQUEST, &message);
        }
        ServiceError::TooLarge => (413, "The request is too large."),
        ServiceError::Throttled => (429, "The request rate is too high."),
        ServiceError::Unavailable => (503, "The service is unavailable."),
        _ => (
            500,
            "An unexpected error prevented the server from fulfilling your request.",
        ),
    };
    error(known(status), message)
}

pub(super) fn error(status: StatusCode, message: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    Response::json(
        status,
        &json!({ "error": { "code": status.as_u16(), "message": message, "title": title } }),
    )
}
