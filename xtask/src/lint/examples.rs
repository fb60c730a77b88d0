//! Documented examples: present where a client's types are pinned, and complete enough to be sent.

use std::collections::BTreeSet;

use otcdb_openapi::examples::{DEFAULT, request_examples};
use otcdb_openapi::written::{is_success, json_content, operations};
use otcdb_openapi::{Bundle, pointer};

use super::{Report, Rule};

pub(super) const PRESENT: Rule = Rule {
    name: "example",
    why: "a success body without a documented example is pinned by no test",
    check: present,
};

pub(super) const COMPLETE: Rule = Rule {
    name: "request-example",
    why: "an example request that lacks a required part cannot be sent",
    check: complete,
};

pub(super) const SHARED: Rule = Rule {
    name: "shared-example",
    why: "an entry of a shared parameter would be an example request of every operation that refers to it",
    check: shared,
};

fn present(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        for (status, response) in operation
            .responses()
            .filter(|(status, _)| is_success(status))
        {
            let Some(media) = json_content(response) else {
                continue;
            };
            if media["examples"]
                .as_object()
                .is_none_or(serde_json::Map::is_empty)
            {
                report.diagnostic(
                    &pointer::join(&pointer::join(&operation.pointer(), "responses"), status),
                    "the documented example of this body is missing",
                    "add it under `examples`, with a name that says what it shows",
                );
            }
        }
    }
}

fn complete(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        for example in request_examples(&operation) {
            let mut missing: BTreeSet<&str> = operation
                .parameters()
                .filter(|parameter| parameter["required"] == true && parameter["in"] != "header")
                .filter_map(|parameter| parameter["name"].as_str())
                .filter(|name| !example.parameters.contains_key(*name))
                .collect();
            if operation.value["requestBody"]["required"] == true && example.body.is_none() {
                missing.insert("the body");
            }
            if !missing.is_empty() {
                let missing: Vec<_> = missing.into_iter().collect();
                report.diagnostic(
                    &operation.pointer(),
                    format!(
                        "the example request {:?} lacks {}",
                        example.name,
                        missing.join(", ")
                    ),
                    format!(
                        "add an entry {:?} to the `examples` of each, or one {DEFAULT:?} that stands in for it",
                        example.name
                    ),
                );
            }
        }
    }
}

fn shared(bundle: &Bundle, report: &mut Report<'_>) {
    let parameters = bundle.document["components"]["parameters"].as_object();
    for (name, parameter) in parameters.into_iter().flatten() {
        let at = pointer::join(&pointer::join("/components/parameters", name), "examples");
        let entries = parameter["examples"].as_object();
        for (entry, _) in entries
            .into_iter()
            .flatten()
            .filter(|(entry, _)| *entry != DEFAULT)
        {
            report.diagnostic(
                &pointer::join(&at, entry),
                format!("a shared parameter has an example {entry:?}"),
                format!(
                    "call it {DEFAULT:?}, or describe the parameter in the operation whose example this is"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_success_body_has_an_example() {
        let response = format!("{OPERATION}/responses/200");
        catches(&PRESENT, &response, |d| {
            let media = &mut d.pointer_mut(&response).unwrap()["content"]["application/json"];
            media["examples"] = json!({});
        });
    }

    #[test]
    fn a_shared_parameter_has_the_default_alone() {
        let examples = "/components/parameters/Id/examples";
        catches(&SHARED, &format!("{examples}/one"), |d| {
            let entries = json!({ "default": { "value": "7" }, "one": { "value": "8" } });
            d["components"]["parameters"] = json!({ "Id": { "examples": entries } });
        });
    }

    #[test]
    fn an_example_request_can_be_sent() {
        catches(&COMPLETE, OPERATION, |d| {
            d.pointer_mut(&format!("{OPERATION}/parameters/0")).unwrap()["examples"] = json!({});
        });
        catches(&COMPLETE, OPERATION, |d| {
            d.pointer_mut(OPERATION).unwrap()["requestBody"]["content"]["application/json"]["examples"] =
                json!({});
        });
    }
}
