//! Links to the end of asynchronous work.

use std::collections::BTreeSet;

use otcdb_openapi::reference::leads;
use otcdb_openapi::written::{Operation, json_content, operations};
use otcdb_openapi::{Bundle, Expression, FINISHED, Waiter, pointer};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "link",
    why: "a link that leads nowhere, or lacks a value, leaves asynchronous work without a way to see its end",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    let all = operations(&bundle.document);
    for operation in &all {
        for (status, response) in operation.responses() {
            for (name, link) in response["links"].as_object().into_iter().flatten() {
                let at = ["responses", status, "links", name]
                    .iter()
                    .fold(operation.pointer(), |at, step| pointer::join(&at, step));
                let mut diagnostic = |key: &str, message: String, help: &str| {
                    let at = match key {
                        "" => at.clone(),
                        key => pointer::join(&at, key),
                    };
                    report.diagnostic(&at, message, help);
                };
                if name != FINISHED {
                    diagnostic(
                        "",
                        format!("nothing reads a link called {name:?}"),
                        "call it `finished`, which leads to the operation that tells of the end",
                    );
                    continue;
                }
                let target = link["operationId"].as_str().unwrap_or_default();
                let Some(end) = all.iter().find(|operation| operation.id() == target) else {
                    diagnostic(
                        "operationId",
                        format!("there is no operation {target:?}"),
                        "name the operation that tells of the end",
                    );
                    continue;
                };
                let Some(waiter) = end.value.get("x-waiter") else {
                    diagnostic(
                        "operationId",
                        format!(
                            "{target} has no x-waiter, so nothing says what the end looks like"
                        ),
                        "add it there, or name another operation",
                    );
                    continue;
                };
                let chooses = Waiter::read(waiter).is_ok_and(|waiter| waiter.path.chooses());
                if chooses != link.get("x-item").is_some() {
                    diagnostic(
                        "x-item",
                        format!(
                            "the waiter of {target} and this link do not agree on whether one element is chosen"
                        ),
                        "give x-item if its field has a name in brackets, and only then",
                    );
                }
                for (key, message) in parameters(&bundle.document, operation, response, link, end) {
                    diagnostic(
                        key,
                        message,
                        "give each required parameter, and take values from the request or the response",
                    );
                }
            }
        }
    }
}

/// What is wrong with the values, each with the key where it is.
fn parameters(
    document: &Value,
    operation: &Operation<'_>,
    response: &Value,
    link: &Value,
    end: &Operation<'_>,
) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let given: BTreeSet<&str> = link["parameters"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    for parameter in end.parameters() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if parameter["required"] == true && !given.contains(name) {
            wrong.push(("parameters", format!("{} needs {name:?}", end.id())));
        }
    }
    for name in given {
        if !end.parameters().any(|parameter| parameter["name"] == name) {
            wrong.push((
                "parameters",
                format!("{} has no parameter {name:?}", end.id()),
            ));
        }
    }
    let values = link["parameters"].as_object().into_iter().flatten();
    let values = values.map(|(_, value)| ("parameters", value));
    for (key, value) in values.chain(link.get("x-item").map(|value| ("x-item", value))) {
        let found = match Expression::parse(value) {
            Err(error) => Err(error.to_string()),
            Ok(Expression::Constant(_)) => Ok(true),
            Ok(Expression::Parameter(place, name)) => Ok(operation
                .parameters()
                .any(|parameter| parameter["name"] == name && parameter["in"] == place.as_str())),
            Ok(Expression::RequestBody(pointer)) => Ok(operation
                .request_json()
                .is_some_and(|media| leads(document, &media["schema"], &pointer))),
            Ok(Expression::ResponseBody(pointers)) => {
                Ok(json_content(response).is_some_and(|media| {
                    let mut all = pointers.iter();
                    all.all(|pointer| leads(document, &media["schema"], pointer))
                }))
            }
        };
        match found {
            Ok(true) => {}
            Ok(false) => wrong.push((key, format!("{value} leads to nothing"))),
            Err(error) => wrong.push((key, error)),
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{OPERATION, diagnostics, good};
    use super::*;

    /// A document whose operation begins work and tells of its end itself.
    fn linked(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut document = good();
        let operation = document.pointer_mut(OPERATION).unwrap();
        operation["x-waiter"] = json!({ "field": "status", "done": ["ON"], "failed": [] });
        operation["responses"]["200"]["links"] = json!({ "finished": {
            "operationId": "CreateThing",
            "parameters": { "id": "$request.path.id" },
        } });
        change(operation);
        let places = diagnostics(&RULE, document);
        let place = |diagnostic: &String| diagnostic.split(": ").next().unwrap().to_owned();
        places.iter().map(place).collect()
    }

    #[test]
    fn a_link_leads_to_a_waiter_with_all_that_it_needs() {
        assert!(linked(|_| ()).is_empty());
        let at = format!("{OPERATION}/responses/200/links/finished");
        for (key, value) in [
            ("operationId", json!("ShowThing")),
            ("parameters", json!({})),
            ("parameters", json!({ "id": "$request.path.name" })),
            ("parameters", json!({ "id": "$request.header.id" })),
            ("parameters", json!({ "id": "$response.body#/states" })),
            ("parameters", json!({ "id": "$request.body#/size" })),
            (
                "parameters",
                json!({ "id": "$request.path.id", "other": "x" }),
            ),
            ("x-item", json!("$response.body#/status")),
        ] {
            let found = linked(|operation| {
                operation["responses"]["200"]["links"]["finished"][key] = value.clone();
            });
            assert_eq!(found, [format!("{at}/{key}")], "{value}");
        }
        let found = linked(|operation| {
            operation.as_object_mut().unwrap().remove("x-waiter");
        });
        assert_eq!(found, [format!("{at}/operationId")]);
        let found = linked(|operation| {
            let links = &mut operation["responses"]["200"]["links"];
            links["ended"] = links["finished"].take();
            links.as_object_mut().unwrap().remove("finished");
        });
        assert_eq!(found, [format!("{OPERATION}/responses/200/links/ended")]);
    }
}
