use std::io::Write as _;

use proptest::prelude::*;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::json;

use super::*;

fn read(body: impl AsRef<[u8]>) -> Said {
    said(&HeaderMap::new(), body.as_ref()).unwrap()
}

/// Code and message as an error shows them.
fn words(body: impl AsRef<[u8]>) -> String {
    let said = read(body);
    match (said.code, said.message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (code, message) => code.or(message).unwrap_or_default(),
    }
}

#[test]
fn json_of_any_shape_is_read() {
    for (body, shown) in [
        (
            json!({"exception": "BadLimit", "errorMessage": "limit is 50"}),
            "BadLimit: limit is 50",
        ),
        (
            json!({"errors": [{"code": "X.7", "message": "limit is 50"}]}),
            "X.7: limit is 50",
        ),
        (
            json!({"error": {"code": 401, "message": "no", "title": "Unauthorized"}}),
            "401: no",
        ),
        (
            json!({"badRequest": {"code": 400, "message": "limit is 50"}}),
            "400: limit is 50",
        ),
        (json!({"faultstring": "limit is 50"}), "limit is 50"),
        (
            json!({"fault": {"faultstring": "limit is 50", "detail": {"errorcode": "policies.x"}}}),
            "policies.x: limit is 50",
        ),
        (json!({"detail": "limit is 50"}), "limit is 50"),
        (
            json!({"detail": [{"loc": ["query", "limit"], "msg": "limit is 50"}]}),
            "loc: query; loc: limit; limit is 50",
        ),
        (
            json!({"errors": {"limit": ["is 50"], "offset": ["is odd"]}}),
            "limit: is 50; offset: is odd",
        ),
        (json!(["first", "second"]), "first; second"),
        (json!("limit is 50"), "limit is 50"),
        (
            json!("{\"code\": \"X\", \"message\": \"limit is 50\"}"),
            "X: limit is 50",
        ),
        (
            json!({"code": "X", "message": "{\"errors\": [\"limit is 50\"]}"}),
            "X: limit is 50",
        ),
        (
            json!({"code": 400, "reason": "limit is 50"}),
            "400: limit is 50",
        ),
        (
            json!({"message": "invalid", "errors": [{"code": "Y", "message": "limit is 50"}]}),
            "Y: invalid; limit is 50",
        ),
        (json!({"limit": "is 50", "n": 3}), "limit: is 50; n: 3"),
        (json!({"a": {"b": [{"c": "deep"}]}}), "c: deep"),
        (json!([]), "[]"),
        (json!(null), "null"),
        (json!({"request_id": "r1"}), "request_id: r1"),
    ] {
        assert_eq!(words(body.to_string()), shown, "{body}");
    }
}

