//! Does a fault to a response.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER};
use http::{HeaderName, StatusCode};

use super::connection::{Cut, CutKind};
use crate::fault::FaultKind;
use crate::objects::serve;
use crate::response::{Body, Framing, Response};
use crate::service_error::{self, ServiceError};
use crate::spec::Service;

const SERVER_SIDE_ENCRYPTION: HeaderName = HeaderName::from_static("x-obs-server-side-encryption");

const HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway\
    </h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n";

/// The response that takes the place of the request's being carried out; `None` if the fault is of another kind.
/// Without a service, it is the object store that fails.
pub(crate) fn instead(
    kind: FaultKind,
    service: Option<Service>,
    request_id: &str,
) -> Option<Response> {
    let fail = |problem: ServiceError, status: StatusCode, code: &str| match service {
        Some(service) => problem.answer(service, request_id),
        None => serve::error(status, code, "Please try again.", request_id),
    };
    let retry_after = |response: Response, seconds: Option<u64>| match seconds {
        Some(seconds) => response.header(RETRY_AFTER, seconds.to_string()),
        None => response,
    };
    Some(match kind {
        FaultKind::Refuse => fail(
            ServiceError::BadParameter("value".to_owned()),
            StatusCode::BAD_REQUEST,
            "InvalidRequest",
        ),
        FaultKind::Forbid => fail(
            ServiceError::Forbidden("You are not authorized to perform the requested action."),
            StatusCode::FORBIDDEN,
            "AccessDenied",
        ),
        FaultKind::Miss => fail(ServiceError::NoInstance, StatusCode::NOT_FOUND, "NoSuchKey"),
        FaultKind::Throttle { retry_after: after } => {
            let response = fail(
                ServiceError::Throttled,
                StatusCode::TOO_MANY_REQUESTS,
                "SlowDown",
            );
            retry_after(response, after)
        }
        FaultKind::Internal => fail(
            ServiceError::Internal,
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
        ),
        FaultKind::BadGateway => html(StatusCode::BAD_GATEWAY),
        FaultKind::Unavailable { retry_after: after } => {
            let response = fail(
                ServiceError::Unavailable,
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
            );
            retry_after(response, after)
        }
        FaultKind::Html { status } => html(StatusCode::from_u16(status).unwrap_or(StatusCode::OK)),
        FaultKind::ErrorIn200 => Response {
            status: StatusCode::OK,
            ..fail(
                ServiceError::Internal,
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
            )
        },
        FaultKind::ExpiredToken => fail(
            ServiceError::Internal,
            StatusCode::BAD_REQUEST,
            "ExpiredToken",
        ),
        FaultKind::Missing => fail(ServiceError::Internal, StatusCode::NOT_FOUND, "NoSuchKey"),
        FaultKind::Refused { status, code } => match service {
            Some(service) => service_error::chosen(service, status, code.as_str(), request_id),
            None => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                serve::error(status, code.as_str(), "The request is refused.", request_id)
            }
        },
        _ => return None,
    })
}

/// What the fault does to the response and to the connection that carries it.
pub(crate) fn after(kind: FaultKind, mut response: Response) -> (Response, Option<Cut>) {
    let length = response.length();
    let half = length / 2;
    // Behind the end there is nothing to cut; the connection ends there then.
    let within = |at: Option<u64>| Some(at.unwrap_or(half).min(length));
    let cut = |after, kind| Some(Cut { after, kind });
    let end = |at: Option<u64>| at.and_then(|at| cut(within(Some(at)), CutKind::Close));
    match kind {
        FaultKind::Reset => (response, cut(None, CutKind::Reset)),
        FaultKind::ResetHead => (response, cut(Some(0), CutKind::Reset)),
        FaultKind::ResetBody { at } => (response, cut(within(at), CutKind::Reset)),
        FaultKind::Truncate { at } => (response, cut(within(at), CutKind::Close)),
        // Without a body, the head would be the whole of it.
        FaultKind::Stall { .. } if length == 0 => (response, cut(None, CutKind::Stall)),
        FaultKind::Stall { at } => (response, cut(within(at), CutKind::Stall)),
        FaultKind::CorruptJson => {
            if let Body::Bytes(bytes) = &response.body {
                response.body = Body::Bytes(bytes.slice(..bytes.len() / 2));
            }
            (response, None)
        }
        FaultKind::ContentType => {
            let wrong = match response.headers.get(CONTENT_TYPE) {
                Some(value) if value == "application/json" => "text/plain",
                _ => "text/html",
            };
            (response.header(CONTENT_TYPE, wrong), None)
        }
        FaultKind::Empty => {
            response.body = Body::Bytes(Bytes::new());
            (response, None)
        }
        FaultKind::NoTag { at } => {
            response.headers.remove(ETAG);
            (response, end(at))
        }
        FaultKind::Chunked { at } => {
            response.framing = Framing::Chunks;
            // What frames the chunks counts too: behind the content, a cut would still fall into it.
            (response, end(at.filter(|at| *at < length)))
        }
        FaultKind::Damaged => {
            if let Body::File(file, range) = response.body {
                let mut bytes: Vec<u8> = file.chunks(range).flatten().collect();
                if let Some(first) = bytes.first_mut() {
                    *first ^= 1;
                }
                response.body = Body::Bytes(bytes.into());
            }
            (response, None)
        }
        FaultKind::Encrypted => {
            let tag = response.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
            let other: String = tag.unwrap_or_default().chars().rev().collect();
            let response = response.header(ETAG, other);
            (response.header(SERVER_SIDE_ENCRYPTION, "kms"), None)
        }
        FaultKind::NoLength { at } => {
            response.framing = Framing::Connection;
            (response, end(at))
        }
        _ => (response, None),
    }
}

fn html(status: StatusCode) -> Response {
    Response::text(status, "text/html", HTML.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_without_a_body_stalls_before_its_head() {
        let stalls_after = |response: Response| {
            let (_, cut) = after(FaultKind::Stall { at: None }, response);
            cut.map(|cut| cut.after)
        };
        assert_eq!(
            stalls_after(Response::empty(StatusCode::NO_CONTENT)),
            Some(None)
        );
        let text = Response::text(StatusCode::OK, "text/plain", "four".to_owned());
        assert_eq!(stalls_after(text), Some(Some(2)));
    }
}
