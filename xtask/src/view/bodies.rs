//! Rewrites of parameters and responses.

use otcdb_openapi::grammar::Kind;
use otcdb_openapi::reference::resolve;
use otcdb_openapi::walk;
use otcdb_openapi::written::is_success;
use serde_json::{Map, Value, json};

/// Headers that `otcdb-core` sets on every request.
const RUNTIME_HEADERS: [&str; 3] = ["content-type", "x-auth-token", "x-language"];

/// Removes every response that is not a success.
pub(super) fn drop_error_responses(document: &mut Value) -> usize {
    let mut dropped = 0;
    each_operation(document, &mut |_, operation| {
        if let Some(responses) = operation["responses"].as_object_mut() {
            let before = responses.len();
            responses.retain(|status, _| is_success(status));
            dropped += before - responses.len();
        }
    });
    dropped
}

/// Puts one `2XX` in the place of all successes, with a body that is nullable if one of them has none.
pub(super) fn merge_successes(document: &mut Value) -> usize {
    let mut merged = 0;
    each_operation(document, &mut |document, operation| {
        let Some(responses) = operation["responses"].as_object_mut() else {
            return;
        };
        let bodies: Vec<Value> = responses
            .values()
            .filter_map(|response| {
                let media = resolve(document, response)["content"]
                    .as_object()?
                    .values()
                    .next()?;
                Some(media["schema"].clone())
            })
            .collect();
        let mut response = json!({ "description": "Success." });
        if let Some(schema) = bodies.first() {
            let nullable = bodies.len() < responses.len();
            let schema = if nullable {
                json!({ "nullable": true, "allOf": [schema] })
            } else {
                schema.clone()
            };
            response["content"] = json!({ "application/json": { "schema": schema } });
        }
        *responses = Map::from_iter([("2XX".to_owned(), response)]);
        merged += 1;
    });
    merged
}

/// Removes the header parameters that the runtime sends by itself.
pub(super) fn drop_runtime_headers(document: &mut Value) -> usize {
    let mut dropped = 0;
    each_operation(document, &mut |document, operation| {
        if let Some(parameters) = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        {
            let before = parameters.len();
            parameters.retain(|parameter| {
                let parameter = resolve(document, parameter);
                let name = parameter["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_lowercase();
                parameter["in"] != "header" || !RUNTIME_HEADERS.contains(&name.as_str())
            });
            dropped += before - parameters.len();
        }
    });
    dropped
}

/// Calls `edit` with the unchanged document and each operation.
fn each_operation(document: &mut Value, edit: &mut dyn FnMut(&Value, &mut Value)) {
    let before = document.clone();
    walk::rewrite(document, &mut |kind, value| {
        if kind == Kind::Operation {
            edit(&before, value);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(responses: Value) -> Value {
        json!({ "paths": { "/x": { "get": { "responses": responses } } } })
    }

    #[test]
    fn failures_are_dropped() {
        let mut d = document(json!({ "200": {}, "400": {}, "500": {} }));
        assert_eq!(drop_error_responses(&mut d), 2);
        assert_eq!(d, document(json!({ "200": {} })));
    }

    #[test]
    fn a_body_beside_an_empty_success_becomes_nullable() {
        let schema = json!({ "$ref": "#/components/schemas/A" });
        let body = json!({ "content": { "application/json": { "schema": schema } } });
        let mut d = document(json!({ "200": body, "204": { "description": "none" } }));
        assert_eq!(merge_successes(&mut d), 1);
        assert_eq!(
            d["paths"]["/x"]["get"]["responses"]["2XX"]["content"]["application/json"]["schema"],
            json!({ "nullable": true, "allOf": [schema] })
        );
    }

    #[test]
    fn any_success_is_one() {
        let content =
            json!({ "application/json": { "schema": { "$ref": "#/components/schemas/A" } } });
        let body = json!({ "description": "Success.", "content": content });
        for response in [json!({ "description": "Success." }), body] {
            let mut d = document(json!({ "202": response }));
            assert_eq!(merge_successes(&mut d), 1);
            assert_eq!(d, document(json!({ "2XX": response })));
        }
    }

    #[test]
    fn only_the_runtimes_headers_go() {
        let mut d = json!({ "paths": { "/x": { "get": { "parameters": [
            { "name": "X-Auth-Token", "in": "header" },
            { "name": "X-Other", "in": "header" },
            { "name": "x-language", "in": "query" },
        ] } } } });
        assert_eq!(drop_runtime_headers(&mut d), 1);
        assert_eq!(
            d["paths"]["/x"]["get"]["parameters"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }
}
