//! Does a fault to the shape of a response: what it holds is otherwise than described.

use http::StatusCode;
use otcdb_openapi::{Leaf, Rewrite, rewrite_undescribed};
use serde_json::{Value, json};

use crate::fault::Shape;
use crate::response::{Body, Response};
use crate::spec::Operation;

/// What a new field is called, and a new value.
const NEW: &str = "x_new";

/// Gives a success another shape. Whatever else comes stays as it is.
pub(super) fn apply(shape: Shape, operation: &Operation, mut response: Response) -> Response {
    if !response.status.is_success() {
        return response;
    }
    if let Shape::Status(status) = shape {
        response.status = StatusCode::from_u16(status).unwrap_or(response.status);
        return response;
    }
    let Body::Bytes(bytes) = &response.body else {
        return response;
    };
    let Ok(mut body) = serde_json::from_slice::<Value>(bytes) else {
        return response;
    };
    if shape == Shape::NewField {
        add_fields(&mut body);
    } else {
        body = match operation.body_of(response.status.as_u16()) {
            Some(schema) => schema.rewrite(&body, &shape),
            None => rewrite_undescribed(&body, &shape),
        };
    }
    response.body = Body::Bytes(body.to_string().into());
    response
}

fn add_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(add_fields);
            fields.insert(NEW.to_owned(), json!(NEW));
        }
        Value::Array(items) => items.iter_mut().for_each(add_fields),
        _ => {}
    }
}

impl Rewrite for Shape {
    fn leaf(&self, leaf: Leaf<'_>, value: &Value) -> Value {
        match (self, value) {
            (Self::NewValue, Value::String(_)) if leaf.listed.is_some() => json!(NEW),
            (Self::OtherType, Value::Number(number)) => json!(number.to_string()),
            (Self::OtherType, Value::Bool(value)) => json!(value.to_string()),
            (Self::Nulls, _) => Value::Null,
            _ => value.clone(),
        }
    }

    fn name(&self, name: &str, _: bool) -> String {
        name.to_owned()
    }
}
