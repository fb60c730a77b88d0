//! Examples against tables.

use std::collections::BTreeSet;

use serde_json::Value;

use super::uri::{self, Target};
use crate::facts::{
    Body, Facts, Field, Payload, Place, RequestExample, Response, ResponseExample, Stated,
};
use crate::finding::{Finding, Kind};
use crate::type_name::{self, Shape};

/// Compares the examples of a page with its tables.
pub(crate) fn find(
    facts: &Facts,
    requests: &[(RequestExample, Option<Target>)],
    findings: &mut Vec<Finding>,
) {
    let mut out = Sink {
        findings,
        seen: BTreeSet::new(),
        line: 0,
    };
    for (example, target) in requests {
        out.line = example.line;
        if let Some(target) = target {
            request_line(facts, target, &mut out);
        }
        if let Some(payload) = &example.body {
            let place = format!("request example {}", payload.tag());
            json(payload, &place, &mut out);
            if let Some(value) = &payload.value {
                let with = Walk {
                    place: "request",
                    request: true,
                };
                body(&facts.request, value, &with, &mut out);
            }
        }
    }
    for example in &facts.response_examples {
        out.line = example.line;
        let tag = example.body.as_ref().map(Payload::tag).unwrap_or_default();
        let place = format!("response example {tag}");
        if let Some(payload) = &example.body {
            json(payload, &place, &mut out);
        }
        response(facts, example, &place, &mut out);
    }
}

/// The contradictions that facts still show when the page is gone: those of
/// examples against tables.
pub fn of_facts(facts: &Facts) -> Vec<Finding> {
    let requests: Vec<(RequestExample, Option<Target>)> = facts
        .request_examples
        .iter()
        .map(|example| {
            let target = example.url.as_deref().and_then(uri::url);
            let method = example.method.clone().unwrap_or_default();
            let target = target.map(|target| Target { method, ..target });
            (example.clone(), target)
        })
        .collect();
    let mut findings = Vec::new();
    find(facts, &requests, &mut findings);
    findings
}

struct Sink<'a> {
    findings: &'a mut Vec<Finding>,
    seen: BTreeSet<(Kind, String, u32)>,
    line: u32,
}

impl Sink<'_> {
    /// Adds a finding unless the same place of the example had one of the kind.
    fn add(&mut self, kind: Kind, place: &str, what: String) {
        if self.seen.insert((kind, place.to_owned(), self.line)) {
            self.findings
                .push(Finding::new(kind, place, self.line, what));
        }
    }
}

fn json(payload: &Payload, place: &str, out: &mut Sink<'_>) {
    if payload.value.is_none() {
        out.add(
            Kind::JsonBroken,
            place,
            "the example is not JSON and no rule repairs it".to_owned(),
        );
    } else if !payload.repairs.is_empty() {
        let rules: Vec<&str> = payload.repairs.iter().map(|r| r.as_str()).collect();
        out.add(
            Kind::JsonRepaired,
            place,
            format!("its JSON needed {}", rules.join(", ")),
        );
    }
}

fn request_line(facts: &Facts, target: &Target, out: &mut Sink<'_>) {
    let Some(operation) = facts.operation.value() else {
        return;
    };
    if !target.method.is_empty() && target.method != operation.method {
        out.add(
            Kind::ExampleMethod,
            "request",
            format!(
                "the URI says {}, the example {}",
                operation.method, target.method
            ),
        );
    }
    if !uri::fits(&operation.path, &target.path) {
        out.add(
            Kind::ExamplePath,
            "request",
            format!("{} does not fit {}", target.path, operation.path),
        );
    }
    for (name, value) in &target.query {
        let place = format!("query {name}");
        let listed = facts
            .parameters
            .items
            .iter()
            .find(|p| p.place == Some(Place::Query) && p.name == *name);
        match listed {
            None => out.add(
                Kind::ExampleQuery,
                &place,
                "the example uses it and no table lists it".to_owned(),
            ),
            Some(field) if !uri::is_placeholder(value) => {
                values(field, &Value::from(value.as_str()), &place, out);
            }
            Some(_) => {}
        }
    }
}

fn response(facts: &Facts, example: &ResponseExample, place: &str, out: &mut Sink<'_>) {
    let matching: Option<&Response> = match &example.status {
        Stated::Value(code) => {
            let found = facts.responses.iter().find(|r| r.status == example.status);
            if found.is_none() && !facts.responses.is_empty() {
                out.add(
                    Kind::ExampleStatus,
                    place,
                    format!("status {code} is listed nowhere else"),
                );
            }
            found
        }
        _ => facts
            .responses
            .iter()
            .find(|r| r.status.value().is_none_or(|c| (200..300).contains(c))),
    };
    let (Some(response), Some(value)) = (
        matching,
        example.body.as_ref().and_then(|b| b.value.as_ref()),
    ) else {
        return;
    };
    let name = match response.status.value() {
        Some(code) => format!("response {code}"),
        None => "response".to_owned(),
    };
    let with = Walk {
        place: &name,
        request: false,
    };
    body(&response.body, value, &with, out);
}

