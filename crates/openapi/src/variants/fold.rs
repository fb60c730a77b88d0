//! Several operations as the one that is published in their place.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{MARK, Mark, SCHEMAS, VARIANTS, name_of_body};
use crate::alternatives::{Spot, View, view};
use crate::grammar::{METHODS, is_success, json_content};
use crate::pointer::join;
use crate::reference::resolve;

impl Mark {
    fn write(&self) -> Value {
        match self {
            Self::Field(field) => json!({ "field": field }),
            Self::Value(field, value) => json!({ "field": field, "value": value }),
            Self::Without(fields) => json!({ "without": fields }),
        }
    }
}

/// What keeps operations from being folded: where, what, and what to write instead.
pub(crate) type Unfoldable = (String, String, &'static str);

/// Makes one operation of each list of `x-variants`, beside which it has what a person wrote.
///
/// # Errors
/// What keeps them from it.
pub(crate) fn fold(mut document: Value) -> Result<Value, Vec<Unfoldable>> {
    let mut folded = Vec::new();
    let mut diagnostics = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method).filter(|one| one.get(VARIANTS).is_some()) else {
                continue;
            };
            let at = join(&join("/paths", path), method);
            match one(&document, operation, &at) {
                Ok(operation) => {
                    let name = operation["operationId"].as_str().map(name_of_body);
                    let name = name.unwrap_or_default();
                    if document.pointer(&join(SCHEMAS, &name)).is_some() {
                        let message =
                            format!("a schema is called {name} like the body of this operation");
                        diagnostics.push((at, message, "give one of them another name"));
                    } else {
                        folded.push((at, name, operation));
                    }
                }
                Err(found) => diagnostics.extend(found),
            }
        }
    }
    for (at, name, mut operation) in folded {
        let body = operation.pointer_mut("/requestBody/content/application~1json/schema");
        let reference = json!({ "$ref": format!("#{}", join(SCHEMAS, &name)) });
        if let Some(body) = body.map(|schema| std::mem::replace(schema, reference)) {
            document["components"]["schemas"][name] = body;
        }
        if let Some(place) = document.pointer_mut(&at) {
            *place = operation;
        }
    }
    if diagnostics.is_empty() {
        Ok(document)
    } else {
        Err(diagnostics)
    }
}

