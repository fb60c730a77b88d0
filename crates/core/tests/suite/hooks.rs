//! The hooks of a client as progenitor generates it, which has nothing in it but what matters here.

use otcdb_core::{
    Credentials, Endpoints, ErrorKind, Expect, OperationMeta, Region, RetryPolicy, Service,
    ServiceSession, Session,
};
use otcdb_stub::{Response, Stub};
use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo, ResponseValue};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::with_token;

static OPERATIONS: &[OperationMeta] =
    &[OperationMeta::new("ShowThing", "show_thing", Method::GET).expect(Expect::JsonOrEmpty)];

struct Client {
    baseurl: String,
    client: reqwest::Client,
    inner: ServiceSession,
}

impl ClientInfo<ServiceSession> for Client {
    fn api_version() -> &'static str {
        "1"
    }

    fn baseurl(&self) -> &str {
        &self.baseurl
    }

    fn client(&self) -> &reqwest::Client {
        &self.client
    }

    fn inner(&self) -> &ServiceSession {
        &self.inner
    }
}

impl ClientHooks<ServiceSession> for Client {
    async fn exec(
        &self,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        Ok(self
            .inner
            .exec(request, OPERATIONS, info.operation_id)
            .await)
    }
}

impl Client {
    fn new(server: &Stub) -> Self {
        let session = Session::builder(
            Credentials::Token("t".into()),
            Region::new("eu-de").unwrap(),
        )
        .endpoints(Endpoints::all_at(&server.url()).unwrap())
        .project_id("p")
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
        let inner = session.service(Service::Rds);
        Self {
            baseurl: inner.endpoint(),
            client: inner.http_client(),
            inner,
        }
    }

    /// As generated from an operation whose only response is `2XX`.
    async fn show_thing(&self) -> Result<ResponseValue<Option<Vec<u8>>>, Error<()>> {
        let request = self
            .client
            .get(format!("{}/v3/things", self.baseurl))
            .header("api-version", Self::api_version())
            .build()?;
        let info = OperationInfo {
            operation_id: "show_thing",
        };
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => otcdb_core::decode(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}

async fn outcome(step: Response) -> Result<Option<Vec<u8>>, otcdb_core::Error> {
    let server = Stub::in_turn([step.header("X-Request-Id", "r1")]);
    match Client::new(&server).show_thing().await {
        Ok(value) => Ok(value.into_inner()),
        Err(error) => Err(otcdb_core::error::from_client(error).await),
    }
}

#[tokio::test]
async fn successes_are_typed_and_an_empty_one_is_none() {
    assert_eq!(
        outcome(Response::json(200, json!([1]))).await.unwrap(),
        Some(vec![1])
    );
    assert_eq!(outcome(Response::empty(204)).await.unwrap(), None);
}

#[tokio::test]
async fn errors_come_through_generated_code_whole() {
    let refused = json!({"error_code": "DBS.200022", "error_msg": "not running"});
    for (step, kind, code) in [
        (
            Response::json(409, refused.clone()),
            ErrorKind::Service,
            Some("DBS.200022"),
        ),
        (
            Response::json(200, refused),
            ErrorKind::UndocumentedResponse,
            Some("DBS.200022"),
        ),
        (
            Response::json(200, json!({"a": 1})),
            ErrorKind::UndocumentedResponse,
            None,
        ),
        (
            Response::bytes(502, "text/html", "<html>"),
            ErrorKind::Service,
            None,
        ),
    ] {
        let status = step.status().unwrap();
        let error = outcome(step).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.code(), code);
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(error.request_id(), Some("r1"));
        assert_eq!(error.operation(), Some("ShowThing"));
    }
    let lost = outcome(Response::close()).await.unwrap_err();
    assert_eq!((lost.kind(), lost.status()), (ErrorKind::Connection, None));
    assert_eq!(lost.operation(), Some("ShowThing"));
}

/// For a client that does not go through a session.
#[tokio::test]
async fn errors_of_any_generated_client_can_be_converted() {
    let server = Stub::in_turn([
        Response::json(404, json!({"error_code": "X", "error_msg": "m"}))
            .header("X-Request-Id", "r2"),
    ]);
    let http = with_token(&server).service(Service::Dcs).http_client();
    let response = http.get(server.url()).send().await.unwrap();
    let error = otcdb_core::error::from_client::<()>(Error::UnexpectedResponse(response)).await;
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!((error.code(), error.request_id()), (Some("X"), Some("r2")));

    let broken = serde_json::from_str::<Value>("{").unwrap_err();
    let payload = Error::<()>::InvalidResponsePayload(r#"{"password":"hunter2"}"#.into(), broken);
    let error = otcdb_core::error::from_client(payload).await;
    assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn a_call_can_move_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn check(session: &ServiceSession, request: reqwest::Request) {
        is_send(&session.exec(request, OPERATIONS, "show_thing"));
    }
    let _ = check;
}
