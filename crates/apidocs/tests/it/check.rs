//! Facts against an OpenAPI document.

use otcdb_apidocs::{Facts, Target, check};
use serde_json::{Value, json};

use crate::common::{Listed, code, facts, item, table};

pub(crate) const PATH: &str = "/v2/{project_id}/kettles/{kettle_id}/brews";

pub(crate) fn brew() -> Facts {
    facts(include_str!("pages/brew.rst"))
}

/// A document that says what the page says.
pub(crate) fn document() -> Value {
    let text = |name: &str, value: &str| {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"},
               "examples": {"green": {"value": value}}})
    };
    json!({
        "openapi": "3.0.3",
        "paths": { PATH: {
            "parameters": [text("project_id", "0483b6b1"), {"$ref": "#/components/parameters/kettle"}],
            "post": {
                "operationId": "StartBrew",
                "x-documentation": {"otc": "StartBrew"},
                "parameters": [
                    {"name": "minutes", "in": "query", "schema": {"type": "integer", "enum": [3, 5, 10]},
                     "examples": {"green": {"value": 5}}},
                ],
                "requestBody": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Brew"},
                    "examples": {"green": {"value": {"leaf": {"kind": "GREEN", "grams": 4.5}}}},
                }}},
                "responses": {
                    "202": {"description": "", "content": {"application/json": {
                        "schema": {"type": "object", "properties": {
                            "id": {"type": "string"},
                            "cups": {"type": "array", "items": {"$ref": "#/components/schemas/Cup"}},
                        }},
                        "examples": {"one": {"$ref": "#/components/examples/one"}},
                    }}},
                    "204": {"description": ""},
                    "400": {"$ref": "#/components/responses/Error"},
                    "default": {"$ref": "#/components/responses/Error"},
                },
            },
        }},
        "components": {
            "parameters": {"kettle": text("kettle_id", "cee5265e")},
            "examples": {"one": {"value": {"id": "b7", "cups": [{"size": 250, "state": "HOT"}]}}},
            "schemas": {
                "Brew": {"type": "object", "required": ["leaf"], "properties": {
                    "leaf": {"allOf": [{"$ref": "#/components/schemas/Leaf"}]},
                    "note": {"type": "string"},
                }},
                "Leaf": {"type": "object", "required": ["kind", "grams"], "properties": {
                    "kind": {"type": "string", "enum": ["GREEN", "BLACK"]},
                    "grams": {"type": "number"},
                }},
                "Cup": {"type": "object", "properties": {
                    "size": {"type": "integer"},
                    "state": {"anyOf": [{"$ref": "#/components/schemas/State"}, {"type": "string"}]},
                }},
                "State": {"type": "string", "enum": ["HOT", "COLD"]},
            },
            "responses": {"Error": {"description": "", "content": {"application/json": {"schema": {
                "type": "object",
                "properties": {"error_code": {"type": "string"}, "error_msg": {"type": "string"}},
            }}}}},
        },
    })
}

pub(crate) fn keys_of(spec: &Value, pages: &[&Facts]) -> Vec<String> {
    check(pages, Target::new(spec, "post", PATH))
        .into_iter()
        .map(|d| d.key)
        .collect()
}

/// The keys after one change of the document at a JSON pointer; `Null`
/// removes the member.
fn changed(pointer: &str, value: Value) -> Vec<String> {
    let mut spec = document();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = spec.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(map), Value::Null) => {
            map.remove(name);
        }
        (Value::Object(map), value) => {
            map.insert(name.to_owned(), value);
        }
        (Value::Array(list), Value::Null) => {
            list.remove(name.parse().unwrap());
        }
        (Value::Array(list), value) => list[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
    keys_of(&spec, &[&brew()])
}

#[test]
fn a_description_that_says_the_same_passes() {
    assert_eq!(keys_of(&document(), &[&brew()]), [""; 0]);
}

