//! Any text as an OpenAPI document, in JSON or YAML: a reason why it is none, or operations that can be asked whatever those
//! who serve or call them ask.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otcdb_openapi::{Body, Bundle, Description, Schema, yaml};
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    let document = match serde_json::from_str::<Value>(text) {
        Ok(document) => document,
        Err(_) => match yaml::parse(text) {
            Ok(document) => document,
            Err(_) => return,
        },
    };
    // What is published is read by others, and by the tests, as it was written.
    let bundle = Bundle::of("fuzz", document.clone());
    let written = yaml::emit(&bundle.published).expect("a document is written");
    // One that is too deep is refused.
    if let Ok(read) = yaml::parse(&written) {
        assert_eq!(read, bundle.published);
    }
    let _ = bundle.describe();

    let Ok(description) = Description::of("fuzz", document) else {
        return;
    };
    for operation in &description.operations {
        assert!(description.operation(&operation.id).is_some());
        let _ = (
            operation.expected(),
            operation.can_wait(),
            operation.page_size(),
        );
        for parameter in &operation.parameters {
            ask(&parameter.schema);
            for text in ["", "1", "a,b"] {
                let _ = parameter.parse(text);
            }
            let _ = parameter.parse_all(&["1", "x"]);
        }
        if let Some(body) = &operation.body {
            ask(&body.schema);
            for example in &body.examples {
                let _ = body.schema.validation_errors(&example.value);
            }
        }
        for response in &operation.responses {
            response.schema.as_ref().map(ask);
            for value in values() {
                let _ = operation.differences(response.status, Body::Json(&value));
            }
        }
        operation.other_responses.as_ref().map(ask);
    }
});

fn values() -> [Value; 3] {
    [
        Value::Null,
        json!({ "id": "a", "list": [{ "id": 1 }] }),
        json!([1.5, "x", true]),
    ]
}

fn ask(schema: &Schema) {
    let _ = (
        schema.allowed(),
        schema.values(),
        schema.holds_secrets(),
        schema.holds_links(),
    );
    let fields = schema.fields();
    assert!(fields.iter().all(|field| schema.field(field).is_some()));
    let _ = schema.outline(8);
    for value in values() {
        let is_wrong = schema.validation_error(&value).is_some();
        assert!(!is_wrong || !schema.validation_errors(&value).is_empty());
    }
}
