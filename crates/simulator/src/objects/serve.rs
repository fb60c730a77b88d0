//! The object store's side of a download.

use std::ops::Range;

use http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, LOCATION, RANGE,
};
use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;

use super::link::{LinkError, Signer};
use super::range::{self, Part};
use super::{LogFile, Store};
use crate::fault::FaultKind;
use crate::response::{Body, Response};

/// A request for an object.
pub(crate) struct Download<'a> {
    pub(crate) method: &'a Method,
    /// Bucket and object, decoded.
    pub(crate) key: &'a str,
    pub(crate) query: &'a [(String, String)],
    pub(crate) headers: &'a HeaderMap,
    pub(crate) request_id: &'a str,
    pub(crate) now: Timestamp,
    /// What goes wrong with the request.
    pub(crate) fault: Option<FaultKind>,
}

impl Download<'_> {
    /// The file or a part of it, or the store's refusal.
    pub(crate) fn answer(&self, signer: &Signer, store: &Store) -> Response {
        for name in ["x-auth-token", AUTHORIZATION.as_str(), "x-security-token"] {
            if self.headers.contains_key(name) {
                return self
                    .error(
                        StatusCode::BAD_REQUEST,
                        "InvalidArgument",
                        "Only one auth mechanism allowed",
                    )
                    .because(format!(
                        "the header {name} was sent to the object store, which must never see it"
                    ));
            }
        }
        if self.method != Method::GET && self.method != Method::HEAD {
            return self.error(
                StatusCode::METHOD_NOT_ALLOWED,
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
            );
        }
        match signer.check(self.key, self.query, self.now) {
            Ok(()) => {}
            Err(LinkError::Unsigned) => {
                return self.error(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied");
            }
            Err(LinkError::Mismatch) => {
                return self.error(
                    StatusCode::FORBIDDEN,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided.",
                );
            }
            Err(LinkError::Expired(_)) => return self.expired(),
        }
        match store.get(self.key) {
            Some(_) if self.fault == Some(FaultKind::Redirect) => self.elsewhere(),
            Some(file) => self.file(file),
            None => self.error(
                StatusCode::NOT_FOUND,
                "NoSuchKey",
                "The specified key does not exist.",
            ),
        }
    }

    /// The response for a link that has ended.
    pub(crate) fn expired(&self) -> Response {
        self.error(StatusCode::FORBIDDEN, "AccessDenied", "Request has expired")
    }

    /// The same place by another address: the client has to go there with all that it asks for.
    fn elsewhere(&self) -> Response {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .extend_pairs(self.query)
            .append_pair("redirected", "1");
        self.error(
            StatusCode::TEMPORARY_REDIRECT,
            "TemporaryRedirect",
            "Please re-send this request to the specified temporary endpoint.",
        )
        .header(LOCATION, format!("?{}", query.finish()))
    }

    fn file(&self, file: LogFile) -> Response {
        let header = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let etag = file.etag();
        let size = file.size();
        // A client that resumes another version of the file gets all of this one.
        let wanted = match (self.fault, header(IF_RANGE.as_str())) {
            (Some(FaultKind::NoRange), _) => None,
            (Some(FaultKind::NoIfRange), _) => header(RANGE.as_str()),
            (_, Some(tag)) if tag != etag => None,
            _ => header(RANGE.as_str()),
        };
        let part = match (self.fault, range::parse(wanted, size)) {
            (Some(FaultKind::WrongRange), Part::Some(part)) => Part::Some(elsewhere(part)),
            (Some(FaultKind::Unsatisfiable { .. }), _) => Part::Outside,
            (_, part) => part,
        };
        let stated = match self.fault {
            Some(FaultKind::Unsatisfiable { size: Some(size) }) => size,
            _ => size,
        };
        let (status, part, content_range) = match part {
            Part::Whole => (StatusCode::OK, 0..size, None),
            Part::Some(part) => {
                let range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
                (StatusCode::PARTIAL_CONTENT, part, Some(range))
            }
            Part::Outside => {
                return self
                    .error(
                        StatusCode::RANGE_NOT_SATISFIABLE,
                        "InvalidRange",
                        "The requested range is not satisfiable",
                    )
                    .header(CONTENT_RANGE, format!("bytes */{stated}"));
            }
        };
        let response = Response {
            body: Body::File(file, part),
            ..Response::empty(status)
        }
        .header(CONTENT_TYPE, "text/plain")
        .header(ETAG, etag)
        .header(ACCEPT_RANGES, "bytes");
        match content_range {
            Some(range) => response.header(CONTENT_RANGE, range),
            None => response,
        }
    }

    fn error(&self, status: StatusCode, code: &str, message: &str) -> Response {
        error(status, code, message, self.request_id)
    }
}

/// A part of the same length that begins earlier, so that its length does not give it away; a shorter one that begins
/// later where there is nothing earlier.
fn elsewhere(part: Range<u64>) -> Range<u64> {
    const SHIFT: u64 = 16;
    match part.start.checked_sub(SHIFT) {
        Some(start) => start..part.end - SHIFT,
        None => (part.start + 1).min(part.end - 1)..part.end,
    }
}

/// An error in the object store's form.
pub(crate) fn error(status: StatusCode, code: &str, message: &str, request_id: &str) -> Response {
    Response::text(
        status,
        "application/xml",
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Error><Code>{code}</Code>\
             <Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
        ),
    )
}