struct Walk<'a> {
    place: &'a str,
    request: bool,
}

fn body(body: &Body, value: &Value, with: &Walk<'_>, out: &mut Sink<'_>) {
    // Of several forms, the one that knows most of the example's names.
    let known = |fields: &[Field]| match value {
        Value::Object(map) => fields.iter().filter(|f| map.contains_key(&f.name)).count(),
        _ => 0,
    };
    let mut best: Option<&[Field]> = None;
    for form in &body.forms {
        if best.is_none_or(|b| known(&form.fields) > known(b)) {
            best = Some(&form.fields);
        }
    }
    if let Some(fields) = best {
        match value {
            Value::Array(items) => {
                for item in items {
                    object(fields, item, "[]", with, out);
                }
            }
            _ => object(fields, value, "", with, out),
        }
    }
}

fn at(with: &Walk<'_>, path: &str) -> String {
    format!("{} {path}", with.place).trim_end().to_owned()
}

fn object(fields: &[Field], value: &Value, path: &str, with: &Walk<'_>, out: &mut Sink<'_>) {
    let Value::Object(map) = value else {
        return;
    };
    let join = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for (name, inner) in map {
        let place = join(name);
        match fields.iter().find(|f| f.name == *name) {
            Some(field) => self::field(field, inner, &place, with, out),
            None => out.add(
                Kind::ExampleField,
                &at(with, &place),
                "the example has it and no table lists it".to_owned(),
            ),
        }
    }
    if with.request {
        for field in fields {
            if field.mandatory == Stated::Value(true) && !map.contains_key(&field.name) {
                out.add(
                    Kind::ExampleMandatory,
                    &at(with, &join(&field.name)),
                    "it is mandatory and an example leaves it out".to_owned(),
                );
            }
        }
    }
}

fn field(field: &Field, value: &Value, path: &str, with: &Walk<'_>, out: &mut Sink<'_>) {
    let shape = field
        .type_word
        .value()
        .map_or(Shape::Unknown, |w| type_name::shape(w));
    let fits = accepts(shape, value) && items_fit(field, value);
    if !fits {
        out.add(
            Kind::ExampleType,
            &at(with, path),
            format!(
                "documented as {}, the example has {}",
                field.type_word.value().map_or("", String::as_str),
                show_value(value)
            ),
        );
    }
    match value {
        Value::Array(items) => {
            let path = format!("{path}[]");
            for item in items {
                if field.fields.is_empty() {
                    values(field, item, &at(with, &path), out);
                } else {
                    object(&field.fields, item, &path, with, out);
                }
            }
        }
        Value::Object(_) if !field.fields.is_empty() => {
            object(&field.fields, value, path, with, out);
        }
        _ => values(field, value, &at(with, path), out),
    }
}

/// Whether the items of an array are of the type that the array's type says.
fn items_fit(field: &Field, value: &Value) -> bool {
    let item = field
        .type_word
        .value()
        .and_then(|w| type_name::item_type(w));
    match (item, value) {
        (Some(word), Value::Array(items)) => {
            let shape = type_name::shape(word);
            items.iter().all(|i| accepts(shape, i))
        }
        _ => true,
    }
}

/// Whether a value can be of a documented type; `null` can be of any.
pub(crate) fn accepts(shape: Shape, value: &Value) -> bool {
    match (shape, value) {
        (Shape::Any | Shape::Unknown, _) | (_, Value::Null) => true,
        (Shape::String, Value::String(_))
        | (Shape::Boolean, Value::Bool(_))
        | (Shape::Number, Value::Number(_))
        | (Shape::Object | Shape::Map, Value::Object(_))
        | (Shape::Array, Value::Array(_)) => true,
        (Shape::Integer, Value::Number(n)) => n.is_i64() || n.is_u64(),
        (Shape::ArrayOfObjects, Value::Array(items)) => items
            .iter()
            .all(|i| matches!(i, Value::Object(_) | Value::Null)),
        (Shape::ArrayOfScalars, Value::Array(items)) => !items
            .iter()
            .any(|i| matches!(i, Value::Object(_) | Value::Array(_))),
        _ => false,
    }
}

/// A JSON value in a few words.
fn show_value(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::String(text) if text.len() > 40 => "a string".to_owned(),
        other => other.to_string(),
    }
}

fn values(field: &Field, value: &Value, place: &str, out: &mut Sink<'_>) {
    if field.values.is_empty() {
        return;
    }
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return,
    };
    if text.is_empty() || field.values.contains(&text) {
        return;
    }
    let cased = field.values.iter().find(|v| v.eq_ignore_ascii_case(&text));
    match cased {
        Some(documented) => out.add(
            Kind::ExampleCase,
            place,
            format!("documented as {documented}, the example has {text:?}"),
        ),
        None => out.add(
            Kind::ExampleValue,
            place,
            format!("{} is not among the documented values", show_value(value)),
        ),
    }
}
