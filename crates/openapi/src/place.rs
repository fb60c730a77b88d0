//! Where a document describes a value.

use serde_json::Value;

use crate::pointer::{join, unescape};
use crate::reference::resolve_at;

/// No schema holds itself without a value in between; one that did would end here.
const DEPTH: usize = 16;

/// The pointer of the schema that describes what is at `value`, a JSON pointer into a value that the schema at `schema`
/// describes. References are followed. Where nothing describes it, it is the pointer of what describes the nearest value
/// around it.
pub fn schema_of(document: &Value, schema: &str, value: &str) -> String {
    let mut at = resolved(document, schema);
    for step in value.split('/').skip(1) {
        match below(document, &at, &unescape(step), DEPTH) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// The schema in the tree of combinations at a place that has a keyword, or the place itself.
pub fn with_keyword(document: &Value, schema: &str, keyword: &str) -> String {
    parts(document, schema, DEPTH)
        .into_iter()
        .find(|at| {
            document
                .pointer(at)
                .is_some_and(|schema| schema.get(keyword).is_some())
        })
        .unwrap_or_else(|| resolved(document, schema))
}

fn below(document: &Value, schema: &str, step: &str, depth: usize) -> Option<String> {
    let all = parts(document, schema, depth);
    let found = |of: &dyn Fn(&str, &Value) -> Option<String>| {
        all.iter().find_map(|at| of(at, document.pointer(at)?))
    };
    let property = |at: &str, schema: &Value| {
        schema.get("properties")?.get(step)?;
        Some(join(&join(at, "properties"), step))
    };
    let alias = |at: &str, schema: &Value| {
        let properties = schema.get("properties")?.as_object()?;
        let (name, _) = properties.iter().find(|(_, property)| {
            let aliases = property.get("x-alias").and_then(Value::as_array);
            aliases.is_some_and(|all| all.iter().any(|one| one == step))
        })?;
        Some(join(&join(at, "properties"), name))
    };
    let is_place = step.bytes().all(|byte| byte.is_ascii_digit());
    let element = |at: &str, schema: &Value| {
        schema.get("items").filter(|_| is_place)?;
        Some(join(at, "items"))
    };
    let any = |at: &str, schema: &Value| {
        schema.get("additionalProperties")?.as_object()?;
        Some(join(at, "additionalProperties"))
    };
    let at = found(&property)
        .or_else(|| found(&alias))
        .or_else(|| found(&element))
        .or_else(|| found(&any))?;
    Some(resolved(document, &at))
}

/// A schema and all that it is combined of, references followed.
fn parts(document: &Value, schema: &str, depth: usize) -> Vec<String> {
    let at = resolved(document, schema);
    let mut found = vec![at.clone()];
    let Some(depth) = depth.checked_sub(1) else {
        return found;
    };
    for combination in ["allOf", "oneOf", "anyOf"] {
        let all = document
            .pointer(&at)
            .and_then(|schema| schema.get(combination)?.as_array());
        for place in 0..all.map_or(0, Vec::len) {
            let part = join(&join(&at, combination), &place.to_string());
            found.extend(parts(document, &part, depth));
        }
    }
    found
}

fn resolved(document: &Value, at: &str) -> String {
    let target = document
        .pointer(at)
        .and_then(|value| resolve_at(document, value));
    target.map_or_else(|| at.to_owned(), |(target, _)| target.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_leads_to_the_schema_that_describes_it() {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let document = json!({ "components": { "schemas": {
            "List": { "type": "object", "properties": { "things": { "type": "array", "items": to("Thing") } } },
            "Thing": { "allOf": [to("Base"), { "properties": { "a/b": to("State") } }] },
            "Base": { "properties": {
                "job_id": { "type": "string", "x-alias": ["jobId"] },
                "labels": { "additionalProperties": to("State") }
            } },
            "State": { "allOf": [{ "type": "string", "x-extensible-enum": ["ON"] }] }
        } } });
        let of = |value: &str| schema_of(&document, "/components/schemas/List", value);
        for (value, schema) in [
            ("", "List"),
            ("/things/3", "Thing"),
            ("/things/3/a~1b", "State"),
            ("/things/0/jobId", "Base/properties/job_id"),
            ("/things/0/labels/any", "State"),
            ("/things/0/other/more", "Thing"),
            ("/none", "List"),
        ] {
            assert_eq!(
                of(value),
                format!("/components/schemas/{schema}"),
                "{value}"
            );
        }
        let state = with_keyword(&document, "/components/schemas/State", "x-extensible-enum");
        assert_eq!(state, "/components/schemas/State/allOf/0");
    }
}
