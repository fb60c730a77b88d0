//! Rewrites of schemas.

use serde_json::{Value, json};

use super::Context;
use crate::grammar::{Kind, Reusable};
use crate::walk;

/// Keywords that restrict values, and with which progenitor makes types that refuse to decode.
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

/// Removes restrictions from every schema that a service sends.
pub(super) fn loosen_response_schemas(document: &mut Value, context: &Context) -> usize {
    let mut loosened = 0;
    for schema in context.sent_schemas(document) {
        walk::rewrite_from(schema, Kind::One(Reusable::Schema), &mut |kind, value| {
            if let (Kind::One(Reusable::Schema), Some(map)) = (kind, value.as_object_mut()) {
                let before = map.len();
                map.retain(|key, _| !RESTRICTIONS.contains(&key.as_str()));
                loosened += before - map.len();
            }
        });
    }
    loosened
}

/// Removes the bounds of every integer and list, in requests too.
pub(super) fn drop_integer_and_list_bounds(document: &mut Value, _: &Context) -> usize {
    let mut changed = 0;
    walk::rewrite(document, &mut |kind, schema| {
        let bounds: &[&str] = match (kind, schema["type"].as_str()) {
            (Kind::One(Reusable::Schema), Some("integer")) => &["minimum", "maximum"],
            (Kind::One(Reusable::Schema), Some("array")) => &["minItems", "maxItems"],
            _ => return,
        };
        if let Some(map) = schema.as_object_mut() {
            let before = map.len();
            map.retain(|key, _| !bounds.contains(&key.as_str()));
            changed += usize::from(map.len() < before);
        }
    });
    changed
}

/// Removes the pattern of every string, in requests too.
pub(super) fn drop_patterns(document: &mut Value, _: &Context) -> usize {
    let mut dropped = 0;
    walk::rewrite(document, &mut |kind, value| {
        if let (Kind::One(Reusable::Schema), Some(map)) = (kind, value.as_object_mut()) {
            dropped += usize::from(map.shift_remove("pattern").is_some());
        }
    });
    dropped
}

/// Removes the default of every schema.
pub(super) fn drop_defaults(document: &mut Value, _: &Context) -> usize {
    let mut dropped = 0;
    walk::rewrite(document, &mut |kind, value| {
        if let (Kind::One(Reusable::Schema), Some(map)) = (kind, value.as_object_mut()) {
            dropped += usize::from(map.shift_remove("default").is_some());
        }
    });
    dropped
}

/// Lets every optional property be null.
pub(super) fn nullable_optional_properties(document: &mut Value, _: &Context) -> usize {
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
    use super::super::testing::{none, sending};
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
        assert_eq!(nullable_optional_properties(&mut d, &none()), 2);
        let properties = &d["components"]["schemas"]["A"]["properties"];
        assert_eq!(properties["id"], json!({ "type": "string" }));
        assert_eq!(properties["list"]["nullable"], true);
        assert_eq!(
            properties["b"],
            json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/B" }] })
        );
        assert_eq!(nullable_optional_properties(&mut d, &none()), 0);
    }

    #[test]
    fn restrictions_go_where_the_service_sends_and_stay_where_the_caller_does() {
        let schema = json!({ "type": "object", "properties": {
            "pattern": { "type": "string", "maxLength": 9, "pattern": "x" },
        } });
        let mut d = json!({ "components": { "schemas": { "In": schema, "Out": schema } } });
        assert_eq!(loosen_response_schemas(&mut d, &sending("Out")), 2);
        assert_eq!(d["components"]["schemas"]["In"], schema);
        assert_eq!(
            d["components"]["schemas"]["Out"]["properties"]["pattern"],
            json!({ "type": "string" })
        );
    }

    #[test]
    fn integers_and_lists_lose_their_bounds_and_strings_keep_theirs() {
        let mut d = json!({ "components": { "schemas": {
            "A": { "type": "integer", "minimum": 1, "maximum": 9, "enum": [1, 9] },
            "B": { "type": "array", "maxItems": 50, "items": { "type": "string", "maxLength": 3 } },
        } } });
        assert_eq!(drop_integer_and_list_bounds(&mut d, &none()), 2);
        let schemas = &d["components"]["schemas"];
        assert_eq!(schemas["A"], json!({ "type": "integer", "enum": [1, 9] }));
        assert_eq!(schemas["B"]["items"]["maxLength"], 3);
        assert_eq!(schemas["B"].get("maxItems"), None);
    }

    #[test]
    fn a_pattern_is_dropped_and_a_property_of_that_name_is_not() {
        let mut d = json!({ "components": { "schemas": {
            "A": { "type": "string", "pattern": "^a", "maxLength": 3 },
            "B": { "type": "object", "properties": { "pattern": { "type": "string" } } },
        } } });
        assert_eq!(drop_patterns(&mut d, &none()), 1);
        let schemas = &d["components"]["schemas"];
        assert_eq!(schemas["A"], json!({ "type": "string", "maxLength": 3 }));
        assert_eq!(schemas["B"]["properties"]["pattern"]["type"], "string");
    }
}
