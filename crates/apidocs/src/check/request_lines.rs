//! Values of parameters in documented example requests, which have to be in
//! the description.

use std::borrow::Cow;

use otcdb_openapi::alternatives::Spot;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Report;
use super::parameters;
use crate::facts::Facts;
use crate::interpret::uri;

/// Looks for each value of a path or query parameter among the examples of the
/// parameter. A placeholder states no value.
pub(crate) fn compare(
    facts: &Facts,
    template: &str,
    path: &Spot<'_>,
    operation: &Spot<'_>,
    report: &mut Report,
) {
    let described = parameters::described(path, operation);
    for example in &facts.request_examples {
        let Some(target) = example.url.as_deref().and_then(uri::url) else {
            continue;
        };
        let mut values: Vec<(&str, String, &str)> = Vec::new();
        if uri::fits(template, &target.path) {
            for (name, value) in template.split('/').zip(target.path.split('/')) {
                let name = name.strip_prefix('{').and_then(|n| n.strip_suffix('}'));
                if let Some(name) = name {
                    values.push(("path", name.to_owned(), value));
                }
            }
        }
        for (name, value) in &target.query {
            values.push(("query", name.clone(), value));
        }
        for (place, name, value) in values {
            if uri::is_placeholder(value) {
                continue;
            }
            let found = described
                .iter()
                .find(|p| p.text("in") == Some(place) && p.text("name") == Some(&name));
            // One that the description does not have is reported elsewhere.
            let Some(parameter) = found else { continue };
            if examples(parameter)
                .iter()
                .any(|e| *e == value || *e == decoded(value))
            {
                continue;
            }
            report.add(
                &format!("parameter {place} {name}: example"),
                example.line,
                format!("the value {value:?} in an example request"),
                "no such example".to_owned(),
                &parameter.pointer,
                "add the value under a named entry of examples".to_owned(),
            );
        }
    }
}

fn decoded(value: &str) -> Cow<'_, str> {
    percent_decode_str(value).decode_utf8_lossy()
}

/// The example values of a parameter as text.
fn examples(parameter: &Spot<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let mut add = |value: Option<&Value>| match value {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => out.push(text.clone()),
        Some(Value::Array(items)) => {
            let texts: Vec<String> = items
                .iter()
                .map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned))
                .collect();
            out.push(texts.join(","));
        }
        Some(other) => out.push(other.to_string()),
    };
    add(parameter.value.get("example"));
    for (_, example) in parameter.at("examples").iter().flat_map(Spot::members) {
        add(example.value.get("value"));
    }
    out
}
