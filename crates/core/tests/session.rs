//! Calls of a session against a server on loopback.

mod support;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use otcdb_core::clock::{Clock, Jitter};
use otcdb_core::credentials::{AccessKey, Agency, AgencyBase, Domain, Password};
use otcdb_core::operation::decodes_as;
use otcdb_core::sign::verify::verify;
use otcdb_core::{
    Credentials, Endpoints, ErrorKind, Expect, OperationMeta, Region, RetryPolicy, Service,
    Session, SessionBuilder, Timeouts,
};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Request, Response};
use serde::Deserialize;
use serde_json::json;
use support::{Server, Step};
use tokio::sync::Barrier;

#[derive(Deserialize)]
struct Item {
    #[allow(dead_code)]
    size: u32,
}

static OPERATIONS: &[OperationMeta] = &[
    OperationMeta::new("ListThings", "list_things", Method::GET)
        .expect(Expect::JsonOrEmpty)
        .check(decodes_as::<Option<Item>>),
    OperationMeta::new("CreateThing", "create_thing", Method::POST).expect(Expect::Json),
    OperationMeta::new("CollectThing", "collect_thing", Method::POST)
        .expect(Expect::Empty)
        .idempotent(),
];

fn builder(server: &Server, credentials: Credentials) -> SessionBuilder {
    Session::builder(credentials, Region::new("eu-de").unwrap())
        .endpoints(Endpoints::all_at(&server.url()).unwrap())
        .jitter(Jitter::new(|| 0.0))
        .retry(RetryPolicy {
            attempts: 3,
            ..RetryPolicy::default()
        })
}

fn with_token(server: &Server) -> Session {
    builder(server, Credentials::Token("tok-secret".into()))
        .project_id("p1")
        .build()
        .unwrap()
}

fn with_password(server: &Server) -> Session {
    let password = Password {
        user: "u".into(),
        password: "pw-secret".into(),
        domain: Domain::Name("d".into()),
    };
    builder(server, Credentials::Password(password))
        .build()
        .unwrap()
}

fn request(server: &Server, method: Method, path: &str) -> Request {
    Request::new(method, format!("{}{path}", server.url()).parse().unwrap())
}

async fn exec(session: &Session, request: Request, name: &'static str) -> Response {
    session
        .service(Service::Dcs)
        .exec(request, OPERATIONS, name)
        .await
}

async fn error_of(response: Response) -> otcdb_core::Error {
    otcdb_core::error::from_client::<()>(progenitor_client::Error::UnexpectedResponse(response))
        .await
}

