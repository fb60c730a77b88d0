//! Tells in what a response differs from what is described.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;

use otcdb_openapi::Description;
use otcdb_recording::{Content, Exchange};

const DOCUMENT: &[u8] = br#"{ "paths": { "/v1/things": { "get": {
    "operationId": "ListThings",
    "responses": { "200": { "description": "The things.", "content": { "application/json": { "schema": {
        "type": "object",
        "properties": { "count": { "type": "integer" } }
    } } } } }
} } } }"#;

fn main() -> Result<(), Box<dyn Error>> {
    let things = Description::parse("things", DOCUMENT)?;
    let exchange = Exchange::new("GET", "https://things.example.com/v1/things", 200)
        .content(Content::Text(r#"{"count": "many", "pages": 1}"#.to_owned()));
    let operation = exchange
        .operation(&[&things])
        .ok_or("no operation is described that was called")?;
    for difference in exchange.differences(operation) {
        println!(
            "{} {}: {}",
            operation.id, difference.pointer, difference.problem
        );
    }
    Ok(())
}
