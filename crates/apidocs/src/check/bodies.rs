//! Request and response bodies.

use std::collections::BTreeSet;

use otcdb_openapi::alternatives::{Spot, View, view, views};

use super::Report;
use super::parameters::{type_and_values, yes_no};
use crate::facts::{Facts, Field, Response, State, Stated};
use crate::type_name::{self, Shape};

/// Compares the request body of all pages with the description's.
pub(crate) fn request(pages: &[&Facts], operation: &Spot<'_>, report: &mut Report) {
    let body = operation.at("requestBody");
    let schema = body.as_ref().and_then(|b| content(b));
    let stated: Vec<&&Facts> = pages
        .iter()
        .filter(|f| f.request.state == State::Stated)
        .collect();
    let Some(first) = pages.first() else { return };
    match (&schema, stated.is_empty()) {
        (None, true) => {}
        (None, false) => {
            for facts in stated {
                report.turn_to(facts);
                report.add(
                    "request: missing",
                    facts.request.forms.first().map_or(0, |f| f.line),
                    "a request body".to_owned(),
                    "none".to_owned(),
                    &operation.pointer,
                    "add requestBody with a JSON schema".to_owned(),
                );
            }
        }
        (Some(schema), true) => {
            // What is only missing from the page may still be true.
            if pages.iter().all(|f| f.request.state == State::None) {
                report.turn_to(first);
                report.add(
                    "request: extra",
                    0,
                    "that there is no request body".to_owned(),
                    "one".to_owned(),
                    &schema.pointer,
                    "remove requestBody".to_owned(),
                );
            }
        }
        (Some(schema), false) => {
            let forms: Vec<(&Facts, &[Field])> = stated
                .iter()
                .flat_map(|f| {
                    f.request
                        .forms
                        .iter()
                        .map(|form| (**f, form.fields.as_slice()))
                })
                .collect();
            root("request", &forms, schema, true, report);
        }
    }
}

/// Compares statuses and response bodies.
pub(crate) fn responses(pages: &[&Facts], operation: &Spot<'_>, report: &mut Report) {
    let described = operation.at("responses");
    let described: Vec<(&str, Spot<'_>)> = described.iter().flat_map(Spot::members).collect();
    let find = |code: u16| {
        let exact = code.to_string();
        let range = format!("{}XX", code / 100);
        let by = |wanted: &str| {
            described
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(wanted))
                .map(|(_, spot)| spot.clone())
        };
        by(&exact).or_else(|| by(&range).filter(|_| code >= 400))
    };
    let mut codes: BTreeSet<u16> = BTreeSet::new();
    for facts in pages {
        for response in &facts.responses {
            let Stated::Value(code) = response.status else {
                continue;
            };
            if find(code).is_none() {
                report.turn_to(facts);
                report.add(
                    &format!("response {code}: missing"),
                    response.line,
                    format!("the status {code}"),
                    "no such status".to_owned(),
                    &format!("{}/responses", operation.pointer),
                    format!("add the response {code}"),
                );
            }
            codes.insert(code);
        }
    }
    extra_statuses(pages, &described, &codes, report);
    for code in codes {
        if let Some(spot) = find(code) {
            body_of(pages, code, &spot, report);
        }
    }
    // A page that has lost its status speaks of the described success.
    let lost: Vec<&&Facts> = pages
        .iter()
        .filter(|f| f.responses.iter().any(|r| r.status.is_missing()))
        .collect();
    let success = described.iter().find(|(key, _)| key.starts_with('2'));
    if let (false, Some((key, spot))) = (lost.is_empty(), success)
        && let Some(schema) = content(spot)
    {
        let forms: Vec<(&Facts, &[Field])> = lost
            .iter()
            .flat_map(|f| {
                f.responses
                    .iter()
                    .filter(|r| r.status.is_missing())
                    .flat_map(|r| {
                        r.body
                            .forms
                            .iter()
                            .map(|form| (**f, form.fields.as_slice()))
                    })
            })
            .collect();
        root(&format!("response {key}"), &forms, &schema, true, report);
    }
}

