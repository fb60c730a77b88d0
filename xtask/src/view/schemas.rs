//! Rewrites of schemas.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::walk;
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

/// Lets every optional property be null.
pub(super) fn nullable_optional_properties(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::rewrite(document, &mut |kind, schema| {
        if kind != Kind::One(Reusable::Schema) {
            return;
        }
        let required = schema["required"].clone();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        for (name, property) in properties {
            let optional = !required
                .as_array()
                .is_some_and(|required| required.iter().any(|r| r == name.as_str()));
            if !optional || property["nullable"] == true {
                continue;
            }
            if property.get("$ref").is_some() {
                *property = json!({ "nullable": true, "allOf": [property] });
            } else {
                property["nullable"] = Value::Bool(true);
            }
            changed += 1;
        }
    });
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_properties_may_be_null_and_required_ones_not() {
        let mut d = json!({ "components": { "schemas": { "A": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": { "type": "string" },
                "list": { "type": "array", "items": { "type": "string" } },
                "b": { "$ref": "#/components/schemas/B" },
            },
        } } } });
        assert_eq!(nullable_optional_properties(&mut d), 2);
        let properties = &d["components"]["schemas"]["A"]["properties"];
        assert_eq!(properties["id"], json!({ "type": "string" }));
        assert_eq!(properties["list"]["nullable"], true);
        assert_eq!(
            properties["b"],
            json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/B" }] })
        );
        assert_eq!(nullable_optional_properties(&mut d), 0);
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
