//! Calls, and what they answer.

use otcdb_core::{Error, ErrorKind, Result, Service, Session};
use otcdb_openapi::Expected;
use serde_json::Value;

use crate::operations::call::request::Request;
use crate::rights;

/// How much of a body is read where none is described.
const UNASKED_BYTES: usize = 64 * 1024;

/// The service that a request is for.
///
/// # Errors
/// The program was built of a description and a runtime that do not know the same services.
pub(crate) fn service(request: &Request) -> Result<Service> {
    request.operation.service.parse()
}

/// Sends a request, and gives what it answers; `None` if there is no body.
///
/// # Errors
/// Those of the session, and a response that is empty or no JSON where JSON is described.
pub(crate) async fn send(session: &Session, request: &Request) -> Result<Option<Value>> {
    let service = service(request)?;
    let received = session.service(service).execute(request.call()?).await;
    let received = received.map_err(rights::told)?;
    // Where no body is described, one that is no JSON is nothing to show.
    let body = match request.operation.expected() {
        Expected::Empty if received.body.len() > UNASKED_BYTES => Value::Null,
        _ => serde_json::from_slice(&received.body).unwrap_or(Value::Null),
    };
    drop(received);
    if body.is_null() && request.operation.expected() == Expected::Json {
        return Err(fault(
            request,
            "the response is null where a document was expected",
        ));
    }
    Ok(Some(body).filter(|body| !body.is_null()))
}

/// What is at a place of a response; dots lead into objects.
pub(crate) fn at<'a>(response: &'a Value, place: &str) -> Option<&'a Value> {
    place
        .split('.')
        .try_fold(response, |value, name| value.get(name))
}

/// Takes the list out of a response. No body and no list are an empty one: where it has to be there, the session has
/// seen that it is.
///
/// # Errors
/// Something else is in its place.
pub(crate) fn items(
    request: &Request,
    response: Option<&mut Value>,
    place: &str,
) -> Result<Vec<Value>> {
    let mut names = place.split('.');
    let list = response.and_then(|body| names.try_fold(body, |value, name| value.get_mut(name)));
    match list.map(Value::take) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(fault(
            request,
            &format!("there is no list at {place} of the response"),
        )),
    }
}

/// A response that is not as described, as an error of its call.
pub(crate) fn fault(request: &Request, what: &str) -> Error {
    let id = request.operation.id.as_str();
    let error = Error::new(ErrorKind::UndocumentedResponse, what);
    match service(request) {
        Ok(service) => error.with_call(service, id),
        Err(_) => error.with_operation(id),
    }
}