fn extra_statuses(
    pages: &[&Facts],
    described: &[(&str, Spot<'_>)],
    codes: &BTreeSet<u16>,
    report: &mut Report,
) {
    if codes.is_empty() {
        return;
    }
    let errors = codes.iter().any(|c| *c >= 400);
    for (key, spot) in described {
        let Ok(code) = key.parse::<u16>() else {
            continue;
        };
        // Pages that list no errors at all say nothing about them.
        if codes.contains(&code) || (code >= 400 && !errors) {
            continue;
        }
        if let Some(facts) = pages.first() {
            report.turn_to(facts);
        }
        report.add(
            &format!("response {code}: extra"),
            0,
            "no such status".to_owned(),
            format!("the response {code}"),
            &spot.pointer,
            "remove the response".to_owned(),
        );
    }
}

fn body_of(pages: &[&Facts], code: u16, spot: &Spot<'_>, report: &mut Report) {
    let of: Vec<(&Facts, &Response)> = pages
        .iter()
        .filter_map(|f| {
            f.responses
                .iter()
                .find(|r| r.status == Stated::Value(code))
                .map(|r| (*f, r))
        })
        .collect();
    let schema = content(spot);
    let forms: Vec<(&Facts, &[Field])> = of
        .iter()
        .flat_map(|(f, r)| r.body.forms.iter().map(|form| (*f, form.fields.as_slice())))
        .collect();
    let place = format!("response {code}");
    match schema {
        // What stands in front of a service answers with errors of its own, of which no page of an operation speaks.
        Some(schema) if !forms.is_empty() => root(&place, &forms, &schema, code < 400, report),
        Some(schema) => {
            if let Some((facts, response)) = of.iter().find(|(_, r)| r.body.state == State::None) {
                report.turn_to(facts);
                report.add(
                    &format!("{place}: body"),
                    response.line,
                    "that there is no body".to_owned(),
                    "one".to_owned(),
                    &schema.pointer,
                    "remove the content of the response".to_owned(),
                );
            }
        }
        None if !forms.is_empty() => {
            if let Some((facts, response)) = of.first() {
                report.turn_to(facts);
                report.add(
                    &format!("{place}: body"),
                    response.line,
                    "a body".to_owned(),
                    "none".to_owned(),
                    &spot.pointer,
                    "add content with a JSON schema".to_owned(),
                );
            }
        }
        None => {}
    }
}

/// The JSON schema of a body.
fn content<'a>(body: &Spot<'a>) -> Option<Spot<'a>> {
    let content = body.at("content")?;
    let members = content.members();
    members
        .iter()
        .find(|(kind, _)| kind.contains("json"))
        .or_else(|| members.first())
        .and_then(|(_, media)| media.at("schema"))
}

/// Compares the top of a body: each form with the alternative that knows most
/// of its fields. With `closed`, it may have no others.
fn root(
    place: &str,
    forms: &[(&Facts, &[Field])],
    schema: &Spot<'_>,
    closed: bool,
    report: &mut Report,
) {
    let whole = view(schema);
    let (schema, path) = match &whole.items {
        Some(items) if whole.types.contains("array") => (items.clone(), "[]"),
        _ => (schema.clone(), ""),
    };
    let alternatives = views(&schema);
    let mixed = alternatives.len() == 1 && forms.len() > 1;
    let mut met = Met::default();
    for (facts, fields) in forms {
        report.turn_to(facts);
        let with = best(&alternatives, fields);
        for field in *fields {
            let uniform = !mixed
                || forms.iter().all(|(_, f)| {
                    f.iter()
                        .any(|x| x.name == field.name && x.mandatory == field.mandatory)
                });
            let here = Here {
                place,
                path: path.to_owned(),
            };
            one(field, with, &here, uniform, &mut met, report);
        }
    }
    for alternative in &alternatives {
        for (name, property) in &alternative.properties {
            met.extras
                .push((join(path, name), property.pointer.clone(), String::new()));
        }
    }
    if !closed {
        return;
    }
    // A field is extra only if no form of the body has it, on whichever page.
    for (path, pointer, page) in met.extras {
        if !met.documented.contains(&path) {
            if !page.is_empty() {
                report.page = page;
            }
            extra(place, &path, &pointer, report);
        }
    }
}

