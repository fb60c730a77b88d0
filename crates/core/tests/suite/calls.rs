//! Calls of a session against a server on loopback.

use std::time::Duration;

use bytes::Bytes;
use otcdb_core::clock::Clock;
use otcdb_core::credentials::AccessKey;
use otcdb_core::{Credentials, Endpoints, ErrorKind, Secret, Service, Timeouts};
use otcdb_stub::{Response, Stub};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::json;

use crate::fixture::{builder, call, exec, failure, request, with_token};

#[tokio::test]
async fn a_call_carries_token_and_language() {
    let server = Stub::in_turn([Response::json(200, json!({"size": 1}))]);
    let request = request(Method::GET, "/v2/p1/things").query(vec![("name".into(), "a b".into())]);
    let response = exec(&with_token(&server), request, "list_things")
        .await
        .unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.body, r#"{"size":1}"#);
    let seen = server.only();
    assert_eq!(seen.header("x-auth-token"), Some("tok-secret"));
    assert_eq!(seen.header("x-language"), Some("en-us"));
    assert_eq!(seen.target, "/v2/p1/things?name=a%20b");
    assert!(seen.header("user-agent").unwrap().starts_with("otcdb/"));
}

#[tokio::test]
async fn nothing_to_report_becomes_null_only_where_the_operation_says_so() {
    let server = Stub::in_turn([Response::empty(204), Response::empty(204)]);
    let session = with_token(&server);
    let list = exec(&session, request(Method::GET, "/things"), "list_things").await;
    let list = list.unwrap();
    assert_eq!((list.status.as_u16(), &*list.body), (204, &b"null"[..]));
    let collect = exec(&session, request(Method::POST, "/things"), "collect_thing").await;
    let collect = collect.unwrap();
    assert_eq!((collect.status.as_u16(), &*collect.body), (204, &b""[..]));
}

#[tokio::test]
async fn a_null_in_the_place_of_a_list_is_not_an_empty_one() {
    let server = Stub::in_turn([Response::bytes(200, "application/json", "null")]);
    let session = with_token(&server);
    let error = exec(&session, request(Method::GET, "/entries"), "list_entries").await;
    let said = error.unwrap_err().to_string();
    assert!(said.contains("the response has no list"), "{said}");
}

#[tokio::test]
async fn what_only_has_the_form_of_json_is_told_with_the_response() {
    for (body, why) in [
        (r#"{"size":1e999}"#, "number out of range"),
        (r#"{"name":"\ud800"}"#, "hex escape"),
    ] {
        let server = Stub::in_turn([Response::bytes(200, "application/json", body)]);
        let call =
            call::<serde_json::Map<_, serde_json::Value>>(&with_token(&server), "create_thing");
        let error = call.send().await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains("the response is not valid JSON: "), "{said}");
        assert!(said.contains(why) && error.status().is_some(), "{said}");
    }
}

#[tokio::test]
async fn a_success_of_another_status_may_come_without_its_document() {
    for status in [201, 202, 204] {
        let server = Stub::in_turn([Response::empty(status)]);
        let call =
            call::<serde_json::Map<_, serde_json::Value>>(&with_token(&server), "create_thing");
        let made = call.send_with_meta().await.unwrap();
        assert_eq!(made.status.as_u16(), status);
        assert!(made.is_empty());
    }
    let server = Stub::in_turn([Response::empty(202)]);
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Thing {
        id: String,
    }
    let call = call::<Thing>(&with_token(&server), "create_thing");
    let error = call.send().await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("the response is empty where a document was expected: missing field `id`"),
        "{said}"
    );
    assert_eq!(error.operation(), Some("CreateThing"));
}

#[tokio::test]
async fn a_response_without_its_list_or_lost_on_the_way_is_no_success() {
    for (method, status, name) in [
        (Method::GET, 204, "list_items"),
        (Method::GET, 202, "list_items"),
        (Method::POST, 200, "create_thing"),
    ] {
        let server = Stub::in_turn([Response::empty(status)]);
        let request = request(method, "/things");
        let error = exec(&with_token(&server), request, name).await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains("the response is empty"), "{status}: {said}");
    }
}

#[tokio::test]
async fn what_is_repeated_depends_on_the_operation() {
    // The response or accident, then how often each of the three operations is sent in all.
    for (step, get, post, idempotent_post) in [
        (Response::empty(503), 3, 1, 3),
        (Response::empty(500), 3, 1, 3),
        (Response::empty(502), 3, 1, 3),
        (Response::close(), 3, 1, 3),
        (Response::json(200, json!({"size": 1})).cut_at(3), 3, 1, 3),
        (Response::empty(404), 1, 1, 1),
    ] {
        for (name, expected) in [
            ("list_things", get),
            ("create_thing", post),
            ("collect_thing", idempotent_post),
        ] {
            let server = Stub::in_turn(vec![step.clone(); 5]);
            let error = failure(&server, name).await;
            assert_eq!(server.count(), expected, "{name} {step:?} {error}");
            assert_eq!(error.attempts() as usize, expected);
        }
    }
}

