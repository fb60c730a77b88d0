//! Rustdoc of calls: what they do, what their parameters take, and which refusals are documented.

use std::fmt::Write as _;

use anyhow::Result;
use otcdb_openapi::{Description, Operation, Parameter, Schema};
use quote::ToTokens as _;
use serde_json::Value;

use super::operations::{answer, body as body_type, names};
use super::parameters::{Parameter as Argument, Setter};
use super::rust_names::method_name;
use super::{Method, Source};

/// The documentation of the method that begins a call.
pub(super) fn operation(source: &Source<'_>, method: &Method<'_>) -> Result<String> {
    let operation = method.described;
    let (name, ty) = names(operation)?;
    let mut text = format!(
        "{}.\n\n{}",
        operation.summary.trim_end_matches('.'),
        linked(&source.description, &operation.description)
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
    if body_type(method)?.is_some() && operation.body.as_ref().is_some_and(|body| body.required) {
        required.push(format!("[`body`](builder::{ty}::body)"));
    }
    if !required.is_empty() {
        let _ = write!(text, "\n\nHas to be given: {}.", required.join(", "));
    }
    let _ = write!(text, "\n\n{}", example(source, method, &name.to_string())?);
    Ok(text)
}

/// A documented request, as a program that is compiled.
fn example(source: &Source<'_>, method: &Method<'_>, name: &str) -> Result<String> {
    let operation = method.described;
    let package = format!("otcdb_{}", method_name(&source.description.service));
    let mut setters = String::new();
    // The entries under the name of the first example belong together.
    let of_body = operation
        .body
        .as_ref()
        .and_then(|body| body.examples.first());
    let of_parameters = operation.parameters.iter().flat_map(|one| &one.examples);
    let chosen = of_body
        .or(of_parameters.into_iter().next())
        .map(|one| one.name.clone());
    for (parameter, described) in Argument::all(source, method)?
        .iter()
        .filter_map(|one| Some((one, operation.parameter(one.place, &one.name)?)))
    {
        if parameter.name == "project_id" {
            continue;
        }
        let mut examples = described.examples.iter();
        let example = examples.find(|one| Some(&one.name) == chosen.as_ref());
        let value = match example.or(described.examples.first()) {
            Some(example)
                if example.name == chosen.clone().unwrap_or_default() || parameter.required =>
            {
                example.value.clone()
            }
            _ if !parameter.required => continue,
            _ => placeholder(parameter),
        };
        let _ = write!(
            setters,
            "\n    .{}({})",
            parameter.setter,
            literal(parameter, &value)
        );
    }
    let mut before = String::new();
    if let Some(ty) = body_type(method)? {
        let example = of_body.map(|example| serde_json::to_string_pretty(&example.value));
        let text = example.transpose()?.unwrap_or_else(|| "{}".to_owned());
        let _ = writeln!(
            before,
            "let body: {package}::types::{ty} = serde_json::from_str(r##\"{text}\"##)?;"
        );
        setters.push_str("\n    .body(body)");
    }
    let result = match before.is_empty() {
        true => "otcdb_core::Result<()>",
        false => "Result<(), Box<dyn std::error::Error>>",
    };
    let answers = answer(method)?.to_token_stream().to_string() != "()";
    let bound = if answers { "let answer = " } else { "" };
    let client = method_name(&source.description.service);
    Ok(format!(
        "# Example\n\n```no_run\n\
         # async fn example({client}: &{package}::Client) -> {result} {{\n\
         {before}{bound}{client}\n    .{name}(){setters}\n    .await?;\n\
         # Ok(())\n# }}\n```"
    ))
}

fn placeholder(parameter: &Argument) -> Value {
    match (&parameter.takes, parameter.choices.first()) {
        (Setter::Other(_), None) => 1.into(),
        (Setter::Other(_), Some(choice)) => choice.parse::<i64>().unwrap_or(1).into(),
        (_, Some(choice)) => choice.as_str().into(),
        (_, None) => "…".into(),
    }
}

fn literal(parameter: &Argument, value: &Value) -> String {
    match (&parameter.takes, value) {
        (Setter::List(_), Value::Array(values)) => {
            let values: Vec<_> = values.iter().map(|value| text(value, false)).collect();
            format!("[{}]", values.join(", "))
        }
        (takes, value) => text(value, matches!(takes, Setter::Other(_))),
    }
}

/// A value as Rust writes it.
fn text(value: &Value, bare: bool) -> String {
    let shown = otcdb_openapi::shown(value);
    if bare { shown } else { format!("{shown:?}") }
}

/// The documentation of a parameter's setter.
pub(super) fn parameter(description: &Description, parameter: &Parameter) -> String {
    let mut text = linked(description, &parameter.description);
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
pub(super) fn linked(description: &Description, text: &str) -> String {
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
        match description.operation(word).filter(|_| !is_code) {
            Some(operation) => {
                let method = method_name(&operation.id);
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
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_operations_are_links_and_nothing_else_is() {
        let operation = json!({ "operationId": "ListThings", "tags": ["t"], "responses": { "200": { "description": "" } } });
        let document = json!({ "paths": { "/a": { "get": operation } } });
        let description = Description::of("test", document).unwrap();
        assert_eq!(
            linked(
                &description,
                "Call ListThings, not `ListThings` or ListThingsOfAll."
            ),
            "Call [`ListThings`](crate::Client::list_things), not `ListThings` or ListThingsOfAll."
        );
    }
}
