//! Where a response may have null: in place of every property that may be absent, and of every entry of a map.
//!
//! The services send both, and which of them is seldom documented. So nobody writes it into a description: it is a rule,
//! and [`admit`] writes it into what is published. Strict tools read `nullable` only beside a `type`, which is why it is
//! the component that may be null where a property refers to one.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::grammar::{Kind, Reusable};
use crate::reference::resolve_at;
use crate::{pointer, reachable, walk};

/// How deep `allOf` may nest; one that holds itself would end here.
const MOST_NESTED: usize = 12;

/// Pointers of the schemas that may be null by the rule, behind all references.
pub fn by_rule(document: &Value) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for name in reachable::response_schemas(document) {
        let at = pointer::join("/components/schemas", &name);
        let Some(schema) = document.pointer(&at) else {
            continue;
        };
        let schema_kind = Kind::One(Reusable::Schema);
        walk::walk_from(schema, schema_kind, &at, &mut |kind, at, schema| {
            if kind != schema_kind {
                return;
            }
            // An entry of a map need not be there, either.
            if let Some(entry) = schema.get("additionalProperties") {
                let at = pointer::join(at, "additionalProperties");
                typed(document, &at, entry, MOST_NESTED, &mut places);
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            let Some(properties) = properties else {
                return;
            };
            let required = schema.get("required").and_then(Value::as_array);
            let at = pointer::join(at, "properties");
            for (name, property) in properties {
                if !required.is_some_and(|required| required.iter().any(|one| one == name)) {
                    let at = pointer::join(&at, name);
                    typed(document, &at, property, MOST_NESTED, &mut places);
                }
            }
        });
    }
    places
}

/// The schemas with a type that speak about the value of `schema`. One without a type allows null already.
fn typed(document: &Value, at: &str, schema: &Value, depth: usize, places: &mut BTreeSet<String>) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let (at, schema) = resolve_at(document, schema).unwrap_or((at, schema));
    if schema.get("type").is_some() {
        places.insert(at.to_owned());
    }
    let parts = schema.get("allOf").and_then(Value::as_array);
    for (index, part) in parts.into_iter().flatten().enumerate() {
        let at = pointer::join(&pointer::join(at, "allOf"), &index.to_string());
        typed(document, &at, part, depth, places);
    }
}

/// Writes the rule into a document. Named objects get their name as a title: some generators make two types of what may
/// be null, and call that of the object as its title says.
pub fn admit(document: &mut Value) {
    for place in by_rule(document) {
        let schema = document.pointer_mut(&place).and_then(Value::as_object_mut);
        let Some(schema) = schema else { continue };
        let Some(at) = schema.keys().position(|key| key == "type") else {
            continue;
        };
        schema.shift_remove("nullable");
        schema.shift_insert(at + 1, "nullable".to_owned(), Value::Bool(true));
        let name = place.strip_prefix("/components/schemas/");
        if let Some(name) = name.filter(|name| !name.contains('/'))
            && schema.get("type").is_some_and(|kind| kind == "object")
        {
            schema.shift_insert(0, "title".to_owned(), name.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(schemas: Value) -> Value {
        let to = |name: &str| {
            let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
            json!({ "description": "", "content": { "application/json": { "schema": schema } } })
        };
        json!({
            "paths": { "/things": { "post": {
                "operationId": "CreateThing",
                "requestBody": to("Request"),
                "responses": { "200": to("Thing"), "default": to("Failure") },
            } } },
            "components": { "schemas": schemas },
        })
    }

    #[test]
    fn what_may_be_absent_from_a_response_may_be_null() {
        let mut found = document(json!({
            "Request": { "type": "object", "properties": { "name": { "type": "string" } } },
            "Failure": { "type": "object", "properties": { "code": { "type": "string" } } },
            "Thing": { "type": "object", "required": ["id", "owner"], "properties": {
                "id": { "type": "string" },
                "owner": { "$ref": "#/components/schemas/Owner" },
                "status": { "$ref": "#/components/schemas/Alias" },
                "both": { "description": "", "allOf": [{ "$ref": "#/components/schemas/Part" }] },
                "sizes": { "type": "array", "items": { "type": "integer" } },
                "any": { "x-any": "It sends texts and numbers." },
                "inside": { "type": "object", "properties": { "deep": { "description": "", "type": "boolean" } } },
            } },
            "Owner": { "type": "object" },
            "Alias": { "$ref": "#/components/schemas/Status" },
            "Status": { "type": "string", "x-extensible-enum": ["ON"] },
            "Part": { "type": "object" },
        }));
        admit(&mut found);
        let null = |pointer: &str| {
            let pointer = format!("/components/schemas/{pointer}");
            found.pointer(&pointer).unwrap().get("nullable") == Some(&json!(true))
        };
        for place in [
            "Failure/properties/code",
            "Thing/properties/sizes",
            "Thing/properties/inside",
            "Thing/properties/inside/properties/deep",
            "Status",
            "Part",
        ] {
            assert!(null(place), "{place}");
        }
        for place in [
            "Request/properties/name",
            "Thing",
            "Thing/properties/id",
            "Thing/properties/status",
            "Thing/properties/both",
            "Thing/properties/any",
            "Thing/properties/sizes/items",
            "Owner",
        ] {
            assert!(!null(place), "{place}");
        }
        let schemas = &found["components"]["schemas"];
        assert_eq!(schemas["Part"]["title"], "Part");
        assert!(schemas["Status"].get("title").is_none());
        let deep = "/components/schemas/Thing/properties/inside/properties/deep";
        let keys: Vec<_> = found
            .pointer(deep)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(keys, ["description", "type", "nullable"]);
    }

    #[test]
    fn what_is_only_itself_ends() {
        let round = json!({ "allOf": [{ "$ref": "#/components/schemas/Round" }] });
        let mut found = document(json!({
            "Thing": { "type": "object", "properties": { "round": { "$ref": "#/components/schemas/Round" } } },
            "Round": round,
        }));
        admit(&mut found);
        assert_eq!(found["components"]["schemas"]["Round"], round);
    }
}