#[tokio::test]
async fn too_many_calls_use_up_no_attempt_whatever_the_operation() {
    let gateway = json!({"error_code": "APIGW.0308", "error_msg": "too many"});
    for name in ["list_things", "create_thing", "collect_thing"] {
        let mut steps = vec![Response::empty(429); 5];
        steps.push(Response::json(503, gateway.clone()));
        steps.push(Response::close());
        steps.extend(vec![Response::json(429, gateway.clone()); 5]);
        steps.push(Response::json(200, json!({"size": 1})));
        let server = Stub::in_turn(steps);
        let request = request(Method::GET, "/things");
        let response = exec(&with_token(&server), request, name).await;
        if name == "create_thing" {
            // The connection that was lost ended it, not the refusals before.
            assert_eq!(response.unwrap_err().attempts(), 7);
        } else {
            assert_eq!(response.unwrap().status, 200, "{name}");
            assert_eq!(server.count(), 13);
        }
    }
}

#[tokio::test]
async fn a_service_that_refuses_for_ever_is_left_when_the_calls_time_ends() {
    let server = Stub::answering(|_| {
        Response::json(
            429,
            json!({"error_code": "APIGW.0308", "error_msg": "wait up to one minute"}),
        )
    });
    let session = builder(&server, Credentials::Token("t".into()))
        .project_id("p")
        .timeouts(Timeouts::default().total(Duration::from_millis(500)))
        .build()
        .unwrap();
    let call = || async {
        let request = request(Method::GET, "/things");
        exec(&session, request, "list_things").await.unwrap_err()
    };
    let error = call().await;
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert!(error.attempts() > 3, "{error}");
    assert!(
        error
            .to_string()
            .contains("APIGW.0308: wait up to one minute"),
        "{error}"
    );
    // Those that come later are told at once, or ask once.
    let before = server.count();
    for _ in 0..20 {
        assert_eq!(call().await.kind(), ErrorKind::Throttled);
    }
    assert!(
        server.count() - before <= 20,
        "{} calls",
        server.count() - before
    );
}

#[tokio::test]
async fn a_service_that_is_waited_for_holds_back_its_own_calls_only() {
    let server = Stub::answering(|seen| {
        if seen.path() == "/v3/things" {
            Response::json(200, json!({}))
        } else {
            Response::empty(429).header("Retry-After", "60")
        }
    });
    let session = with_token(&server);
    let waiting = exec(&session, request(Method::GET, "/v2/things"), "list_things");
    let second = exec(&session, request(Method::GET, "/v2/things"), "list_things");
    let other = session.execute_raw(
        Service::Rds,
        Method::GET,
        "/v3/things",
        &[],
        HeaderMap::new(),
        Bytes::new(),
    );
    tokio::select! {
        response = waiting => panic!("{response:?}"),
        response = second => panic!("{response:?}"),
        received = other => assert_eq!(received.unwrap().status, 200),
    }
    assert!(
        server
            .requests()
            .iter()
            .filter(|seen| seen.path() == "/v2/things")
            .count()
            <= 2
    );
}

#[tokio::test]
async fn the_clock_of_a_service_is_known_from_its_responses() {
    let clock = || Clock::new(|| "2026-01-02T03:04:05Z".parse().unwrap());
    let at = |date: &'static str| Response::json(200, json!({})).header("Date", date);
    let refused = |date: &'static str| Response::empty(401).header("Date", date);
    let server = Stub::in_turn([
        refused("Fri, 02 Jan 2026 03:14:05 GMT"),
        at("Fri, 02 Jan 2026 03:04:35 GMT"),
        at("Fri, 02 Jan 2026 03:03:05 GMT"),
    ]);
    let keys = AccessKey::new("AK", "SK");
    let session = builder(&server, Credentials::AccessKey(keys))
        .project_id("p")
        .clock(clock())
        .build()
        .unwrap();
    let call = |service| {
        session.execute_raw(
            service,
            Method::GET,
            "/x",
            &[],
            HeaderMap::new(),
            Bytes::new(),
        )
    };
    let error = call(Service::Dcs).await.unwrap_err();
    assert!(
        error.hint().unwrap().contains("10 minutes behind"),
        "{:?}",
        error.hint()
    );
    assert_eq!(session.clock_offset(), None);
    call(Service::Dcs).await.unwrap();
    call(Service::Rds).await.unwrap();
    let seconds = |offset: Option<jiff::SignedDuration>| offset.unwrap().as_secs();
    assert_eq!(seconds(session.service(Service::Dcs).clock_offset()), 30);
    assert_eq!(seconds(session.service(Service::Rds).clock_offset()), -60);
    assert_eq!(session.service(Service::Iam).clock_offset(), None);
    assert_eq!(seconds(session.clock_offset()), -60);
}

