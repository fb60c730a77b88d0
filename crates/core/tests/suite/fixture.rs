//! Sessions and calls for the tests.

use std::time::Duration;

use otcdb_core::clock::Jitter;
use otcdb_core::credentials::{Domain, Password};
use otcdb_core::{
    Credentials, Endpoints, Expect, OperationMeta, Region, RetryPolicy, Service, Session,
    SessionBuilder,
};
use reqwest::{Method, Request, Response};
use serde_json::json;

use crate::support::{Server, Step};

pub(crate) static OPERATIONS: &[OperationMeta] = &[
    OperationMeta::new("ListThings", "list_things", Method::GET).expect(Expect::JsonOrEmpty),
    OperationMeta::new("CreateThing", "create_thing", Method::POST).expect(Expect::Json),
    OperationMeta::new("CollectThing", "collect_thing", Method::POST)
        .expect(Expect::Empty)
        .idempotent(),
];

pub(crate) fn builder(server: &Server, credentials: Credentials) -> SessionBuilder {
    Session::builder(credentials, Region::new("eu-de").unwrap())
        .endpoints(Endpoints::all_at(&server.url()).unwrap())
        .jitter(Jitter::new(|| 0.0))
        .retry(RetryPolicy {
            attempts: 3,
            first_held_back: Duration::from_millis(4),
            longest_held_back: Duration::from_millis(8),
            ..RetryPolicy::default()
        })
}

pub(crate) fn with_token(server: &Server) -> Session {
    builder(server, Credentials::Token("tok-secret".into()))
        .project_id("p1")
        .build()
        .unwrap()
}

pub(crate) fn with_password(server: &Server) -> Session {
    let password = Password {
        user: "u".into(),
        password: "pw-secret".into(),
        domain: Domain::Name("d".into()),
    };
    builder(server, Credentials::Password(password))
        .build()
        .unwrap()
}

pub(crate) fn request(server: &Server, method: Method, path: &str) -> Request {
    Request::new(method, format!("{}{path}", server.url()).parse().unwrap())
}

pub(crate) async fn exec(session: &Session, request: Request, name: &'static str) -> Response {
    session
        .service(Service::Dcs)
        .exec(request, OPERATIONS, name)
        .await
}

pub(crate) async fn error_of(response: Response) -> otcdb_core::Error {
    otcdb_core::error::from_client::<()>(progenitor_client::Error::UnexpectedResponse(response))
        .await
}

pub(crate) async fn failure(server: &Server, name: &'static str) -> otcdb_core::Error {
    let method = if name == "list_things" {
        Method::GET
    } else {
        Method::POST
    };
    let response = exec(
        &with_token(server),
        request(server, method, "/v2/p1/things"),
        name,
    )
    .await;
    assert!(!response.status().is_success());
    error_of(response).await
}

pub(crate) fn token_answer(token: &str) -> Step {
    Step::json(
        201,
        json!({"token": {
            "issued_at": "2026-01-02T03:04:05.000000Z",
            "expires_at": "2026-01-03T03:04:05.000000Z",
            "project": {"id": "p1", "name": "eu-de"},
        }}),
    )
    .header("X-Subject-Token", token)
}
