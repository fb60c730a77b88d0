//! The schema that each model derives, against the schema it was generated from.
//!
//! The one is JSON Schema 2020-12, the other OpenAPI 3.0 with the client view's extensions. Both are brought to one
//! form here; what is left has to be equal.

use libtest_mimic::{Failed, Trial};
use otcdb_openapi::Bundle;
use serde_json::{Map, Value, json};
use xtask::view;

use crate::dispatch;

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    let document = view::view(&bundle.document).document;
    let mut schemas = document["components"]["schemas"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for (name, schema) in &mut schemas {
        // The type has the list that the view leaves out.
        let described = &bundle.document["components"]["schemas"][name];
        if let (Some(map), Some(values)) = (schema.as_object_mut(), described.get("enum")) {
            map.insert("enum".to_owned(), values.clone());
        }
    }
    let service = bundle.service.as_str();
    schemas
        .into_iter()
        .map(|(name, schema)| {
            Trial::test(format!("schema::{service}::{name}"), move || {
                compare(service, &name, &schema)
            })
        })
        .collect()
}

fn compare(service: &str, name: &str, schema: &Value) -> Result<(), Failed> {
    let model = dispatch::model(service, name)
        .ok_or_else(|| format!("no type was generated for the schema {name}"))?;
    let mut derived = (model.schema)();
    if let Some(map) = derived.as_object_mut() {
        for key in ["$schema", "$defs", "title"] {
            map.remove(key);
        }
    }
    let (derived, viewed) = (sorted(&derived), sorted(&from_view(schema)));
    if derived != viewed {
        return Err(
            format!("the client view says\n{viewed:#}\nthe type derives\n{derived:#}").into(),
        );
    }
    Ok(())
}

/// Brings a schema of the client view to the form that schemars derives.
fn from_view(schema: &Value) -> Value {
    let Some(map) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        return json!({ "$ref": reference.replace("#/components/schemas/", "#/$defs/") });
    }
    let mut map = map.clone();
    map.retain(|key, _| !key.starts_with("x-") || key == "x-rust-type");
    let nullable = map.remove("nullable") == Some(Value::Bool(true));
    // An open enum has the schema of its enum, a secret that of a string.
    let open = map
        .remove("x-rust-type")
        .and_then(|ty| ty["parameters"].get(0).cloned());
    let inner = match map
        .remove("allOf")
        .as_ref()
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        Some([only]) => Some(from_view(only)),
        Some(_) => return Value::String("allOf of several is not generated".to_owned()),
        None => open.as_ref().map(from_view),
    };
    if let Some(Value::Object(inner)) = inner {
        map.remove("type");
        if nullable {
            map.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
        } else {
            map.extend(inner);
        }
        return Value::Object(map);
    }
    if nullable && let Some(ty) = map.remove("type") {
        map.insert("type".to_owned(), json!([ty, "null"]));
    }
    for (key, value) in &mut map {
        match key.as_str() {
            "properties" => {
                for property in value.as_object_mut().into_iter().flat_map(Map::values_mut) {
                    *property = from_view(property);
                }
            }
            "items" | "additionalProperties" => *value = element(value),
            _ => {}
        }
    }
    if is_free_object(&map) {
        map.insert("additionalProperties".to_owned(), Value::Bool(true));
    }
    Value::Object(map)
}

/// Elements have no description of their own, and one that may be anything has nothing at all.
fn element(schema: &Value) -> Value {
    let mut schema = from_view(schema);
    if let Some(map) = schema.as_object_mut() {
        map.remove("description");
        if map.is_empty() {
            return Value::Bool(true);
        }
    }
    schema
}

/// An object of which nothing is said but that it is one.
fn is_free_object(map: &Map<String, Value>) -> bool {
    let is_object = match map.get("type") {
        Some(Value::Array(types)) => types.contains(&json!("object")),
        ty => ty == Some(&json!("object")),
    };
    is_object && !map.contains_key("properties") && !map.contains_key("additionalProperties")
}

/// Sorts members, and the lists whose order says nothing.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map
                .iter()
                .map(|(key, value)| {
                    let mut value = sorted(value);
                    if let ("required" | "type", Some(items)) = (key.as_str(), value.as_array_mut())
                    {
                        items.sort_by_key(Value::to_string);
                    }
                    (key.clone(), value)
                })
                .collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        _ => value.clone(),
    }
}
