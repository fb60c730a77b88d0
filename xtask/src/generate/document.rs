//! Rustdoc of calls: what they do, what their parameters take, and which refusals are documented.

use std::fmt::Write as _;

use anyhow::Result;
use otcdb_openapi::{Operation, Parameter, Schema};
use serde_json::Value;

use super::rust_names::method_name;
use super::source::{Method, Source, names};

/// The documentation of the method that begins a call.
pub(super) fn operation(source: &Source<'_>, method: &Method<'_>) -> Result<String> {
    let operation = method.described;
    let (_, ty) = names(operation)?;
    let mut text = format!(
        "{}.\n\n{}",
        operation.summary.trim_end_matches('.'),
        linked(source, &operation.description)
    );
    if let Some(lost) = &operation.destroys {
        let _ = write!(text, "\n\nWhat is lost by it: {lost}.");
    }
    let required = operation.parameters.iter().filter(|one| one.required);
    let mut required: Vec<String> = required
        .filter(|one| one.name != "project_id")
        .map(|one| method_name(&one.name))
        .map(|setter| format!("[`{setter}`](builder::{ty}::{setter})"))
        .collect();
    if method.body()?.is_some() && operation.body.as_ref().is_some_and(|body| body.required) {
        required.push(format!("[`body`](builder::{ty}::body)"));
    }
    if !required.is_empty() {
        let _ = write!(text, "\n\nHas to be given: {}.", required.join(", "));
    }
    Ok(text)
}

/// The documentation of a parameter's setter.
pub(super) fn parameter(source: &Source<'_>, parameter: &Parameter) -> String {
    let mut text = linked(source, &parameter.description);
    let limits = limits(&parameter.schema);
    let required = match (parameter.required, parameter.name.as_str()) {
        (true, "project_id") => "The session's project, if not given.",
        (true, _) => "Required.",
        (false, _) => "Optional.",
    };
    let _ = write!(text, "\n\n{required}");
    if !limits.is_empty() {
        let _ = write!(text, " {limits}.");
    }
    text
}

/// What a value may be.
fn limits(schema: &Schema) -> String {
    let number = |name: &str| schema.keyword(name).map(otcdb_openapi::shown);
    let mut limits = Vec::new();
    if let Some(values) = schema.keyword("enum").and_then(Value::as_array) {
        let values = values
            .iter()
            .map(|value| format!("`{}`", otcdb_openapi::shown(value)));
        limits.push(format!("One of {}", values.collect::<Vec<_>>().join(", ")));
    }
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => limits.push(format!("From {least} to {most}")),
        (Some(least), None) => limits.push(format!("At least {least}")),
        (None, Some(most)) => limits.push(format!("At most {most}")),
        (None, None) => {}
    }
    match (number("minLength"), number("maxLength")) {
        (Some(least), Some(most)) => limits.push(format!("{least} to {most} characters")),
        (Some(least), None) => limits.push(format!("At least {least} characters")),
        (None, Some(most)) => limits.push(format!("At most {most} characters")),
        (None, None) => {}
    }
    if let Some(pattern) = number("pattern") {
        limits.push(format!("Of the form `{pattern}`"));
    }
    limits.join(". ")
}

/// The documentation of the method that sets the body.
pub(super) fn body(operation: &Operation) -> String {
    let required = operation.body.as_ref().is_some_and(|body| body.required);
    format!(
        "The body of the request.\n\n{}.",
        if required { "Required" } else { "Optional" }
    )
}

/// The documentation of `send`.
pub(super) fn errors(operation: &Operation) -> String {
    let mut text = "Sends the call.\n\n# Errors\n\n\
         Arguments that are missing or wrong, all of them at once ([`otcdb_core::ErrorKind::InvalidArgument`]), no response, \
         one that is not as documented, and every refusal by the service."
        .to_owned();
    let refusals = operation.responses.iter().filter(|one| one.status >= 400);
    let refusals: Vec<String> = refusals
        .map(|one| format!("- {}: {}", one.status, one.description.trim()))
        .collect();
    if !refusals.is_empty() {
        let _ = write!(text, " Documented are:\n\n{}", refusals.join("\n"));
    }
    text
}

/// A text in which each name of an operation leads to the method that calls it.
pub(super) fn linked(source: &Source<'_>, text: &str) -> String {
    let mut linked = String::with_capacity(text.len());
    let mut rest = text;
    // What is code already stays as it is.
    let mut is_code = false;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric() || c == '`') {
        let (before, from) = rest.split_at(start);
        linked.push_str(before);
        if let Some(after) = from.strip_prefix('`') {
            linked.push('`');
            is_code = !is_code;
            rest = after;
            continue;
        }
        let end = from.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (word, after) = from.split_at(end.unwrap_or(from.len()));
        match source.method(word).filter(|_| !is_code) {
            Some(_) => {
                let method = method_name(word);
                let _ = write!(linked, "[`{word}`](crate::Client::{method})");
            }
            None => linked.push_str(word),
        }
        rest = after;
    }
    linked.push_str(rest);
    linked
}

#[cfg(test)]
mod tests {
    use otcdb_openapi::Description;
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_operations_are_links_and_nothing_else_is() {
        let operation = json!({ "operationId": "ListThings", "tags": ["t"], "responses": { "200": { "description": "" } } });
        let document = json!({ "paths": { "/a": { "get": operation } } });
        let description = Description::of("test", document.clone()).unwrap();
        let source = Source::new(description, &document);
        assert_eq!(
            linked(
                &source,
                "Call ListThings, not `ListThings` or ListThingsOfAll."
            ),
            "Call [`ListThings`](crate::Client::list_things), not `ListThings` or ListThingsOfAll."
        );
    }
}
