//! The fields of a body of which the documented values alone are sent.

use serde_json::Value;

use super::limits;
use crate::operation::BodyMeta;
use crate::redact;

/// What is wrong with the fields of a body that have choices or limits, each by its place: `body.nodes[1].role`.
pub(super) fn problems(body: &[u8], meta: &BodyMeta) -> Vec<String> {
    // Many bodies have none of them, and are not read again.
    if meta.choices.is_empty() && meta.limits.is_empty() {
        return Vec::new();
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut problems = Vec::new();
    for (field, choices) in meta.choices {
        each(&body, field, &mut |at, value| {
            let text = match value {
                Value::String(text) => text.clone(),
                // Nothing was chosen.
                Value::Null => return,
                other => other.to_string(),
            };
            if !choices.contains(&text.as_str()) {
                problems.push(wrong_choice(at, &text, choices));
            }
        });
    }
    for (field, limits) in meta.limits {
        each(&body, field, &mut |at, value| {
            problems.extend(limits::problem_of_json(at, value, limits));
        });
    }
    problems
}

/// Calls `seen` for each value of a field, with its place.
fn each(body: &Value, field: &str, seen: &mut dyn FnMut(&str, &Value)) {
    let way: Vec<&str> = field.split('.').collect();
    look(body, &way, "body".to_owned(), seen);
}

fn look(value: &Value, way: &[&str], at: String, seen: &mut dyn FnMut(&str, &Value)) {
    let Some((step, rest)) = way.split_first() else {
        return seen(&at, value);
    };
    match value {
        Value::Array(items) if *step == "*" => {
            for (index, item) in items.iter().enumerate() {
                look(item, rest, format!("{at}[{index}]"), seen);
            }
        }
        Value::Object(fields) => {
            let found = fields
                .iter()
                .filter(|(name, _)| *step == "*" || name == step);
            for (name, value) in found {
                look(value, rest, format!("{at}.{name}"), seen);
            }
        }
        _ => {}
    }
}

/// `status is "RUNING", which has to be one of RUNNING, ERROR`
pub(super) fn wrong_choice(name: &str, value: &str, choices: &[&str]) -> String {
    let value = redact::identifier(value);
    format!("{name} is {value:?}{}", one_of(choices))
}

/// `, which has to be one of RUNNING, ERROR`
pub(super) fn one_of(choices: &[&str]) -> String {
    match choices {
        [] => String::new(),
        [only] => format!(", which has to be {only}"),
        all => format!(", which has to be one of {}", all.join(", ")),
    }
}