#[test]
fn each_difference_has_its_key() {
    let post = "/paths/~1v2~1{project_id}~1kettles~1{kettle_id}~1brews/post";
    let schemas = "/components/schemas";
    for (pointer, value, expected) in [
        (
            format!("{post}/parameters/0"),
            Value::Null,
            vec!["parameter query minutes: missing"],
        ),
        (
            format!("{post}/parameters/0/in"),
            json!("header"),
            vec!["parameter query minutes: place"],
        ),
        (
            format!("{post}/parameters/0/required"),
            json!(true),
            vec!["parameter query minutes: mandatory"],
        ),
        (
            format!("{post}/parameters/0/schema"),
            json!({"type": "string"}),
            vec!["parameter query minutes: type"],
        ),
        (
            format!("{post}/parameters/0/schema/enum"),
            json!([3, 5]),
            vec!["parameter query minutes: values"],
        ),
        (
            format!("{post}/parameters/0/schema/enum"),
            json!([3, 5, 10, 15]),
            vec!["parameter query minutes: values"],
        ),
        (
            format!("{post}/requestBody"),
            Value::Null,
            vec!["request example 2d0ccafa: missing", "request: missing"],
        ),
        (
            format!("{schemas}/Brew/required"),
            json!([]),
            vec!["request leaf: mandatory"],
        ),
        (
            format!("{schemas}/Brew/properties/note"),
            Value::Null,
            vec!["request note: missing"],
        ),
        (
            format!("{schemas}/Brew/properties/more"),
            json!({"type": "string"}),
            vec!["request more: extra"],
        ),
        (
            format!("{schemas}/Leaf/properties/grams/type"),
            json!("string"),
            vec!["request leaf.grams: type"],
        ),
        (
            format!("{schemas}/Leaf/properties/kind/enum"),
            json!(["GREEN"]),
            vec!["request leaf.kind: values"],
        ),
        (
            format!("{schemas}/Cup/properties/size/type"),
            json!("string"),
            vec!["response 202 cups[].size: type"],
        ),
        (
            format!("{schemas}/Cup/properties/lid"),
            json!({"type": "string"}),
            vec!["response 202 cups[].lid: extra"],
        ),
        (
            format!("{schemas}/State/enum"),
            json!(["HOT"]),
            vec!["response 202 cups[].state: values"],
        ),
        (
            format!("{post}/responses/204"),
            Value::Null,
            vec!["response 204: missing"],
        ),
        (
            format!("{post}/responses/404"),
            json!({"description": ""}),
            vec!["response 404: extra"],
        ),
        (
            format!("{post}/responses/202/content"),
            Value::Null,
            vec![
                "response 202 example 3b3cd5a7: missing",
                "response 202: body",
            ],
        ),
        (
            "/components/examples/one/value/id".to_owned(),
            json!("b8"),
            vec!["response 202 example 3b3cd5a7: missing"],
        ),
        (
            "/components/responses/Error/content/application~1json/schema/properties/error_msg"
                .to_owned(),
            Value::Null,
            vec!["response 400 error_msg: missing"],
        ),
        // `default` says nothing about what the page lists.
        (
            format!("{post}/responses/400"),
            Value::Null,
            vec!["response 400: missing"],
        ),
        // What stands in front of the service sends more.
        (
            "/components/responses/Error/content/application~1json/schema/properties/request_id"
                .to_owned(),
            json!({"type": "string"}),
            vec![],
        ),
    ] {
        let found = changed(&pointer, value);
        assert_eq!(found, expected, "{pointer}");
    }
}

/// A page that calls a field of a response mandatory is followed only if it is: a client relies on none.
#[test]
fn what_is_mandatory_in_a_response_need_not_be_required() {
    let page = |word: &str| {
        let page = include_str!("pages/brew.rst");
        let row = "   | Parameter | Type                                                  | Description          |";
        let id = "   | id        | String                                                | Brew ID.             |";
        let narrow = "   | Parameter | Mandatory | Type                                      | Description          |";
        let stated = format!(
            "   | id        | {word:<9} | String                                    | Brew ID.             |"
        );
        let cups = "   | cups      | Array of :ref:`Cup <startbrew__response_cup>` objects | Cups that are ready. |\n   +-----------+-------------------------------------------------------+----------------------+\n";
        let page = page
            .replacen(row, narrow, 1)
            .replacen(id, &stated, 1)
            .replacen(cups, "", 1);
        let wide = "   +-----------+-------------------------------------------------------+----------------------+";
        let ruled = "   +-----------+-----------+-------------------------------------------+----------------------+";
        let doubled = wide.replace('-', "=");
        facts(
            &page
                .replace(wide, ruled)
                .replace(&doubled, &ruled.replace('-', "=")),
        )
    };
    let keys = |word: &str, required: Value| {
        let mut spec = document();
        spec["paths"][PATH]["post"]["responses"]["202"]["content"]["application/json"]["schema"]
            ["required"] = required;
        let mut keys = keys_of(&spec, &[&page(word)]);
        keys.retain(|key| key.starts_with("response 202 id:"));
        keys
    };
    assert_eq!(keys("Yes", json!([])), [""; 0]);
    assert_eq!(keys("Yes", json!(["id"])), [""; 0]);
    assert_eq!(keys("No", json!([])), [""; 0]);
    assert_eq!(keys("No", json!(["id"])), ["response 202 id: mandatory"]);
}

