//! Schemas that allow anything, and objects of anything.

use otcdb_openapi::{Bundle, pointer};
use serde_json::Value;

use super::schemas::each_schema;
use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "untyped",
    why: "a schema that has lost its type allows anything, and every client has a bare JSON value there",
    check,
};

/// What says which values there are.
const TYPED: [&str; 5] = ["$ref", "allOf", "anyOf", "oneOf", "type"];

/// What says what is in an object.
const CONTENTS: [&str; 5] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "properties",
];

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    each_schema(bundle, &mut |at, schema| {
        // `additionalProperties: true` is no schema.
        let Some(keys) = schema.as_object() else {
            return;
        };
        let is_empty = keys.get("type").is_some_and(|kind| kind == "object")
            && !CONTENTS.iter().any(|key| keys.contains_key(*key));
        if is_empty {
            report.diagnostic(
                at,
                "this object says nothing of what is in it",
                "write its `properties`, or `additionalProperties` for what its fields have; where neither is known, \
                 leave out the type and say so under x-any",
            );
        }
        let is_typed = TYPED.iter().any(|key| keys.contains_key(*key));
        let says_why = keys.get("x-any").and_then(Value::as_str);
        match (is_typed, says_why) {
            (false, None) => report.diagnostic(
                at,
                "this schema has no type",
                "write its `type`, or say under x-any why any value may stand there",
            ),
            (true, Some(_)) => report.diagnostic(
                &pointer::join(at, "x-any"),
                "this schema has a type, so not any value may stand there",
                "remove x-any, or the type",
            ),
            _ => {}
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;
    use serde_json::json;

    const THING: &str = "/components/schemas/Thing";

    fn lose(at: &str) {
        catches(&RULE, at, |d| {
            d.pointer_mut(at)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove("type")
                .unwrap();
        });
    }

    #[test]
    fn a_type_that_is_lost_is_found_wherever_it_was() {
        lose(&format!("{THING}/properties/size"));
        lose(THING);
        lose("/components/schemas/Kind");
        lose(&format!("{OPERATION}/parameters/0/schema"));
    }

    #[test]
    fn what_lists_maps_and_combinations_hold_has_a_type() {
        for (at, schema) in [
            (
                "/items",
                json!({ "type": "array", "items": { "description": "One." } }),
            ),
            (
                "/additionalProperties",
                json!({ "type": "object", "additionalProperties": {} }),
            ),
            (
                "/allOf/0",
                json!({ "allOf": [{ "properties": { "a": { "type": "string" } } }] }),
            ),
            (
                "/oneOf/1",
                json!({ "oneOf": [{ "type": "string" }, { "required": ["a"] }] }),
            ),
        ] {
            catches(&RULE, &format!("{THING}{at}"), |d| {
                *d.pointer_mut(THING).unwrap() = schema;
            });
        }
    }

    #[test]
    fn an_object_says_what_is_in_it() {
        let size = format!("{THING}/properties/size");
        catches(&RULE, &size, |d| {
            *d.pointer_mut(&size).unwrap() = json!({ "type": "object" });
        });
        let mut document = good();
        *document.pointer_mut(&size).unwrap() =
            json!({ "type": "object", "additionalProperties": { "type": "string" } });
        assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
    }

    #[test]
    fn anything_is_allowed_for_a_reason() {
        let mut document = good();
        let size = format!("{THING}/properties/size");
        *document.pointer_mut(&size).unwrap() = json!({ "x-any": "It sends texts and numbers." });
        document.pointer_mut(THING).unwrap()["additionalProperties"] = json!(true);
        assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
        catches(&RULE, &format!("{size}/x-any"), |d| {
            d.pointer_mut(&size).unwrap()["x-any"] = json!("It sends texts and numbers.");
        });
    }
}
