//! Keywords of schemas that the generator panics on or ignores.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase as _;
use otcdb_openapi::reference::resolve;
use otcdb_openapi::{Bundle, Listed, pointer};
use serde_json::Value;

use super::schemas::each_schema;
use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "generator",
    why: "progenitor panics on some valid schemas, and reads others as types that no value has or that lack a part",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    each_schema(bundle, &mut |at, schema| {
        unknown_keywords(at, schema, report);
        enums(at, schema, report);
        required(at, schema, report);
        all_of(&bundle.document, at, schema, report);
    });
}

fn unknown_keywords(at: &str, schema: &Value, report: &mut Report<'_>) {
    if schema.get("not").is_some() {
        report.diagnostic(
            &pointer::join(at, "not"),
            "progenitor panics on `not`",
            "say in the description which values are refused",
        );
    }
    if schema.get("discriminator").is_some() {
        report.diagnostic(
            &pointer::join(at, "discriminator"),
            "progenitor ignores a discriminator, and no reference of its mapping is followed",
            "describe one object with optional properties, or variants with different required ones",
        );
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if schema[key].as_array().is_some_and(Vec::is_empty) {
            report.diagnostic(
                &pointer::join(at, key),
                format!("an empty {key} stops progenitor, or becomes a type without values"),
                "list the schemas it consists of, or remove this key",
            );
        }
    }
    if let Some(format @ ("date" | "date-time" | "uuid")) = schema["format"].as_str()
        && schema["type"] == "string"
    {
        report.diagnostic(
            &pointer::join(at, "format"),
            format!("for {format:?} progenitor uses a crate that the clients do not depend on"),
            "remove this key and name the form in the description: the services do not keep to one",
        );
    }
}

fn enums(at: &str, schema: &Value, report: &mut Report<'_>) {
    let Some(listed) = schema.as_object().and_then(Listed::of) else {
        return;
    };
    let here = pointer::join(at, listed.keyword());
    if schema.get("type").is_none() {
        report.diagnostic(
            &here,
            "progenitor panics on an enum whose values are of several types",
            "write the `type` of its values",
        );
    }
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for value in listed.values.iter().filter_map(Value::as_str) {
        // The rule `enum` reports those that are equal but for their case.
        let twin = |first: &&str| first.to_lowercase() != value.to_lowercase();
        if let Some(first) = names.insert(variant(value), value).filter(twin) {
            report.diagnostic(
                &here,
                format!("{first:?} and {value:?} have the same Rust name"),
                "values on the wire cannot change: leave the enum out, and list them in the description",
            );
        }
    }
    for key in ["maxLength", "minLength", "pattern"] {
        if schema.get(key).is_some() {
            report.diagnostic(
                &pointer::join(at, key),
                format!("progenitor drops the values of an enum that break its {key}, in silence"),
                "remove this key: the values say it all",
            );
        }
    }
}

/// A value as the generator names it: what is no letter and no digit separates words.
fn variant(value: &str) -> String {
    let words: String = value
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    words.to_pascal_case()
}

fn required(at: &str, schema: &Value, report: &mut Report<'_>) {
    // Beside or inside a combination, another part may describe the property.
    let combined = ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .any(|key| schema.get(key).is_some() || at.contains(&format!("/{key}/")));
    let Some(properties) = schema["properties"].as_object().filter(|_| !combined) else {
        return;
    };
    let names = schema["required"].as_array().into_iter().flatten();
    for (index, name) in names.enumerate() {
        if !name
            .as_str()
            .is_some_and(|name| properties.contains_key(name))
        {
            report.diagnostic(
                &pointer::join(&pointer::join(at, "required"), &index.to_string()),
                format!("{name} is required and not described, so no client has it"),
                "correct the name, or add it to `properties`",
            );
        }
    }
}

