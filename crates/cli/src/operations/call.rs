//! Calls, and what they answer.

use otcdb_core::{Error, ErrorKind, Result, Session};
use otcdb_spec::{Expected, Service};
use serde_json::Value;

use super::request::Request;

/// How much of a body is read where none is described.
const UNASKED_BYTES: usize = 64 * 1024;

/// The service that a request is for.
pub(super) fn service(request: &Request) -> otcdb_core::Service {
    match request.operation.service {
        Service::Dcs => otcdb_core::Service::Dcs,
        Service::Rds => otcdb_core::Service::Rds,
        Service::Iam => otcdb_core::Service::Iam,
    }
}

/// Sends a request, and gives what it answers; `None` if there is no body.
///
/// # Errors
/// Those of the session, and an answer that is empty or no JSON where JSON is described.
pub(super) async fn send(session: &Session, request: &Request) -> Result<Option<Value>> {
    let service = service(request);
    let received = session.service(service).execute(request.call()?).await?;
    // Where no body is described, one that is no JSON is nothing to show.
    let body = match request.operation.expected() {
        Expected::Empty if received.body.len() > UNASKED_BYTES => Value::Null,
        _ => serde_json::from_slice(&received.body).unwrap_or(Value::Null),
    };
    drop(received);
    if body.is_null() && request.operation.expected() == Expected::Json {
        return Err(fault(
            request,
            "the answer is null where a document was expected",
        ));
    }
    Ok(Some(body).filter(|body| !body.is_null()))
}

/// What is at a place of an answer; dots lead into objects.
pub(super) fn at<'a>(answer: &'a Value, place: &str) -> Option<&'a Value> {
    place
        .split('.')
        .try_fold(answer, |value, name| value.get(name))
}

/// Takes the list out of an answer. No body and no list are an empty one: where it has to be there, the session has seen
/// that it is.
///
/// # Errors
/// Something else is in its place.
pub(super) fn items(
    request: &Request,
    answer: Option<&mut Value>,
    place: &str,
) -> Result<Vec<Value>> {
    let mut names = place.split('.');
    let list = answer.and_then(|body| names.try_fold(body, |value, name| value.get_mut(name)));
    match list.map(Value::take) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(fault(
            request,
            &format!("there is no list at {place} of the answer"),
        )),
    }
}

fn fault(request: &Request, what: &str) -> Error {
    Error::new(ErrorKind::UndocumentedAnswer, what)
        .with_call(service(request), request.operation.id.as_str())
}
