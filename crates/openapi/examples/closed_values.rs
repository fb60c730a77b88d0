//! Finds the fields of a body that take the listed values alone, and those that may get others.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;

use otcdb_openapi::Description;

const DOCUMENT: &[u8] = br#"{ "paths": { "/v1/things": { "post": {
    "operationId": "CreateThing",
    "requestBody": { "content": { "application/json": { "schema": {
        "type": "object",
        "properties": {
            "mode": { "type": "string", "enum": ["single", "ha"] },
            "nodes": { "type": "array", "items": {
                "type": "object",
                "properties": { "role": { "type": "string", "x-extensible-enum": ["primary"] } }
            } }
        }
    } } } }
} } } }"#;

fn main() -> Result<(), Box<dyn Error>> {
    let description = Description::parse("things", DOCUMENT)?;
    for operation in &description.operations {
        let body = operation.body.as_ref().ok_or("it has no body")?;
        for (field, values) in body.schema.choices() {
            println!("{field} is one of {}", values.join(", "));
        }
    }
    Ok(())
}