#[test]
fn a_discrepancy_says_where_and_what_to_write() {
    let mut spec = document();
    spec["components"]["schemas"]["Leaf"]["properties"]["grams"]["type"] = json!("string");
    let found = check(&[&brew()], Target::new(&spec, "POST", PATH));
    assert_eq!(
        found[0].pointer,
        "/components/schemas/Leaf/properties/grams"
    );
    assert_eq!(found[0].advice, "write type: number");
    assert!(
        found[0].page.starts_with("StartBrew line "),
        "{}",
        found[0].page
    );
    assert_eq!(
        (found[0].states.as_str(), found[0].has.as_str()),
        ("Double", "string")
    );
}

#[test]
fn an_operation_that_is_not_described_is_said_once() {
    let spec = json!({"paths": {}});
    assert_eq!(keys_of(&spec, &[&brew()]), ["operation: missing"]);
}

#[test]
fn each_source_is_checked_under_its_name() {
    let mut other = facts(include_str!("pages/brew_zh.md"));
    other.page.source = Some("elsewhere".to_owned());
    other.responses[0].body.forms[0].fields.remove(0);
    let mut ours = brew();
    ours.page.source = Some("otc".to_owned());
    assert_eq!(
        keys_of(&document(), &[&ours, &other]),
        ["elsewhere: response 202 id: extra"]
    );
}

#[test]
fn text_that_lost_its_uri_is_checked_against_the_described_success() {
    let mut lost = facts(include_str!("pages/brew_plain.txt"));
    lost.responses[0].status = otcdb_apidocs::Stated::Missing;
    lost.responses.truncate(1);
    lost.operation = otcdb_apidocs::Stated::Missing;
    let mut spec = document();
    let cup = &mut spec["components"]["schemas"]["Cup"]["properties"];
    cup.as_object_mut().unwrap().remove("size");
    assert_eq!(
        keys_of(&spec, &[&lost]),
        ["response 202 cups[].size: missing"]
    );
}

#[test]
fn what_only_one_branch_of_a_property_requires_is_not_required() {
    let mut spec = document();
    spec["components"]["schemas"]["Brew"]["properties"]["leaf"] = json!({"anyOf": [
        {"$ref": "#/components/schemas/Leaf"},
        {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}},
    ]});
    assert_eq!(keys_of(&spec, &[&brew()]), [""; 0]);
    spec["components"]["schemas"]["Leaf"]["required"] = json!(["kind"]);
    assert_eq!(
        keys_of(&spec, &[&brew()]),
        ["request leaf.grams: mandatory"]
    );
}

#[test]
fn headers_of_a_security_scheme_are_no_parameters() {
    let page = Listed {
        request: item(
            "Request parameters",
            &table(
                "**Table 2** Request header parameters",
                &["Parameter", "Mandatory", "Type", "Description"],
                &[
                    &["X-Auth-Token", "Yes", "String", ""],
                    &["X-Language", "No", "String", ""],
                ],
            ),
        ),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    let text = |name: &str, value: &str| {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"},
               "examples": {"green": {"value": value}}})
    };
    let spec = json!({
        "paths": {"/v3/{project_id}/kettles/{kettle_id}": {"get": {
            "parameters": [text("project_id", "0483b6b1"), text("kettle_id", "cee5265e")],
            "responses": {"200": {"content": {"application/json": {"schema":
                {"type": "object", "properties": {"state": {"type": "string"}}}}}}},
        }}},
        "components": {"securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}}},
    });
    let target = Target::new(&spec, "get", "/v3/{project_id}/kettles/{kettle_id}");
    let found: Vec<String> = check(&[&facts], target)
        .into_iter()
        .map(|d| d.key)
        .collect();
    assert_eq!(found, ["parameter header X-Language: missing"]);
}

