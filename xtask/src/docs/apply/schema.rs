//! What is written for a field of a page.

use otcdb_apidocs::{Field, Place, Shape, Stated, shape};
use otcdb_openapi::{OPEN, UNWRITTEN};
use serde_json::{Map, Value, json};

/// The side of an exchange that a field stands on: what is sent keeps to its values, what comes may have others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
}

/// The schema of a field, its description left to write.
pub(super) fn schema(field: &Field, side: Side) -> Value {
    let word = field.type_word.value().map_or("", String::as_str);
    let mut out = Map::new();
    let kind = match shape(word) {
        // A table of its fields says that it is an object, whatever else is lost.
        Shape::Unknown if !field.fields.is_empty() => Shape::Object,
        kind => kind,
    };
    match kind {
        Shape::String => out.extend(members(json!({ "type": "string" }))),
        Shape::Integer => {
            let wide = ["long", "int64", "bigint"].contains(&word.to_lowercase().as_str());
            let format = if wide { "int64" } else { "int32" };
            out.extend(members(json!({ "type": "integer", "format": format })));
        }
        Shape::Number => out.extend(members(json!({ "type": "number", "format": "double" }))),
        Shape::Boolean => out.extend(members(json!({ "type": "boolean" }))),
        Shape::Object if !field.fields.is_empty() => return object(&field.fields, side),
        Shape::ArrayOfObjects if !field.fields.is_empty() => {
            out.extend(members(
                json!({ "type": "array", "description": UNWRITTEN }),
            ));
            out.insert("items".to_owned(), object(&field.fields, side));
            return Value::Object(out);
        }
        Shape::ArrayOfScalars => {
            let items = otcdb_apidocs::item_type(word).unwrap_or("string");
            let mut items = json!({ "type": items });
            if let Some(format) = format_of(&items) {
                items["format"] = format.into();
            }
            add_values(field, side, &mut items);
            out.extend(members(
                json!({ "type": "array", "description": UNWRITTEN, "items": items }),
            ));
            return Value::Object(out);
        }
        Shape::Map => {
            let entries = otcdb_apidocs::entry_type(word).unwrap_or("string");
            out.extend(members(json!({
                "type": "object", "description": UNWRITTEN, "additionalProperties": { "type": entries },
            })));
            return Value::Object(out);
        }
        Shape::Array | Shape::ArrayOfObjects => {
            out.extend(members(json!({
                "type": "array", "description": UNWRITTEN, "items": { "x-any": UNWRITTEN },
            })));
            return Value::Object(out);
        }
        Shape::Object | Shape::Any | Shape::Unknown => {
            out.extend(members(
                json!({ "description": UNWRITTEN, "x-any": UNWRITTEN }),
            ));
            return Value::Object(out);
        }
    }
    out.insert("description".to_owned(), UNWRITTEN.into());
    let mut out = Value::Object(out);
    add_values(field, side, &mut out);
    out
}

/// A parameter outside of the body, its description left to write.
pub(super) fn parameter(field: &Field) -> Value {
    let mut schema = schema(field, Side::Request);
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("description");
    }
    let place = field.place.map_or("query", Place::as_str);
    json!({ "name": field.name, "in": place, "description": UNWRITTEN, "schema": schema })
}

/// A documented value as the schema's type has it.
pub(super) fn typed(value: &str, schema: &Value) -> Value {
    let number = match schema["type"].as_str() {
        Some("integer") => value.parse::<i64>().ok().map(Value::from),
        Some("number") => value.parse::<f64>().ok().map(Value::from),
        _ => None,
    };
    number.unwrap_or_else(|| value.into())
}

fn object(fields: &[Field], side: Side) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.clone(), schema(field, side)))
        .collect();
    let mut out = json!({ "type": "object", "description": UNWRITTEN });
    let mandatory = fields
        .iter()
        .filter(|field| side == Side::Request && field.mandatory == Stated::Value(true));
    let required: Vec<&str> = mandatory.map(|field| field.name.as_str()).collect();
    if !required.is_empty() {
        out["required"] = json!(required);
    }
    out["properties"] = Value::Object(properties);
    out
}

fn add_values(field: &Field, side: Side, schema: &mut Value) {
    if field.values.is_empty() || schema["type"] == "boolean" {
        return;
    }
    let values: Vec<Value> = field.values.iter().map(|one| typed(one, schema)).collect();
    let keyword = match side {
        Side::Request => "enum",
        Side::Response => OPEN,
    };
    schema[keyword] = values.into();
}

fn format_of(schema: &Value) -> Option<&'static str> {
    match schema["type"].as_str()? {
        "integer" => Some("int32"),
        "number" => Some("double"),
        _ => None,
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
