//! Errors of the database service.

use http::StatusCode;

use super::{Problem, known};

/// What the service answers; the gateway has spoken before it.
pub(super) fn of(problem: &Problem) -> (StatusCode, &'static str, String) {
    const TOKEN: &str = "Incorrect IAM authentication information: ";
    let (status, code, message) = match problem {
        Problem::UnknownPath | Problem::UnknownMethod | Problem::NoObject(_) => {
            (404, "DBS.290013", "Resource not found.")
        }
        // The documented DBS.280056 comes with status 403; the gateway, which looks at tokens first, says 401.
        Problem::NoToken => {
            return (
                StatusCode::UNAUTHORIZED,
                "APIGW.0301",
                format!("{TOKEN}x-auth-token not found"),
            );
        }
        Problem::BadToken => {
            return (
                StatusCode::UNAUTHORIZED,
                "APIGW.0301",
                format!("{TOKEN}decrypt token fail"),
            );
        }
        Problem::ExpiredToken => {
            return (
                StatusCode::UNAUTHORIZED,
                "APIGW.0301",
                format!("{TOKEN}token expires"),
            );
        }
        Problem::Forbidden(_) => (
            403,
            "DBS.280015",
            "Resource not found or permission denied.",
        ),
        Problem::EmptyBody => (
            400,
            "DBS.200006",
            "The request is null. Enter a request parameter.",
        ),
        Problem::NotJson | Problem::BadParameter(_) => (400, "DBS.280001", "Parameter error."),
        Problem::NoInstance => (404, "DBS.200002", "The DB instance does not exist."),
        Problem::NoJob => (400, "DBS.200543", "The job does not exist."),
        Problem::OtherEngine => (
            400,
            "DBS.280238",
            "The DB engine or version is not supported.",
        ),
        _ => (500, "DBS.108000", "Server failure."),
    };
    (known(status), code, message.to_owned())
}
