//! The documented examples in a bundle.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::reference::name as reference_name;
use crate::written::{Operation, json_content};

/// A documented request: entries of one name in the `examples` of the parameters and of the body.
#[derive(Debug)]
pub struct RequestExample<'a> {
    /// Name of the entries.
    pub name: &'a str,
    /// Values of path, query and header parameters by name.
    pub parameters: BTreeMap<&'a str, &'a Value>,
    /// The JSON body.
    pub body: Option<&'a Value>,
}

/// A documented response body.
#[derive(Debug)]
pub struct ResponseExample<'a> {
    /// Status code text.
    pub status: &'a str,
    /// Name of the response in `components`, if several operations share it.
    pub shared: Option<String>,
    /// Name of the entry.
    pub name: &'a str,
    /// Name of the body's schema.
    pub schema: String,
    /// The JSON body.
    pub value: &'a Value,
}

/// Name of the one request of an operation that takes neither parameters nor a body.
const BARE: &str = "bare";

/// The documented requests of an operation, in document order: those of the parameters, then those that only the body
/// has. One that takes nothing has one request, without entries.
pub fn request_examples<'a>(operation: &Operation<'a>) -> Vec<RequestExample<'a>> {
    let mut found: Vec<RequestExample<'_>> = Vec::new();
    fn entry<'m, 'a>(
        found: &'m mut Vec<RequestExample<'a>>,
        name: &'a str,
    ) -> &'m mut RequestExample<'a> {
        let known = found.iter().position(|example| example.name == name);
        let place = known.unwrap_or_else(|| {
            found.push(RequestExample {
                name,
                parameters: BTreeMap::new(),
                body: None,
            });
            found.len() - 1
        });
        &mut found[place]
    }
    for parameter in operation.parameters() {
        let name = parameter["name"].as_str().unwrap_or_default();
        for (example, value) in named(parameter) {
            entry(&mut found, example).parameters.insert(name, value);
        }
    }
    for (example, value) in operation.request_json().into_iter().flat_map(named) {
        entry(&mut found, example).body = Some(value);
    }
    if operation.parameters().next().is_none() && operation.value.get("requestBody").is_none() {
        entry(&mut found, BARE);
    }
    found
}

/// The documented response bodies of an operation, in document order.
pub fn response_examples<'a>(operation: &Operation<'a>) -> Vec<ResponseExample<'a>> {
    let mut found = Vec::new();
    for (status, response) in operation.responses() {
        let Some(media) = json_content(response) else {
            continue;
        };
        for (name, value) in named(media) {
            found.push(ResponseExample {
                status,
                shared: reference_name(&operation.value["responses"][status]),
                name,
                schema: reference_name(&media["schema"]).unwrap_or_default(),
                value,
            });
        }
    }
    found
}

/// The entries of an `examples` object.
fn named(holder: &Value) -> impl Iterator<Item = (&str, &Value)> {
    holder["examples"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, example)| (name.as_str(), &example["value"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::written::operations;

    #[test]
    fn requests_come_in_document_order_and_of_one_name_are_one() {
        let value = |value: i64| json!({ "value": value });
        let document = json!({ "paths": { "/things": { "post": {
            "operationId": "CreateThing",
            "parameters": [{
                "name": "size",
                "in": "query",
                "examples": { "second": value(2), "large": value(9) },
            }],
            "requestBody": { "content": { "application/json": { "examples": {
                "empty": value(0),
                "second": value(3),
            } } } },
        } } } });
        let [operation] = operations(&document).try_into().ok().unwrap();
        let requests: Vec<_> = request_examples(&operation)
            .into_iter()
            .map(|request| {
                (
                    request.name,
                    request.parameters.get("size").copied().cloned(),
                    request.body.cloned(),
                )
            })
            .collect();
        let expected = [
            ("second", Some(json!(2)), Some(json!(3))),
            ("large", Some(json!(9)), None),
            ("empty", None, Some(json!(0))),
        ];
        assert_eq!(requests, expected);
    }
}
