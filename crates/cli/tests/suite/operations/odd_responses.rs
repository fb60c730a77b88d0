//! Responses that say something else than documented, and lists that are none or never end.

use otcdb_stub::{Request, Response, Stub};
use serde_json::{Value, json};

use super::stub::at;
use crate::support::{Ran, otcdb, run};

fn list(serving: &Stub, more: &[&str]) -> Ran {
    let arguments = ["dcs", "list-instances"].iter().chain(more);
    run(&mut at(otcdb(arguments.copied()), serving))
}

fn position(request: &Request) -> u64 {
    let query = request.query().unwrap();
    let offset = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("offset="));
    offset.unwrap().parse().unwrap()
}

fn page(names: impl Iterator<Item = String>, total: Option<u64>) -> Response {
    let instances: Vec<_> = names.map(|name| json!({"name": name})).collect();
    let mut response = json!({"instances": instances});
    if let Some(total) = total {
        response["instance_num"] = total.into();
    }
    Response::json(200, response)
}

#[test]
fn what_a_service_says_is_shown_whatever_its_form() {
    for (content_type, body) in [
        (
            "application/json",
            r#"{"exception": "BadLimit", "errorMessage": "limit is at most 50"}"#,
        ),
        (
            "application/json",
            r#"{"errors": [{"code": "X.7", "message": "limit is at most 50"}]}"#,
        ),
        (
            "application/json",
            r#"{"fault": {"reason": ["limit is at most 50"]}}"#,
        ),
        ("application/json", r#""limit is at most 50""#),
        ("application/json", r#"{"error_msg": "limit is at most 50"#),
        ("text/plain", "limit is at most 50"),
        (
            "text/html",
            "<html><head><title>limit is at most 50</title></head></html>",
        ),
        (
            "text/xml",
            "<Error><Code>BadLimit</Code><Message>limit is at most 50</Message></Error>",
        ),
    ] {
        let serving = Stub::answering(move |_| Response::bytes(400, content_type, body));
        for more in [&[][..], &["--debug"]] {
            let ran = list(&serving, more);
            assert_eq!(ran.code, 2, "{ran:?}");
            assert!(ran.err.contains("limit is at most 50"), "{ran:?}");
            assert!(ran.err.contains("error: dcs ListInstances: "), "{ran:?}");
        }
    }
}

#[test]
fn a_response_without_a_list_is_no_empty_list() {
    for (body, says) in [
        (r#"{}"#, "there is no instances in it"),
        (r#"{"message": "please log in"}"#, "please log in"),
        (
            r#"{"instances": null, "instance_num": 2}"#,
            "instances is null",
        ),
        (
            r#"{"instances": {}, "instance_num": 0}"#,
            "instances is an object",
        ),
    ] {
        let serving = Stub::answering(move |_| Response::bytes(200, "application/json", body));
        for form in ["json", "jsonl", "table"] {
            let ran = list(&serving, &["--output", form]);
            assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{ran:?}");
            assert!(
                ran.err
                    .contains("dcs ListInstances: the response has no list"),
                "{ran:?}"
            );
            assert!(ran.err.contains(says), "{ran:?}");
        }
    }
    let serving =
        Stub::answering(|_| Response::json(200, json!({"instances": null, "instance_num": 0})));
    let ran = list(&serving, &["--output", "json"]);
    assert_eq!((ran.code, ran.json()), (0, json!([])), "{ran:?}");
}

#[test]
fn a_list_that_repeats_or_does_not_end_is_an_error_that_says_so() {
    let hundred = |name: String| (0..100).map(move |_| name.clone());
    let in_turn = Stub::answering(move |request| {
        page(hundred((position(request) / 100 % 2).to_string()), None)
    });
    let ran = list(&in_turn, &["--output", "jsonl"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err.contains("the same as the one 2 pages before"),
        "{ran:?}"
    );

    let endless =
        Stub::answering(move |request| page(hundred(position(request).to_string()), None));
    let ran = list(&endless, &["--output", "table"]);
    assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{}", ran.err);
    assert!(ran.err.contains("more than 100000 items"), "{ran:?}");
}

#[test]
fn more_items_than_were_asked_for_are_an_error_that_says_so() {
    let serving = Stub::answering(|_| page((0..250).map(|n| n.to_string()), Some(250)));
    let ran = list(&serving, &[]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err
            .contains("page 1 of the list has 250 items where 100 were asked for"),
        "{ran:?}"
    );
    let ran = list(&serving, &["--limit", "200"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err.contains("250 items where 200 were asked for"),
        "{ran:?}"
    );
    let ran = list(&serving, &["--limit", "250", "--output", "json"]);
    assert_eq!((ran.code, ran.json().as_array().unwrap().len()), (0, 250));
}

#[test]
fn an_odd_item_is_shown_with_the_others() {
    let body = json!({"instance_num": 3, "instances": [
        {"name": "one", "port": 6379},
        {"name": "two", "port": "6379", "tags": {"a": 1}},
        "three",
    ]});
    let serving = Stub::answering(move |_| Response::json(200, body.clone()));
    let ran = list(&serving, &["--output", "json"]);
    assert_eq!(
        (ran.code, ran.json().as_array().map(Vec::len)),
        (0, Some(3)),
        "{ran:?}"
    );
    assert_eq!(ran.json()[1]["port"], Value::from("6379"));
    let ran = list(&serving, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("one") && ran.out.contains("two"),
        "{ran:?}"
    );
}
