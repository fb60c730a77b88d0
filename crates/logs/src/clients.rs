//! Calling the services, as they are described, without decoding what a pull does not use.

use std::sync::Arc;

use otcdb_core::error::RawResponse;
use otcdb_core::{Error, ErrorKind, Expect, RawCall, Received, Result, Service, Session};
use otcdb_openapi::{Expected, Operation, Place};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::value::RawValue;
use tokio::sync::SemaphorePermit;

use crate::realm::Realm;
use crate::turns::Turns;

/// What may stand in a segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The session that a pull calls with, and how many of its calls are made at once.
///
/// Whoever waits here for a turn has not begun its call, whose time therefore does not count yet.
#[derive(Debug)]
pub(crate) struct Clients {
    pub(crate) session: Session,
    /// Whose session it is, where there are several.
    pub(crate) realm: Realm,
    pub(crate) project_id: String,
    turns: Arc<Turns>,
}

impl Clients {
    /// With turns that all sessions of a pull share. Each service has its own: one that holds its calls back does not hold back
    /// the other.
    ///
    /// # Errors
    /// The project cannot be found out.
    pub(crate) async fn connect(session: Session, realm: Realm, turns: Arc<Turns>) -> Result<Self> {
        Ok(Self {
            // Every path needs it, so that its absence concerns all that the session is for.
            project_id: session.project_id().await?,
            session,
            realm,
            turns,
        })
    }

    /// Waits for a turn to call a service. Whoever holds one waits for nothing but the response.
    pub(crate) async fn turn(&self, service: Service) -> Option<SemaphorePermit<'_>> {
        self.turns.wait(service).await
    }

    /// Makes a call when it is its turn.
    ///
    /// # Errors
    /// That of the call.
    pub(crate) async fn execute(&self, service: Service, call: RawCall) -> Result<Received> {
        let _turn = self.turn(service).await;
        self.session.service(service).execute(call).await
    }
}

/// A described operation.
///
/// # Errors
/// It is not described.
pub(crate) fn operation(service: Service, id: &str) -> Result<&'static Operation> {
    let unknown = || {
        Error::new(
            ErrorKind::Internal,
            format!("{service} has no operation {id}"),
        )
    };
    let found = otcdb_bundles::operation(service.as_str(), id).map_err(|error| {
        unknown()
            .with_hint("build the program anew")
            .with_source(error)
    })?;
    found.ok_or_else(unknown)
}

/// A call of an operation, with the values of its parameters of path and query. The project is the session's.
///
/// # Errors
/// A parameter of the path has no value, or one that leads elsewhere.
pub(crate) fn described(
    operation: &'static Operation,
    values: &[(&'static str, String)],
) -> Result<RawCall> {
    let id = operation.id.as_str();
    let mut path = String::new();
    let mut rest = operation.path.as_str();
    while let Some((before, name, after)) = next_name(rest) {
        path.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        match value {
            // The session puts it in.
            _ if name == "project_id" => path.push_str("{project_id}"),
            // However they are written, these lead out of where they stand.
            Some((_, value)) if value == "." || value == ".." => {
                let what = format!("{id}: {value:?} is no value for {name}");
                return Err(Error::invalid_argument(what));
            }
            Some((_, value)) => path.extend(utf8_percent_encode(value, SEGMENT)),
            None => {
                let what = format!("{id} needs a value for {name}");
                return Err(Error::invalid_argument(what));
            }
        }
        rest = after;
    }
    path.push_str(rest);
    let query = values
        .iter()
        .filter(|(name, _)| operation.parameter(Place::Query, name).is_some())
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    Ok(RawCall::new(operation.method.clone(), path)
        .name(id)
        .query(query.collect())
        .idempotent(operation.idempotent)
        .expect(match operation.expected() {
            Expected::Json => Expect::Json,
            Expected::JsonOrEmpty => Expect::JsonOrEmpty,
            Expected::Empty => Expect::Empty,
        }))
}

/// The text before the first name in braces, the name, and the text after.
fn next_name(path: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = path.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Makes a call that answers with one document, when it is its turn.
///
/// # Errors
/// That of the call, or a body that is no JSON.
pub(crate) async fn document(
    clients: &Clients,
    service: Service,
    operation: &'static Operation,
    call: RawCall,
) -> Result<Box<RawValue>> {
    let _turn = clients.turn(service).await;
    document_now(&clients.session, service, operation, call).await
}

/// The same for whoever has a turn.
///
/// # Errors
/// See [`document`].
pub(crate) async fn document_now(
    session: &Session,
    service: Service,
    operation: &'static Operation,
    call: RawCall,
) -> Result<Box<RawValue>> {
    let received = session.service(service).execute(call).await?;
    serde_json::from_slice(&received.body).map_err(|error| {
        undocumented(
            &received,
            format!(
                "the response is no JSON: {}",
                otcdb_core::redact::decode_error(&error)
            ),
        )
        .with_operation(operation.id.as_str())
    })
}

/// The error of a success that is not what is described.
pub(crate) fn undocumented(received: &Received, what: String) -> Error {
    RawResponse::new(received.status, &received.headers, &received.body).to_undocumented(what)
}
