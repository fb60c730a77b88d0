//! Enums that the service sends: known values typed, any other kept.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::walk;
use serde_json::{Value, json};

use super::Context;

/// Replaces each reference to an enum, from a schema that the service sends, by `otcdb_core::Open` of it.
pub(super) fn open_response_enums(document: &mut Value, context: &Context) -> usize {
    let enums: Vec<String> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, schema)| schema["type"] == "string" && schema.get("enum").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    let mut opened = 0;
    for schema in context.sent_schemas(document) {
        walk::rewrite_from(schema, Kind::One(Reusable::Schema), &mut |kind, value| {
            if kind != Kind::One(Reusable::Schema) {
                return;
            }
            if reference_name(value).is_some_and(|name| enums.contains(&name)) {
                *value = json!({
                    "type": "string",
                    "x-rust-type": {
                        "crate": "otcdb-core",
                        "version": "*",
                        "path": "otcdb_core::Open",
                        "parameters": [value],
                    },
                });
                opened += 1;
            }
        });
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::super::testing::sending;
    use super::*;

    #[test]
    fn an_enum_is_open_in_a_response_and_strict_in_a_request() {
        let property = json!({ "type": "object", "properties": { "s": { "$ref": "#/components/schemas/S" } } });
        let mut d = json!({ "components": { "schemas": {
            "In": property, "Out": property, "S": { "type": "string", "enum": ["A"] },
        } } });
        assert_eq!(open_response_enums(&mut d, &sending("Out")), 1);
        let schemas = &d["components"]["schemas"];
        assert_eq!(schemas["In"], property);
        let rust = &schemas["Out"]["properties"]["s"]["x-rust-type"];
        assert_eq!(rust["parameters"][0]["$ref"], "#/components/schemas/S");
    }
}
