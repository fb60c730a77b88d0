//! Drafts of a description: what the facts of pages say, in the form in which a person would write it.
//!
//! What no fact tells stands as [`UNWRITTEN`]. Types are judged from tables and all examples; what is equal is written
//! once. The same pages give the same draft.

mod components;
mod enums;
mod errors;
mod fit;
mod names;
mod naming;
mod node;
mod operation;
mod page_parameters;
mod paging;
mod parameters;
mod part;
mod plan;
mod resources;
mod style;
mod times;
mod waiting;

use std::collections::BTreeMap;

use otcdb_openapi::written::operations;
use otcdb_openapi::{Bundle, UNWRITTEN};
use serde_json::{Map, Value, json};

use crate::facts::Facts;
use crate::interpret::uri;
use crate::permissions::Permissions;
use components::{Component, Components};
use plan::Plan;

pub use naming::{NameError, Named, read_names};
pub use part::{ExamplePart, NewComponent, Part, Parts};
pub use style::{at_depth, document};

/// A page to draft an operation from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DraftPage {
    /// The page's id; the name of its file where it has none.
    pub id: String,
    /// Whose documentation it is.
    pub source: String,
    /// The folder that it lies in, in snake_case.
    pub section: String,
    /// What it states.
    pub facts: Facts,
}

impl DraftPage {
    /// A page of somebody's documentation, in a section of it.
    pub fn new(
        id: impl Into<String>,
        source: impl Into<String>,
        section: impl Into<String>,
        facts: Facts,
    ) -> Self {
        Self {
            id: id.into(),
            source: source.into(),
            section: section.into(),
            facts,
        }
    }
}

/// A drafted operation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Drafted {
    /// The operationId.
    pub id: String,
    /// `POST`.
    pub method: String,
    /// The path, as the description has it.
    pub path: String,
    /// Its section.
    pub section: String,
    /// Its file below the service's folder.
    pub file: String,
    /// The operation.
    pub value: Value,
    /// Whether others have the same method and path.
    pub is_variant: bool,
}

/// What was drafted of one service.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Draft {
    /// The operations, by section.
    pub operations: Vec<Drafted>,
    /// What is new among the components: file below the service's folder, name, value.
    pub components: Vec<(String, String, Value)>,
}

/// Drafts the operations of pages of one service, each of which states method and path. With `described`, what is
/// described of the service already is used again, and nothing of it is drafted. `rights` are the pages that say which
/// rights operations need.
pub fn draft(
    pages: &[DraftPage],
    described: Option<&Bundle>,
    given: &[Named],
    rights: &[Permissions],
) -> Draft {
    let mut plans = plans(pages, described);
    naming::name(&mut plans, given, described);
    let mut components = Components::default();
    let mut known = Vec::new();
    if let Some(bundle) = described {
        components = Components::described(&bundle.document, &|pointer| {
            let file = bundle.origin(pointer).file;
            file.split_once('/').map_or("", |(_, file)| file).to_owned()
        });
        for one in operations(&bundle.document) {
            known.push(resources::Known {
                method: one.method.to_uppercase(),
                path: one.path.to_owned(),
                resource: one.value["x-resource"].as_str().map(str::to_owned),
            });
        }
    }
    let samples = samples(&plans);
    let sample = |name: &str| samples.get(name).cloned();
    let pagings: Vec<Option<Value>> = plans.iter_mut().map(paging::of).collect();
    let is_paged: Vec<bool> = pagings.iter().map(Option::is_some).collect();
    let resources = resources::guess(&plans, &is_paged, &known);
    let common = errors::prepare(&plans, described, &mut components);
    let scopes: Vec<(String, String)> = plans
        .iter()
        .map(|plan| (format!("components/{}.yaml", plan.section()), plan.noun()))
        .collect();
    // Responses first, so that what is listed has the plain name.
    let responses: Vec<Value> = plans
        .iter()
        .zip(&scopes)
        .map(|(plan, scope)| operation::response_schema(plan, scope, &mut components))
        .collect();
    let requests: Vec<Value> = plans
        .iter()
        .zip(&scopes)
        .map(|(plan, scope)| operation::request_schema(plan, scope, &mut components))
        .collect();
    let parameters = parameters::all(&plans, &scopes, &mut components, &sample);
    enums::name_constants(&mut components);
    let waiting = waiting::Ends::of(&plans, described);
    let shared: BTreeMap<(String, String), usize> =
        plans.iter().fold(BTreeMap::new(), |mut found, plan| {
            *found
                .entry((plan.method.clone(), plan.path.clone()))
                .or_default() += 1;
            found
        });
    let mut drafted = Vec::new();
    let rest = pagings
        .into_iter()
        .zip(resources)
        .zip(responses)
        .zip(requests)
        .zip(parameters);
    for (plan, ((((paging, resource), response), request), parameters)) in plans.iter().zip(rest) {
        let parts = operation::Parts {
            permissions: permissions(plan, &plans, rights),
            paging,
            resource,
            response,
            request,
            parameters,
        };
        let value = operation::write(plan, parts, &components, &common, &waiting, &sample);
        let file = format!("{}/{}.yaml", plan.section(), names::snake(&plan.id));
        drafted.push(Drafted {
            id: plan.id.clone(),
            method: plan.method.clone(),
            path: plan.path.clone(),
            section: plan.section().to_owned(),
            value: relative(&value, &file),
            file,
            is_variant: shared
                .get(&(plan.method.clone(), plan.path.clone()))
                .is_some_and(|count| *count > 1),
        });
    }
    Draft {
        operations: drafted,
        components: in_order(&components)
            .into_iter()
            .map(|one| {
                let value = relative(&one.value, &one.file);
                (one.file.clone(), one.name.clone(), value)
            })
            .collect(),
    }
}

