//! Responses of operations that fail: the same for all of a service.

use std::collections::{BTreeMap, BTreeSet};

use otcdb_openapi::written::operations;
use otcdb_openapi::{Bundle, UNWRITTEN};
use serde_json::{Map, Value, json};

use super::components::{Component, Components, reference};
use super::names;
use super::node::{self, Node, Side};
use super::plan::Plan;
use crate::facts::{Field, Stated};

const RESPONSES: &str = "components/responses.yaml";
const ERRORS: &str = "components/errors.yaml";

/// Names of the responses by status, and what they say.
const KNOWN: [(u16, &str, &str); 13] = [
    (
        400,
        "BadRequest",
        "The request is malformed, or a parameter has a value that the service refuses.",
    ),
    (
        401,
        "Unauthorized",
        "The token or the signature is missing, wrong or no longer valid.",
    ),
    (403, "Forbidden", "The caller is known but may not do this."),
    (
        404,
        "NotFound",
        "What the request names does not exist in this project.",
    ),
    (
        405,
        "MethodNotAllowed",
        "The path does not take this method.",
    ),
    (
        406,
        "NotAcceptable",
        "The service cannot answer in the form that the request asks for.",
    ),
    (
        408,
        "RequestTimeout",
        "The request took too long to arrive.",
    ),
    (
        409,
        "Conflict",
        "The state of what the request names does not allow it now.",
    ),
    (
        413,
        "PayloadTooLarge",
        "The request is larger than the service takes.",
    ),
    (
        429,
        "TooManyRequests",
        "The caller has made too many calls in a short time.",
    ),
    (
        500,
        "InternalServerError",
        "The service failed. The same request may succeed later.",
    ),
    (
        503,
        "ServiceUnavailable",
        "The service cannot answer now. The same request may succeed later.",
    ),
    (
        504,
        "GatewayTimeout",
        "The service did not answer in time. The same request may succeed later.",
    ),
];

/// What operations share of their failures.
#[derive(Debug, Default)]
pub(super) struct Common {
    /// Statuses that every described operation has, where pages list none.
    pub(super) statuses: Vec<u16>,
    /// All that error bodies have, by which examples are written.
    body: Option<Node>,
}

/// Makes the components that the failures of these operations need.
pub(super) fn prepare(
    plans: &[Plan<'_>],
    described: Option<&Bundle>,
    components: &mut Components,
) -> Common {
    let mut common = Common::default();
    if let Some(bundle) = described {
        let each: Vec<BTreeSet<u16>> = operations(&bundle.document)
            .iter()
            .map(|one| {
                one.responses()
                    .filter_map(|(status, _)| status.parse().ok())
                    .filter(|code| *code >= 400)
                    .collect()
            })
            .collect();
        let mut shared = each.first().cloned().unwrap_or_default();
        for one in &each {
            shared.retain(|code| one.contains(code));
        }
        let by_ref = |code: &u16| {
            components
                .named(&name(*code))
                .is_some_and(|one| one.section == "responses")
        };
        common.statuses = shared.into_iter().filter(by_ref).collect();
    }
    let fields: Vec<&Field> = plans
        .iter()
        .flat_map(|plan| &plan.pages)
        .flat_map(|page| &page.facts.responses)
        .filter(|response| matches!(response.status, Stated::Value(400..=599)))
        .flat_map(|response| &response.body.forms)
        .flat_map(|form| &form.fields)
        .collect();
    let fields: Vec<Field> = fields.into_iter().cloned().collect();
    let bodies: Vec<&Value> = plans
        .iter()
        .flat_map(|plan| plan.failures.values().flatten())
        .collect();
    let whole = node::object(&[&fields], &bodies, Side::Response);
    if components.named("ErrorResponse").is_none() {
        schemas(&whole, components);
    }
    common.body = Some(whole);
    let response = |description: &str| {
        json!({ "description": description, "content": { "application/json": {
            "schema": { "$ref": format!("{ERRORS}#/ErrorResponse") },
        } } })
    };
    let codes: BTreeSet<u16> = plans
        .iter()
        .flat_map(|plan| plan.failures.keys().copied())
        .collect();
    for code in codes {
        let shown = plans.iter().all(|plan| {
            plan.failures
                .get(&code)
                .is_none_or(|bodies| !bodies.is_empty())
        });
        let name = name(code);
        if components.named(&name).is_none() && !shown {
            components.add(component(
                RESPONSES,
                "responses",
                &name,
                response(words(code)),
            ));
        }
    }
    if components.named("Error").is_none() {
        components.add(component(RESPONSES, "responses", "Error", response(
            "The call failed. Every operation can fail in ways that are not listed one by one: without credentials (401), \
             without the right to do it (403), for something that does not exist (404), called too often (429), or while \
             the service or the gateway in front of it is out of order (5xx).",
        )));
    }
    common
}

/// The response of one status; written out where the pages show its body.
pub(super) fn response(
    status: u16,
    bodies: &[Value],
    common: &Common,
    components: &Components,
) -> Value {
    let name = name(status);
    let shared = components
        .named(&name)
        .filter(|one| one.section == "responses");
    if let (true, Some(shared)) = (bodies.is_empty(), shared) {
        return reference(shared);
    }
    let mut examples = Map::new();
    for (at, body) in bodies.iter().enumerate() {
        let label = label(body, at);
        let value = common
            .body
            .as_ref()
            .map_or_else(|| body.clone(), |node| super::fit::fit(body, node));
        examples.insert(label, json!({ "summary": UNWRITTEN, "value": value }));
    }
    let mut media = json!({ "schema": { "$ref": format!("{ERRORS}#/ErrorResponse") } });
    if let Some(known) = components.named("ErrorResponse") {
        media["schema"] = reference(known);
    }
    if !examples.is_empty() {
        media["examples"] = Value::Object(examples);
    }
    let description = shared
        .and_then(|one| one.value["description"].as_str())
        .unwrap_or(words(status));
    json!({ "description": description, "content": { "application/json": media } })
}

/// What the example of an error is called: its code, else its number.
pub(super) fn label(body: &Value, at: usize) -> String {
    let code = ["error_code", "errCode", "code"]
        .iter()
        .find_map(|key| body.get(key)?.as_str());
    let label = code
        .map(|code| names::snake(&code.replace('.', "_")))
        .filter(|code| !code.is_empty());
    label.unwrap_or_else(|| format!("failed_{}", at + 1))
}

fn name(code: u16) -> String {
    let known = KNOWN.iter().find(|one| one.0 == code);
    known.map_or_else(|| format!("Failed{code}"), |one| one.1.to_owned())
}

fn words(code: u16) -> &'static str {
    KNOWN
        .iter()
        .find(|one| one.0 == code)
        .map_or(UNWRITTEN, |one| one.2)
}

