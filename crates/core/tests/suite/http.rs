//! What a program does to reqwest's builder.

use otcdb_core::{Credentials, Endpoints, RetryPolicy, Secret, Session, Timeouts};
use otcdb_stub::{Response, Stub};
use reqwest::{Method, Proxy, header};
use serde_json::json;

use crate::fixture::{builder, exec, request};

#[tokio::test]
async fn calls_and_downloads_go_through_the_proxy_that_is_given() {
    let proxy = Stub::start();
    proxy.any().in_turn([
        Response::json(200, json!({"size": 1})),
        Response::bytes(200, "text/plain", "content"),
    ]);
    let through = Proxy::all(proxy.url()).unwrap();
    let session = Session::builder(Credentials::token("t"), "eu-de".parse().unwrap())
        .endpoints(Endpoints::all_at("http://service.invalid").unwrap())
        .allow_plain_http(true)
        .project_id("p")
        .http(move |http| http.proxy(through.clone()))
        .build()
        .unwrap();
    let get = request(Method::GET, "/v2/x");
    let answer = exec(&session, get, "list_things").await.unwrap();
    assert_eq!(answer.status, 200);
    let link = Secret::from("http://bucket.invalid/f");
    assert_eq!(session.download(&link).bytes().await.unwrap(), "content");
    let hosts: Vec<_> = proxy
        .requests()
        .iter()
        .map(|request| request.header("host").unwrap().to_owned())
        .collect();
    assert_eq!(hosts, ["service.invalid", "bucket.invalid"]);
}

#[tokio::test]
async fn what_calls_rely_on_stays() {
    let server = Stub::answering(|request| match request.path() {
        "/v2/x" => Response::empty(302).header("Location", "/elsewhere"),
        _ => Response::json(200, json!({})),
    });
    let session = builder(&server, Credentials::token("t"))
        .project_id("p")
        .retry(RetryPolicy::never())
        .timeouts(Timeouts::default())
        .http(|http| {
            http.redirect(reqwest::redirect::Policy::limited(5))
                .user_agent("my-program/1")
        })
        .build()
        .unwrap();
    let answer = exec(&session, request(Method::GET, "/v2/x"), "list_things").await;
    assert_eq!(answer.unwrap_err().status().unwrap(), 302);
    let sent = server.only();
    assert_eq!(
        sent.header(header::USER_AGENT.as_str()),
        Some("my-program/1")
    );
}
