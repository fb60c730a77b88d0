//! What is wrong with a value.

use serde_json::Value;

use crate::judge::Broken;
use crate::node::{DEPTH, Node};
use crate::outline::{allowed, shown};
use crate::pointer;
use crate::rule::Rule;
use crate::schema::Schema;

impl Schema {
    /// The first thing that is wrong with a value, with where it is; `None` if nothing is. It quotes the value.
    pub fn validation_error(&self, value: &Value) -> Option<String> {
        first(self.judge(value))
    }

    /// The same for a value that is to be one element of the list that this schema describes.
    pub(crate) fn element_validation_error(&self, value: &Value) -> Option<String> {
        first(self.judge_element(value))
    }

    /// All that is wrong with a value, fields that the schema does not know included. Secrets are not quoted.
    pub fn validation_errors(&self, value: &Value) -> Vec<ValidationError> {
        all(self, value)
    }
}

/// How many fields a hint lists.
const LISTED: usize = 20;

/// In which way a value is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// It is a field that the schema does not know.
    Unknown,
    /// A field of it is missing.
    Missing,
    /// It is not among those that are allowed.
    Value,
    /// It is null.
    Null,
    /// It has another type.
    Type,
    /// Anything else, such as its length.
    Other,
}

/// Something that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidationError {
    /// In which way.
    pub violation: Violation,
    /// The JSON pointer of what is wrong; empty for the value as a whole.
    pub pointer: String,
    /// What is wrong. It quotes nothing that is secret.
    pub problem: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// The first thing that is wrong, as one line.
fn first(found: Vec<Broken<'_, '_>>) -> Option<String> {
    let first = found.into_iter().next()?;
    let problem = first.rule.broken_by(first.value);
    Some(match first.pointer.as_str() {
        "" => problem,
        place => format!("at {place}: {problem}"),
    })
}

/// All that is wrong, fields that the schema does not know included.
fn all(schema: &Schema, value: &Value) -> Vec<ValidationError> {
    let node = schema.node();
    let broken = schema.judge(value).into_iter();
    let mut found: Vec<_> = broken.map(|one| validation_error(&node, one)).collect();
    unknown(&node, value, "", &mut found);
    found
}

fn validation_error(root: &Node<'_>, broken: Broken<'_, '_>) -> ValidationError {
    let Broken {
        pointer,
        value,
        rule,
    } = broken;
    let node = root.at(&pointer);
    // An object or a list may hold a secret somewhere, and what stands in the place of one that should may be it.
    let is_shown = !(value.is_object() || value.is_array())
        && root.shows(&pointer)
        && node.as_ref().is_some_and(|node| !node.holds_secrets(DEPTH));
    ValidationError {
        violation: match rule {
            Rule::Required(_) => Violation::Missing,
            _ if value.is_null() => Violation::Null,
            Rule::Values { .. } => Violation::Value,
            Rule::Type { .. } => Violation::Type,
            _ => Violation::Other,
        },
        problem: match is_shown {
            true => rule.broken_by(value),
            false => rule.broken_by(&"the value"),
        },
        hint: hint(node.as_ref(), value, &rule),
        pointer,
    }
}

fn hint(node: Option<&Node<'_>>, value: &Value, rule: &Rule<'_, '_>) -> Option<String> {
    match rule {
        Rule::Required(name) => {
            let what = node
                .and_then(|node| node.property(name))
                .and_then(|field| allowed(&field).or_else(|| field.description()));
            Some(match what {
                Some(what) => format!("add {name}: {what}"),
                None => format!("add {name}"),
            })
        }
        Rule::Values { values, nullable } => {
            let null = nullable.then_some(&Value::Null);
            let values: Vec<String> = values.iter().chain(null).map(shown).collect();
            Some(format!("write one of {}", values.join(", ")))
        }
        Rule::Type { kind, nullable } => {
            let wants_text = *kind == "string" && !nullable;
            if wants_text && (value.is_number() || value.is_boolean()) {
                return Some("write it in quotes".to_owned());
            }
            node.and_then(allowed)
                .map(|allowed| format!("write {allowed}"))
        }
        _ => node.and_then(|node| {
            allowed(node)
                .map(|allowed| format!("write {allowed}"))
                .or_else(|| node.description())
        }),
    }
}

