//! Successful responses that are not what was asked for, or come in another form.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use otcdb_core::{Credentials, ErrorKind, Timeouts};
use otcdb_stub::{Response, Stub};
use reqwest::Method;
use serde_json::json;

use crate::fixture::{builder, exec, failure, request, with_token};

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    let marked = std::iter::once(0xfeff).chain(text.encode_utf16());
    marked.flat_map(u16::to_le_bytes).collect()
}

fn as_json(body: impl Into<Vec<u8>>) -> Response {
    Response::bytes(200, "application/json", body)
}

#[tokio::test]
async fn compressed_responses_and_other_encodings_are_read() {
    let text = r#"{"size": 1, "name": "ä"}"#;
    for step in [
        as_json(gzip(text.as_bytes())).header("Content-Encoding", "gzip"),
        as_json(deflate(text.as_bytes())).header("Content-Encoding", "deflate"),
        as_json(text).header("Content-Encoding", "identity"),
        as_json(text).header("Content-Encoding", "gzip"),
        as_json(gzip(&utf16(text))).header("Content-Encoding", "x-gzip"),
        as_json(utf16(text)),
        as_json(format!("\u{feff}{text}")),
        Response::bytes(
            200,
            "application/json; charset=ISO-8859-1",
            b"{\"size\": 1, \"name\": \"\xe4\"}",
        ),
    ] {
        let server = Stub::in_turn([step.clone()]);
        let request = request(Method::GET, "/things");
        let response = exec(&with_token(&server), request, "list_things").await;
        let response = response.unwrap();
        assert_eq!(response.status, 200, "{step:?}");
        assert_eq!(
            response.headers.get("content-encoding").is_some(),
            step_is_identity(&step)
        );
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body, json!({"size": 1, "name": "ä"}));
    }
}

fn step_is_identity(step: &Response) -> bool {
    format!("{step:?}").contains("identity")
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let bomb = gzip(&vec![b' '; 65 << 20]);
    assert!(bomb.len() < 1 << 20);
    for (step, says) in [
        (
            as_json("x").header("Content-Encoding", "br"),
            "compressed in a way that was not asked for (br)",
        ),
        (
            as_json(gzip(b"{}")[..15].to_vec()).header("Content-Encoding", "gzip"),
            "cannot be decompressed",
        ),
        (
            as_json(bomb).header("Content-Encoding", "gzip"),
            "longer than 64 MiB when it is decompressed",
        ),
        (as_json(vec![b' '; 65 << 20]), "longer than 64 MiB, which"),
        (as_json("[".repeat(1 << 20)), "recursion limit"),
        (
            as_json(format!("[{}0]", "{},".repeat(300_000))),
            "more than was asked for",
        ),
    ] {
        let server = Stub::in_turn([step]);
        let error = failure(&server, "create_thing").await;
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_response_without_the_list_that_was_asked_for_is_an_error_that_says_what_came() {
    for (body, says) in [
        (json!({}), "there is no result.items in it, HTTP 200"),
        (
            json!({"message": "please log in"}),
            "there is no result.items in it, HTTP 200 OK, please log in",
        ),
        (
            json!({"result": {"items": null}, "count": 3}),
            "result.items is null",
        ),
        (
            json!({"result": {}, "count": "2"}),
            "there is no result.items in it",
        ),
        (
            json!({"result": {"items": {"a": 1}}}),
            "result.items is an object",
        ),
        (
            json!({"result": {"items": "none"}}),
            "result.items is a text",
        ),
        (json!([]), "there is no result.items in it"),
        (json!(null), "there is no result.items in it"),
    ] {
        let server = Stub::in_turn([Response::json(200, body)]);
        let error = failure(&server, "list_items").await;
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{error}");
        let shown = error.to_string();
        assert!(
            shown.starts_with("dcs ListItems: the response has no list: "),
            "{shown}"
        );
        assert!(shown.contains(says), "{shown}");
    }
    for body in [
        json!({"result": {"items": []}}),
        json!({"result": {"items": [1]}, "count": 0}),
        json!({"result": {"items": null}}),
        json!({"result": {"items": null}, "count": 0}),
        json!({"count": "0"}),
    ] {
        let server = Stub::in_turn([Response::json(200, body.clone())]);
        let request = request(Method::GET, "/things");
        let response = exec(&with_token(&server), request, "list_items").await;
        assert_eq!(response.unwrap().status, 200, "{body}");
    }
}

#[tokio::test]
async fn a_body_that_comes_byte_by_byte_ends_with_the_calls_time() {
    let dripping =
        Response::bytes(200, "application/json", "").then_endlessly(" ", Duration::from_millis(5));
    let server = Stub::in_turn(vec![dripping; 2]);
    let session = builder(&server, Credentials::Token("t".into()))
        .project_id("p")
        .timeouts(Timeouts::default().total(Duration::from_millis(300)))
        .build()
        .unwrap();
    let response = exec(&session, request(Method::GET, "/x"), "list_things").await;
    let error = response.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.status().unwrap(), 200, "{error}");
}
