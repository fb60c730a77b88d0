//! How a session proves who makes its calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use otcdb_core::clock::Clock;
use otcdb_core::credentials::{AccessKey, Agency, AgencyBase, Domain, Password};
use otcdb_core::sign::Parts;
use otcdb_core::sign::verify::verify;
use otcdb_core::{Credentials, ErrorKind, Region, Session};
use otcdb_stub::{Request, Response, Stub};
use reqwest::Method;
use serde_json::json;
use tokio::sync::Barrier;

use crate::fixture::{builder, exec, request, token_response, with_password, with_token};

/// What a signature covers of a request that was received.
fn parts(request: &Request) -> Parts<'_> {
    Parts::new(&request.method, request.path(), &request.headers)
        .query(request.query())
        .body(&request.body)
}

#[tokio::test]
async fn one_token_is_issued_for_many_calls_and_scoped_to_the_region() {
    let server = Stub::answering(|seen| match seen.path() {
        "/v3/auth/tokens" => token_response("tok-1"),
        _ => Response::json(200, json!({"size": 1})),
    });
    let session = with_password(&server);
    let calls = (0..20).map(|_| exec(&session, request(Method::GET, "/x"), "list_things"));
    for response in futures_util::future::join_all(calls).await {
        assert_eq!(response.unwrap().status, 200);
    }
    let issued: Vec<_> = server
        .requests()
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
    let server = Stub::start();
    server.any().by_async(move |seen| {
        let barrier = Arc::clone(&barrier);
        async move {
            match (seen.path(), seen.header("x-auth-token")) {
                ("/v3/auth/tokens", _) => {
                    token_response(if seen.number == 0 { "old" } else { "new" })
                }
                (_, Some("old")) => {
                    barrier.wait().await;
                    Response::json(
                        401,
                        json!({"error_code": "APIGW.0301", "error_msg": "expired"}),
                    )
                }
                (_, Some("new")) => Response::json(200, json!({"size": 1})),
                _ => Response::empty(400),
            }
        }
    });
    let session = with_password(&server);
    let calls = (0..10).map(|_| exec(&session, request(Method::POST, "/x"), "create_thing"));
    for response in futures_util::future::join_all(calls).await {
        assert_eq!(response.unwrap().status, 200);
    }
    let issued = server
        .requests()
        .iter()
        .filter(|seen| seen.path() == "/v3/auth/tokens")
        .count();
    assert_eq!(issued, 2);
    assert_eq!(server.count(), 22);
}