fn all_of(document: &Value, at: &str, schema: &Value, report: &mut Report<'_>) {
    let Some(parts) = schema["allOf"].as_array() else {
        return;
    };
    let here = pointer::join(at, "allOf");
    let parts: Vec<&Value> = parts
        .iter()
        .map(|part| resolve(document, part))
        .chain([schema])
        .collect();
    if types(parts.iter().copied()).len() > 1 {
        report.diagnostic(
            &here,
            "no value is of all the types of these parts",
            "combine schemas of one type, or use one of them alone",
        );
    }
    let mut properties: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (name, property) in parts
        .iter()
        .filter_map(|part| part["properties"].as_object())
        .flatten()
    {
        let property = resolve(document, property);
        properties.entry(name).or_default().push(property);
    }
    for (name, described) in properties {
        if types(described.into_iter()).len() > 1 {
            report.diagnostic(
                &here,
                format!("these parts give the property {name:?} different types"),
                "describe it once, with the type that the service sends",
            );
        }
    }
    if parts
        .iter()
        .any(|part| part["additionalProperties"] == false)
    {
        report.diagnostic(
            &here,
            "a closed part refuses what the other parts add, so that no value is left",
            "remove `additionalProperties: false` from the part",
        );
    }
}

fn types<'a>(schemas: impl Iterator<Item = &'a Value>) -> BTreeSet<&'a str> {
    schemas
        .filter_map(|schema| schema["type"].as_str())
        .map(|kind| if kind == "integer" { "number" } else { kind })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{catches, diagnostics, good};
    use super::*;
    use serde_json::json;

    const THING: &str = "/components/schemas/Thing";

    fn refused(at: &str, schema: Value) {
        catches(&RULE, &format!("{THING}{at}"), |d| {
            *d.pointer_mut(THING).unwrap() = schema;
        });
    }

    fn object(name: &str, kind: &str) -> Value {
        json!({ "type": "object", "properties": { name: { "type": kind } } })
    }

    #[test]
    fn what_the_generator_panics_on_or_ignores_is_refused() {
        refused("/not", json!({ "not": { "type": "string" } }));
        refused(
            "/discriminator",
            json!({ "type": "object", "discriminator": { "propertyName": "a" } }),
        );
        for key in ["allOf", "anyOf", "oneOf"] {
            refused(&format!("/{key}"), json!({ key: [] }));
        }
        refused(
            "/items/not",
            json!({ "type": "array", "items": { "not": {} } }),
        );
        for format in ["date", "date-time", "uuid"] {
            refused("/format", json!({ "type": "string", "format": format }));
        }
    }

    #[test]
    fn values_of_an_enum_have_names_of_their_own() {
        refused("/enum", json!({ "enum": ["a", 1] }));
        refused("/enum", json!({ "type": "string", "enum": ["a-b", "a_b"] }));
        refused("/enum", json!({ "type": "string", "enum": ["+", "-"] }));
        refused(
            "/x-extensible-enum",
            json!({ "type": "string", "x-extensible-enum": ["a-b", "a_b"] }),
        );
        refused(
            "/maxLength",
            json!({ "type": "string", "enum": ["abc", "d"], "maxLength": 2 }),
        );
    }

    #[test]
    fn required_properties_are_described() {
        let mut schema = object("a", "string");
        schema["required"] = json!(["a", "b"]);
        refused("/required/1", schema);
    }

    #[test]
    fn parts_of_all_of_agree() {
        refused(
            "/allOf",
            json!({ "allOf": [{ "type": "string" }, { "type": "object" }] }),
        );
        refused(
            "/allOf",
            json!({ "type": "string", "allOf": [{ "$ref": "#/components/schemas/ErrorResponse" }] }),
        );
        refused(
            "/allOf",
            json!({ "allOf": [object("a", "string"), object("a", "integer")] }),
        );
        let mut closed = object("a", "string");
        closed["additionalProperties"] = json!(false);
        refused(
            "/allOf",
            json!({ "allOf": [closed, object("b", "string")] }),
        );

        let mut document = good();
        let part = json!({ "type": "object", "required": ["b"] });
        *document.pointer_mut(THING).unwrap() = json!({ "type": "object", "allOf": [object("a", "string"), object("b", "string"), part] });
        assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
    }
}
