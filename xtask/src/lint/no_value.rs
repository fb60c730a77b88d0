//! Keys that nothing is written behind.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::{Bundle, pointer};
use serde_json::Value;

use super::round_trip::lost;
use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "no-value",
    why: "a key without a value is read as null, which OpenAPI 3.0 does not have; most tools drop it in silence",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    for (at, key) in nulls(&bundle.document) {
        report.diagnostic(&at, format!("{key:?} has no value"), wanted(&key));
    }
    let lost = lost(&bundle.document).unwrap_or_default();
    for key in lost.iter().filter(|key| key.is_empty_keyword()) {
        report.diagnostic(
            &key.at,
            format!("{:?} is empty", key.name),
            "write what it should hold, or remove the key",
        );
    }
}

/// Keys without a value and empty entries of lists, payloads and extensions apart: pointer and name.
pub(super) fn nulls(document: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    step(document, Kind::Root, "", &mut found);
    found
}

fn step(value: &Value, kind: Kind, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let here = pointer::join(at, key);
                if key.starts_with("x-") && !matches!(kind, Kind::Many(_)) {
                    continue;
                }
                if value.is_null() {
                    found.push((here, key.clone()));
                } else if !is_payload(kind, key) {
                    step(value, kind.child(key), &here, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let here = pointer::join(at, &index.to_string());
                if item.is_null() {
                    found.push((here, format!("- (entry {})", index + 1)));
                } else {
                    step(item, kind.element(), &here, found);
                }
            }
        }
        _ => {}
    }
}

/// Whether any JSON may stand under this key, null included.
fn is_payload(kind: Kind, key: &str) -> bool {
    match kind {
        Kind::One(Reusable::Schema) => ["default", "enum", "example"].contains(&key),
        Kind::One(Reusable::Example) => key == "value",
        Kind::One(Reusable::Parameter | Reusable::Header) | Kind::MediaType => key == "example",
        _ => false,
    }
}

/// What to write behind a key.
fn wanted(key: &str) -> &'static str {
    match key {
        "description" | "summary" | "title" => {
            "write the text behind the colon, or indented below it after |, or remove the key"
        }
        "operationId" => "write the documentation's page name, such as CreateRedislog",
        "type" => "write one of array, boolean, integer, number, object, string",
        "$ref" => {
            "write a path relative to this file, such as ../components/errors.yaml#/ErrorResponse"
        }
        "allOf" | "anyOf" | "enum" | "oneOf" | "parameters" | "required" | "servers" | "tags" => {
            "write its entries below it, each after a -, or remove the key"
        }
        "components" | "content" | "examples" | "headers" | "items" | "paths" | "properties"
        | "requestBody" | "responses" | "schema" | "schemas" => {
            "write its keys below it, indented further, or remove the key"
        }
        _ => {
            "write its value behind the colon, or below it and indented further, or remove the key"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::super::unknown_keys;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_without_a_value_is_called_that_once() {
        let thing = "/components/schemas/Thing";
        for (parent, key) in [
            ("", "paths"),
            ("/info", "description"),
            (OPERATION, "operationId"),
            (OPERATION, "responses"),
            (thing, "properties"),
            (thing, "type"),
            (&format!("{thing}/properties"), "size"),
            (&format!("{thing}/properties"), "x-size"),
        ] {
            let at = format!("{parent}/{key}");
            let edit = |d: &mut Value| d.pointer_mut(parent).unwrap()[key] = Value::Null;
            catches(&RULE, &at, edit);
            let mut document = good();
            edit(&mut document);
            assert!(
                diagnostics(&RULE, document.clone())[0].contains(&format!("{key:?} has no value"))
            );
            assert_eq!(
                diagnostics(&unknown_keys::RULE, document),
                [] as [String; 0],
                "{at}"
            );
        }
    }

    #[test]
    fn an_empty_list_or_map_is_called_empty() {
        let thing = "/components/schemas/Thing";
        for key in ["required", "properties"] {
            let empty = if key == "required" {
                json!([])
            } else {
                json!({})
            };
            let edit = |d: &mut Value| d.pointer_mut(thing).unwrap()[key] = empty.clone();
            catches(&RULE, &format!("{thing}/{key}"), edit);
            let mut document = good();
            edit(&mut document);
            assert_eq!(
                diagnostics(&unknown_keys::RULE, document),
                [] as [String; 0],
                "{key}"
            );
        }
    }

    #[test]
    fn an_empty_entry_of_a_list_is_found() {
        catches(&RULE, &format!("{OPERATION}/tags/1"), |d| {
            d.pointer_mut(OPERATION).unwrap()["tags"] = json!(["things", null]);
        });
    }

    #[test]
    fn payloads_may_hold_null() {
        let mut document = good();
        let responses = &mut document.pointer_mut(OPERATION).unwrap()["responses"];
        responses["200"]["content"]["application/json"]["examples"]["one"]["value"] =
            json!({ "status": null });
        assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
    }
}