async fn failure(server: &Server, name: &'static str) -> otcdb_core::Error {
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

fn token_answer(token: &str) -> Step {
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

#[tokio::test]
async fn a_call_carries_token_and_language_but_not_the_descriptions_version() {
    let server = Server::start([Step::json(200, json!({"size": 1}))]).await;
    let mut request = request(&server, Method::GET, "/v2/p1/things?name=a+b");
    request
        .headers_mut()
        .insert("api-version", HeaderValue::from_static("2"));
    let response = exec(&with_token(&server), request, "list_things").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await.unwrap(), r#"{"size":1}"#);
    let seen = server.only();
    assert_eq!(seen.header("x-auth-token"), Some("tok-secret"));
    assert_eq!(seen.header("x-language"), Some("en-us"));
    assert_eq!(seen.header("api-version"), None);
    assert_eq!(seen.target, "/v2/p1/things?name=a%20b");
    assert!(seen.header("user-agent").unwrap().starts_with("otcdb/"));
}

#[tokio::test]
async fn nothing_to_report_becomes_null_only_where_the_operation_says_so() {
    let server = Server::start([Step::status(204), Step::status(204)]).await;
    let session = with_token(&server);
    let list = exec(
        &session,
        request(&server, Method::GET, "/things"),
        "list_things",
    )
    .await;
    assert_eq!(
        (list.status().as_u16(), list.text().await.unwrap()),
        (204, "null".into())
    );
    let collect = exec(
        &session,
        request(&server, Method::POST, "/things"),
        "collect_thing",
    )
    .await;
    assert_eq!(
        (collect.status().as_u16(), collect.text().await.unwrap()),
        (204, String::new())
    );
}

#[tokio::test]
async fn what_is_repeated_depends_on_the_operation() {
    // The answer or accident, then how often each of the three operations is sent in all.
    for (step, get, post, idempotent_post) in [
        (Step::status(429), 3, 3, 3),
        (Step::status(503), 3, 3, 3),
        (Step::status(500), 3, 1, 3),
        (Step::status(502), 3, 1, 3),
        (Step::Reset, 3, 1, 3),
        (Step::json(200, json!({"size": 1})).cut(), 3, 1, 3),
        (Step::status(404), 1, 1, 1),
    ] {
        for (name, expected) in [
            ("list_things", get),
            ("create_thing", post),
            ("collect_thing", idempotent_post),
        ] {
            let server = Server::start(vec![step.clone(); 5]).await;
            let error = failure(&server, name).await;
            assert_eq!(server.count(), expected, "{name} {step:?} {error}");
            assert_eq!(error.attempts() as usize, expected);
        }
    }
}

#[tokio::test]
async fn a_retry_that_succeeds_is_a_success() {
    let server = Server::start([
        Step::Reset,
        Step::status(503).header("Retry-After", "0"),
        Step::json(200, json!({"size": 1})),
    ])
    .await;
    let response = exec(
        &with_token(&server),
        request(&server, Method::GET, "/things"),
        "list_things",
    )
    .await;
    assert_eq!(response.status(), 200);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_service_that_asks_for_too_long_a_wait_gets_no_retry() {
    let server = Server::start(vec![Step::status(429).header("Retry-After", "3600"); 2]).await;
    let error = failure(&server, "list_things").await;
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn no_connection_is_an_error_of_its_own_kind() {
    let server = Server::start([]).await;
    let session = with_token(&server);
    let request = request(&server, Method::POST, "/things?Signature=s");
    server.stop().await;
    let error = error_of(exec(&session, request, "create_thing").await).await;
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.operation(), Some("CreateThing"));
    assert_eq!(error.attempts(), 3);
    assert!(
        !format!("{error:?} {error}").contains("Signature"),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_answer_that_never_comes_is_a_timeout() {
    let server = Server::start(vec![Step::Hang; 4]).await;
    for (read, total) in [(50, 60_000), (60_000, 200)] {
        let session = builder(&server, Credentials::Token("t".into()))
            .project_id("p")
            .timeouts(Timeouts {
                read: Duration::from_millis(read),
                total: Duration::from_millis(total),
                ..Timeouts::default()
            })
            .build()
            .unwrap();
        let error =
            error_of(exec(&session, request(&server, Method::GET, "/x"), "list_things").await)
                .await;
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        assert_eq!(error.operation(), Some("ListThings"));
    }
}

#[tokio::test]
async fn undocumented_answers_keep_status_and_request_id() {
    let html = "<html>Please log in</html>";
    for (step, kind, says) in [
        (
            Step::text(200, "text/html", html),
            ErrorKind::UndocumentedAnswer,
            "content type",
        ),
        (
            Step::text(200, "text/plain", "{}"),
            ErrorKind::UndocumentedAnswer,
            "content type",
        ),
        (
            Step::text(200, "application/json", ""),
            ErrorKind::UndocumentedAnswer,
            "empty",
        ),
        (
            Step::text(200, "application/json", "{\"a\""),
            ErrorKind::UndocumentedAnswer,
            "breaks off",
        ),
        (
            Step::text(200, "application/json", "{a}"),
            ErrorKind::UndocumentedAnswer,
            "not valid JSON",
        ),
        (
            Step::json(200, json!({"error_code": "DCS.1", "error_msg": "m"})),
            ErrorKind::UndocumentedAnswer,
            "DCS.1: m",
        ),
        (
            Step::status(302).header("Location", "/login"),
            ErrorKind::UndocumentedAnswer,
            "redirection",
        ),
        (
            Step::text(403, "text/html", html),
            ErrorKind::Permission,
            "not documented",
        ),
        (
            Step::status(500),
            ErrorKind::Service,
            "without an error body",
        ),
        (
            Step::text(404, "application/json", "{\"err"),
            ErrorKind::NotFound,
            "not documented",
        ),
    ] {
        let step = step.header("X-Request-Id", "req-1");
        let server = Server::start(vec![step.clone(); 3]).await;
        let error = failure(&server, "create_thing").await;
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.status().unwrap(), step.code(), "{error}");
        assert_eq!(error.request_id(), Some("req-1"), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.to_string().starts_with("CreateThing: "), "{error}");
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_body_of_another_shape_is_found_while_the_request_id_is_known() {
    let step = Step::json(200, json!({"size": "big"})).header("X-Request-Id", "req-1");
    let server = Server::start([step]).await;
    let error = failure(&server, "list_things").await;
    assert_eq!(error.kind(), ErrorKind::UndocumentedAnswer);
    assert_eq!(error.request_id(), Some("req-1"));
    assert!(error.to_string().contains("documented shape"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(vec![Step::status(200); 2]).await;
    let redirect = Step::status(307).header("Location", &elsewhere.url());
    let server = Server::start(vec![redirect; 2]).await;
    let error = failure(&server, "list_things").await;
    assert_eq!(error.kind(), ErrorKind::UndocumentedAnswer);
    let session = with_token(&server);
    let link = format!("{}/f?Signature=s", server.url());
    let answer = session.download_client().get(link).send().await.unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(elsewhere.count(), 0);
    assert_eq!(server.seen()[1].header("x-auth-token"), None);
}

#[tokio::test]
async fn credentials_go_to_the_services_own_endpoint_only() {
    let server = Server::start([]).await;
    let elsewhere = Server::start([]).await;
    let session = with_token(&server);
    let error = error_of(
        exec(
            &session,
            request(&elsewhere, Method::GET, "/v2"),
            "list_things",
        )
        .await,
    )
    .await;
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(server.count() + elsewhere.count(), 0);

    for url in ["http://dcs.example.com", "http://10.0.0.1"] {
        let refused = builder(&server, Credentials::Token("t".into()))
            .endpoints(Endpoints::all_at(url).unwrap())
            .build()
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
    }
}

#[tokio::test]
async fn one_token_is_issued_for_many_calls_and_scoped_to_the_region() {
    let server = Server::routed(|seen| match seen.path() {
        "/v3/auth/tokens" => token_answer("tok-1"),
        _ => Step::json(200, json!({"size": 1})),
    })
    .await;
    let session = with_password(&server);
    let calls = (0..20).map(|_| exec(&session, request(&server, Method::GET, "/x"), "list_things"));
    for response in futures_util::future::join_all(calls).await {
        assert_eq!(response.status(), 200);
    }
    let issued: Vec<_> = server
        .seen()
        .into_iter()
        .filter(|seen| seen.method == "POST")
        .collect();
    assert_eq!(issued.len(), 1);
    assert_eq!(
        issued[0].json(),
        json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": "u", "password": "pw-secret", "domain": {"name": "d"}}}},
            "scope": {"project": {"name": "eu-de"}},
        }})
    );
    assert_eq!(session.project_id().await.unwrap(), "p1");
    assert_eq!(server.count(), 21);
}

#[tokio::test]
async fn a_401_renews_the_token_once_for_all_and_replays_the_call() {
    // The first token is refused, and only once every call has been refused with it.
    let barrier = Arc::new(Barrier::new(10));
    let server = Server::routed_async(move |seen, number| {
        let barrier = Arc::clone(&barrier);
        async move {
            match (seen.path(), seen.header("x-auth-token")) {
                ("/v3/auth/tokens", _) => token_answer(if number == 0 { "old" } else { "new" }),
                (_, Some("old")) => {
                    barrier.wait().await;
                    Step::json(
                        401,
                        json!({"error_code": "APIGW.0301", "error_msg": "expired"}),
                    )
                }
                (_, Some("new")) => Step::json(200, json!({"size": 1})),
                _ => Step::status(400),
            }
        }
    })
    .await;
    let session = with_password(&server);
    let calls = (0..10).map(|_| {
        exec(
            &session,
            request(&server, Method::POST, "/x"),
            "create_thing",
        )
    });
    for response in futures_util::future::join_all(calls).await {
        assert_eq!(response.status(), 200);
    }
    let issued = server
        .seen()
        .iter()
        .filter(|seen| seen.path() == "/v3/auth/tokens")
        .count();
    assert_eq!(issued, 2);
    assert_eq!(server.count(), 22);
}

#[tokio::test]
async fn a_token_that_is_refused_anew_is_an_error() {
    let server = Server::routed(|seen| match seen.path() {
        "/v3/auth/tokens" => token_answer("t"),
        _ => Step::json(401, json!({"error_code": "APIGW.0301", "error_msg": "no"})),
    })
    .await;
    let response = exec(
        &with_password(&server),
        request(&server, Method::GET, "/x"),
        "list_things",
    )
    .await;
    let error = error_of(response).await;
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(error.code(), Some("APIGW.0301"));
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_wrong_password_shows_neither_itself_nor_the_token() {
    let body = json!({"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}});
    let server = Server::start(vec![Step::json(401, body); 4]).await;
    let session = with_password(&server);
    let error =
        error_of(exec(&session, request(&server, Method::GET, "/x"), "list_things").await).await;
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(error.operation(), Some("token issue"));
    assert!(
        error.to_string().contains("username or password is wrong"),
        "{error}"
    );
    assert!(!format!("{error:?} {session:?}").contains("pw-secret"));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn an_agency_is_taken_with_a_token_of_the_users_own_domain() {
    let server = Server::start([
        token_answer("own"),
        token_answer("agency"),
        Step::json(200, json!({"size": 1})),
    ])
    .await;
    let agency = Agency {
        name: "ops".into(),
        domain: Domain::Id("dom-a".into()),
        base: AgencyBase::Password(Password {
            user: "u".into(),
            password: "pw".into(),
            domain: Domain::Name("dom-b".into()),
        }),
    };
    let session = builder(&server, Credentials::Agency(agency))
        .project_id("p9")
        .build()
        .unwrap();
    let response = exec(&session, request(&server, Method::GET, "/x"), "list_things").await;
    assert_eq!(response.status(), 200);
    let seen = server.seen();
    assert_eq!(
        seen[0].json()["auth"]["scope"],
        json!({"domain": {"name": "dom-b"}})
    );
    assert_eq!(seen[1].header("x-auth-token"), Some("own"));
    assert_eq!(
        seen[1].json(),
        json!({"auth": {
            "identity": {"methods": ["assume_role"], "assume_role": {"xrole_name": "ops", "domain_id": "dom-a"}},
            "scope": {"project": {"id": "p9"}},
        }})
    );
    assert_eq!(seen[2].header("x-auth-token"), Some("agency"));
}

#[tokio::test]
async fn each_attempt_is_signed_afresh_and_the_project_is_looked_up_once() {
    let server = Server::start([
        Step::json(
            200,
            json!({"projects": [{"id": "x", "name": "eu-de_x"}, {"id": "p1", "name": "eu-de"}]}),
        ),
        Step::status(503),
        Step::json(200, json!({"size": 1})),
        Step::json(200, json!({"size": 1})),
    ])
    .await;
    let keys = AccessKey::new("AK", "sk-secret".into()).with_security_token("st".into());
    let clock = {
        let seconds = std::sync::atomic::AtomicI64::new(1_767_323_045);
        Clock::new(move || {
            let now = seconds.fetch_add(60, std::sync::atomic::Ordering::SeqCst);
            jiff::Timestamp::from_second(now).unwrap()
        })
    };
    let session = builder(&server, Credentials::AccessKey(keys))
        .clock(clock)
        .build()
        .unwrap();
    for _ in 0..2 {
        let request = request(&server, Method::POST, "/v2/p1/x?b=c d&a=%2F");
        let response = exec(&session, request, "collect_thing").await;
        assert_eq!(response.status(), 200);
    }
    let seen = server.seen();
    assert_eq!(seen[0].target, "/v3/projects?name=eu-de");
    assert_eq!(seen[0].header("x-project-id"), None);
    for (number, seen) in seen.iter().enumerate() {
        let at = jiff::Timestamp::from_second(1_767_323_045 + 60 * i64::try_from(number).unwrap())
            .unwrap();
        let verified = verify(seen.parts(), |_| Some("sk-secret".into()), at).unwrap();
        assert!(
            verified
                .signed_headers
                .contains(&"x-security-token".to_owned())
        );
        let date = seen.header("x-sdk-date").unwrap();
        assert_eq!(date, at.strftime("%Y%m%dT%H%M%SZ").to_string());
        if number > 0 {
            assert_eq!(seen.header("x-project-id"), Some("p1"));
            assert_eq!(seen.target, "/v2/p1/x?a=%2F&b=c%20d");
        }
    }
    assert!(!format!("{session:?}").contains("sk-secret"));
}

#[tokio::test]
async fn a_missing_project_says_which() {
    let server = Server::start([Step::json(200, json!({"projects": []}))]).await;
    let session = builder(&server, Credentials::Token("t".into()))
        .build()
        .unwrap();
    let error = session.project_id().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("eu-de"), "{error}");
}

#[tokio::test]
async fn a_raw_call_uses_the_same_ways() {
    let server = Server::start([Step::status(503), Step::text(200, "text/csv", "a,b")]).await;
    let session = with_token(&server);
    let raw = |path: &'static str, headers: HeaderMap| {
        let session = session.clone();
        async move {
            let query = [("limit".to_owned(), "1 2".to_owned())];
            session
                .execute_raw(
                    Service::Rds,
                    Method::GET,
                    path,
                    &query,
                    headers,
                    Bytes::new(),
                )
                .await
        }
    };
    let received = raw("/v3/{project_id}/instances?offset=0", HeaderMap::new())
        .await
        .unwrap();
    assert_eq!(received.body, "a,b");
    assert_eq!(
        server.seen()[1].target,
        "/v3/p1/instances?offset=0&limit=1%202"
    );
    for path in ["v3/x", "//evil.example/x", "https://evil.example/"] {
        let error = raw(path, HeaderMap::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{path}");
    }
    let mut headers = HeaderMap::new();
    headers.insert("X-Auth-Token", HeaderValue::from_static("other"));
    let error = raw("/v3", headers).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn the_budget_is_shared_by_the_clones_of_a_session() {
    let server = Server::routed(|_| Step::status(503)).await;
    let session = builder(&server, Credentials::Token("t".into()))
        .project_id("p")
        .retry_budget(otcdb_core::retry::RetryBudget::new(10))
        .build()
        .unwrap();
    for _ in 0..3 {
        exec(
            &session.clone(),
            request(&server, Method::GET, "/x"),
            "list_things",
        )
        .await;
    }
    // Three calls and the two retries that the budget pays for.
    assert_eq!(server.count(), 5);
    assert_eq!(session.retry_budget().tokens(), 0);
}

#[tokio::test]
async fn proving_an_identity_takes_one_call() {
    let server = Server::routed(|seen| match seen.path() {
        "/v3/auth/tokens" => token_answer("t"),
        _ => Step::json(200, json!({"projects": [{"id": "p1", "name": "eu-de"}]})),
    })
    .await;
    let proof = with_password(&server).prove().await.unwrap();
    assert_eq!(proof.project_id, "p1");
    assert!(proof.token_expires_at.is_some());
    assert_eq!(server.count(), 1);
    let proof = with_token(&server).prove().await.unwrap();
    assert_eq!(
        (proof.project_id.as_str(), proof.token_expires_at),
        ("p1", None)
    );
    assert_eq!(server.count(), 2);
}