/// What the forms of a body have in common.
#[derive(Default)]
struct Met {
    /// Paths of documented fields.
    documented: BTreeSet<String>,
    /// Properties that a form does not have: path, pointer, and page.
    extras: Vec<(String, String, String)>,
}

struct Here<'a> {
    place: &'a str,
    path: String,
}

fn best<'v, 'a>(alternatives: &'v [View<'a>], fields: &[Field]) -> &'v View<'a> {
    static NOTHING: std::sync::LazyLock<View<'static>> = std::sync::LazyLock::new(View::default);
    let known = |v: &View<'_>| {
        fields
            .iter()
            .filter(|f| v.properties.contains_key(f.name.as_str()))
            .count()
    };
    let mut found: Option<&View<'a>> = None;
    for alternative in alternatives {
        if found.is_none_or(|f| known(alternative) > known(f)) {
            found = Some(alternative);
        }
    }
    found.unwrap_or(&NOTHING)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn extra(place: &str, path: &str, pointer: &str, report: &mut Report) {
    report.add(
        &format!("{place} {path}: extra"),
        0,
        "no such field".to_owned(),
        "the field".to_owned(),
        pointer,
        "remove the property, or say where it is known from".to_owned(),
    );
}

fn one(
    field: &Field,
    with: &View<'_>,
    here: &Here<'_>,
    uniform: bool,
    met: &mut Met,
    report: &mut Report,
) {
    let path = join(&here.path, &field.name);
    met.documented.insert(path.clone());
    let key = format!("{} {path}", here.place);
    // What a map holds is described by its entries.
    let property = with.properties.get(field.name.as_str());
    let Some(property) = property.or(with.entries.as_ref()) else {
        let word = field.type_word.value().map_or("no type", String::as_str);
        report.add(
            &format!("{key}: missing"),
            field.line,
            format!("the field, {word}"),
            "no such property".to_owned(),
            &with.pointer,
            format!("add the property {}", field.name),
        );
        return;
    };
    // A client relies on no field of a response, whatever its page says.
    let may_be_left_out = here.place.starts_with("response");
    if let Stated::Value(stated) = field.mandatory
        && uniform
        && stated != with.required.contains(field.name.as_str())
        && !(stated && may_be_left_out)
    {
        report.add(
            &format!("{key}: mandatory"),
            field.line,
            format!("mandatory {}", yes_no(stated)),
            format!("required {}", yes_no(!stated)),
            &with.pointer,
            if stated {
                format!("add {} to required", field.name)
            } else {
                format!("take {} out of required", field.name)
            },
        );
    }
    let joined = view(property);
    type_and_values(field, &joined, &key, report);
    let shape = field
        .type_word
        .value()
        .map_or(Shape::Unknown, |w| type_name::shape(w));
    // A schema says nothing of the JSON inside a string.
    if field.fields.is_empty() || shape.is_scalar() {
        return;
    }
    let documented_array = shape.is_array();
    // One that has lost its type still says what it holds.
    let described_array = joined.types.contains("array") || joined.types.is_empty();
    let (schema, path) = match &joined.items {
        Some(items) if described_array => (items.clone(), format!("{path}[]")),
        _ if documented_array => (property.clone(), format!("{path}[]")),
        _ => (property.clone(), path),
    };
    let alternatives = views(&schema);
    let inner = best(&alternatives, &field.fields);
    let here = Here {
        place: here.place,
        path,
    };
    for child in &field.fields {
        one(child, inner, &here, true, met, report);
    }
    for (name, property) in &inner.properties {
        let page = report.page.clone();
        met.extras
            .push((join(&here.path, name), property.pointer.clone(), page));
    }
}
