//! Bodies: media types, named schemas, and the statuses that an operation lists.

use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::{is_success, json_content, operations};
use otcdb_openapi::{Bundle, pointer};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const MEDIA_TYPES: Rule = Rule {
    name: "media-type",
    why: "the generator panics on a second request media type and on JSON without a schema",
    check: media_types,
};

pub(super) const NAMED_SCHEMAS: Rule = Rule {
    name: "named-schema",
    why: "a body without a name gets an invented one in every generated client",
    check: named_schemas,
};

pub(super) const STATUSES: Rule = Rule {
    name: "status",
    why: "two success bodies of different types, or none, have no type in a client",
    check: statuses,
};

pub(super) const FAILURES: Rule = Rule {
    name: "default-error",
    why: "every operation can fail in ways that its page does not list, and a client without a type for that loses them",
    check: failures,
};

/// The key of the response that stands for every status that is not listed.
const DEFAULT: &str = "default";

/// Calls `visit` with every request body and response, its pointer, and whether it is a request.
fn bodies(bundle: &Bundle, visit: &mut dyn FnMut(&str, &Value)) {
    for operation in operations(&bundle.document) {
        let at = operation.pointer();
        if let Some(body) = operation.value.get("requestBody") {
            visit(
                &pointer::join(&at, "requestBody"),
                resolve(&bundle.document, body),
            );
        }
        let at = pointer::join(&at, "responses");
        for (status, response) in operation.responses() {
            visit(&pointer::join(&at, status), response);
        }
    }
}

fn media_types(bundle: &Bundle, report: &mut Report<'_>) {
    bodies(bundle, &mut |at, body| {
        let at = pointer::join(at, "content");
        let Some(content) = body.get("content").and_then(Value::as_object) else {
            return;
        };
        if content.len() > 1 {
            report.diagnostic(
                &at,
                "one body has several media types",
                "keep application/json",
            );
        }
        for (name, media) in content {
            if media.get("schema").is_none() {
                report.diagnostic(
                    &pointer::join(&at, name),
                    "this body has no schema",
                    "add `schema` with a $ref into components",
                );
            }
        }
    });
}

fn named_schemas(bundle: &Bundle, report: &mut Report<'_>) {
    bodies(bundle, &mut |at, body| {
        let content = body.get("content").and_then(Value::as_object);
        for (name, media) in content.into_iter().flatten() {
            if media
                .get("schema")
                .is_some_and(|schema| schema.get("$ref").is_none())
            {
                report.diagnostic(
                    &pointer::join(
                        &pointer::join(&pointer::join(at, "content"), name),
                        "schema",
                    ),
                    "the schema of this body has no name",
                    "move it into components and refer to it",
                );
            }
        }
    });
}

fn statuses(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        let at = pointer::join(&operation.pointer(), "responses");
        let mut successes: Vec<Option<&Value>> = Vec::new();
        for (status, response) in operation.responses() {
            let exact = status.len() == 3 && status.parse::<u16>().is_ok_and(|n| n >= 200);
            if status == DEFAULT {
                continue;
            }
            if !exact {
                report.diagnostic(
                    &pointer::join(&at, status),
                    format!("{status:?} is not a status code"),
                    "list each documented status; `default` stands for every other one",
                );
            } else if is_success(status) {
                successes.push(
                    response["content"]
                        .as_object()
                        .and_then(|content| content.values().next().map(|media| &media["schema"])),
                );
            }
        }
        let mut bodies: Vec<_> = successes.iter().flatten().collect();
        bodies.dedup();
        if successes.is_empty() {
            report.diagnostic(&at, "no success status is listed", "add the documented one");
        } else if bodies.len() > 1 {
            report.diagnostic(
                &at,
                "the success statuses have different bodies",
                "describe one schema with the members of both as optional properties",
            );
        }
    }
}

fn failures(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        let at = pointer::join(&operation.pointer(), "responses");
        let other = operation.responses().find(|(status, _)| *status == DEFAULT);
        match other.map(|(_, response)| json_content(response)) {
            Some(Some(_)) => {}
            Some(None) => report.diagnostic(
                &pointer::join(&at, DEFAULT),
                "the error has no JSON body",
                "refer to the response of components/responses.yaml that every operation has",
            ),
            None => report.diagnostic(
                &at,
                "nothing says what other errors look like",
                "add `default` with a $ref to the response of components/responses.yaml that every operation has",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_has_one_media_type_with_a_schema() {
        let content = format!("{OPERATION}/requestBody/content");
        catches(&MEDIA_TYPES, &content, |d| {
            let content = d.pointer_mut(&content).unwrap();
            content["text/plain"] = content["application/json"].clone();
        });
        catches(&MEDIA_TYPES, &format!("{content}/application~1json"), |d| {
            let media = d.pointer_mut(&content).unwrap();
            media["application/json"] = json!({});
        });
    }

    #[test]
    fn a_body_has_a_named_schema() {
        let schema = format!("{OPERATION}/responses/200/content/application~1json/schema");
        catches(&NAMED_SCHEMAS, &schema, |d| {
            *d.pointer_mut(&schema).unwrap() = json!({ "type": "object" });
        });
    }

    #[test]
    fn success_has_one_type() {
        let responses = format!("{OPERATION}/responses");
        catches(&STATUSES, &responses, |d| {
            d.pointer_mut(&responses)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove("200");
        });
        catches(&STATUSES, &responses, |d| {
            let responses = d.pointer_mut(&responses).unwrap();
            responses["202"] = responses["400"].clone();
        });
        catches(&STATUSES, &format!("{responses}/4XX"), |d| {
            d.pointer_mut(&responses).unwrap()["4XX"] = json!({ "description": "x" });
        });
    }

    #[test]
    fn every_operation_says_what_other_errors_look_like() {
        let responses = format!("{OPERATION}/responses");
        catches(&FAILURES, &responses, |d| {
            let responses = d.pointer_mut(&responses).unwrap();
            responses.as_object_mut().unwrap().remove("default");
        });
        catches(&FAILURES, &format!("{responses}/default"), |d| {
            d.pointer_mut(&responses).unwrap()["default"] = json!({ "description": "x" });
        });
    }

    #[test]
    fn a_success_without_a_body_may_stand_beside_one_with() {
        let mut document = super::super::testing::good();
        document
            .pointer_mut(&format!("{OPERATION}/responses"))
            .unwrap()["204"] = json!({ "description": "None." });
        assert!(super::super::testing::diagnostics(&STATUSES, document).is_empty());
    }
}