/// Fields that no schema lists: the service would ignore them, and a slip would go unnoticed.
fn unknown(node: &Node<'_>, value: &Value, at: &str, found: &mut Vec<ValidationError>) {
    match value {
        Value::Array(items) => {
            if let Some(element) = node.element() {
                for (index, item) in items.iter().enumerate() {
                    unknown(&element, item, &format!("{at}/{index}"), found);
                }
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let at = pointer::join(at, name);
                match node.field(name) {
                    Some(known) => unknown(&known, field, &at, found),
                    None if node.is_open() => {}
                    None => found.push(ValidationError {
                        violation: Violation::Unknown,
                        pointer: at,
                        problem: format!("{name:?} is no field that is described here"),
                        hint: nearest(node, name),
                    }),
                }
            }
        }
        _ => {}
    }
}

fn nearest(node: &Node<'_>, name: &str) -> Option<String> {
    let mut known: Vec<&str> = node.properties().map(|(known, _)| known).collect();
    let closest = known
        .iter()
        .map(|known| (strsim::jaro(known, name), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, known)) = closest {
        return Some(format!("did you mean {known}?"));
    }
    let more = known.len() > LISTED;
    known.truncate(LISTED);
    let more = if more { ", …" } else { "" };
    (!known.is_empty()).then(|| format!("the fields are {}{more}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::of(
            json!({ "$ref": "#/components/schemas/Body" }),
            json!({ "schemas": { "Body": {
                "type": "object",
                "required": ["name", "size"],
                "properties": {
                    "name": { "type": "string", "description": "Name of\n  the thing." },
                    "size": { "type": "integer", "minimum": 1 },
                    "engine": { "type": "string", "enum": ["Redis", "Other"] },
                    "password": { "type": "string", "x-secret": true, "minLength": 8 },
                    "user": { "type": "object", "properties": {
                        "pin": { "type": "string", "format": "password", "nullable": true, "maxLength": 3 }
                    } },
                    "labels": { "type": "object", "additionalProperties": { "type": "string" } },
                    "parts": { "type": "array", "maxItems": 2, "items": {
                        "type": "object", "properties": { "a/b": { "type": "integer" } }
                    } }
                }
            } } }),
        )
    }

    #[test]
    fn all_that_is_wrong_is_said_with_its_place_and_what_to_write() {
        let found = schema().validation_errors(&json!({
            "name": 5, "sise": 1, "engine": "Reddis",
            "parts": [{ "a/b": "x" }, { "c": 1 }], "labels": { "any": "thing" }
        }));
        let lines: Vec<String> = found
            .iter()
            .map(|one| {
                let hint = one.hint.as_deref().unwrap_or("-");
                format!("{} | {} | {hint}", one.pointer, one.problem)
            })
            .collect();
        let has = |wanted: &str| {
            assert!(
                lines.iter().any(|line| line == wanted),
                "{wanted}: {lines:#?}"
            );
        };
        has(r#"/name | 5 is not of type "string" | write it in quotes"#);
        has(r#" | "size" is a required property | add size: a whole number from 1 on"#);
        has(r#"/engine | "Reddis" is not one of "Redis" or "Other" | write one of Redis, Other"#);
        has(r#"/parts/0/a~1b | "x" is not of type "integer" | write a whole number"#);
        has(r#"/parts/1/c | "c" is no field that is described here | the fields are a/b"#);
        has(r#"/sise | "sise" is no field that is described here | did you mean size?"#);
        assert_eq!(lines.len(), 6, "{lines:#?}");
    }

    #[test]
    fn secrets_are_not_quoted() {
        let value = json!({
            "name": "n", "size": 1, "password": "hunter2", "user": { "pin": "hunter2" },
            "parts": [{ "d": "hunter2" }, 1, "hunter2"]
        });
        let found = schema().validation_errors(&value);
        assert!(found.len() >= 4, "{found:#?}");
        for (pointer, whole) in [
            ("", json!("hunter2")),
            (
                "/user",
                json!({ "name": "n", "size": 1, "user": "hunter2" }),
            ),
        ] {
            let found = schema().validation_errors(&whole);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert_eq!(found[0].pointer, pointer);
            assert!(!format!("{found:?}").contains("hunter2"), "{found:#?}");
            assert_eq!(found[0].hint.as_deref(), Some("write an object"));
        }
        for validation_error in found {
            let is_about_a_secret = validation_error.pointer != "/parts/2";
            assert!(
                !(is_about_a_secret && format!("{validation_error:?}").contains("hunter2")),
                "{validation_error:?}"
            );
        }
    }
}
