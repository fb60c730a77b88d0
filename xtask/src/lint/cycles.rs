//! References that go round: components that are only each other, and schemas that no value can satisfy.

use std::collections::{BTreeMap, BTreeSet};

use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::{Bundle, pointer};
use serde_json::{Map, Value};

use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "reference-cycle",
    why: "a reference that leads back to itself describes nothing, and tools that follow it never end",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    let sections = bundle.document["components"].as_object();
    for (section, components) in sections.into_iter().flatten() {
        let Some(components) = components.as_object() else {
            continue;
        };
        let at = pointer::join("/components", section);
        let reported = report_cycles(
            &at,
            components,
            &same_value,
            &BTreeSet::new(),
            report,
            [
                "this is described only by itself",
                "describe it at one of these places instead of referring onward",
            ],
        );
        if section == "schemas" {
            let possible = possible(components);
            let endless = |value: &Value| needed(value, &possible);
            report_cycles(
                &at,
                components,
                &endless,
                &reported,
                report,
                [
                    "no value can satisfy this, since each one needs another inside it",
                    "leave one of these properties out of `required`, or make it nullable",
                ],
            );
        }
    }
}

/// Reports each cycle of `edges` once, at its first component, and gives the components that lie on one.
fn report_cycles(
    at: &str,
    components: &Map<String, Value>,
    edges: &dyn Fn(&Value) -> Vec<String>,
    except: &BTreeSet<String>,
    report: &mut Report<'_>,
    [message, help]: [&str; 2],
) -> BTreeSet<String> {
    let graph: BTreeMap<&str, Vec<String>> = components
        .iter()
        .map(|(name, value)| (name.as_str(), edges(value)))
        .collect();
    let mut seen = BTreeSet::new();
    for name in components.keys() {
        if except.contains(name) || seen.contains(name) {
            continue;
        }
        if let Some(cycle) = way_back(&graph, name) {
            report.diagnostic(
                &pointer::join(at, name),
                format!("{message}: {} -> {name}", cycle.join(" -> ")),
                help,
            );
            seen.extend(cycle);
        }
    }
    seen
}

/// A shortest way from a component back to itself, without its end.
fn way_back(graph: &BTreeMap<&str, Vec<String>>, start: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        let targets = way.last().and_then(|name| graph.get(name.as_str()));
        for target in targets.into_iter().flatten() {
            if target == start {
                return Some(way);
            }
            if seen.insert(target.clone()) {
                ways.push(way.iter().chain([target]).cloned().collect());
            }
        }
    }
    None
}

/// The components that describe the very value that this one describes.
fn same_value(value: &Value) -> Vec<String> {
    if let Some(name) = reference_name(value) {
        return vec![name];
    }
    let parts = ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .filter_map(|key| value.get(key)?.as_array())
        .flatten();
    parts.chain(value.get("not")).flat_map(same_value).collect()
}

/// The component schemas that some finite value satisfies, as far as required properties and lists decide.
fn possible(schemas: &Map<String, Value>) -> BTreeSet<String> {
    let mut possible = BTreeSet::new();
    loop {
        let before = possible.len();
        for (name, schema) in schemas {
            if needed(schema, &possible).is_empty() {
                possible.insert(name.clone());
            }
        }
        if possible.len() == before {
            return possible;
        }
    }
}

/// The components, other than the possible ones, that every value of this schema holds. Empty when there are none.
fn needed(schema: &Value, possible: &BTreeSet<String>) -> Vec<String> {
    if let Some(name) = reference_name(schema) {
        return if possible.contains(&name) {
            vec![]
        } else {
            vec![name]
        };
    }
    if schema["nullable"] == true {
        return Vec::new();
    }
    let list = |key: &str| schema[key].as_array().into_iter().flatten();
    let mut found: Vec<String> = list("allOf")
        .flat_map(|part| needed(part, possible))
        .collect();
    for key in ["anyOf", "oneOf"] {
        let variants: Vec<_> = list(key).map(|part| needed(part, possible)).collect();
        if variants.iter().all(|needed| !needed.is_empty()) {
            found.extend(variants.into_iter().flatten());
        }
    }
    for property in list("required").filter_map(|name| schema["properties"].get(name.as_str()?)) {
        found.extend(needed(property, possible));
    }
    if schema["minItems"].as_u64().is_some_and(|least| least > 0) {
        found.extend(needed(&schema["items"], possible));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{catches, diagnostics, good};
    use super::*;
    use serde_json::json;

    fn reference(name: &str) -> Value {
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    #[test]
    fn components_are_described_somewhere() {
        let status = "/components/schemas/Status";
        for schema in [
            reference("Status"),
            json!({ "allOf": [reference("Status")] }),
            json!({ "allOf": [{ "type": "object" }, { "oneOf": [reference("Status")] }] }),
        ] {
            catches(&RULE, status, |d| *d.pointer_mut(status).unwrap() = schema);
        }
        catches(&RULE, "/components/schemas/Kind", |d| {
            let schemas = &mut d["components"]["schemas"];
            schemas["Kind"] = reference("Status");
            schemas["Status"] = json!({ "allOf": [reference("Kind")] });
        });
        catches(&RULE, "/components/responses/A", |d| {
            d["components"]["responses"] = json!({
                "A": { "$ref": "#/components/responses/B" },
                "B": { "$ref": "#/components/responses/A" },
            });
        });
    }

    #[test]
    fn a_cycle_names_its_members_and_not_who_leads_into_it() {
        let mut document = good();
        let schemas = &mut document["components"]["schemas"];
        schemas["CreateThingRequest"] = reference("Thing");
        schemas["Thing"] = reference("Status");
        schemas["Status"] = reference("Thing");
        let found = diagnostics(&RULE, document);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(
            found[0].starts_with("/components/schemas/Thing: "),
            "{found:?}"
        );
        assert!(
            found[0].ends_with(": Thing -> Status -> Thing"),
            "{found:?}"
        );
    }

    #[test]
    fn some_value_satisfies_each_schema() {
        let thing = "/components/schemas/Thing";
        for inside in [
            reference("Thing"),
            json!({ "allOf": [reference("Thing")] }),
            json!({ "type": "array", "minItems": 1, "items": reference("Thing") }),
            json!({ "type": "object", "required": ["a"], "properties": { "a": reference("Thing") } }),
        ] {
            catches(&RULE, thing, |d| {
                let thing = d.pointer_mut(thing).unwrap();
                thing["required"] = json!(["inside"]);
                thing["properties"]["inside"] = inside;
            });
        }
    }

    #[test]
    fn recursion_that_can_end_is_fine() {
        for (inside, required) in [
            (reference("Thing"), json!([])),
            (
                json!({ "type": "array", "items": reference("Thing") }),
                json!(["inside"]),
            ),
            (
                json!({ "type": "object", "additionalProperties": reference("Thing") }),
                json!(["inside"]),
            ),
            (
                json!({ "nullable": true, "allOf": [reference("Thing")] }),
                json!(["inside"]),
            ),
            (
                json!({ "oneOf": [reference("Thing"), reference("Status")] }),
                json!(["inside"]),
            ),
        ] {
            let mut document = good();
            let thing = &mut document["components"]["schemas"]["Thing"];
            thing["properties"]["inside"] = inside;
            thing["required"] = required;
            assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
        }
    }
}