#[test]
fn broken_json_is_wanted_as_text() {
    let page = Listed {
        response: format!(
            "{}{}",
            Listed::default().response,
            item("Example normal response", &code("{\"state\": [1, 2}"))
        ),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    let with = |example: Value| {
        let text = |name: &str, value: &str| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"},
               "examples": {"green": {"value": value}}})
        };
        json!({"paths": {"/v3/{project_id}/kettles/{kettle_id}": {"get": {
            "parameters": [text("project_id", "0483b6b1"), text("kettle_id", "cee5265e")],
            "responses": {"200": {"content": {"application/json": {
                "schema": {"type": "object", "properties": {"state": {"type": "string"}}},
                "examples": {"a": {"value": example}}}}}},
        }}}})
    };
    let keys = |spec: Value| -> Vec<String> {
        let path = "/v3/{project_id}/kettles/{kettle_id}";
        check(&[&facts], Target::new(&spec, "get", path))
            .into_iter()
            .map(|d| d.key)
            .collect()
    };
    assert_eq!(
        keys(with(json!("{\"state\": [1, 2}"))),
        ["response example 2198e9e2: json-broken"]
    );
    assert!(keys(with(json!({}))).contains(&"response 200 example 2198e9e2: missing".to_owned()));
}

/// A page lists the keys that it knows of; the description may have a map of them.
#[test]
fn a_map_describes_the_fields_that_it_holds() {
    let with = |entries: Value| {
        let mut leaf = json!({"type": "object", "additionalProperties": entries});
        leaf["required"] = json!(["kind", "grams"]);
        changed("/components/schemas/Leaf", leaf)
    };
    assert_eq!(
        with(json!({"type": "string", "enum": ["GREEN", "BLACK"]})),
        ["request leaf.grams: type"]
    );
    assert_eq!(
        with(json!(true)),
        ["request leaf.grams: missing", "request leaf.kind: missing"]
    );
}

/// The example requests of a page are compared with the examples of the parameters.
#[test]
fn values_of_example_requests_are_examples_of_the_parameters() {
    let page = include_str!("pages/brew.rst");
    let of = |url: &str| {
        let page = page.replace("/v2/0483b6b1/kettles/cee5265e/brews?minutes=5", url);
        keys_of(&document(), &[&facts(&page)])
    };
    assert_eq!(of("/v2/0483b6b1/kettles/cee5265e/brews?minutes=5"), [""; 0]);
    assert_eq!(
        of("/v2/{project_id}/kettles/cee5265e/brews?minutes=3"),
        ["parameter query minutes: example"],
        "a placeholder states no value"
    );
    assert_eq!(
        of("/v2/0483b6b1/kettles/xxxxxxxx/brews?minutes=%3Cminutes%3E"),
        [""; 0]
    );
}

/// A page that contradicts itself needs a decision, whatever the description says.
#[test]
fn contradictions_of_a_page_are_differences_once() {
    let page = include_str!("pages/brew.rst");
    let keys = |page: &str, edit: fn(&mut Value)| {
        let mut spec = document();
        edit(&mut spec);
        keys_of(&spec, &[&facts(page)])
    };
    let cold = page.replace("\"size\" : 250", "\"size\" : \"big\"");
    let with_example = |spec: &mut Value| {
        spec["components"]["examples"]["one"]["value"]["cups"][0]["size"] = json!("big");
    };
    assert_eq!(
        keys(&cold, with_example),
        ["response 202 cups[].size: example-type"]
    );
    // Where the description follows the example, it differs from the table: one record is enough.
    let as_shown = |spec: &mut Value| {
        spec["components"]["examples"]["one"]["value"]["cups"][0]["size"] = json!("big");
        spec["components"]["schemas"]["Cup"]["properties"]["size"]["type"] = json!("string");
    };
    assert_eq!(keys(&cold, as_shown), ["response 202 cups[].size: type"]);

    let put = page.replace("POST https://{tea_endpoint}", "PUT https://{tea_endpoint}");
    assert_eq!(keys(&put, |_| ()), ["request line: example-method"]);
    let sugar = page.replace("?minutes=5", "?minutes=5&sugar=2");
    assert_eq!(
        keys(&sugar, |_| ()),
        ["parameter query sugar: example-query"]
    );
}

#[test]
fn a_schema_that_contains_itself_ends() {
    let spec = json!({"paths": {PATH: {"post": {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
        "responses": {},
    }}}, "components": {"schemas": {
        "A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]},
        "B": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]},
        "C": {"$ref": "#/components/schemas/C"},
    }}});
    assert!(keys_of(&spec, &[&brew()]).contains(&"request leaf: missing".to_owned()));
}
