//! Parameters outside the bodies, and types and values.

use otcdb_openapi::alternatives::{Spot, View, view};

use super::Report;
use crate::facts::{Facts, Field, Place, State, Stated};
use crate::typeword::{self, Shape};

/// Compares the parameters of all pages with the description's.
pub(crate) fn compare(
    pages: &[&Facts],
    path: &Spot<'_>,
    operation: &Spot<'_>,
    report: &mut Report,
) {
    let described = described(path, operation);
    for facts in pages {
        report.turn_to(facts);
        for field in &facts.parameters.items {
            one(field, &described, operation, report);
        }
    }
    let stated = pages.iter().any(|f| f.parameters.state != State::Missing);
    for parameter in &described {
        let (Some(name), Some(place)) = (parameter.text("name"), parameter.text("in")) else {
            continue;
        };
        let documented = pages
            .iter()
            .flat_map(|f| &f.parameters.items)
            .any(|f| f.name == name);
        if stated && !documented && !implied(name, place, operation) {
            if let Some(facts) = pages.first() {
                report.turn_to(facts);
            }
            report.add(
                &format!("parameter {place} {name}: extra"),
                0,
                "no such parameter".to_owned(),
                "the parameter".to_owned(),
                &parameter.pointer,
                "remove the parameter, or say where it is known from".to_owned(),
            );
        }
    }
}

/// The parameters of an operation, those of its path included.
pub(crate) fn described<'a>(path: &Spot<'a>, operation: &Spot<'a>) -> Vec<Spot<'a>> {
    let mut described: Vec<Spot<'a>> = operation
        .at("parameters")
        .iter()
        .flat_map(Spot::items)
        .collect();
    for shared in path.at("parameters").iter().flat_map(Spot::items) {
        let overridden = described
            .iter()
            .any(|p| p.text("name") == shared.text("name") && p.text("in") == shared.text("in"));
        if !overridden {
            described.push(shared);
        }
    }
    described
}

fn one(field: &Field, described: &[Spot<'_>], operation: &Spot<'_>, report: &mut Report) {
    let place = field.place.map_or("query", Place::as_str);
    let key = format!("parameter {place} {}", field.name);
    let named = |p: &&Spot<'_>| {
        p.text("name")
            .is_some_and(|n| same_name(n, &field.name, place))
    };
    let found = described
        .iter()
        .find(|p| named(p) && p.text("in") == Some(place));
    let Some(parameter) = found else {
        if implied(&field.name, place, operation) {
            return;
        }
        match described.iter().find(named) {
            Some(other) => report.add(
                &format!("{key}: place"),
                field.line,
                format!("in {place}"),
                format!("in {}", other.text("in").unwrap_or_default()),
                &other.pointer,
                format!("write in: {place}"),
            ),
            None => report.add(
                &format!("{key}: missing"),
                field.line,
                format!("the parameter in {place}"),
                "no such parameter".to_owned(),
                &format!("{}/parameters", operation.pointer),
                format!("add the parameter {}", field.name),
            ),
        }
        return;
    };
    let required = parameter
        .value
        .get("required")
        .and_then(serde_json::Value::as_bool)
        == Some(true);
    if let Stated::Value(stated) = field.mandatory
        && stated != required
    {
        report.add(
            &format!("{key}: mandatory"),
            field.line,
            format!("mandatory {}", yes_no(stated)),
            format!("required {}", yes_no(required)),
            &parameter.pointer,
            format!("write required: {stated}"),
        );
    }
    if let Some(schema) = parameter.at("schema") {
        type_and_values(field, &view(&schema), &key, report);
    }
}

fn same_name(a: &str, b: &str, place: &str) -> bool {
    if place == "header" {
        a.eq_ignore_ascii_case(b)
    } else {
        a == b
    }
}

/// Headers that OpenAPI leaves out of the parameters, and those that a
/// security scheme of the document sends.
fn implied(name: &str, place: &str, operation: &Spot<'_>) -> bool {
    if place != "header" {
        return false;
    }
    let standard = ["content-type", "accept", "authorization"]
        .iter()
        .any(|h| name.eq_ignore_ascii_case(h));
    standard
        || Spot::root(operation.document())
            .at("components")
            .and_then(|c| c.at("securitySchemes"))
            .iter()
            .flat_map(Spot::members)
            .any(|(_, scheme)| {
                scheme.text("in") == Some("header")
                    && scheme
                        .text("name")
                        .is_some_and(|n| n.eq_ignore_ascii_case(name))
            })
}

/// `yes` or `no`.
pub(crate) fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Compares the type and the values of a field with its schema.
pub(crate) fn type_and_values(field: &Field, view: &View<'_>, key: &str, report: &mut Report) {
    let shape = field
        .type_word
        .value()
        .map_or(Shape::Unknown, |w| typeword::shape(w));
    if let (Some(expected), false) = (shape.openapi(), view.types.is_empty()) {
        let item = field.type_word.value().and_then(|w| typeword::item_type(w));
        let inner = view.items.as_ref().map(otcdb_openapi::alternatives::view);
        let items_differ = match (item, &inner) {
            (Some(wanted), Some(v)) if view.types.contains("array") && !v.types.is_empty() => {
                !v.types.contains(wanted)
            }
            _ => false,
        };
        if !view.types.contains(expected) || items_differ {
            let has: Vec<&str> = view.types.iter().copied().collect();
            report.add(
                &format!("{key}: type"),
                field.line,
                field.type_word.value().cloned().unwrap_or_default(),
                has.join(" or "),
                &view.pointer,
                match item.filter(|_| expected == "array") {
                    Some(item) => format!("write type: array with items of type: {item}"),
                    None => format!("write type: {expected}"),
                },
            );
            return;
        }
    }
    values(field, shape, view, key, report);
}

fn values(field: &Field, shape: Shape, view: &View<'_>, key: &str, report: &mut Report) {
    let booleans = field
        .values
        .iter()
        .all(|v| v.eq_ignore_ascii_case("true") || v.eq_ignore_ascii_case("false"));
    let whole = matches!(shape, Shape::Object | Shape::Map | Shape::ArrayOfObjects);
    if field.values.is_empty() || booleans || whole {
        return;
    }
    let inner = view.items.as_ref().map(otcdb_openapi::alternatives::view);
    let described = match &inner {
        Some(v) if view.values.is_empty() => &v.values,
        _ => &view.values,
    };
    let missing: Vec<&str> = field
        .values
        .iter()
        .filter(|v| !described.contains(v))
        .map(String::as_str)
        .collect();
    let extra: Vec<&str> = described
        .iter()
        .filter(|v| !field.values.contains(v))
        .map(String::as_str)
        .collect();
    if missing.is_empty() && extra.is_empty() {
        return;
    }
    let mut advice = Vec::new();
    if !missing.is_empty() {
        advice.push(format!("add {} to enum", missing.join(", ")));
    }
    if !extra.is_empty() {
        advice.push(format!("say where {} is known from", extra.join(", ")));
    }
    report.add(
        &format!("{key}: values"),
        field.line,
        field.values.join(", "),
        if described.is_empty() {
            "no enum".to_owned()
        } else {
            described.join(", ")
        },
        &view.pointer,
        advice.join("; "),
    );
}
