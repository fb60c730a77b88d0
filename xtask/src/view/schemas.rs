//! Rewrites of schemas.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::{reachable, reference, walk};
use serde_json::{Value, json};

/// Keywords that restrict values.
const RESTRICTIONS: [&str; 11] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// Removes the restrictions of every schema, in requests too.
pub(super) fn drop_restrictions(document: &mut Value) -> usize {
    let mut dropped = 0;
    walk::rewrite(document, &mut |kind, value| {
        if let (Kind::One(Reusable::Schema), Some(map)) = (kind, value.as_object_mut()) {
            let before = map.len();
            map.retain(|key, _| !RESTRICTIONS.contains(&key.as_str()));
            dropped += before - map.len();
        }
    });
    dropped
}

/// Says of a property that refers to a schema what that says of itself.
pub(super) fn describe_references(document: &mut Value) -> usize {
    let before = document.clone();
    let mut described = 0;
    walk::rewrite(document, &mut |kind, schema| {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        let Some(properties) = properties.filter(|_| kind == Kind::One(Reusable::Schema)) else {
            return;
        };
        for property in properties.values_mut() {
            let text =
                reference::target(&before, property).map(|(_, target)| &target["description"]);
            if let Some(text @ Value::String(_)) = text {
                *property = json!({ "description": text, "allOf": [property] });
                described += 1;
            }
        }
    });
    described
}

/// Lets every optional property be null, but for those that are empty then: open enums, and lists and maps of what services
/// send alone.
pub(super) fn nullable_optional_properties(document: &mut Value) -> usize {
    let given = reachable::request_schemas(document);
    let mut changed = 0;
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let is_given = given.contains(name);
        walk::rewrite_from(schema, Kind::One(Reusable::Schema), &mut |kind, schema| {
            if kind == Kind::One(Reusable::Schema) {
                changed += nullable(schema, is_given);
            }
        });
    }
    changed
}

fn nullable(schema: &mut Value, is_given: bool) -> usize {
    let required = schema["required"].clone();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return 0;
    };
    let mut changed = 0;
    for (name, property) in properties {
        let optional = !required
            .as_array()
            .is_some_and(|required| required.iter().any(|r| r == name.as_str()));
        let holds_many =
            property["type"] == "array" || property.get("additionalProperties").is_some();
        let is_empty =
            (holds_many && !is_given) || property["x-rust-type"]["path"] == "otcdb_core::Open";
        if !optional || property["nullable"] == true || is_empty {
            continue;
        }
        if property.get("$ref").is_some() {
            *property = json!({ "nullable": true, "allOf": [property] });
        } else {
            property["nullable"] = Value::Bool(true);
        }
        changed += 1;
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_properties_may_be_null_and_required_ones_not() {
        let schema = json!({
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": { "type": "string" },
                "list": { "type": "array", "items": { "type": "string" } },
                "b": { "$ref": "#/components/schemas/B" },
            },
        });
        let body = json!({ "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/Given" }
        } } });
        let mut d = json!({
            "paths": { "/x": { "post": { "requestBody": body } } },
            "components": { "schemas": { "Given": schema, "Sent": schema } },
        });
        assert_eq!(nullable_optional_properties(&mut d), 3);
        for (name, list) in [("Given", json!(true)), ("Sent", Value::Null)] {
            let properties = &d["components"]["schemas"][name]["properties"];
            assert_eq!(properties["id"], json!({ "type": "string" }));
            assert_eq!(properties["list"]["nullable"], list, "{name}");
            assert_eq!(
                properties["b"],
                json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/B" }] })
            );
        }
        assert_eq!(nullable_optional_properties(&mut d), 0);
    }

    #[test]
    fn a_reference_is_described_as_what_it_leads_to() {
        let mut d = json!({ "components": { "schemas": {
            "A": { "type": "object", "properties": { "b": { "$ref": "#/components/schemas/B" } } },
            "B": { "type": "object", "description": "A thing." },
        } } });
        assert_eq!(describe_references(&mut d), 1);
        assert_eq!(
            d["components"]["schemas"]["A"]["properties"]["b"],
            json!({ "description": "A thing.", "allOf": [{ "$ref": "#/components/schemas/B" }] })
        );
    }

    #[test]
    fn restrictions_go_and_properties_of_their_names_stay() {
        let mut d = json!({ "components": { "schemas": {
            "A": { "type": "integer", "minimum": 1, "maximum": 9, "enum": [1, 9] },
            "B": { "type": "array", "maxItems": 50, "items": { "type": "string", "pattern": "^a" } },
            "C": { "type": "object", "properties": { "pattern": { "type": "string" } } },
        } } });
        assert_eq!(drop_restrictions(&mut d), 4);
        let schemas = &d["components"]["schemas"];
        assert_eq!(schemas["A"], json!({ "type": "integer", "enum": [1, 9] }));
        assert_eq!(
            schemas["B"],
            json!({ "type": "array", "items": { "type": "string" } })
        );
        assert_eq!(schemas["C"]["properties"]["pattern"]["type"], "string");
    }
}
