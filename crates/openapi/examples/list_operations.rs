//! Lists the operations of a document, with what each of their parameters may be.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;

use otcdb_openapi::Description;

const DOCUMENT: &[u8] = br#"{ "paths": { "/v1/things": { "get": {
    "operationId": "ListThings",
    "parameters": [
        { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } },
        { "name": "state", "in": "query", "schema": { "type": "string", "enum": ["on", "off"] } }
    ]
} } } }"#;

fn main() -> Result<(), Box<dyn Error>> {
    for operation in Description::parse("things", DOCUMENT)?.operations {
        println!("{} {}", operation.id, operation.path);
        for parameter in &operation.parameters {
            let allowed = parameter.schema.allowed();
            println!("  {}: {}", parameter.name, allowed.unwrap_or_default());
        }
    }
    Ok(())
}