fn one(document: &Value, written: &Value, at: &str) -> Result<Value, Vec<Unfoldable>> {
    let mut diagnostics = Vec::new();
    let at_variants = format!("{at}/{VARIANTS}");
    let variants: Vec<&Value> = written[VARIANTS].as_array().into_iter().flatten().collect();
    let help = "list at least two operations, each as a $ref to its file";
    if variants.len() < 2 || !variants.iter().all(|one| one["operationId"].is_string()) {
        return Err(vec![(
            at_variants,
            "these are no operations".to_owned(),
            help,
        )]);
    }
    for key in ["parameters", "requestBody", "responses"] {
        if written.get(key).is_some() {
            let help = "write it in the files of the operations";
            diagnostics.push((
                join(at, key),
                format!("{key} is made of the operations listed"),
                help,
            ));
        }
    }
    for key in ["operationId", "summary", "description", "tags"] {
        if written.get(key).is_none() {
            let message = format!("the operation that is published in their place has no {key}");
            diagnostics.push((at.to_owned(), message, "add it beside x-variants"));
        }
    }
    let marks = marks(document, &variants);
    for (index, mark) in marks.iter().enumerate() {
        if mark.is_none() {
            diagnostics.push((
                format!("{at_variants}/{index}"),
                "nothing tells its bodies from those of the other operations of this path".to_owned(),
                "require a field that the others do not have, or one with a single value that differs; one operation \
                 may do without if all others have such fields",
            ));
        }
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let marks: Vec<Mark> = marks.into_iter().flatten().collect();
    let parameters = parameters(&variants).map_err(|name| {
        let help = "describe it in one component, and refer to that";
        vec![(
            at_variants,
            format!("the operations differ in the parameter {name:?}"),
            help,
        )]
    })?;
    let mut folded = written.as_object().cloned().unwrap_or_default();
    folded.shift_remove(VARIANTS);
    if !parameters.is_empty() {
        folded.insert("parameters".to_owned(), Value::Array(parameters));
    }
    folded.insert("requestBody".to_owned(), body(document, &variants, &marks));
    folded.insert("responses".to_owned(), responses(document, &variants));
    let marked = variants.iter().zip(&marks).map(|(variant, mark)| {
        let mut variant = (*variant).clone();
        variant[MARK] = mark.write();
        variant
    });
    folded.insert(VARIANTS.to_owned(), marked.collect());
    Ok(Value::Object(folded))
}

/// What tells each operation's bodies from those of the others.
fn marks(document: &Value, variants: &[&Value]) -> Vec<Option<Mark>> {
    let bodies: Vec<View<'_>> = variants
        .iter()
        .map(|variant| {
            let body = resolve(document, &variant["requestBody"]);
            let schema = json_content(body).map_or(&Value::Null, |media| &media["schema"]);
            view(&Spot::of(document, schema))
        })
        .collect();
    let single = |body: &View<'_>, name: &str| {
        let values = body.properties.get(name)?.at_keyword("enum")?.as_array()?;
        match values.as_slice() {
            [value] if body.required.contains(name) => Some(value.clone()),
            _ => None,
        }
    };
    let mut marks: Vec<Option<Mark>> = bodies
        .iter()
        .enumerate()
        .map(|(index, body)| {
            let others = || {
                let others = bodies.iter().enumerate();
                others.filter_map(move |(other, body)| (other != index).then_some(body))
            };
            let own = |name: &&&str| others().all(|other| !other.properties.contains_key(**name));
            if let Some(name) = body.required.iter().find(own) {
                return Some(Mark::Field((*name).to_owned()));
            }
            body.required.iter().find_map(|name| {
                let value = single(body, name)?;
                let differs = |other: &View<'_>| single(other, name).is_some_and(|it| it != value);
                others()
                    .all(differs)
                    .then(|| Mark::Value((*name).to_owned(), value))
            })
        })
        .collect();
    let fields = marks.iter().filter_map(own_field).map(ToOwned::to_owned);
    let fields: Vec<String> = fields.collect();
    if fields.len() + 1 == marks.len()
        && let Some(left) = marks.iter_mut().find(|mark| mark.is_none())
    {
        *left = Some(Mark::Without(fields));
    }
    marks
}

/// The field that no other operation has.
fn own_field(mark: &Option<Mark>) -> Option<&str> {
    match mark {
        Some(Mark::Field(field)) => Some(field),
        _ => None,
    }
}

/// The parameters of all operations, each once.
fn parameters(variants: &[&Value]) -> Result<Vec<Value>, String> {
    let mut found: Vec<Value> = Vec::new();
    for parameter in variants
        .iter()
        .flat_map(|variant| variant["parameters"].as_array().into_iter().flatten())
    {
        let known = found.iter_mut().find(|known| {
            ["$ref", "name", "in"]
                .iter()
                .all(|key| known.get(key) == parameter.get(key))
        });
        match known {
            None => found.push(parameter.clone()),
            Some(known) => {
                if without_examples(known) != without_examples(parameter) {
                    return Err(parameter["name"].as_str().unwrap_or_default().to_owned());
                }
                add_examples(known, parameter);
            }
        }
    }
    Ok(found)
}