/// Its length is right, so only the JSON itself tells.
#[tokio::test]
async fn json_that_breaks_off_counts_as_a_lost_connection() {
    for (name, expected) in [("list_things", 3), ("create_thing", 1)] {
        let cut = Response::bytes(200, "application/json", r#"{"size": "#);
        let server = Stub::in_turn(vec![cut; 3]);
        let error = failure(&server, name).await;
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
        assert_eq!(server.count(), expected);
    }
}

#[tokio::test]
async fn a_retry_that_succeeds_is_a_success() {
    let server = Stub::in_turn([
        Response::close(),
        Response::empty(503).header("Retry-After", "0"),
        Response::json(200, json!({"size": 1})),
    ]);
    let response = exec(
        &with_token(&server),
        request(Method::GET, "/things"),
        "list_things",
    )
    .await;
    assert_eq!(response.unwrap().status, 200);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_service_that_asks_for_too_long_a_wait_gets_no_retry() {
    let server = Stub::in_turn(vec![Response::empty(429).header("Retry-After", "3600"); 2]);
    let error = failure(&server, "list_things").await;
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    let shown = error.to_string();
    assert!(shown.contains("asks to wait 3600 s"), "{shown}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn no_connection_is_an_error_of_its_own_kind() {
    let server = Stub::in_turn([]);
    let session = with_token(&server);
    let request = request(Method::POST, "/things?Signature=s");
    let place = server.url();
    server.stop();
    let error = exec(&session, request, "create_thing").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.operation(), Some("CreateThing"));
    assert_eq!(error.attempts(), 3);
    let host = format!(
        "could not connect to {}: ",
        place.trim_start_matches("http://")
    );
    assert!(error.message().starts_with(&host), "{error}");
    assert!(
        !format!("{error:?} {error}").contains("Signature"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_response_that_never_comes_is_a_timeout() {
    let server = Stub::in_turn(vec![Response::stall(); 4]);
    for (read, total) in [(50, 60_000), (60_000, 200)] {
        let session = builder(&server, Credentials::Token("t".into()))
            .project_id("p")
            .timeouts(
                Timeouts::default()
                    .read(Duration::from_millis(read))
                    .total(Duration::from_millis(total)),
            )
            .build()
            .unwrap();
        let error = exec(&session, request(Method::GET, "/x"), "list_things")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        assert_eq!(error.operation(), Some("ListThings"));
    }
}

#[tokio::test]
async fn a_call_whose_time_ends_says_what_the_last_attempt_said() {
    let busy = Response::json(503, json!({"error_code": "DCS.9", "error_msg": "busy"}))
        .header("X-Request-Id", "req-1");
    // The second attempt never ends.
    let server = Stub::in_turn([busy, Response::stall()]);
    let session = builder(&server, Credentials::Token("t".into()))
        .project_id("p")
        .timeouts(Timeouts::default().total(Duration::from_secs(1)))
        .build()
        .unwrap();
    let error = exec(&session, request(Method::GET, "/x"), "list_things")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.attempts(), 2);
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(error.code(), Some("DCS.9"));
    assert_eq!(error.request_id(), Some("req-1"));
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("DCS.9: busy"), "{source}");
}

#[tokio::test]
async fn a_timeout_of_the_longest_duration_is_no_limit() {
    let server = Stub::in_turn([
        Response::empty(503),
        Response::json(200, json!({"size": 1})),
    ]);
    let session = builder(&server, Credentials::Token("t".into()))
        .project_id("p")
        .timeouts(
            Timeouts::default()
                .connect(Duration::MAX)
                .read(Duration::MAX)
                .total(Duration::MAX),
        )
        .build()
        .unwrap();
    let response = exec(&session, request(Method::GET, "/x"), "list_things").await;
    assert_eq!(response.unwrap().status, 200);
}

#[tokio::test]
async fn undocumented_responses_keep_status_and_request_id() {
    let html = "<html>Please log in</html>";
    for (step, kind, says) in [
        (
            Response::bytes(200, "text/html", html),
            ErrorKind::UndocumentedResponse,
            "(text/html), HTTP 200 OK, Please log in",
        ),
        (
            Response::bytes(200, "text/plain", "{}"),
            ErrorKind::UndocumentedResponse,
            "content type",
        ),
        (
            Response::bytes(200, "application/json", ""),
            ErrorKind::UndocumentedResponse,
            "empty",
        ),
        (
            Response::bytes(200, "application/json", "{\"a\""),
            ErrorKind::UndocumentedResponse,
            "breaks off",
        ),
        (
            Response::bytes(200, "application/json", "{a}"),
            ErrorKind::UndocumentedResponse,
            "not valid JSON",
        ),
        (
            Response::json(200, json!({"error_code": "DCS.1", "error_msg": "m"})),
            ErrorKind::UndocumentedResponse,
            "DCS.1: m",
        ),
        (
            Response::empty(302).header("Location", "/login"),
            ErrorKind::UndocumentedResponse,
            "a redirection to /login, which is never followed",
        ),
        (
            Response::bytes(400, "application/json", "\u{1}\u{2}\u{0}\u{0}\u{0}")
                .header("Content-Encoding", "br"),
            ErrorKind::InvalidArgument,
            "(application/json, compressed as br)",
        ),
        (
            Response::bytes(403, "text/html", html),
            ErrorKind::Permission,
            "not documented (text/html), HTTP 403 Forbidden, Please log in",
        ),
        (
            Response::empty(500),
            ErrorKind::Service,
            "without an error body",
        ),
        (
            Response::bytes(404, "application/json", "{\"err"),
            ErrorKind::NotFound,
            "not documented",
        ),
        (
            Response::json(
                400,
                json!({"exception": "BadLimit", "errorMessage": "limit is 50"}),
            ),
            ErrorKind::InvalidArgument,
            "BadLimit: limit is 50",
        ),
        (
            Response::bytes(400, "text/plain", "limit is 50"),
            ErrorKind::InvalidArgument,
            ", limit is 50",
        ),
        (
            Response::bytes(403, "application/json", " "),
            ErrorKind::Permission,
            "1 bytes of white space",
        ),
        (
            Response::bytes(500, "text/plain", "x").cut_at(0),
            ErrorKind::Service,
            "its error body did not come",
        ),
    ] {
        let step = step.header("X-Request-Id", "req-1");
        let server = Stub::in_turn(vec![step.clone(); 3]);
        let error = failure(&server, "create_thing").await;
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.status().unwrap(), step.status().unwrap(), "{error}");
        assert_eq!(error.request_id(), Some("req-1"), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(
            error.to_string().starts_with("dcs CreateThing: "),
            "{error}"
        );
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Stub::in_turn(vec![Response::empty(200); 2]);
    let redirect = Response::empty(307).header("Location", &elsewhere.url());
    let server = Stub::in_turn(vec![redirect; 2]);
    let error = failure(&server, "list_things").await;
    assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
    let session = with_token(&server);
    assert_eq!(elsewhere.count(), 0);
    // The store of a file may lead elsewhere, but without credentials.
    let link = Secret::from(format!("{}/f?Signature=s", server.url()));
    assert_eq!(session.download(&link).bytes().await.unwrap(), "");
    assert_eq!(elsewhere.count(), 1);
    for asked in [&server.requests()[1], &elsewhere.requests()[0]] {
        assert_eq!(asked.header("x-auth-token"), None);
    }
}

#[tokio::test]
async fn credentials_go_to_the_services_own_endpoint_only() {
    let server = Stub::in_turn([]);
    let elsewhere = Stub::in_turn([]);
    let session = with_token(&server);
    let path = elsewhere.url().replace("http:", "");
    let request = request(Method::GET, &format!("{path}/v2"));
    let error = exec(&session, request, "list_things").await.unwrap_err();
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
async fn a_raw_call_uses_the_same_ways() {
    let server = Stub::in_turn([
        Response::empty(503),
        Response::bytes(200, "text/csv", "a,b"),
    ]);
    let session = with_token(&server);
    let raw = |path: &'static str, headers: HeaderMap| {
        let session = session.clone();
        async move {
            let query = [("limit".to_owned(), "1 2+3".to_owned())];
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
    let received = raw(
        "/v3/{project_id}/instances?since=00:00+0800&a=b%20c%2B",
        HeaderMap::new(),
    )
    .await
    .unwrap();
    assert_eq!(received.body, "a,b");
    assert_eq!(
        server.requests()[1].target,
        "/v3/p1/instances?since=00:00%2B0800&a=b%20c%2B&limit=1%202%2B3"
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
    let server = Stub::answering(|_| Response::empty(503));
    let session = builder(&server, Credentials::Token("t".into()))
        .project_id("p")
        .retry_budget(otcdb_core::retry::RetryBudget::new(10))
        .build()
        .unwrap();
    for _ in 0..3 {
        let _ = exec(&session.clone(), request(Method::GET, "/x"), "list_things").await;
    }
    // Three calls and the two retries that the budget pays for.
    assert_eq!(server.count(), 5);
    assert_eq!(session.retry_budget().tokens(), 0);
}
