//! Enums: known values typed, any other kept.

use std::collections::BTreeMap;

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::{Listed, OPEN, walk};
use serde_json::{Value, json};

/// Makes an enum of each named string with listed values, and of each reference to one `otcdb_core::Open` of it. Numbers
/// lose their lists. What a request may hold is checked when it is sent.
pub(super) fn open_enums(document: &mut Value) -> usize {
    let mut described = BTreeMap::new();
    let mut opened = 0;
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(schema) = schema.as_object_mut() else {
            continue;
        };
        let Some(values) = Listed::of(schema).map(|listed| listed.values.to_vec()) else {
            continue;
        };
        if schema.get("type").is_some_and(|kind| kind == "string") {
            schema.shift_remove(OPEN);
            schema.insert("enum".to_owned(), values.into());
            described.insert(name.clone(), schema.get("description").cloned());
        } else if schema.shift_remove("enum").is_some() {
            opened += 1;
        }
    }
    walk::rewrite(document, &mut |kind, value| {
        if kind == Kind::One(Reusable::Schema)
            && let Some(description) = reference_name(value).and_then(|name| described.get(&name))
        {
            *value = json!({
                "description": description,
                "type": "string",
                "x-rust-type": {
                    "crate": "otcdb-core",
                    "version": "*",
                    "path": "otcdb_core::Open",
                    "parameters": [value],
                },
            });
            if let (None, Some(map)) = (description, value.as_object_mut()) {
                map.shift_remove("description");
            }
            opened += 1;
        }
    });
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_are_typed_and_others_kept() {
        let property = |name: &str| json!({ "type": "object", "properties": { "s": { "$ref": format!("#/components/schemas/{name}") } } });
        let mut d = json!({ "components": { "schemas": {
            "In": property("Given"), "Out": property("Sent"), "Number": property("Days"),
            "Given": { "type": "string", "enum": ["A"] },
            "Sent": { "type": "string", "x-extensible-enum": ["A"] },
            "Size": { "type": "integer", "x-extensible-enum": [1] },
            "Days": { "type": "integer", "enum": [1, 7] },
        } } });
        assert_eq!(open_enums(&mut d), 3);
        let schemas = &d["components"]["schemas"];
        assert_eq!(schemas["Number"], property("Days"));
        assert_eq!(schemas["Days"], json!({ "type": "integer" }));
        assert_eq!(schemas["Size"]["x-extensible-enum"], json!([1]));
        for (holder, values) in [("In", "Given"), ("Out", "Sent")] {
            assert_eq!(schemas[values], json!({ "type": "string", "enum": ["A"] }));
            let rust = &schemas[holder]["properties"]["s"]["x-rust-type"];
            let to = format!("#/components/schemas/{values}");
            assert_eq!(rust["parameters"][0]["$ref"], to);
        }
    }
}
