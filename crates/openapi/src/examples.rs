//! The documented examples in a bundle.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::reference::name as reference_name;
use crate::written::{Operation, json_content};

/// A documented request: entries of one name in the `examples` of the parameters and of the body, and the entry
/// [`DEFAULT`] of those that have none of that name.
#[derive(Debug)]
#[non_exhaustive]
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
#[non_exhaustive]
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

/// Name of the entry that stands in where a parameter or body has none of the wanted name. It is also that of the one
/// request of an operation without named entries.
pub const DEFAULT: &str = "default";

/// The documented requests of an operation, in document order: those of the parameters, then those that only the body
/// has. An operation without named entries has one request.
pub fn request_examples<'a>(operation: &Operation<'a>) -> Vec<RequestExample<'a>> {
    let parameters: Vec<&Value> = operation.parameters().collect();
    let body = operation.request_json();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in parameters.iter().copied().chain(body).flat_map(named) {
        if name != DEFAULT && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.push(DEFAULT);
    }
    let example = |name| RequestExample {
        name,
        parameters: parameters
            .iter()
            .filter_map(|parameter| {
                Some((parameter["name"].as_str()?, applicable(parameter, name)?))
            })
            .collect(),
        body: body.and_then(|body| applicable(body, name)),
    };
    names.into_iter().map(example).collect()
}

/// The value of the entry with this name, or of the one that stands in for it.
fn applicable<'a>(holder: &'a Value, name: &str) -> Option<&'a Value> {
    let of = |name: &str| holder["examples"].get(name)?.get("value");
    of(name).or_else(|| of(DEFAULT))
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

    fn requests(operation: Value) -> Value {
        let document = json!({ "paths": { "/things": { "post": operation } } });
        let [operation] = operations(&document).try_into().ok().unwrap();
        let requests = request_examples(&operation).into_iter();
        requests
            .map(|request| json!([request.name, request.parameters, request.body]))
            .collect()
    }

    #[test]
    fn requests_come_in_document_order_and_of_one_name_are_one() {
        let value = |value: i64| json!({ "value": value });
        let found = requests(json!({
            "parameters": [{
                "name": "size",
                "in": "query",
                "examples": { "second": value(2), "large": value(9) },
            }],
            "requestBody": { "content": { "application/json": { "examples": {
                "empty": value(0),
                "second": value(3),
            } } } },
        }));
        let expected = json!([
            ["second", { "size": 2 }, 3],
            ["large", { "size": 9 }, null],
            ["empty", {}, 0],
        ]);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_default_stands_in_for_the_entry_that_is_missing() {
        let value = |value: i64| json!({ "value": value });
        let found = requests(json!({
            "parameters": [
                { "name": "id", "examples": { "default": value(7) } },
                { "name": "size", "examples": { "large": value(9), "default": value(1) } },
                { "name": "kind" },
            ],
            "requestBody": { "content": { "application/json": { "examples": { "empty": value(0) } } } },
        }));
        let expected = json!([
            ["large", { "id": 7, "size": 9 }, null],
            ["empty", { "id": 7, "size": 1 }, 0],
        ]);
        assert_eq!(found, expected);
    }

    #[test]
    fn an_operation_without_named_entries_has_one_request() {
        let id = json!({ "name": "id", "examples": { "default": { "value": 7 } } });
        for (parameters, expected) in [(json!([id]), json!({ "id": 7 })), (json!([]), json!({}))] {
            let found = requests(json!({ "parameters": parameters }));
            assert_eq!(found, json!([["default", expected, null]]));
        }
    }
}
