//! Requests: what a client would send unasked, and what it could not know it must not send.

use std::collections::{BTreeMap, BTreeSet};

use otcdb_openapi::reachable::{request_schemas, response_schemas};
use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::operations;
use otcdb_openapi::{Bundle, pointer};
use serde_json::Value;

use super::names::fold;
use super::pagination::asks_for;
use super::schemas::each_schema;
use super::{Report, Rule};

pub(super) const DEFAULTS: Rule = Rule {
    name: "default-value",
    why: "several generators send a default unasked, and make a field with one required",
    check: defaults,
};

pub(super) const NAMES: Rule = Rule {
    name: "enum-varnames",
    why: "a value that does not begin with a letter is no name: generators number such constants, or call them _5_0",
    check: names,
};

pub(super) const CONSTANTS: Rule = Rule {
    name: "enum-constants",
    why: "some generators for Go name a constant after its value alone, and two of one name do not compile",
    check: constants,
};

pub(super) const PAGES: Rule = Rule {
    name: "page-bounds",
    why: "the services refuse pages of no entries and positions beyond 32 bits, and nothing else says so",
    check: pages,
};

pub(super) const TIMES: Rule = Rule {
    name: "time-pattern",
    why: "the services take each time in one form and refuse the others; a text without a pattern allows them all",
    check: times,
};

fn defaults(bundle: &Bundle, report: &mut Report<'_>) {
    each_schema(bundle, &mut |at, schema| {
        if schema.get("default").is_some() {
            report.diagnostic(
                &pointer::join(at, "default"),
                "this schema has a default",
                "say in the description what happens without a value, and remove this key",
            );
        }
    });
}

fn names(bundle: &Bundle, report: &mut Report<'_>) {
    let sent = response_schemas(&bundle.document);
    let schemas = bundle.document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(values) = schema["enum"].as_array() else {
            continue;
        };
        let at = pointer::join("/components/schemas", name);
        let begins_with_a_letter = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            text.starts_with(|c: char| c.is_ascii_alphabetic())
        };
        match schema.get("x-enum-varnames") {
            None if sent.contains(name) || values.iter().all(begins_with_a_letter) => {}
            None => report.diagnostic(
                &pointer::join(&at, "enum"),
                "not every value of this enum begins with a letter",
                "add x-enum-varnames, with a name for each value: V4_0 for 4.0",
            ),
            Some(names) if are_names(names, values.len()) => {}
            Some(_) => report.diagnostic(
                &pointer::join(&at, "x-enum-varnames"),
                "these are no names of the values",
                "write a list with a name for each value, in their order, of letters, digits and _ after a letter, \
                 no two alike",
            ),
        }
    }
}

fn constants(bundle: &Bundle, report: &mut Report<'_>) {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let schemas = bundle.document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let names = schema.get("x-enum-varnames").unwrap_or(&schema["enum"]);
        let texts = names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        for constant in texts {
            let other = *first.entry(fold(constant)).or_insert(name);
            if other != name {
                let at = pointer::join("/components/schemas", name);
                report.diagnostic(
                    &pointer::join(&at, "enum"),
                    format!("{constant} is a value of {other}, too"),
                    "add x-enum-varnames that say what is chosen: COUNT_ALL for ALL",
                );
                break;
            }
        }
    }
}

fn are_names(names: &Value, wanted: usize) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let names = names.as_array().map_or(&[][..], Vec::as_slice);
    let distinct: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
    names.len() == wanted && distinct.len() == wanted && distinct.into_iter().all(is_name)
}

fn pages(bundle: &Bundle, report: &mut Report<'_>) {
    let document = &bundle.document;
    for operation in operations(document) {
        let paging = &operation.value["x-pagination"];
        for (key, bounds) in [
            ("limit", &["minimum"][..]),
            ("position", &["minimum", "maximum"]),
        ] {
            let Some(name) = paging[key].as_str() else {
                continue;
            };
            let number = asks_for(document, &operation, name);
            let Some(number) = number.filter(|schema| schema["type"] == "integer") else {
                continue;
            };
            for bound in bounds.iter().filter(|bound| number.get(**bound).is_none()) {
                let named = |(_, parameter): &(String, &Value)| parameter["name"] == name;
                let parameter = operation.parameters_at().find(named);
                report.diagnostic(
                    &parameter.map_or_else(|| operation.pointer(), |(at, _)| at),
                    format!("{name} has no {bound}"),
                    format!("add `{bound}` to its schema"),
                );
            }
        }
    }
}

