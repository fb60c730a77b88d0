//! What the documented examples have at each place of the schemas.

use serde_json::Value;

use crate::examples::{request_examples, response_examples};
use crate::pointer;
use crate::reference::resolve_at;
use crate::written::{json_content, operations};

/// How deep schemas nest; one that holds itself as it is would end here.
const DEEPEST: usize = 64;

/// Calls `visit` with each value of each example, requests and responses, once for each schema that speaks about it: the
/// schema's pointer, the schema, and the value. A reference is visited, and then what it refers to.
pub fn each_value<'a>(document: &'a Value, visit: &mut dyn FnMut(&str, &'a Value, &'a Value)) {
    for operation in operations(document) {
        let at = operation.pointer();
        let requests = request_examples(&operation);
        for (parameter_at, parameter) in operation.parameters_at() {
            let name = parameter["name"].as_str().unwrap_or_default();
            // What is written once for several operations is one place.
            let written = document.pointer(&parameter_at).unwrap_or(parameter);
            let (at, parameter) = resolve_at(document, written).unwrap_or((&parameter_at, written));
            let Some(schema) = parameter.get("schema") else {
                continue;
            };
            let at = pointer::join(at, "schema");
            for value in requests.iter().filter_map(|one| one.parameters.get(name)) {
                step(document, (&at, schema), value, DEEPEST, visit);
            }
        }
        if let Some(media) = operation.request_json() {
            let at = format!("{at}/requestBody/content/application~1json/schema");
            for body in requests.iter().filter_map(|one| one.body) {
                step(document, (&at, &media["schema"]), body, DEEPEST, visit);
            }
        }
        let responses: Vec<_> = operation.responses().collect();
        for example in response_examples(&operation) {
            let media = responses
                .iter()
                .find(|(status, _)| *status == example.status)
                .and_then(|(_, response)| json_content(response));
            if let Some(media) = media {
                let at = format!(
                    "{at}/responses/{}/content/application~1json/schema",
                    example.status
                );
                step(
                    document,
                    (&at, &media["schema"]),
                    example.value,
                    DEEPEST,
                    visit,
                );
            }
        }
    }
}

fn step<'a>(
    document: &'a Value,
    (at, schema): (&str, &'a Value),
    value: &'a Value,
    depth: usize,
    visit: &mut dyn FnMut(&str, &'a Value, &'a Value),
) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    visit(at, schema, value);
    if let Some((at, target)) =
        resolve_at(document, schema).filter(|_| schema.get("$ref").is_some())
    {
        return step(document, (at, target), value, depth, visit);
    }
    for combination in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.get(combination).and_then(Value::as_array);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            let at = format!("{at}/{combination}/{index}");
            step(document, (&at, part), value, depth, visit);
        }
    }
    match value {
        Value::Object(fields) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, field) in fields {
                let known = properties
                    .into_iter()
                    .flatten()
                    .find(|(known, property)| *known == name || is_alias(property, name));
                if let Some((known, property)) = known {
                    let at = pointer::join(&pointer::join(at, "properties"), known);
                    step(document, (&at, property), field, depth, visit);
                } else if let Some(any) = schema.get("additionalProperties") {
                    let at = pointer::join(at, "additionalProperties");
                    step(document, (&at, any), field, depth, visit);
                }
            }
        }
        Value::Array(elements) => {
            if let Some(items) = schema.get("items") {
                let at = pointer::join(at, "items");
                for element in elements {
                    step(document, (&at, items), element, depth, visit);
                }
            }
        }
        _ => {}
    }
}

/// Whether a property is sent under another name, too.
pub fn is_alias(property: &Value, name: &str) -> bool {
    let names = property.get("x-alias").and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|one| one == name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_where_they_are_described() {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let body = |name: &str, value: Value| {
            json!({ "content": { "application/json": {
                "schema": to(name), "examples": { "one": { "value": value } },
            } } })
        };
        let document = json!({
            "paths": { "/things": { "post": {
                "operationId": "CreateThing",
                "parameters": [{ "name": "day", "in": "query", "schema": { "type": "string" },
                                 "examples": { "one": { "value": "2021-04-16" } } }],
                "requestBody": body("Thing", json!({ "name": "a" })),
                "responses": { "200": body("Things", json!({ "things": [{ "called": "b" }, {}], "more": 1 })) },
            } } },
            "components": { "schemas": {
                "Thing": { "type": "object", "properties": {
                    "name": { "type": "string", "x-alias": ["called"] },
                } },
                "Things": { "allOf": [{ "type": "object", "properties": {
                    "things": { "type": "array", "items": to("Thing") },
                } }] },
            } },
        });
        let mut found = Vec::new();
        each_value(&document, &mut |at, _, value| {
            if !value.is_object() && !value.is_array() {
                found.push(format!("{at}: {value}"));
            }
        });
        assert_eq!(
            found,
            [
                "/paths/~1things/post/parameters/0/schema: \"2021-04-16\"",
                "/components/schemas/Thing/properties/name: \"a\"",
                "/components/schemas/Thing/properties/name: \"b\"",
            ]
        );
    }
}
