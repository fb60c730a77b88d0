//! Sessions and calls for the tests.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use otcdb_core::call::Call;
use otcdb_core::clock::Jitter;
use otcdb_core::config::Environment;
use otcdb_core::credentials::{Domain, Password};
use otcdb_core::{
    Credentials, Endpoints, Error, Expect, ListMeta, OperationMeta, RawCall, Received, Region,
    Result, RetryPolicy, Service, Session, SessionBuilder,
};
use otcdb_stub::{Response, Stub};
use reqwest::Method;
use serde_json::json;

pub(crate) static OPERATIONS: &[OperationMeta] = &[
    OperationMeta::new("ListThings", "list_things", Method::GET).expect(Expect::JsonOrEmpty),
    OperationMeta::new("CreateThing", "create_thing", Method::POST).expect(Expect::Json),
    OperationMeta::new("CollectThing", "collect_thing", Method::POST)
        .expect(Expect::Empty)
        .idempotent(),
    OperationMeta::new("ListItems", "list_items", Method::GET)
        .expect(Expect::Json)
        .list(ListMeta::new("result.items", Some("count"))),
    OperationMeta::new("ListEntries", "list_entries", Method::GET)
        .expect(Expect::JsonOrEmpty)
        .list(ListMeta::new("entries", None)),
];

pub(crate) fn builder(server: &Stub, credentials: Credentials) -> SessionBuilder {
    Session::builder(credentials, Region::new("eu-de").unwrap())
        .endpoints(Endpoints::all_at(&server.url()).unwrap())
        .jitter(Jitter::new(|| 0.0))
        .retry(
            RetryPolicy::default()
                .attempts(3)
                .first_held_back(Duration::from_millis(4))
                .longest_held_back(Duration::from_millis(8)),
        )
}

pub(crate) fn with_token(server: &Stub) -> Session {
    builder(server, Credentials::Token("tok-secret".into()))
        .project_id("p1")
        .build()
        .unwrap()
}

pub(crate) fn with_password(server: &Stub) -> Session {
    let password = Password::new("u", "pw-secret", Domain::Name("d".into()));
    builder(server, Credentials::Password(password))
        .build()
        .unwrap()
}

/// A call of an operation of the table.
pub(crate) fn request(method: Method, path: &str) -> RawCall {
    RawCall::new(method, path)
}

pub(crate) async fn exec(session: &Session, request: RawCall, name: &str) -> Result<Received> {
    let mut call = request.name(name.to_owned());
    if let Some(operation) = OPERATIONS.iter().find(|operation| operation.name() == name) {
        call = call
            .name(operation.id())
            .idempotent(operation.is_idempotent())
            .expect(operation.expected())
            .list(operation.lists().copied());
    }
    session.service(Service::Dcs).execute(call).await
}

/// A typed call of an operation of the table.
pub(crate) fn call<T>(session: &Session, name: &str) -> Call<T> {
    let operation = OPERATIONS.iter().find(|operation| operation.name() == name);
    Call::new(&session.service(Service::Dcs), operation.unwrap())
}

pub(crate) async fn failure(server: &Stub, name: &str) -> Error {
    let method = if name.starts_with("list_") {
        Method::GET
    } else {
        Method::POST
    };
    let request = request(method, "/v2/p1/things");
    exec(&with_token(server), request, name).await.unwrap_err()
}

pub(crate) fn token_response(token: &str) -> Response {
    Response::json(
        201,
        json!({"token": {
            "issued_at": "2026-01-02T03:04:05.000000Z",
            "expires_at": "2026-01-03T03:04:05.000000Z",
            "project": {"id": "p1", "name": "eu-de"},
        }}),
    )
    .header("X-Subject-Token", token)
}

/// An environment of these variables and files.
pub(crate) fn world(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Environment {
    let files: HashMap<PathBuf, String> = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
        .collect();
    Environment::new(
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        Some(PathBuf::from("/home/u")),
        move |path: &Path| {
            files
                .get(path)
                .cloned()
                .ok_or_else(|| io::ErrorKind::NotFound.into())
        },
    )
}