fn times(bundle: &Bundle, report: &mut Report<'_>) {
    let document = &bundle.document;
    let mut judge = |at: &str, name: &str, schema: &Value| {
        let schema = resolve(document, schema);
        let is_time = ["_time", "_date"].iter().any(|end| name.ends_with(end));
        if is_time && schema["type"] == "string" && schema.get("pattern").is_none() {
            report.diagnostic(
                at,
                format!("{name} does not say in which form the time is"),
                "add `pattern` to its schema",
            );
        }
    };
    for operation in operations(document) {
        for (at, parameter) in operation.parameters_at() {
            let name = parameter["name"].as_str().unwrap_or_default();
            judge(&at, name, &parameter["schema"]);
        }
    }
    for schema in request_schemas(document) {
        let at = pointer::join("/components/schemas", &schema);
        let properties = document["components"]["schemas"][&schema]["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            let at = pointer::join(&pointer::join(&at, "properties"), name);
            judge(&at, name, property);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;

    const KIND: &str = "/components/schemas/Kind";

    fn limit(document: &mut Value) -> &mut Value {
        document
            .pointer_mut(&format!("{OPERATION}/parameters/1"))
            .unwrap()
    }

    #[test]
    fn nothing_has_a_default() {
        catches(&DEFAULTS, &format!("{KIND}/default"), |d| {
            d.pointer_mut(KIND).unwrap()["default"] = json!("big");
        });
        let at = format!("{OPERATION}/parameters/1/schema/default");
        catches(&DEFAULTS, &at, |d| limit(d)["schema"]["default"] = json!(3));
    }

    #[test]
    fn values_that_are_no_names_have_some() {
        let with = |values: Value, names: Option<Value>| {
            move |document: &mut Value| {
                let kind = document.pointer_mut(KIND).unwrap();
                kind["enum"] = values;
                if let Some(names) = names {
                    kind["x-enum-varnames"] = names;
                }
            }
        };
        let at = format!("{KIND}/enum");
        catches(&NAMES, &at, with(json!(["big", "5.0"]), None));
        catches(&NAMES, &at, with(json!([1, 2]), None));
        let at = format!("{KIND}/x-enum-varnames");
        for names in [
            json!("V5"),
            json!(["V5"]),
            json!(["V5", "V5"]),
            json!(["V5", "5"]),
            json!(["V5", "V6.0"]),
        ] {
            catches(&NAMES, &at, with(json!(["5.0", "6.0"]), Some(names)));
        }
        let mut document = good();
        with(json!(["5.0", "6.0"]), Some(json!(["V5_0", "V6_0"])))(&mut document);
        // What the service sends is nothing that a caller names.
        document["components"]["schemas"]["Status"]["enum"] = json!(["1", "2"]);
        assert_eq!(diagnostics(&NAMES, document), [] as [String; 0]);
    }

    #[test]
    fn values_of_two_enums_have_names_of_their_own() {
        let other = |names: Option<Value>| {
            move |document: &mut Value| {
                let mut color = json!({ "type": "string", "enum": ["red", "BIG"] });
                if let Some(names) = names {
                    color["x-enum-varnames"] = names;
                }
                document["components"]["schemas"]["Color"] = color;
            }
        };
        let at = "/components/schemas/Color/enum";
        catches(&CONSTANTS, at, other(None));
        catches(&CONSTANTS, at, other(Some(json!(["SMALL", "BLUE"]))));
        let mut document = good();
        other(Some(json!(["RED", "BIG_COLOR"])))(&mut document);
        assert_eq!(diagnostics(&CONSTANTS, document), [] as [String; 0]);
    }

    #[test]
    fn pages_have_bounds() {
        let list = || {
            let mut document = good();
            document.pointer_mut(OPERATION).unwrap()["x-pagination"] =
                json!({ "position": "limit", "limit": "limit" });
            limit(&mut document)["schema"] =
                json!({ "type": "integer", "minimum": 0, "maximum": 9 });
            document
        };
        assert_eq!(diagnostics(&PAGES, list()), [] as [String; 0]);
        for (key, bound) in [
            ("limit", "minimum"),
            ("position", "minimum"),
            ("position", "maximum"),
        ] {
            catches(&PAGES, &format!("{OPERATION}/parameters/1"), |document| {
                *document = list();
                let paging = &mut document.pointer_mut(OPERATION).unwrap()["x-pagination"];
                *paging = json!({ key: "limit" });
                let schema = limit(document)["schema"].as_object_mut().unwrap();
                schema.remove(bound).unwrap();
            });
        }
    }

    #[test]
    fn times_say_their_form() {
        let time = json!({ "type": "string", "description": "A time." });
        let parameter = json!({ "name": "begin_time", "in": "query", "schema": time });
        catches(&TIMES, &format!("{OPERATION}/parameters/1"), |d| {
            *limit(d) = parameter.clone();
        });
        let properties = "/components/schemas/CreateThingRequest/properties";
        catches(&TIMES, &format!("{properties}/end_date"), |d| {
            d.pointer_mut(properties).unwrap()["end_date"] = time.clone();
        });
        let mut document = good();
        *limit(&mut document) = parameter;
        limit(&mut document)["schema"]["pattern"] = json!("^\\d{14}$");
        document["components"]["schemas"]["Thing"]["properties"]["end_date"] = time;
        assert_eq!(
            diagnostics(&TIMES, document),
            [] as [String; 0],
            "a response has what it has"
        );
    }
}
