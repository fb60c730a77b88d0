//! Values are judged by the schemas of the published descriptions as a library of all of JSON Schema does.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod convert;

use std::collections::BTreeMap;
use std::path::Path;

use otcdb_openapi::{Description, Schema};
use serde_json::{Value, json};

/// How many of the documents' own values each schema judges.
const OWN: usize = 40;

fn published() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/dist");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let document = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            found.insert(name, document);
        }
    }
    assert!(found.len() >= 5);
    found
}

/// Schemas as this crate reads them: each is that of the body of an operation.
fn read(components: &Value, schemas: &[Value]) -> Description {
    let paths: serde_json::Map<String, Value> = schemas
        .iter()
        .enumerate()
        .map(|(index, schema)| {
            let content = json!({ "application/json": { "schema": schema } });
            let operation =
                json!({ "operationId": format!("Judge{index}"), "requestBody": { "content": content } });
            (format!("/v1/{index}"), json!({ "post": operation }))
        })
        .collect();
    let document = json!({ "paths": paths, "components": components });
    Description::of("toy", document).unwrap()
}

fn schema(description: &Description, index: usize) -> &Schema {
    let operation = description.operation(&format!("Judge{index}")).unwrap();
    &operation.body.as_ref().unwrap().schema
}

/// Holds one to the other, and counts what fits and what does not. With one fault alone, both say the same of it.
fn compare(judge: &Schema, source: &Value, root: &Value, values: &[Value]) -> (usize, usize) {
    let library = jsonschema::draft202012::options()
        .build(&convert::standalone(source, root))
        .unwrap();
    let (mut fitting, mut refused) = (0, 0);
    for value in values {
        let wanted: Vec<String> = library
            .iter_errors(value)
            .map(|error| match error.instance_path().to_string().as_str() {
                "" => error.to_string(),
                place => format!("at {place}: {error}"),
            })
            .collect();
        let found = judge.validation_error(value);
        match (wanted.as_slice(), &found) {
            ([], None) => fitting += 1,
            ([], Some(_)) | (_, None) => {
                panic!("{source} judges {value}: {found:?}, and not {wanted:?}")
            }
            (all, Some(found)) => {
                refused += 1;
                // A schema is quoted as it is written, which the library sees rewritten.
                let is_quoted = found.contains(" is not allowed for ");
                assert!(
                    is_quoted || all.contains(found),
                    "{source} says of {value}: {found}, and not {all:#?}"
                );
            }
        }
    }
    (fitting, refused)
}

/// All values of examples, with those inside them.
fn examples(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "example" => inside(member, found),
                    "value" if member.is_object() || member.is_array() => inside(member, found),
                    _ => examples(member, found),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|one| examples(one, found)),
        _ => {}
    }
}

fn inside(value: &Value, found: &mut Vec<Value>) {
    found.push(value.clone());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                for other in [None, Some(Value::Null), Some(json!(7)), Some(json!({}))] {
                    let mut changed = members.clone();
                    match other {
                        Some(other) => changed.insert(name.clone(), other),
                        None => changed.shift_remove(name),
                    };
                    found.push(Value::Object(changed));
                }
                inside(member, found);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|one| inside(one, found)),
        _ => {}
    }
}

fn plain() -> Vec<Value> {
    let long = "x".repeat(3000);
    let list = vec![1; 600];
    serde_json::from_value(json!([
        null, true, false, 0, 1, -1, 1.0, 1.5, 7, 100, 65536, 2147483647, 2147483648_u64, -2147483648_i64, -2147483649_i64,
        9223372036854775807_u64, 9223372036854775808_u64, 1e300, "", "a", "A-b_1", "ä", "12345", "2020-06-19",
        "02:00-03:00", "2020-06-19T07:06:07+0000", "10.0.0.1", "1,2,7", "a b", "a\n", "数据库", long, [], [1], ["a"], [null],
        [{}], list, {}, { "a": 1 }, { "id": "x", "name": "y" }
    ]))
    .unwrap()
}

