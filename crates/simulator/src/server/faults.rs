//! Does a fault to an answer.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER};
use http::{HeaderName, StatusCode};

use super::connection::{Cut, How};
use crate::answer::{Answer, Body, Framing};
use crate::fault::FaultKind;
use crate::objects::serve;
use crate::problem::{self, Problem};
use crate::spec::Service;

const SERVER_SIDE_ENCRYPTION: HeaderName = HeaderName::from_static("x-obs-server-side-encryption");

const HTML: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway\
    </h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n";

/// The answer that takes the place of the request's being carried out; `None` if the fault is of another kind.
/// Without a service, it is the object store that fails.
pub(crate) fn instead(
    kind: FaultKind,
    service: Option<Service>,
    request_id: &str,
) -> Option<Answer> {
    let fail = |problem: Problem, status: StatusCode, code: &str| match service {
        Some(service) => problem.answer(service, request_id),
        None => serve::error(status, code, "Please try again.", request_id),
    };
    let retry_after = |answer: Answer, seconds: Option<u64>| match seconds {
        Some(seconds) => answer.header(RETRY_AFTER, seconds.to_string()),
        None => answer,
    };
    Some(match kind {
        FaultKind::Refuse => fail(
            Problem::BadParameter("value".to_owned()),
            StatusCode::BAD_REQUEST,
            "InvalidRequest",
        ),
        FaultKind::Forbid => fail(
            Problem::Forbidden("You are not authorized to perform the requested action."),
            StatusCode::FORBIDDEN,
            "AccessDenied",
        ),
        FaultKind::Miss => fail(Problem::NoInstance, StatusCode::NOT_FOUND, "NoSuchKey"),
        FaultKind::Throttle { retry_after: after } => {
            let answer = fail(
                Problem::Throttled,
                StatusCode::TOO_MANY_REQUESTS,
                "SlowDown",
            );
            retry_after(answer, after)
        }
        FaultKind::Internal => fail(
            Problem::Internal,
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
        ),
        FaultKind::BadGateway => html(StatusCode::BAD_GATEWAY),
        FaultKind::Unavailable { retry_after: after } => {
            let answer = fail(
                Problem::Unavailable,
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
            );
            retry_after(answer, after)
        }
        FaultKind::Html { status } => html(StatusCode::from_u16(status).unwrap_or(StatusCode::OK)),
        FaultKind::ErrorIn200 => Answer {
            status: StatusCode::OK,
            ..fail(
                Problem::Internal,
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
            )
        },
        FaultKind::ExpiredToken => fail(Problem::Internal, StatusCode::BAD_REQUEST, "ExpiredToken"),
        FaultKind::Missing => fail(Problem::Internal, StatusCode::NOT_FOUND, "NoSuchKey"),
        FaultKind::Refused { status, code } => match service {
            Some(service) => problem::chosen(service, status, code.as_str(), request_id),
            None => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                serve::error(status, code.as_str(), "The request is refused.", request_id)
            }
        },
        _ => return None,
    })
}

/// What the fault does to the answer and to the connection that carries it.
pub(crate) fn after(kind: FaultKind, mut answer: Answer) -> (Answer, Option<Cut>) {
    let length = answer.length();
    let half = length / 2;
    // Behind the end there is nothing to cut; the connection ends there then.
    let within = |at: Option<u64>| Some(at.unwrap_or(half).min(length));
    let cut = |after, how| Some(Cut { after, how });
    let end = |at: Option<u64>| at.and_then(|at| cut(within(Some(at)), How::Close));
    match kind {
        FaultKind::Reset => (answer, cut(None, How::Reset)),
        FaultKind::ResetHead => (answer, cut(Some(0), How::Reset)),
        FaultKind::ResetBody { at } => (answer, cut(within(at), How::Reset)),
        FaultKind::Truncate { at } => (answer, cut(within(at), How::Close)),
        // Without a body, the head would be the whole of it.
        FaultKind::Stall { .. } if length == 0 => (answer, cut(None, How::Stall)),
        FaultKind::Stall { at } => (answer, cut(within(at), How::Stall)),
        FaultKind::CorruptJson => {
            if let Body::Bytes(bytes) = &answer.body {
                answer.body = Body::Bytes(bytes.slice(..bytes.len() / 2));
            }
            (answer, None)
        }
        FaultKind::ContentType => {
            let wrong = match answer.headers.get(CONTENT_TYPE) {
                Some(value) if value == "application/json" => "text/plain",
                _ => "text/html",
            };
            (answer.header(CONTENT_TYPE, wrong), None)
        }
        FaultKind::Empty => {
            answer.body = Body::Bytes(Bytes::new());
            (answer, None)
        }
        FaultKind::NoTag { at } => {
            answer.headers.remove(ETAG);
            (answer, end(at))
        }
        FaultKind::Chunked { at } => {
            answer.framing = Framing::Chunks;
            // What frames the chunks counts too: behind the content, a cut would still fall into it.
            (answer, end(at.filter(|at| *at < length)))
        }
        FaultKind::Damaged => {
            if let Body::File(file, range) = answer.body {
                let mut bytes: Vec<u8> = file.chunks(range).flatten().collect();
                if let Some(first) = bytes.first_mut() {
                    *first ^= 1;
                }
                answer.body = Body::Bytes(bytes.into());
            }
            (answer, None)
        }
        FaultKind::Encrypted => {
            let tag = answer.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
            let other: String = tag.unwrap_or_default().chars().rev().collect();
            let answer = answer.header(ETAG, other);
            (answer.header(SERVER_SIDE_ENCRYPTION, "kms"), None)
        }
        FaultKind::NoLength { at } => {
            answer.framing = Framing::Connection;
            (answer, end(at))
        }
        _ => (answer, None),
    }
}

fn html(status: StatusCode) -> Answer {
    Answer::text(status, "text/html", HTML.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_a_body_stalls_before_its_head() {
        let stalls_after = |answer: Answer| {
            let (_, cut) = after(FaultKind::Stall { at: None }, answer);
            cut.map(|cut| cut.after)
        };
        assert_eq!(
            stalls_after(Answer::empty(StatusCode::NO_CONTENT)),
            Some(None)
        );
        let text = Answer::text(StatusCode::OK, "text/plain", "four".to_owned());
        assert_eq!(stalls_after(text), Some(Some(2)));
    }
}