/// One body of all: alternatives that exclude each other.
fn body(document: &Value, variants: &[&Value], marks: &[Mark]) -> Value {
    let mut media = json!({ "schema": { "oneOf": [] } });
    for (index, (variant, mark)) in variants.iter().zip(marks).enumerate() {
        let body = resolve(document, &variant["requestBody"]);
        let Some(own) = json_content(body) else {
            continue;
        };
        let mut branch = json!({ "allOf": [own["schema"]] });
        // An operation that is marked by a value requires it itself, and no other value fits.
        let others: Vec<Value> = marks
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .filter_map(|(_, mark)| match mark {
                // Linters look for a required field among the properties beside it.
                Mark::Field(field) => {
                    Some(json!({ "required": [field], "properties": { field.as_str(): {} } }))
                }
                _ => None,
            })
            .collect();
        if let Mark::Field(field) | Mark::Value(field, _) = mark {
            branch["required"] = json!([field]);
        }
        match others.as_slice() {
            [] => {}
            [only] => branch["not"] = only.clone(),
            _ => branch["not"] = json!({ "anyOf": others }),
        }
        if let Some(branches) = media["schema"]["oneOf"].as_array_mut() {
            branches.push(branch);
        }
        add_examples(&mut media, own);
    }
    json!({ "required": true, "content": { "application/json": media } })
}

/// The responses of all: where they differ, any of them may come.
fn responses(document: &Value, variants: &[&Value]) -> Value {
    let mut merged = Map::new();
    for variant in variants {
        let id = variant["operationId"].as_str().unwrap_or_default();
        for (status, written) in variant["responses"].as_object().into_iter().flatten() {
            let mut own = match merged.get(status) {
                // One that is shared by all stays a reference.
                Some(known) if known == written => continue,
                None if !is_success(status) => {
                    merged.insert(status.clone(), written.clone());
                    continue;
                }
                _ => resolve(document, written).clone(),
            };
            // A link of one operation is none of the others'.
            if let Some(links) = own.get_mut("links").and_then(Value::as_object_mut) {
                let named = std::mem::take(links).into_iter();
                links.extend(named.map(|(name, link)| (format!("{name}{id}"), link)));
            }
            match merged.get_mut(status) {
                None => {
                    merged.insert(status.clone(), own);
                }
                Some(known) => {
                    let mut together = resolve(document, known).clone();
                    join_responses(&mut together, &own);
                    *known = together;
                }
            }
        }
    }
    Value::Object(merged)
}

fn join_responses(known: &mut Value, other: &Value) {
    if let Some(links) = other["links"].as_object() {
        match known.get_mut("links").and_then(Value::as_object_mut) {
            Some(all) => all.extend(links.clone()),
            None => known["links"] = Value::Object(links.clone()),
        }
    }
    let text = other["description"].as_str().unwrap_or_default();
    if let Some(Value::String(description)) = known.get_mut("description")
        && !description.contains(text)
    {
        description.push(' ');
        description.push_str(text);
    }
    let Some(media) = json_content(other) else {
        return;
    };
    if known.get("content").is_none() {
        known["content"] = other["content"].clone();
        return;
    }
    let all = &mut known["content"]["application/json"];
    add_examples(all, media);
    let mut schemas = match all["schema"].get("anyOf").and_then(Value::as_array) {
        Some(schemas) => schemas.clone(),
        None => vec![all["schema"].clone()],
    };
    if !schemas.contains(&media["schema"]) {
        schemas.push(media["schema"].clone());
        all["schema"] = json!({ "anyOf": schemas });
    }
}

fn without_examples(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(object) = value.as_object_mut() {
        object.shift_remove("examples");
    }
    value
}

/// Adds examples; one whose name is taken by another gets a number.
fn add_examples(to: &mut Value, from: &Value) {
    let Some(examples) = from.get("examples").and_then(Value::as_object) else {
        return;
    };
    let mut all = match to.get("examples").and_then(Value::as_object) {
        Some(all) => all.clone(),
        None => Map::new(),
    };
    for (name, example) in examples {
        if all.get(name) == Some(example) {
            continue;
        }
        let taken: BTreeSet<&str> = all.keys().map(String::as_str).collect();
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| !taken.contains(name.as_str()));
        if let Some(name) = free {
            all.insert(name, example.clone());
        }
    }
    to["examples"] = Value::Object(all);
}