#[test]
fn published_schemas_judge_as_a_library_does() {
    let (mut fitting, mut refused, mut schemas) = (0, 0, 0);
    for document in published().into_values() {
        let mut own = Vec::new();
        examples(&document, &mut own);
        let step = own.len().div_ceil(OWN).max(1);
        let root = json!({ "components": document["components"] });
        let names = document["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys();
        let sources: Vec<Value> = names
            .map(|name| json!({ "$ref": format!("#/components/schemas/{name}") }))
            .collect();
        let description = read(&document["components"], &sources);
        for (index, source) in sources.iter().enumerate() {
            schemas += 1;
            // Another part of them for each.
            let own = own.iter().skip(schemas % step).step_by(step).cloned();
            let values: Vec<Value> = plain().into_iter().chain(own).collect();
            let counted = compare(schema(&description, index), source, &root, &values);
            fitting += counted.0;
            refused += counted.1;
        }
    }
    assert!(
        schemas > 100 && fitting > 1000 && refused > 10_000,
        "{schemas} {fitting} {refused}"
    );
}

#[test]
fn every_keyword_judges_as_in_a_library() {
    let components = json!({ "schemas": {
        "Text": { "type": "string", "nullable": true, "maxLength": 3 },
        "Tree": { "type": "object", "properties": { "below": { "$ref": "#/components/schemas/Tree" } }, "maxProperties": 1 },
    } });
    let schemas = [
        json!({ "type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 100, "exclusiveMaximum": true }),
        json!({ "type": "number", "multipleOf": 0.5 }),
        json!({ "type": "integer", "multipleOf": 5 }),
        json!({ "type": "integer", "format": "int32" }),
        json!({ "type": "integer", "format": "int64", "minimum": 0 }),
        json!({ "type": "string", "enum": ["a", "", "12345"], "nullable": true }),
        json!({ "enum": [1, [1], { "a": 1.0 }] }),
        json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/Text" }] }),
        json!({ "$ref": "#/components/schemas/Tree" }),
        json!({ "type": "array", "uniqueItems": true, "minItems": 1, "maxItems": 2 }),
        json!({ "type": "array", "items": { "type": "string", "minLength": 2 }, "nullable": true }),
        json!({ "type": "object", "required": ["id"], "properties": { "id": {}, "b": {} }, "additionalProperties": false, "minProperties": 2 }),
        json!({ "type": "object", "properties": { "id": { "type": "integer" } }, "additionalProperties": { "type": "string" } }),
        json!({ "anyOf": [{ "type": "string" }, { "minimum": 5 }] }),
        json!({ "oneOf": [{ "type": "string" }, { "minLength": 2 }] }),
        json!({ "not": { "type": "object" } }),
        json!({ "type": "string", "pattern": "^[A-Za-z0-9_@\\u4E00-\\u9FFF-]+$" }),
        json!({ "type": "string", "pattern": "\\d\\s|\\." }),
        json!({ "type": "null" }),
        json!({ "type": "boolean", "enum": [true] }),
    ];
    let mut values = plain();
    let more = [
        json!([1, 1.0]),
        json!([{ "a": 1 }, { "a": 1 }]),
        json!([1, 2, 3]),
        json!([null, "aa"]),
        json!({ "a": 1.0 }),
        json!({ "id": 1, "b": 2, "c": 3 }),
        json!({ "id": 1, "b": "2" }),
        json!({ "below": { "below": { "above": 1, "below": 2 } } }),
        json!("5 "),
        json!("٣ "),
    ];
    values.extend(more);
    let root = json!({ "components": components });
    let description = read(&components, &schemas);
    for (index, source) in schemas.iter().enumerate() {
        let (fitting, refused) = compare(schema(&description, index), source, &root, &values);
        assert!(fitting > 0 && refused > 0, "{source}: {fitting} {refused}");
    }
}
