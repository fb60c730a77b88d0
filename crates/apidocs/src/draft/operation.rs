//! The file of one operation.

use serde_json::{Map, Value, json};

use otcdb_openapi::UNWRITTEN;

use super::components::{Components, Scope, reference};
use super::errors::{self, Common};
use super::fit::{fit, made_up};
use super::names;
use super::node::{Node, Side, Type};
use super::plan::Plan;
use super::waiting::Ends;

/// What was made of an operation before it is written.
pub(super) struct Parts {
    pub(super) paging: Option<Value>,
    pub(super) resource: Option<String>,
    pub(super) permissions: Option<Vec<String>>,
    pub(super) response: Value,
    pub(super) request: Value,
    pub(super) parameters: Vec<Value>,
}

/// The component of the response body; null where there is none.
pub(super) fn response_schema(
    plan: &Plan<'_>,
    scope: &(String, String),
    components: &mut Components,
) -> Value {
    body_schema(
        plan.response.as_ref(),
        plan,
        scope,
        Side::Response,
        components,
    )
}

/// The component of the request body; null where there is none.
pub(super) fn request_schema(
    plan: &Plan<'_>,
    scope: &(String, String),
    components: &mut Components,
) -> Value {
    body_schema(
        plan.request.as_ref(),
        plan,
        scope,
        Side::Request,
        components,
    )
}

fn body_schema(
    node: Option<&Node>,
    plan: &Plan<'_>,
    (file, noun): &(String, String),
    side: Side,
    components: &mut Components,
) -> Value {
    let Some(node) = node else {
        return Value::Null;
    };
    let name = match side {
        Side::Request => format!("{}Request", plan.id),
        Side::Response => format!("{}ResponseBody", plan.id),
    };
    let scope = Scope {
        file,
        operation: &plan.id,
        noun,
        side,
    };
    let value = match &node.kind {
        Type::Object(_) => components.object(node, &name, &scope),
        _ => components.schema(noun, node, &name, &scope),
    };
    components.put("schemas", &[name], file, value)
}

/// Writes an operation.
pub(super) fn write(
    plan: &Plan<'_>,
    parts: Parts,
    components: &Components,
    common: &Common,
    ends: &Ends,
    known: &dyn Fn(&str) -> Option<Value>,
) -> Value {
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| {
        map.insert(key.to_owned(), value);
    };
    put("operationId", plan.id.as_str().into());
    put("summary", UNWRITTEN.into());
    put("description", UNWRITTEN.into());
    put("tags", json!([plan.section()]));
    let destroys = plan.method == "DELETE"
        || plan.method != "GET" && tells_of_loss(&plan.id)
        || parts
            .resource
            .as_deref()
            .is_some_and(|one| one.ends_with("#delete"));
    if let Some(resource) = parts.resource {
        put("x-resource", resource.into());
    }
    let pages: Vec<Value> = plan
        .pages
        .iter()
        .map(|page| json!({ "source": page.source, "page": page.id }))
        .collect();
    put("x-documentation", pages.into());
    if let Some(permissions) = parts.permissions {
        put("x-permissions", permissions.into());
    }
    if let Some(paging) = parts.paging {
        put("x-pagination", paging);
    }
    if destroys {
        put("x-destroys", UNWRITTEN.into());
    }
    if let Some(waiter) = ends.waiter(plan) {
        put("x-waiter", waiter);
    }
    if !parts.parameters.is_empty() {
        put("parameters", parts.parameters.into());
    }
    if let Some(node) = &plan.request {
        put("requestBody", request(plan, node, parts.request, known));
    }
    let mut responses = Map::new();
    for (status, has_body) in &plan.successes {
        let mut response = json!({ "description": UNWRITTEN });
        if let (true, Some(node)) = (has_body, &plan.response) {
            response["content"] = json!({ "application/json": {
                "schema": parts.response,
                "examples": answers(plan, *status, node, known),
            } });
            if let Some(link) = ends.link(plan) {
                response["links"] = json!({ "finished": link });
            }
        }
        responses.insert(status.to_string(), response);
    }
    let listed = match plan.failures.is_empty() {
        true => common.statuses.clone(),
        false => plan.failures.keys().copied().collect(),
    };
    for status in listed {
        let bodies = plan.failures.get(&status).map_or(&[][..], Vec::as_slice);
        responses.insert(
            status.to_string(),
            errors::response(status, bodies, common, components),
        );
    }
    if let Some(error) = components
        .named("Error")
        .filter(|one| one.section == "responses")
    {
        responses.insert("default".to_owned(), reference(error));
    }
    put("responses", Value::Object(responses));
    Value::Object(map)
}

/// Whether the name of an operation, which is that of its page or made of its title, tells that something is lost by it.
fn tells_of_loss(id: &str) -> bool {
    const LOSSES: [&str; 10] = [
        "clear", "delete", "destroy", "flush", "purge", "reboot", "release", "remove", "reset",
        "restart",
    ];
    let words = names::snake(id);
    let mut words = words.split('_').filter(|word| *word != "batch");
    match words.next() {
        // What is restored takes the place of what is there, but not in something new.
        Some("restore") => words.all(|word| word != "new"),
        first => first.is_some_and(|word| LOSSES.contains(&word)),
    }
}

fn request(
    plan: &Plan<'_>,
    node: &Node,
    schema: Value,
    known: &dyn Fn(&str) -> Option<Value>,
) -> Value {
    let mut examples = Map::new();
    for example in &plan.examples {
        if let Some(body) = &example.body {
            let value = fit(body, node);
            examples.insert(
                example.name.clone(),
                json!({ "summary": UNWRITTEN, "value": value }),
            );
        }
    }
    let lacks = plan.examples.is_empty() || plan.examples.iter().any(|one| one.body.is_none());
    if lacks {
        let value = examples.values().next().map(|one| one["value"].clone());
        let value = value.unwrap_or_else(|| made_up("body", node, known, 0));
        examples.insert(
            "default".to_owned(),
            json!({ "summary": UNWRITTEN, "value": value }),
        );
    }
    let optional = plan.method == "DELETE" && !node.properties().iter().any(|one| one.required);
    let mut body = Map::new();
    if !optional {
        body.insert("required".to_owned(), true.into());
    }
    body.insert(
        "content".to_owned(),
        json!({ "application/json": { "schema": schema, "examples": examples } }),
    );
    Value::Object(body)
}

fn answers(
    plan: &Plan<'_>,
    status: u16,
    node: &Node,
    known: &dyn Fn(&str) -> Option<Value>,
) -> Value {
    let mut examples = Map::new();
    for (_, name, value) in plan.answers.iter().filter(|one| one.0 == status) {
        examples.insert(
            name.clone(),
            json!({ "summary": UNWRITTEN, "value": fit(value, node) }),
        );
    }
    if examples.is_empty() {
        let value = made_up("body", node, known, 0);
        examples.insert(
            "made_up".to_owned(),
            json!({ "summary": UNWRITTEN, "value": value }),
        );
    }
    Value::Object(examples)
}