/// The actions that an operation needs, where pages say so.
fn permissions(plan: &Plan<'_>, plans: &[Plan<'_>], rights: &[Permissions]) -> Option<Vec<String>> {
    let title = |plan: &Plan<'_>| {
        plan.pages
            .iter()
            .find_map(|page| page.facts.page.title.clone())
            .unwrap_or_default()
    };
    let same = |other: &&Plan<'_>| {
        other.id != plan.id && other.method == plan.method && other.path == plan.path
    };
    let others: Vec<String> = plans.iter().filter(same).map(title).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let key = format!("{} {}", plan.method, uri::anonymous(&plan.path));
    let stated = rights
        .iter()
        .find_map(|page| crate::permissions::stated(page, &key, &title(plan), &others))?;
    Some(stated.actions)
}

/// The names of what a value refers to.
fn targets(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    found.push(target.rsplit('/').next().unwrap_or_default().to_owned());
                }
                todo.extend(map.values().rev());
            }
            Value::Array(items) => todo.extend(items.iter().rev()),
            _ => {}
        }
    }
    found
}

/// New components, each before what it is made of.
fn in_order(components: &Components) -> Vec<&Component> {
    let new: Vec<&Component> = components.all.iter().filter(|one| !one.exists).collect();
    let used: std::collections::BTreeSet<(String, String)> = new
        .iter()
        .flat_map(|one| {
            targets(&one.value)
                .into_iter()
                .filter(|name| *name != one.name)
                .map(|name| (one.file.clone(), name))
        })
        .collect();
    let mut todo: Vec<&Component> = new
        .iter()
        .copied()
        .rev()
        .filter(|one| !used.contains(&(one.file.clone(), one.name.clone())))
        .collect();
    let mut done = std::collections::BTreeSet::new();
    let mut order: Vec<&Component> = Vec::new();
    while let Some(one) = todo.pop() {
        if !done.insert(&one.name) {
            continue;
        }
        order.push(one);
        for name in targets(&one.value).iter().rev() {
            todo.extend(
                new.iter()
                    .copied()
                    .find(|other| other.name == *name && other.file == one.file),
            );
        }
    }
    // What only refers to itself.
    let left = new.iter().copied().filter(|one| !done.contains(&one.name));
    order.extend(left);
    order
}

