//! Parameters outside the bodies, and types and values.

use otcdb_openapi::alternatives::{Spot, View, view};

use super::Report;
use crate::facts::{Facts, Field, Place, State, Stated};
use crate::type_name::{self, Shape};

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
        .map_or(Shape::Unknown, |w| type_name::shape(w));
    if let Some(expected) = shape.openapi() {
        let word = field.type_word.value().map_or("", String::as_str);
        let item = type_name::item_type(word).filter(|_| expected == "array");
        let entry = type_name::entry_type(word).filter(|_| shape == Shape::Map);
        let same = agrees(view, expected)
            && inner_agrees(view.items.as_ref(), item)
            && inner_agrees(view.entries.as_ref(), entry);
        if !same {
            report.add(
                &format!("{key}: type"),
                field.line,
                word.to_owned(),
                typed(view),
                &view.pointer,
                match (item, entry) {
                    (Some(item), _) => format!("write type: array with items of type: {item}"),
                    (_, Some(entry)) => {
                        format!("write type: object with additionalProperties of type: {entry}")
                    }
                    _ => format!("write type: {expected}"),
                },
            );
            return;
        }
    }
    values(field, shape, view, key, report);
}

/// Whether a schema has this type, or says why it has none.
fn agrees(view: &View<'_>, expected: &str) -> bool {
    match view.types.is_empty() {
        true => view.any,
        false => view.types.contains(expected),
    }
}

/// The same of what an array or a map holds. Where there is none, it is not that which has lost its type.
fn inner_agrees(schema: Option<&Spot<'_>>, expected: Option<&str>) -> bool {
    match (schema, expected) {
        (Some(schema), Some(expected)) => {
            agrees(&otcdb_openapi::alternatives::view(schema), expected)
        }
        _ => true,
    }
}

/// The types of a schema, and of what it holds if there is none or no type there.
fn typed(view: &View<'_>) -> String {
    let own: Vec<&str> = view.types.iter().copied().collect();
    let inner = view.items.as_ref().or(view.entries.as_ref());
    let untyped =
        inner.is_some_and(|inner| otcdb_openapi::alternatives::view(inner).types.is_empty());
    match (own.is_empty(), untyped) {
        (true, _) => "no type".to_owned(),
        (false, true) => format!("{} of no type", own.join(" or ")),
        (false, false) => own.join(" or "),
    }
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
        let keyword = match key.starts_with("response") {
            true => otcdb_openapi::OPEN,
            false => "enum",
        };
        advice.push(format!("add {} to {keyword}", missing.join(", ")));
    }
    if !extra.is_empty() {
        advice.push(format!("say where {} is known from", extra.join(", ")));
    }
    report.add(
        &format!("{key}: values"),
        field.line,
        field.values.join(", "),
        if described.is_empty() {
            "no values".to_owned()
        } else {
            described.join(", ")
        },
        &view.pointer,
        advice.join("; "),
    );
}
