//! What does not fit is refused.

use super::super::bundled::read;
use super::*;

const DESCRIPTION: &str = r#"{ "paths": {
        "/{project_id}/boxes/{box_id}/parts": {
            "parameters": [{ "name": "box_id", "in": "path", "schema": { "type": "string" } }],
            "get": {
                "operationId": "ListParts", "x-resource": "part#list",
                "x-pagination": { "style": "whole", "items": "parts" },
                "x-waiter": { "field": "parts[id].status", "done": ["ON"], "failed": ["OFF"] },
                "parameters": [{ "name": "kind", "in": "query", "schema": { "type": "string" } }],
                "responses": { "200": { "content": { "application/json": { "schema": { "type": "object", "properties": {
                    "parts": { "type": "array", "items": { "type": "object", "properties": {
                        "id": { "type": "string" }, "status": { "type": "string" }, "kind": { "type": "string" }
                    } } } } } } } } }
            },
            "post": {
                "operationId": "CreatePart", "x-resource": "part#create",
                "requestBody": { "content": { "application/json": { "schema": {
                    "type": "object", "properties": { "kind": { "type": "string" } } } } } },
                "responses": { "204": { "links": { "finished": { "operationId": "ListParts" } } } }
            }
        },
        "/{project_id}/boxes": { "get": { "operationId": "ListBoxes", "responses": {} } }
    } }"#;

const ERRORS: &str = "DCS.4026: {status: 400, message: It is busy.}";
const BOX: &str = "id: {field: id}\nhidden: [size]";
const PART: &str = r"
parent: box
id: {field: id}
jobs: {make: {takes: 5s, running: HALF, done: ON, failed: OFF}}
set: {kind: {from: kind}}
show: {status: {job: status}}
operations:
  ListParts: {}
  CreatePart:
    job: make
    needs: [{of: box.size, is: 1, error: DCS.4026}]
";

fn error(part: &str) -> Option<String> {
    let bundle = Description::parse("dcs", DESCRIPTION.as_bytes()).unwrap();
    read(&bundle, &[("errors", ERRORS), ("box", BOX), ("part", part)]).err()
}

#[test]
fn a_model_that_fits_is_taken() {
    assert_eq!(error(PART), None);
}

#[test]
fn what_does_not_fit_the_description_is_named_with_its_file() {
    for (from, to, part) in [
        (
            "parent: box",
            "parent: bag",
            "no model of a resource \"bag\"",
        ),
        ("parent: box", "parents: box", "unknown field `parents`"),
        ("takes: 5s", "takes: soon", "no duration such as 8s"),
        ("takes: 5s", "take: 5s", "unknown field `take`"),
        (
            "done: ON",
            "done: GOOD",
            "\"GOOD\" is no end for ListParts, which has ON",
        ),
        (
            "failed: OFF",
            "failed: BAD",
            "\"BAD\" is no end for ListParts",
        ),
        ("job: make", "job: build", "it has no job \"build\""),
        ("    job: make\n", "", "begins work, and it has no job"),
        ("set: {kind: ", "set: {sort: ", "has a field \"sort\""),
        ("{from: kind}", "{from: sort}", "takes \"sort\""),
        ("{from: kind}", "{form: kind}", "one of the keys"),
        ("{of: box.size", "{of: box.weight", "nothing at box.weight"),
        ("{of: box.size", "{of: bag.size", "nothing at bag.size"),
        ("DCS.4026", "DCS.9999", "\"DCS.9999\" is no error"),
        (
            "  ListParts: {}\n",
            "",
            "ListParts is not among its operations",
        ),
        (
            "  ListParts: {}\n",
            "  ListParts: {}\n  ListPart: {}\n",
            "no such operation",
        ),
        (
            "  ListParts: {}\n",
            "  ListParts: {}\n  ListBoxes: {}\n",
            "no x-resource; write what it `does`",
        ),
        (
            "  ListParts: {}\n",
            "  ListParts: {filters: {sort: ignored}}\n",
            "no parameter \"sort\"",
        ),
        (
            "  ListParts: {}\n",
            "  ListParts: {nothing: 204}\n",
            "no status 204 without a body",
        ),
        (
            "  ListParts: {}\n",
            "  ListParts: {items: {of: box.weight}}\n",
            "nothing at box.weight",
        ),
        (
            "  ListParts: {}\n",
            "  ListParts: {named: sort}\n",
            "takes no \"sort\"",
        ),
        (
            "  ListParts: {}\n",
            "  ListParts: {by: sort}\n",
            "has a field \"sort\"",
        ),
        (
            "needs: [",
            "needs: [{each: {of: bag.size}, needs: []}, ",
            "nothing at bag.size",
        ),
        (
            "needs: [",
            "needs: [box.idle, ",
            "box has no conditions \"idle\"",
        ),
        (
            "needs: [",
            "needs: [{free: bag, error: DCS.4026}, ",
            "resource \"bag\"",
        ),
    ] {
        let changed = PART.replacen(from, to, 1);
        assert_ne!(changed, PART, "{from}");
        let error = error(&changed).unwrap_or_default();
        assert!(error.starts_with("models/dcs/part.yaml: "), "{to}: {error}");
        assert!(error.contains(part), "{to}: {error}");
    }
    let nameless = PART
        .replace("set: {kind: {from: kind}}\n", "")
        .replace("{kind: ", "{");
    assert_eq!(
        error(&nameless),
        None,
        "a filter may choose by a field of the documented example"
    );
}
