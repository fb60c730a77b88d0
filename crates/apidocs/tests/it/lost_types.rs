//! Types that a page states and a description has lost.

use otcdb_apidocs::{Target, check};
use serde_json::{Value, json};

use crate::check::{PATH, brew, document, keys_of};
use crate::common::{Listed, facts, item, table};

/// A field whose type is lost is a difference like one whose type is another.
#[test]
fn a_type_that_is_lost_is_found() {
    let lost = |at: &str| {
        let mut spec = document();
        let schema = spec.pointer_mut(at).unwrap().as_object_mut().unwrap();
        schema.remove("type").unwrap();
        let keys = keys_of(&spec, &[&brew()]);
        let schema = spec.pointer_mut(at).unwrap().as_object_mut().unwrap();
        schema.insert("x-any".to_owned(), json!("It sends texts and numbers."));
        assert_eq!(keys_of(&spec, &[&brew()]), [] as [String; 0], "{at}");
        keys
    };
    let schemas = "/components/schemas";
    let operation = format!("/paths/{}/post", PATH.replace('/', "~1"));
    let response = format!("{operation}/responses/202/content/application~1json/schema");
    for (at, key) in [
        (
            format!("{schemas}/Brew/properties/note"),
            "request note: type",
        ),
        // Behind a reference inside allOf.
        (format!("{schemas}/Leaf"), "request leaf: type"),
        (
            format!("{schemas}/Leaf/properties/grams"),
            "request leaf.grams: type",
        ),
        (format!("{response}/properties/id"), "response 202 id: type"),
        (
            format!("{response}/properties/cups"),
            "response 202 cups: type",
        ),
        // What the elements of a list are.
        (format!("{schemas}/Cup"), "response 202 cups: type"),
        (
            format!("{schemas}/Cup/properties/size"),
            "response 202 cups[].size: type",
        ),
        (
            format!("{operation}/parameters/0/schema"),
            "parameter query minutes: type",
        ),
        (
            "/components/parameters/kettle/schema".to_owned(),
            "parameter path kettle_id: type",
        ),
    ] {
        assert_eq!(lost(&at), [key], "{at}");
    }
}

#[test]
fn the_values_of_a_map_have_the_stated_type() {
    let page = Listed {
        response: item(
            "Normal response",
            &table(
                "**Table 2** Parameter description",
                &["Name", "Type", "Description"],
                &[&["labels", "Map<String,String>", "What it is called."]],
            ),
        ),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    let path = "/v3/{project_id}/kettles/{kettle_id}";
    let keys = |labels: Value| {
        let parameter = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
        let spec = json!({"paths": {path: {"get": {
            "parameters": [parameter("project_id"), parameter("kettle_id")],
            "responses": {"200": {"content": {"application/json": {
                "schema": {"type": "object", "properties": {"labels": labels}},
            }}}},
        }}}});
        let target = Target::new(&spec, "get", path);
        let found = check(&[&facts], target).into_iter();
        found.map(|found| found.key).collect::<Vec<_>>()
    };
    let map = |entries: Value| keys(json!({"type": "object", "additionalProperties": entries}));
    let none: [&str; 0] = [];
    assert_eq!(map(json!({"type": "string"})), none);
    assert_eq!(map(json!({"x-any": "It sends texts and numbers."})), none);
    assert_eq!(map(json!(true)), none);
    let lost = ["response 200 labels: type"];
    assert_eq!(map(json!({"description": "A text."})), lost);
    assert_eq!(map(json!({"type": "integer"})), lost);
    assert_eq!(
        keys(json!({"additionalProperties": {"type": "string"}})),
        lost
    );
}
