//! Parameters: the styles that a client can send, and their agreement with the path.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::operations;
use otcdb_openapi::{Bundle, pointer, walk};
use serde_json::Value;

use super::names::path_parameters;
use super::{Report, Rule};

pub(super) const STYLES: Rule = Rule {
    name: "parameter-style",
    why: "the generator refuses these styles, panics on them, or puts something else on the wire",
    check: styles,
};

pub(super) const DECLARED: Rule = Rule {
    name: "path-parameter",
    why: "a template and its parameters must name each other",
    check: declared,
};

pub(super) const REPEATED: Rule = Rule {
    name: "repeated-parameter",
    why: "what is written out for each operation says the same in a hundred places, until one of them is changed",
    check: repeated,
};

fn styles(bundle: &Bundle, report: &mut Report<'_>) {
    walk::walk(&bundle.document, &mut |kind, at, value| {
        if kind != Kind::One(Reusable::Parameter) || value.get("$ref").is_some() {
            return;
        }
        let schema = resolve(&bundle.document, &value["schema"]);
        let place = value["in"].as_str().unwrap_or_default();
        let style = value["style"].as_str().unwrap_or_default();
        let explode = value["explode"]
            .as_bool()
            .unwrap_or(style.is_empty() || style == "form");
        let diagnostic = if place == "cookie" {
            Some((
                "in",
                "cookie parameters cannot be generated",
                "describe it as a header or a query parameter",
            ))
        } else if value.get("content").is_some() {
            Some((
                "content",
                "a parameter with `content` cannot be generated",
                "use `schema`",
            ))
        } else if ["deepObject", "pipeDelimited", "spaceDelimited"].contains(&style) {
            Some((
                "style",
                "this style cannot be generated",
                "use the style `form`",
            ))
        } else if place == "query" && schema["type"] == "object" {
            Some((
                "schema",
                "an object in the query makes the generator panic",
                "describe its members as parameters",
            ))
        } else if place == "query" && schema["type"] == "array" && !explode {
            Some((
                "explode",
                "the generated client ignores `explode: false` and repeats the key",
                "describe the comma-separated value as a string",
            ))
        } else {
            None
        };
        if let Some((key, message, help)) = diagnostic {
            report.diagnostic(&pointer::join(at, key), message, help);
        }
    });
}

fn declared(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        let template: BTreeSet<_> = path_parameters(operation.path).into_iter().collect();
        let mut seen = BTreeSet::new();
        for (at, parameter) in operation.parameters_at() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let place = parameter["in"].as_str().unwrap_or_default();
            if !seen.insert((place, name)) {
                report.diagnostic(
                    &at,
                    format!("the {place} parameter {name:?} stands here twice"),
                    "remove one",
                );
            }
            if place == "path" && !template.contains(name) {
                report.diagnostic(
                    &at,
                    format!("{} has no {{{name}}}", operation.path),
                    "correct the name, the place or the path",
                );
            }
            if place == "path" && parameter["required"] != Value::Bool(true) {
                report.diagnostic(
                    &at,
                    "a path parameter is always required",
                    "add `required: true`",
                );
            }
        }
        for name in template {
            if !seen.contains(&("path", name)) {
                report.diagnostic(
                    &operation.pointer(),
                    format!("{{{name}}} of the path is not described"),
                    "add a parameter with `in: path`",
                );
            }
        }
    }
}

fn repeated(bundle: &Bundle, report: &mut Report<'_>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for operation in operations(&bundle.document) {
        let parameters = operation.value["parameters"].as_array();
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            if parameter.get("$ref").is_some() {
                continue;
            }
            let first = seen.entry(but_for_names(parameter));
            if let Entry::Occupied(first) = first {
                report.diagnostic(
                    &format!("{}/parameters/{index}", operation.pointer()),
                    format!("{} has this parameter with the same words", first.get()),
                    "move it into components/shared_parameters.yaml, with its example as `default`, and refer to it",
                );
            } else {
                first.or_insert_with(|| operation.id().to_owned());
            }
        }
    }
}

/// A parameter as text, but for the names of its examples.
fn but_for_names(parameter: &Value) -> String {
    let mut parameter = parameter.clone();
    if let Some(Value::Object(examples)) = parameter.get("examples") {
        let values: BTreeSet<String> = examples.values().map(Value::to_string).collect();
        parameter["examples"] = values.into_iter().collect();
    }
    parameter.to_string()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_parameter_is_written_once() {
        const OTHER: &str = "/paths/~1v1~1{id}~1parts/get";
        let other = |edit: fn(&mut Value)| {
            move |d: &mut Value| {
                let mut parameter = limit(d).clone();
                parameter["examples"] = json!({ "another": { "value": 3 } });
                edit(&mut parameter);
                d["paths"]["/v1/{id}/parts"]["get"] =
                    json!({ "operationId": "ListParts", "parameters": [parameter] });
            }
        };
        catches(&REPEATED, &format!("{OTHER}/parameters/0"), other(|_| ()));
        for edit in [
            |parameter: &mut Value| parameter["description"] = json!("Page size of the parts."),
            |parameter: &mut Value| parameter["examples"]["another"]["value"] = json!(4),
            |parameter: &mut Value| *parameter = json!({ "$ref": "#/components/parameters/Limit" }),
        ] {
            let mut document = good();
            other(edit)(&mut document);
            assert_eq!(diagnostics(&REPEATED, document), [] as [String; 0]);
        }
    }

    fn limit(d: &mut Value) -> &mut Value {
        d.pointer_mut(&format!("{OPERATION}/parameters/1")).unwrap()
    }

    #[test]
    fn styles_that_no_client_sends_right_are_refused() {
        let at = |key: &str| format!("{OPERATION}/parameters/1/{key}");
        catches(&STYLES, &at("in"), |d| limit(d)["in"] = json!("cookie"));
        catches(&STYLES, &at("style"), |d| {
            limit(d)["style"] = json!("deepObject")
        });
        catches(&STYLES, &at("schema"), |d| {
            limit(d)["schema"] = json!({ "type": "object" })
        });
        catches(&STYLES, &at("content"), |d| {
            limit(d)["content"] = json!({ "application/json": {} });
        });
        catches(&STYLES, &at("explode"), |d| {
            limit(d)["schema"] = json!({ "type": "array", "items": { "type": "string" } });
            limit(d)["explode"] = json!(false);
        });
    }

    #[test]
    fn a_path_and_its_parameters_name_each_other() {
        let first = format!("{OPERATION}/parameters/0");
        catches(&DECLARED, &first, |d| {
            d.pointer_mut(&first).unwrap()["required"] = json!(false);
        });
        catches(&DECLARED, OPERATION, |d| {
            d.pointer_mut(OPERATION).unwrap()["parameters"]
                .as_array_mut()
                .unwrap()
                .remove(0);
        });
        catches(&DECLARED, &format!("{OPERATION}/parameters/1"), |d| {
            *limit(d) = json!({ "name": "x", "in": "path", "required": true });
        });
        catches(&DECLARED, &format!("{OPERATION}/parameters/2"), |d| {
            let copy = limit(d).clone();
            d.pointer_mut(OPERATION).unwrap()["parameters"]
                .as_array_mut()
                .unwrap()
                .push(copy);
        });
    }
}