fn component(file: &str, section: &'static str, name: &str, value: Value) -> Component {
    Component {
        file: file.to_owned(),
        section,
        name: name.to_owned(),
        value,
        exists: false,
    }
}

/// `ErrorResponse` with the fields of every form: of the service, the gateway, and the check of who calls.
fn schemas(documented: &Node, components: &mut Components) {
    let text = |words: &str| json!({ "type": "string", "description": words });
    let mut properties = Map::new();
    properties.insert(
        "error_code".to_owned(),
        text("Code of the error. Quote it when asking the provider for support."),
    );
    properties.insert("error_msg".to_owned(), text("What went wrong, in English."));
    let scope = super::components::Scope {
        file: ERRORS,
        operation: "Error",
        noun: "Error",
        side: Side::Response,
    };
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    words.insert("request_id", "Id of the request. The gateway sends it.");
    words.insert(
        "encoded_authorization_message",
        "Which right the caller lacks, encoded. Sent with some refusals of that kind.",
    );
    let own = ["error", "request_id", "encoded_authorization_message"];
    for property in documented.properties() {
        let is_known = properties
            .keys()
            .any(|known| names::same(known, &property.name))
            || own.iter().any(|known| names::same(known, &property.name));
        if !is_known {
            let schema = components.schema(&property.name, &property.node, "ErrorResponse", &scope);
            properties.insert(property.name.clone(), schema);
        }
    }
    for (name, words) in words {
        properties.insert(name.to_owned(), text(words));
    }
    properties.insert(
        "error".to_owned(),
        json!({ "$ref": format!("{ERRORS}#/ErrorDetail") }),
    );
    components.add(component(ERRORS, "schemas", "ErrorResponse", json!({
        "type": "object",
        "description": "The response of an operation that fails. The service itself sends error_code and error_msg. The \
                        gateway in front of it adds request_id and has codes of its own, such as `APIGW.0301`; where the \
                        caller's identity is refused, `error` may come instead.",
        "properties": properties,
    })));
    components.add(component(
        ERRORS,
        "schemas",
        "ErrorDetail",
        json!({
            "type": "object",
            "description": "The error, in the form that the check of the caller's identity sends.",
            "properties": {
                "code": text("Code of the error, such as `111401001`."),
                "message": text("What went wrong, in English."),
            },
        }),
    ));
}
