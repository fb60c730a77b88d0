//! Errors of the identity service.

use http::StatusCode;
use serde_json::json;

use super::{Problem, known};
use crate::answer::Answer;

/// The answer to a problem.
pub(super) fn of(problem: &Problem) -> Answer {
    let (status, message) = match problem {
        Problem::UnknownPath | Problem::NoObject(_) => (404, "The resource could not be found."),
        Problem::UnknownMethod => (405, "The method is not allowed for the requested URL."),
        Problem::NoToken | Problem::BadToken | Problem::ExpiredToken => {
            (401, "The request you have made requires authentication.")
        }
        Problem::BadSignature(why) => {
            return error(StatusCode::UNAUTHORIZED, why);
        }
        Problem::BadLogin(message) => (401, *message),
        Problem::Forbidden(message) => (403, *message),
        Problem::EmptyBody | Problem::NotJson => (400, "The request body is invalid."),
        Problem::BadParameter(name) => {
            let message = format!("Invalid input for field '{name}'.");
            return error(StatusCode::BAD_REQUEST, &message);
        }
        Problem::TooLarge => (413, "The request is too large."),
        Problem::Throttled => (429, "The request rate is too high."),
        Problem::Unavailable => (503, "The service is unavailable."),
        _ => (
            500,
            "An unexpected error prevented the server from fulfilling your request.",
        ),
    };
    error(known(status), message)
}

pub(super) fn error(status: StatusCode, message: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or("Error");
    Answer::json(
        status,
        &json!({ "error": { "code": status.as_u16(), "message": message, "title": title } }),
    )
}
