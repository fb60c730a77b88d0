//! Lists: what `x-pagination` names is there, and no list is without it.

use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::{Operation, json_content, operations};
use otcdb_openapi::{Bundle, Waiter, pointer};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "pagination",
    why: "a list whose pages cannot be found ends after its first, and nobody sees that the rest is missing",
    check,
};

/// Names of the parameters by which the services ask for a page.
const POSITIONS: [&str; 3] = ["offset", "cur_page", "page"];

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    let document = &bundle.document;
    for operation in operations(document) {
        if !chooses_from_items(&operation) {
            report.diagnostic(
                &pointer::join(&pointer::join(&operation.pointer(), "x-waiter"), "field"),
                "the element is chosen from a list that is not the one of x-pagination",
                "write ITEMS[ID].STATE, with the items of x-pagination, so that it is found on any page",
            );
        }
        let Some(paging) = operation.value.get("x-pagination") else {
            let position = POSITIONS
                .into_iter()
                .find(|name| asks_for(document, &operation, name).is_some());
            if let Some(name) = position {
                report.diagnostic(
                    &operation.pointer(),
                    format!("it takes {name:?}, and nothing says how its pages are counted"),
                    "add x-pagination",
                );
            }
            continue;
        };
        let at = pointer::join(&operation.pointer(), "x-pagination");
        for (key, wanted) in [("items", "array"), ("total", "integer")] {
            let Some(path) = paging[key].as_str() else {
                continue;
            };
            let field = answered(document, &operation, path);
            // A total that the service sends as text is read, too.
            let good = field.is_some_and(|field| match key {
                "items" => field["type"] == wanted,
                _ => field["type"] != "array" && field["type"] != "object",
            });
            if !good {
                report.diagnostic(
                    &pointer::join(&at, key),
                    format!(
                        "no success of {} has a field {path} of type {wanted}",
                        operation.id()
                    ),
                    "name a field of the response, with dots between the steps",
                );
            }
        }
        for key in ["position", "limit"] {
            let Some(name) = paging[key].as_str() else {
                continue;
            };
            if asks_for(document, &operation, name).is_none() {
                report.diagnostic(
                    &pointer::join(&at, key),
                    format!("{} takes no {name:?}", operation.id()),
                    "name a query parameter or a field of the request body, an integer or a text",
                );
            }
        }
    }
}

/// Whether a waiter that chooses one element chooses it from the items of the list.
fn chooses_from_items(operation: &Operation<'_>) -> bool {
    let waiter = operation.value.get("x-waiter").map(Waiter::read);
    // The rule `extension` reports what is no waiter.
    let Some(Ok(waiter)) = waiter else {
        return true;
    };
    let items = operation.value["x-pagination"]["items"].as_str();
    !waiter.path.chooses() || waiter.path.list().as_deref() == items
}

/// The schema of a number that a request can carry, in the query or in the body.
pub(super) fn asks_for<'a>(
    document: &'a Value,
    operation: &Operation<'a>,
    name: &str,
) -> Option<&'a Value> {
    let parameter = operation
        .parameters()
        .find(|parameter| parameter["name"] == name && parameter["in"] == "query")
        .map(|parameter| resolve(document, &parameter["schema"]));
    let field = || {
        let body = resolve(document, &operation.request_json()?["schema"]);
        Some(resolve(document, body["properties"].get(name)?))
    };
    parameter
        .or_else(field)
        .filter(|schema| schema["type"] == "integer" || schema["type"] == "string")
}

/// The schema of a field of the first success that has one.
pub(super) fn answered<'a>(
    document: &'a Value,
    operation: &Operation<'a>,
    path: &str,
) -> Option<&'a Value> {
    operation
        .responses()
        .filter(|(status, _)| otcdb_openapi::written::is_success(status))
        .find_map(|(_, response)| {
            let start = resolve(document, &json_content(response)?["schema"]);
            path.split('.').try_fold(start, |schema, name| {
                Some(resolve(document, schema["properties"].get(name)?))
            })
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;

    fn list() -> Value {
        let mut document = good();
        let things =
            json!({ "type": "array", "description": "Things.", "items": { "type": "string" } });
        document["components"]["schemas"]["Thing"]["properties"]["things"] = things;
        let operation = document.pointer_mut(OPERATION).unwrap();
        operation["parameters"].as_array_mut().unwrap().push(json!({
            "name": "offset", "in": "query", "description": "Position.",
            "schema": { "type": "integer", "format": "int32" },
        }));
        operation["x-pagination"] = json!({
            "style": "index", "position": "offset", "limit": "limit", "items": "things", "total": "size",
        });
        document
    }

    #[test]
    fn what_is_named_has_to_be_there() {
        assert!(diagnostics(&RULE, list()).is_empty());
        for (key, value) in [
            ("items", "thing"),
            ("items", "size"),
            ("total", "things"),
            ("position", "start"),
            ("limit", "kinds"),
        ] {
            let mut document = list();
            document.pointer_mut(OPERATION).unwrap()["x-pagination"][key] = json!(value);
            let found = diagnostics(&RULE, document);
            assert_eq!(found.len(), 1, "{key} {value}");
            assert!(found[0].starts_with(&format!("{OPERATION}/x-pagination/{key}: ")));
        }
    }

    #[test]
    fn a_list_by_pages_says_how_it_counts() {
        catches(&RULE, OPERATION, |document| {
            *document = list();
            let operation = document.pointer_mut(OPERATION).unwrap();
            operation.as_object_mut().unwrap().remove("x-pagination");
        });
    }

    #[test]
    fn an_element_is_chosen_from_the_items() {
        let with_field = |field: &str| {
            let mut document = list();
            document.pointer_mut(OPERATION).unwrap()["x-waiter"] =
                json!({ "field": field, "done": ["ON"], "failed": [] });
            diagnostics(&RULE, document).len()
        };
        assert_eq!(with_field("things[id].status"), 0);
        assert_eq!(with_field("others[id].status"), 1);
        assert_eq!(with_field("others[].status"), 0);
    }
}