#[tokio::test]
async fn a_token_that_is_refused_anew_is_an_error() {
    let server = Stub::answering(|seen| match seen.path() {
        "/v3/auth/tokens" => token_response("t"),
        _ => Response::json(401, json!({"error_code": "APIGW.0301", "error_msg": "no"})),
    });
    let response = exec(
        &with_password(&server),
        request(Method::GET, "/x"),
        "list_things",
    )
    .await;
    let error = response.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(error.code(), Some("APIGW.0301"));
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_wrong_password_shows_neither_itself_nor_the_token() {
    let body = json!({"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}});
    let server = Stub::in_turn(vec![Response::json(401, body); 4]);
    let session = with_password(&server);
    let error = exec(&session, request(Method::GET, "/x"), "list_things")
        .await
        .unwrap_err();
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
    let server = Stub::in_turn([
        token_response("own"),
        token_response("agency"),
        Response::json(200, json!({"size": 1})),
    ]);
    let agency = Agency::new(
        "ops",
        Domain::Id("dom-a".into()),
        AgencyBase::Password(Password::new("u", "pw", Domain::Name("dom-b".into()))),
    );
    let session = builder(&server, Credentials::Agency(agency))
        .project_id("p9")
        .build()
        .unwrap();
    let response = exec(&session, request(Method::GET, "/x"), "list_things").await;
    assert_eq!(response.unwrap().status, 200);
    let seen = server.requests();
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
    let server = Stub::in_turn([
        Response::json(
            200,
            json!({"projects": [{"id": "x", "name": "eu-de_x"}, {"id": "p1", "name": "eu-de"}]}),
        ),
        Response::empty(503),
        Response::json(200, json!({"size": 1})),
        Response::json(200, json!({"size": 1})),
    ]);
    let keys = AccessKey::new("AK", "sk-secret").with_security_token("st");
    let clock = {
        let seconds = AtomicI64::new(1_767_323_045);
        Clock::new(move || {
            let now = seconds.fetch_add(60, Ordering::SeqCst);
            jiff::Timestamp::from_second(now).unwrap()
        })
    };
    let session = builder(&server, Credentials::AccessKey(keys))
        .clock(clock)
        .build()
        .unwrap();
    for _ in 0..2 {
        let request = request(Method::POST, "/v2/p1/x?b=c d&a=%2F");
        let response = exec(&session, request, "collect_thing").await;
        assert_eq!(response.unwrap().status, 200);
    }
    let seen = server.requests();
    assert_eq!(seen[0].target, "/v3/projects?name=eu-de");
    assert_eq!(seen[0].header("x-project-id"), None);
    for (number, seen) in seen.iter().enumerate() {
        let at = jiff::Timestamp::from_second(1_767_323_045 + 60 * i64::try_from(number).unwrap())
            .unwrap();
        let verified = verify(parts(seen), |_| Some("sk-secret".into()), at).unwrap();
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
    let server = Stub::in_turn([Response::json(200, json!({"projects": []}))]);
    let session = builder(&server, Credentials::Token("t".into()))
        .build()
        .unwrap();
    let error = session.project_id().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("eu-de"), "{error}");
}

#[tokio::test]
async fn proving_an_identity_takes_one_call() {
    let server = Stub::answering(|seen| match seen.path() {
        "/v3/auth/tokens" => token_response("t"),
        _ => Response::json(200, json!({"projects": [{"id": "p1", "name": "eu-de"}]})),
    });
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

#[tokio::test]
async fn a_project_id_that_could_lead_elsewhere_is_refused_whoever_gives_it() {
    for id in [
        "",
        "..",
        "a/b",
        "a?b",
        "a b",
        "../../v3/users",
        "a#b",
        "a%2fb",
        "\u{e4}",
    ] {
        let token = Response::json(
            201,
            json!({"token": {"project": {"id": id, "name": "eu-de"}}}),
        )
        .header("X-Subject-Token", "a-token-of-iam");
        let server = Stub::in_turn([token]);
        let error = with_password(&server).project_id().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{id}");
        assert!(error.to_string().contains("named a project by"), "{error}");

        let projects = json!({"projects": [{"id": id, "name": "eu-de"}]});
        let server = Stub::in_turn([Response::json(200, projects)]);
        let session = builder(&server, Credentials::Token("t".into()))
            .build()
            .unwrap();
        let error = session.project_id().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{id}");

        let given = builder(&server, Credentials::Token("t".into()))
            .project_id(id)
            .build();
        assert_eq!(
            given.unwrap_err().kind(),
            ErrorKind::InvalidArgument,
            "{id}"
        );
    }
}

#[test]
fn credentials_with_an_empty_part_are_refused_before_anything_is_sent() {
    let domain = || Domain::Name("d".into());
    let agency = |name: &str, base| Agency::new(name, domain(), base);
    for (credentials, says) in [
        (Credentials::token(""), "the token is empty"),
        (
            AccessKey::new("", " ").into(),
            "the access key and the secret key are empty",
        ),
        (
            AccessKey::new("ak", "sk").with_security_token("").into(),
            "the security token is empty",
        ),
        (
            Password::new("u", "", Domain::Id(String::new())).into(),
            "the password and the user's domain are empty",
        ),
        (
            agency("", AgencyBase::Token("t".into())).into(),
            "the name of the agency is empty",
        ),
        (
            agency("a", AgencyBase::Password(Password::new("", "p", domain()))).into(),
            "the user's name is empty",
        ),
    ] {
        let error = Session::builder(credentials, Region::new("eu-de").unwrap()).build();
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(error.to_string(), says);
    }
}

#[tokio::test]
async fn an_odd_field_of_a_token_or_a_project_costs_that_field() {
    for odd in [
        json!(1),
        json!(1.5),
        json!({}),
        json!([]),
        json!(null),
        json!(""),
    ] {
        let token =
            json!({"token": {"issued_at": odd, "expires_at": odd, "roles": odd, "project": odd}});
        let projects = json!({"projects": [
            odd, {"name": odd, "id": odd}, {"name": "eu-de", "id": null}, {"name": "eu-de", "id": "p-1", "enabled": odd},
        ]});
        let server = Stub::in_turn([
            Response::json(201, token).header("X-Subject-Token", "a-token-of-iam"),
            Response::json(200, projects),
        ]);
        let session = with_password(&server);
        assert_eq!(session.project_id().await.unwrap(), "p-1", "{odd}");
    }
}