/// One plan for each operation: pages under one method and path are several where their bodies can be told apart.
fn plans<'p>(pages: &'p [DraftPage], described: Option<&Bundle>) -> Vec<Plan<'p>> {
    let mut groups: Vec<((String, String), Vec<&'p DraftPage>)> = Vec::new();
    // The names in paths are those of the first page, or of what is described.
    let mut spelled: BTreeMap<String, String> = BTreeMap::new();
    if let Some(bundle) = described {
        for one in operations(&bundle.document) {
            spelled.insert(uri::anonymous(one.path), one.path.to_owned());
        }
    }
    for page in pages {
        let Some(operation) = page.facts.operation.value() else {
            continue;
        };
        let path = spelled
            .entry(uri::anonymous(&operation.path))
            .or_insert_with(|| operation.path.clone());
        let key = (operation.method.to_uppercase(), path.clone());
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(page),
            None => groups.push((key, vec![page])),
        }
    }
    let mut plans = Vec::new();
    for ((method, path), members) in groups {
        let mut each: Vec<Plan<'p>> = members
            .iter()
            .map(|page| Plan::of(&method, &path, vec![*page]))
            .collect();
        plan::tell_apart(&mut each);
        match members.len() == 1 || plan::are_apart(&each) {
            true => plans.extend(each),
            false => plans.push(Plan::of(&method, &path, members)),
        }
    }
    plans
}

/// A value for each name of a field or parameter, as some example has it.
fn samples(plans: &[Plan<'_>]) -> BTreeMap<String, Value> {
    fn collect(value: &Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let plain = match value {
                        Value::String(text) => !text.is_empty() && !uri::is_placeholder(text),
                        Value::Number(_) => true,
                        _ => false,
                    };
                    if plain {
                        found.entry(key.clone()).or_insert_with(|| value.clone());
                    }
                    collect(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|one| collect(one, found)),
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    for plan in plans {
        for example in &plan.examples {
            for (_, name, text) in &example.values {
                found
                    .entry(name.clone())
                    .or_insert_with(|| Value::from(text.as_str()));
            }
        }
    }
    for plan in plans {
        let bodies = plan.examples.iter().filter_map(|one| one.body.as_ref());
        for value in bodies.chain(plan.answers.iter().map(|one| &one.2)) {
            collect(value, &mut found);
        }
    }
    found
}

/// References from the service's folder, as a file below it has them.
fn relative(value: &Value, file: &str) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, value)| {
                    let value = match (key.as_str(), value) {
                        ("$ref", Value::String(target)) => Value::from(from_file(target, file)),
                        // Values of examples are what they are.
                        ("value", value) if map.len() <= 2 && !map.contains_key("type") => {
                            value.clone()
                        }
                        (_, value) => relative(value, file),
                    };
                    (key.clone(), value)
                })
                .collect(),
        ),
        Value::Array(items) => items.iter().map(|one| relative(one, file)).collect(),
        other => other.clone(),
    }
}

fn from_file(target: &str, file: &str) -> String {
    let Some((path, pointer)) = target.split_once('#') else {
        return target.to_owned();
    };
    if path == file {
        return format!("#{pointer}");
    }
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    match path.strip_prefix(&format!("{folder}/")) {
        Some(name) if !folder.is_empty() => format!("{name}#{pointer}"),
        _ => format!("../{path}#{pointer}"),
    }
}

/// A difference as an entry of `x-doc-deviations`, its reason left to write.
pub fn deviation(difference: &crate::Discrepancy) -> Value {
    let states = format!(
        "{UNWRITTEN} The page has {}; here it is {}.",
        difference.states, difference.has
    );
    json!({ "fact": difference.key, "reason": states })
}

/// Records what the pages say otherwise than a drafted operation, by the keys that the check prints.
pub fn record(operation: &Value, differences: &[crate::Discrepancy]) -> Value {
    if differences.is_empty() {
        return operation.clone();
    }
    let entries: Vec<Value> = differences.iter().map(deviation).collect();
    let mut written = Map::new();
    for (key, value) in operation.as_object().into_iter().flatten() {
        if matches!(key.as_str(), "parameters" | "requestBody" | "responses")
            && !written.contains_key("x-doc-deviations")
        {
            written.insert("x-doc-deviations".to_owned(), Value::Array(entries.clone()));
        }
        written.insert(key.clone(), value.clone());
    }
    Value::Object(written)
}