#[test]
fn a_documented_body_is_known_as_one_and_says_nothing_twice() {
    for body in [
        json!({"error_code": "DCS.4004", "error_msg": "m", "error_ext_msg": "more", "request_id": "r"}),
        json!({"error": {"code": 401, "message": "m (more)", "title": "Unauthorized"}}),
        json!({"errCode": "RDS.1", "externalMessage": "m (more)"}),
        json!({"request_id": "r", "error_code": "APIGW.0201", "error_msg": "m (more)"}),
        json!({"error": {"code": "111401001", "message": "m", "ext_message": "more"}}),
        json!({"error": {"code": "111401001", "message": "m (more)", "ext_message": null}}),
    ] {
        let said = read(body.to_string());
        assert!(said.code.is_some(), "{body}");
        assert!(said.documented, "{body}");
        assert_eq!(said.message.as_deref(), Some("m (more)"));
    }
    assert!(!read(r#"{"faultstring": "m"}"#).documented);
}

#[test]
fn what_was_sent_does_not_come_back() {
    for body in [
        r#"{"reason": "no", "request": {"password": "hunter2", "X-Auth-Token": "hunter2"}}"#,
        r#"{"a": "no", "adminPass": "hunter2", "secret_key": {"value": "hunter2"}}"#,
        r#"{"a": "no", "password": "hunter2"#,
        r#"{'a': 'no', 'password': 'hunter2'}"#,
        "no: https://obs.example.com/x?Signature=hunter2&Expires=1",
        "<Error><Code>no</Code><AWSAccessKeyId>hunter2</AWSAccessKeyId></Error>",
        "<Error><Code>no</Code><Message>see /x?Signature=hunter2</Message></Error>",
    ] {
        let said = read(body);
        assert!(!format!("{said:?}").contains("hunter2"), "{said:?}");
        assert!(said.code.is_some() || said.message.is_some(), "{body}");
    }
}

#[test]
fn json_that_breaks_off_is_read_as_far_as_it_goes() {
    for (body, shown) in [
        (
            r#"{"error_code":"DCS.1","error_msg":"limit is"#,
            "DCS.1: limit is",
        ),
        (r#"{"error_code":"DCS.1","#, "DCS.1"),
        (r#"{"error_code":"DCS.1","error_ms"#, "DCS.1"),
        (r#"{"error_code":"DCS.1","error_msg":"#, "DCS.1"),
        (r#"{"errors":[{"message":"limit is \u00"#, "limit is"),
        (r#"{"errors":[{"message":"limit is \"#, "limit is"),
        (r"{'detail': 'limit is 50'}", "{'detail': 'limit is 50'}"),
    ] {
        assert_eq!(words(body), shown, "{body}");
    }
}

#[test]
fn xml_and_html_are_read() {
    for (body, shown) in [
        (
            "<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>a &amp; b &#x41;</Message><RequestId>R1</RequestId></Error>",
            "NoSuchKey: a & b A",
        ),
        (
            "<s:Envelope><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>limit is 50</faultstring></s:Fault></s:Body></s:Envelope>",
            "s:Client: limit is 50",
        ),
        ("<Error><Code>Only</Code></Error>", "Only"),
        (
            "<!DOCTYPE html><html><head><title>403 Forbidden</title><style>b{}</style></head><body><h1>403 Forbidden</h1><p>limit is<br>50",
            "403 Forbidden; limit is; 50",
        ),
        ("<html><body>Forbidden</body></html>", "Forbidden"),
        ("<limit> is 50", "is 50"),
        ("<<<", "<<<"),
    ] {
        assert_eq!(words(body), shown, "{body}");
    }
    let said = read("<Error><Code>X</Code><RequestId>R1</RequestId></Error>");
    assert_eq!(said.request_id.as_deref(), Some("R1"));
}

#[test]
fn text_is_read_whatever_its_encoding() {
    let text = "limit is 50 ä";
    let utf16 = |order: fn(u16) -> [u8; 2], marked: bool, text: &str| -> Vec<u8> {
        let mark = marked.then_some(0xfeff);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(order)
            .collect()
    };
    let json = r#"{"detail": "limit is 50 ä"}"#;
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        assert_eq!(words(utf16(order, true, text)), text);
        assert_eq!(words(utf16(order, false, text)), text);
        assert_eq!(words(utf16(order, true, json)), text);
    }
    assert_eq!(words(format!("\u{feff}{json}")), text);
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=\"ISO-8859-1\""),
    );
    let latin = said(&headers, b"limit is 50 \xe4").unwrap();
    assert_eq!(latin.message.as_deref(), Some(text));

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(json.as_bytes()).unwrap();
    assert_eq!(words(gzip.finish().unwrap()), text);

    assert_eq!(words([0, 159, 146, 150, 0, 1]), "6 bytes that are not text");
    assert_eq!(words(" \n"), "2 bytes of white space");
    assert_eq!(said(&HeaderMap::new(), b""), None);
}

#[test]
fn a_long_text_is_cut_and_says_how_much_is_missing() {
    let long = words("word ".repeat(1000));
    assert!(long.ends_with("… (3999 more characters)"), "{long}");
    let exact = "word ".repeat(200);
    assert_eq!(words(&exact), exact.trim_end());
    let page = words(format!(
        "<html><title>t</title>{}",
        "<p>word</p> and ".to_owned() + &"long ".repeat(500)
    ));
    assert!(
        page.starts_with("t; word; and long") && page.ends_with("more characters)"),
        "{page}"
    );
}

#[test]
fn no_text_steers_a_terminal() {
    for body in [
        "a\u{1b}[2J\r\nb\u{7}",
        "{\"detail\": \"a\\u001b[2J\\r\\nb\\u0007\"}",
    ] {
        assert_eq!(words(body), "a [2J b");
    }
}

#[test]
fn json_nested_without_end_is_no_reason_to_die() {
    for body in [
        "[".repeat(60_000),
        "{\"a\":".repeat(10_000),
        "<a>".repeat(20_000),
    ] {
        read(body);
    }
}

proptest! {
    #[test]
    fn whatever_comes_something_is_said(body in proptest::collection::vec(any::<u8>(), 1..200)) {
        let said = read(&body);
        prop_assert!(said.code.is_some() || said.message.is_some());
    }

    #[test]
    fn json_may_break_off_anywhere(cut in 1usize..60) {
        let body = r#"{"error_code": "X\u0041", "errors": [{"message": "ab\n"}], "n": 1.5e3}"#;
        let said = read(&body.as_bytes()[..cut]);
        prop_assert!(said.code.is_some() || said.message.is_some());
    }
}
