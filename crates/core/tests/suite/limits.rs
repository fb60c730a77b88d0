//! Documented limits of arguments, and where a list begins.

use otcdb_core::call::Call;
use otcdb_core::operation::{BodyMeta, Limit, PageMeta, Parameter};
use otcdb_core::page::Style;
use otcdb_core::{ErrorKind, Expect, ListMeta, OperationMeta, Service};
use otcdb_stub::{Response, Stub};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::with_token;

static LIST: OperationMeta = OperationMeta::new("ListParts", "list_parts", Method::GET)
    .path("/parts")
    .parameters(&[
        Parameter::query("limit").limits(&[Limit::Number(1.0, 100.0)]),
        Parameter::query("offset").limits(&[Limit::Number(0.0, f64::INFINITY)]),
        Parameter::query("since").limits(&[Limit::Pattern(r"^\d{4}$")]),
    ])
    .expect(Expect::Json)
    .list(ListMeta::new("parts", Some("total")).pages(PageMeta::new(
        Style::Index,
        "offset",
        "limit",
        3,
    )));

static SEARCH: OperationMeta = OperationMeta::new("SearchParts", "search_parts", Method::POST)
    .path("/parts/search")
    .body(BodyMeta::new("SearchPartsRequest").limits(&[
        ("greeting", &[Limit::Length(0, 8)]),
        ("limit", &[Limit::Number(1.0, 50.0)]),
        ("name", &[Limit::Length(4, 64), Limit::Pattern("^[a-z]+$")]),
        ("ports", &[Limit::Items(0, 2)]),
        ("ports.*", &[Limit::Number(f64::NEG_INFINITY, 65535.0)]),
        ("word", &[Limit::Length(8, u32::MAX), Limit::Secret]),
    ]))
    .expect(Expect::Json)
    .list(
        ListMeta::new("parts", Some("total"))
            .pages(PageMeta::new(Style::PageNumber, "offset", "limit", 3).in_body()),
    );

fn call(server: &Stub, operation: &'static OperationMeta) -> Call<Value> {
    Call::new(&with_token(server).service(Service::Rds), operation)
}

/// A list of seven numbers that is asked for by a query or a body.
fn seven() -> Stub {
    Stub::answering(|request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let number = |name: &str| -> usize {
            let in_query = request.pairs().find(|(key, _)| key == name);
            let found = in_query.map(|(_, value)| value.parse().unwrap());
            found.unwrap_or_else(|| usize::try_from(body[name].as_u64().unwrap()).unwrap())
        };
        let skipped = match request.method.as_str() {
            "GET" => number("offset"),
            _ => (number("offset") - 1) * number("limit"),
        };
        let parts: Vec<_> = (0..7).skip(skipped).take(number("limit")).collect();
        Response::json(200, json!({"parts": parts, "total": 7}))
    })
}

#[tokio::test]
async fn what_is_beyond_documented_limits_is_told_with_them_and_not_sent() {
    let server = Stub::in_turn([]);
    let error = call(&server, &LIST)
        .set("limit", "0")
        .set("offset", "-1")
        .set("since", "last year")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.operation(), Some("ListParts"));
    let body = json!({
        "name": "B", "ports": [1, 70000, 2], "word": "hunter2", "limit": null, "others": "",
    });
    let of_body = call(&server, &SEARCH).body(&body).send().await.unwrap_err();
    let said = format!("{error} {of_body}");
    for part in [
        "limit is 0, which has to be from 1 to 100;",
        "offset is -1, which has to be 0 or more",
        r#"since is "last year", which has to match ^\d{4}$"#,
        r#"body.name is "B", which has to have 4 to 64 characters and match ^[a-z]+$"#,
        "body.ports has 3, and has to have up to 2 elements",
        "body.ports[1] is 70000, which has to be 65535 or less",
        "body.word has to have 8 characters or more",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    for part in ["hunter2", "body.limit", "ports[0]"] {
        assert!(!said.contains(part), "{said}");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn what_is_just_within_its_limits_is_sent() {
    let server = Stub::answering(|_| Response::json(200, json!({"parts": []})));
    for limit in ["1", "100"] {
        let list = call(&server, &LIST)
            .set("limit", limit)
            .set("since", "2026");
        list.send().await.unwrap();
    }
    // Characters are counted, not bytes; what has another type is judged by the service.
    for body in [
        json!({"greeting": "ßßßßßßßß", "word": "ßßßßßßßß", "ports": [65535, 1]}),
        json!({"word": 1, "ports": "none"}),
    ] {
        call(&server, &SEARCH).body(&body).send().await.unwrap();
    }
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn the_size_of_a_page_has_the_limits_of_its_parameter() {
    let server = seven();
    let of_query = |size| call(&server, &LIST).page_size(size).stream::<u8>();
    let of_body = |size| call(&server, &SEARCH).page_size(size).stream::<u8>();
    for (list, says) in [
        (of_query(0), "page_size is 0, which has to be from 1 to 100"),
        (
            of_query(101),
            "page_size is 101, which has to be from 1 to 100",
        ),
        (of_body(51), "page_size is 51, which has to be from 1 to 50"),
    ] {
        let error = list.collect_all().await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.operation().is_some());
    }
    assert_eq!(server.count(), 0);
    assert_eq!(of_body(50).collect_all().await.unwrap().len(), 7);
}

#[tokio::test]
async fn a_list_begins_where_it_is_told_to() {
    let server = seven();
    let list = call(&server, &LIST)
        .set("offset", "2")
        .page_size(2)
        .stream::<u8>();
    assert_eq!(list.collect_all().await.unwrap(), [2, 3, 4, 5, 6]);
    let search = call(&server, &SEARCH)
        .body(&json!({"offset": 2}))
        .stream::<u8>();
    assert_eq!(search.collect_all().await.unwrap(), [3, 4, 5, 6]);
    let behind = call(&server, &LIST).set("offset", "7").stream::<u8>();
    assert_eq!(behind.collect_all().await.unwrap(), [0_u8; 0]);
    assert_eq!(server.count(), 3 + 2 + 1, "no page is asked for twice");
}
