//! Enums that the service sends: known values typed, any other kept.

use std::collections::BTreeMap;

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::{OPEN, walk};
use serde_json::{Value, json};

/// Makes an enum of each named string that may have other values than those listed, and of each reference to one
/// `otcdb_core::Open` of it.
pub(super) fn open_enums(document: &mut Value) -> usize {
    let mut described = BTreeMap::new();
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(schema) = schema
            .as_object_mut()
            .filter(|one| one.get("type").is_some_and(|kind| kind == "string"))
        else {
            continue;
        };
        if let Some(values) = schema.shift_remove(OPEN) {
            schema.insert("enum".to_owned(), values);
            described.insert(name.clone(), schema.get("description").cloned());
        }
    }
    let mut opened = 0;
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
    fn an_enum_is_open_where_other_values_may_come_and_strict_elsewhere() {
        let property = |name: &str| json!({ "type": "object", "properties": { "s": { "$ref": format!("#/components/schemas/{name}") } } });
        let mut d = json!({ "components": { "schemas": {
            "In": property("Strict"), "Out": property("Sent"),
            "Strict": { "type": "string", "enum": ["A"] },
            "Sent": { "type": "string", "x-extensible-enum": ["A"] },
            "Size": { "type": "integer", "x-extensible-enum": [1] },
        } } });
        assert_eq!(open_enums(&mut d), 1);
        let schemas = &d["components"]["schemas"];
        assert_eq!(schemas["In"], property("Strict"));
        assert_eq!(schemas["Sent"], json!({ "type": "string", "enum": ["A"] }));
        assert_eq!(schemas["Size"]["type"], "integer");
        let rust = &schemas["Out"]["properties"]["s"]["x-rust-type"];
        assert_eq!(rust["parameters"][0]["$ref"], "#/components/schemas/Sent");
    }
}
