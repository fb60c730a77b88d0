//! Schemas of OpenAPI 3.0 as JSON Schema.

use serde_json::{Map, Value, json};

/// A schema with all that it refers to, as one JSON Schema.
pub(crate) fn standalone(schema: &Value, root: &Value) -> Value {
    let mut sections: Map<String, Value> = Map::new();
    let mut open = vec![schema];
    while let Some(next) = open.pop() {
        for pointer in references(next) {
            let mut parts = pointer.splitn(2, '/');
            let (Some(section), Some(name)) = (parts.next(), parts.next()) else {
                continue;
            };
            let Some(target) = root.pointer(&format!("/components/{pointer}")) else {
                continue;
            };
            let known = sections
                .entry(section)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Some(known) = known.as_object_mut()
                && !known.contains_key(name)
            {
                known.insert(name.to_owned(), convert(target));
                open.push(target);
            }
        }
    }
    json!({ "allOf": [convert(schema)], "components": sections })
}

/// What a schema refers to, below `#/components/`.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| match value.as_str() {
                Some(reference) if key == "$ref" => reference
                    .strip_prefix("#/components/")
                    .into_iter()
                    .collect(),
                _ => references(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Rewrites what OpenAPI 3.0 says in its own way: `nullable`, boolean `exclusiveMinimum`/`exclusiveMaximum`, and the
/// formats that bound whole numbers.
fn convert(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => Value::Array(items.iter().map(convert).collect()),
        Value::Object(object) => convert_object(object),
        other => other.clone(),
    }
}

fn convert_object(object: &Map<String, Value>) -> Value {
    let mut converted: Map<String, Value> = object
        .iter()
        .map(|(key, value)| match key.as_str() {
            // Names of properties, which may be those of keywords.
            "properties" => (key.clone(), convert_properties(value)),
            // Values, which may look like schemas.
            "enum" | "default" => (key.clone(), value.clone()),
            _ => (key.clone(), convert(value)),
        })
        // Documentation, which may look like schemas but is not.
        .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples"))
        .collect();
    for (flag, limit) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if let Some(Value::Bool(exclusive)) = object.get(flag) {
            converted.remove(flag);
            if *exclusive && let Some(value) = converted.remove(limit) {
                converted.insert(flag.to_owned(), value);
            }
        }
    }
    if let Some((least, most)) = bounds(object.get("format")) {
        // Limits of their own are within those of the format.
        for (limit, exclusive, bound) in [
            ("minimum", "exclusiveMinimum", least),
            ("maximum", "exclusiveMaximum", most),
        ] {
            if !converted.contains_key(exclusive) {
                converted.entry(limit).or_insert_with(|| Value::from(bound));
            }
        }
    }
    match converted.remove("nullable") {
        Some(Value::Bool(true)) => nullable(converted),
        _ => Value::Object(converted),
    }
}

/// The least and the largest number of a format.
fn bounds(format: Option<&Value>) -> Option<(i64, i64)> {
    match format?.as_str()? {
        "int32" => Some((i32::MIN.into(), i32::MAX.into())),
        "int64" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

fn convert_properties(value: &Value) -> Value {
    match value {
        Value::Object(properties) => properties
            .iter()
            .map(|(name, schema)| (name.clone(), convert(schema)))
            .collect(),
        other => other.clone(),
    }
}

/// Lets null through as one more type. Beside anything but a type `nullable` says nothing.
fn nullable(mut schema: Map<String, Value>) -> Value {
    if let Some(kind @ Value::String(_)) = schema.get("type") {
        let kinds = json!([kind, "null"]);
        schema.insert("type".to_owned(), kinds);
        if let Some(Value::Array(values)) = schema.get_mut("enum")
            && !values.contains(&Value::Null)
        {
            values.push(Value::Null);
        }
    }
    Value::Object(schema)
}
