//! A schema in words.

use serde_json::Value;

use crate::node::Node;
use crate::time::{TIME, TimeForm};

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// How many objects it is inside of, from 0.
    pub depth: usize,
    /// The name; `[]` follows that of a list.
    pub name: String,
    /// The type, such as `integer`, `string` or `list of objects`.
    pub kind: String,
    /// Whether it has to be there.
    pub required: bool,
    /// What is allowed beyond the type.
    pub allowed: Option<String>,
    /// What it means, on one line.
    pub description: String,
}

/// The fields of an object with those inside them, down to `depth` levels.
pub(crate) fn fields(node: &Node<'_>, depth: usize) -> Vec<Field> {
    let mut found = Vec::new();
    collect(node, 0, depth, &mut found);
    found
}

fn collect(node: &Node<'_>, level: usize, depth: usize, found: &mut Vec<Field>) {
    if level >= depth {
        return;
    }
    // The body itself can be a list.
    if let Some(element) = node.element() {
        return collect(&element, level, depth, found);
    }
    for (name, field) in node.properties() {
        let element = field.element();
        found.push(Field {
            depth: level,
            name: match element {
                Some(_) => format!("{name}[]"),
                None => name.to_owned(),
            },
            kind: kind(&field),
            required: node.requires(name),
            allowed: limits(&field),
            description: field.description().unwrap_or_default(),
        });
        collect(&element.unwrap_or(field), level + 1, depth, found);
    }
}

fn kind(node: &Node<'_>) -> String {
    if let Some(element) = node.element() {
        return match simple(&element) {
            "any" => "list".to_owned(),
            "object" if element.properties().next().is_some() => "list of objects".to_owned(),
            kind => format!("list of {kind}s"),
        };
    }
    let null = match node.keyword("nullable") {
        Some(Value::Bool(true)) => " or null",
        _ => "",
    };
    format!("{}{null}", simple(node))
}

fn simple<'a>(node: &Node<'a>) -> &'a str {
    match node.keyword("type").and_then(Value::as_str) {
        Some(kind) => kind,
        None if node.properties().next().is_some() => "object",
        None => "any",
    }
}

/// What a schema of a document allows, in words that follow `write`; `None` for any text.
pub fn allowed_by(document: &Value, schema: &Value) -> Option<String> {
    allowed(&Node::new(schema, document))
}

/// What is allowed, in words that follow `write`; `None` for any text.
pub(crate) fn allowed(node: &Node<'_>) -> Option<String> {
    let limits = limits(node);
    let form = node.keyword(TIME).and_then(Value::as_str);
    let form = form.and_then(|form| form.parse::<TimeForm>().ok());
    if let (Some(words), Some(_)) = (form.and_then(TimeForm::in_words), &limits) {
        return Some(words.to_owned());
    }
    let kind = match simple(node) {
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => return Some("true or false".to_owned()),
        "array" => "a list",
        "object" => "an object",
        "string" if limits.is_some() => "text",
        _ => return limits,
    };
    Some(match limits {
        Some(limits) if limits.starts_with("one of ") => limits,
        Some(limits) => format!("{kind} {limits}"),
        None => kind.to_owned(),
    })
}

fn limits(node: &Node<'_>) -> Option<String> {
    if let Some(listed) = node.element().unwrap_or_else(|| node.clone()).listed() {
        let values: Vec<String> = listed.values.iter().map(shown).collect();
        return Some(match (values.as_slice(), listed.is_open) {
            ([only], false) => only.clone(),
            (values, false) => format!("one of {}", values.join(", ")),
            (values, true) => format!("one of {}, or another", values.join(", ")),
        });
    }
    let span = |low: &str, high: &str| match (node.keyword(low), node.keyword(high)) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}")),
        (Some(low), None) => Some(format!("{low} or more")),
        (None, Some(high)) => Some(format!("up to {high}")),
        (None, None) => None,
    };
    let number = match (node.keyword("minimum"), node.keyword("maximum")) {
        (Some(low), Some(high)) => Some(format!("from {low} to {high}")),
        (Some(low), None) => Some(format!("from {low} on")),
        (None, high) => high.map(|high| format!("up to {high}")),
    };
    let pattern = node.keyword("pattern").and_then(Value::as_str);
    let parts: Vec<String> = [
        number,
        span("minLength", "maxLength").map(|span| format!("of {span} characters")),
        span("minItems", "maxItems").map(|span| format!("of {span} elements")),
        pattern.map(|pattern| format!("that matches {pattern}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A value as text: a text without its quotes, anything else as JSON.
pub fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::schema::Schema;

    #[test]
    fn what_is_allowed_is_said_in_words() {
        for (source, words) in [
            (json!({ "type": "integer" }), Some("a whole number")),
            (
                json!({ "type": "number", "minimum": 1 }),
                Some("a number from 1 on"),
            ),
            (json!({ "type": "boolean" }), Some("true or false")),
            (
                json!({ "type": "string", "enum": ["a", "b"] }),
                Some("one of a, b"),
            ),
            (
                json!({ "type": "string", "x-extensible-enum": ["a", "b"] }),
                Some("one of a, b, or another"),
            ),
            (
                json!({ "type": "string", "minLength": 4, "maxLength": 64 }),
                Some("text of 4 to 64 characters"),
            ),
            (json!({ "type": "string" }), None),
            (json!({}), None),
        ] {
            assert_eq!(
                Schema::of(source.clone(), json!({})).allowed().as_deref(),
                words,
                "{source}"
            );
        }
    }

    #[test]
    fn an_outline_goes_into_objects_and_lists() {
        let schema = Schema::of(
            json!({ "$ref": "#/components/schemas/Body" }),
            json!({ "schemas": { "Body": { "type": "object", "required": ["tags"], "properties": {
                "tags": { "type": "array", "description": "The\n tags.", "items": { "type": "object", "properties": {
                    "key": { "type": "string", "nullable": true }
                } } },
                "ids": { "type": "array", "items": { "type": "string" } }
            } } } }),
        );
        let lines: Vec<String> = schema
            .outline(5)
            .iter()
            .map(|one| {
                format!(
                    "{} {} {} {} {}",
                    one.depth, one.name, one.kind, one.required, one.description
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                "0 tags[] list of objects true The tags.",
                "1 key string or null false ",
                "0 ids[] list of strings false "
            ]
        );
        assert_eq!(schema.outline(1).len(), 2);
    }
}
