//! One operation that several pages are about.

use otcdb_apidocs::{Facts, Target, check};
use serde_json::{Value, json};

use crate::check::{brew, document, keys_of};
use crate::common::{Listed, facts, item, table};

/// Two pages of one operation, each with its body.
pub(crate) fn actions() -> (Facts, Facts) {
    let page = |id: &str, name: &str| {
        let listed = Listed {
            uri: "POST https://{*Endpoint*}/v3/{project_id}/kettles/{kettle_id}/action".to_owned(),
            request: item(
                "Parameter description",
                &table(
                    "**Table 2** Parameter description",
                    &["Name", "Mandatory", "Type", "Description"],
                    &[&[name, "Yes", "Integer", ""]],
                ),
            ),
            ..Listed::default()
        };
        facts(&listed.page().replace("tea_01_0001", id))
    };
    (page("tea_1", "heat"), page("tea_2", "cool"))
}

fn action_document(schema: Value) -> Value {
    let text = |name: &str, value: &str| {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"},
               "examples": {"green": {"value": value}}})
    };
    json!({"paths": {"/v3/{project_id}/kettles/{kettle_id}/action": {"post": {
        "parameters": [text("project_id", "0483b6b1"), text("kettle_id", "cee5265e")],
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"content": {"application/json": {"schema":
            {"type": "object", "properties": {"state": {"type": "string"}}}}}}},
    }}}})
}

#[test]
fn several_pages_of_one_operation_share_its_body() {
    let (heat, cool) = actions();
    let body = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "integer"}}});
    let path = "/v3/{project_id}/kettles/{kettle_id}/action";
    let keys = |schema: Value| -> Vec<String> {
        let spec = action_document(schema);
        check(&[&heat, &cool], Target::new(&spec, "post", path))
            .into_iter()
            .map(|d| d.key)
            .collect()
    };
    assert_eq!(
        keys(json!({"oneOf": [body("heat"), body("cool")]})),
        [""; 0]
    );
    let joined = json!({"type": "object", "properties": {"heat": {"type": "integer"}, "cool": {"type": "integer"}}});
    assert_eq!(keys(joined), [""; 0]);
    assert_eq!(keys(body("heat")), ["request cool: missing"]);
    assert_eq!(
        keys(json!({"oneOf": [body("heat"), body("cool"), body("stir")]})),
        ["request stir: extra"]
    );
}

/// A nested field is extra only if none of the pages has it.
#[test]
fn several_pages_share_nested_fields() {
    let page = include_str!("pages/brew.rst");
    let spoons = facts(&page.replace("| grams     | Yes ", "| spoons    | No  "));
    assert_ne!(spoons.request, brew().request);
    let extra = |names: &[&str]| -> Vec<String> {
        let mut spec = document();
        for name in names {
            spec["components"]["schemas"]["Leaf"]["properties"][*name] = json!({"type": "number"});
        }
        let mut keys = keys_of(&spec, &[&brew(), &spoons]);
        keys.retain(|key| key.ends_with(": extra") || key.ends_with(": missing"));
        keys
    };
    assert_eq!(extra(&[]), ["request leaf.spoons: missing"]);
    assert_eq!(extra(&["spoons"]), [""; 0]);
    assert_eq!(extra(&["spoons", "herbs"]), ["request leaf.herbs: extra"]);
}
