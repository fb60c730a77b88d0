//! Calls, and what they answer.

use otcdb_core::{Error, ErrorKind, Result, Session};
use otcdb_openapi::Expected;
use serde_json::Value;

use super::request::Request;

/// Sends a request, and gives what it answers; `None` if there is no body.
///
/// # Errors
/// Those of the session, and an answer that is empty or no JSON where JSON is described.
pub(super) async fn send(session: &Session, request: &Request) -> Result<Option<Value>> {
    let service = request.operation.service.parse()?;
    let received = session.service(service).execute(request.call()?).await?;
    // Where no body is described, one that is no JSON is nothing to show.
    let body = serde_json::from_slice(&received.body).unwrap_or(Value::Null);
    if body.is_null() && request.operation.expected() == Expected::Json {
        return Err(Error::new(
            ErrorKind::UndocumentedAnswer,
            "the answer is null where a document was expected",
        )
        .with_operation(request.operation.id.as_str()));
    }
    Ok(Some(body).filter(|body| !body.is_null()))
}

/// What is at a place of an answer; dots lead into objects.
pub(super) fn at<'a>(answer: &'a Value, place: &str) -> Option<&'a Value> {
    place
        .split('.')
        .try_fold(answer, |value, name| value.get(name))
}

/// The list in an answer. No body and no list are an empty one: services leave lists out when they are empty.
///
/// # Errors
/// Something else is in its place.
pub(super) fn items(request: &Request, answer: Option<&Value>, place: &str) -> Result<Vec<Value>> {
    let list = answer.and_then(|body| at(body, place));
    match list {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items.clone()),
        Some(_) => Err(Error::new(
            ErrorKind::UndocumentedAnswer,
            format!("there is no list at {place} of the answer"),
        )
        .with_operation(request.operation.id.as_str())),
    }
}
