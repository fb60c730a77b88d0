//! Checks a body against its description, and says everything that is wrong with it.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;

use otcdb_openapi::Description;

const DOCUMENT: &[u8] = br##"{
    "paths": { "/v1/things": { "post": {
        "operationId": "CreateThing",
        "requestBody": { "required": true, "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/Thing" }
        } } }
    } } },
    "components": { "schemas": { "Thing": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": { "type": "string", "maxLength": 64 },
            "size": { "type": "integer", "minimum": 1 }
        }
    } } }
}"##;

fn main() -> Result<(), Box<dyn Error>> {
    let description = Description::parse("things", DOCUMENT)?;
    let create = description.operation("CreateThing");
    let body = create.and_then(|create| create.body.as_ref());
    let schema = &body.ok_or("it has no body")?.schema;
    let value = serde_json::from_str(r#"{ "size": 0 }"#)?;
    for error in schema.validation_errors(&value) {
        println!("{:?}: {}", error.pointer, error.problem);
    }
    Ok(())
}
