//! Parameters: those that several operations have alike are written once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::components::{Component, Components, Scope, content, described_by, reference};
use super::names;
use super::plan::{Parameter, Plan};

/// Where shared parameters stand.
const FILE: &str = "components/shared_parameters.yaml";

/// A parameter of one operation, before it is known whether others have it, too.
struct Used {
    plan: usize,
    /// Without examples.
    value: Value,
    entries: Vec<(String, Value)>,
    name: String,
}

/// The lists of parameters of all operations. `scopes` says, for each operation, where its schemas stand.
pub(super) fn all(
    plans: &[Plan<'_>],
    scopes: &[(String, String)],
    components: &mut Components,
    known: &dyn Fn(&str) -> Option<Value>,
) -> Vec<Vec<Value>> {
    let mut used: Vec<Used> = Vec::new();
    for (index, plan) in plans.iter().enumerate() {
        let (file, noun) = scopes.get(index).cloned().unwrap_or_default();
        for parameter in &plan.parameters {
            let value = bare(parameter, plan, &file, &noun, components);
            used.push(Used {
                plan: index,
                entries: entries(parameter, plan, known),
                value,
                name: parameter.name.clone(),
            });
        }
    }
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, one) in used.iter().enumerate() {
        groups
            .entry(content(&one.value).to_string())
            .or_default()
            .push(at);
    }
    let mut written: BTreeMap<usize, Value> = BTreeMap::new();
    for group in groups.values() {
        write(group, &used, plans, components, &mut written);
    }
    let mut lists = vec![Vec::new(); plans.len()];
    for (at, one) in used.iter().enumerate() {
        if let (Some(list), Some(value)) = (lists.get_mut(one.plan), written.remove(&at)) {
            list.push(value);
        }
    }
    lists
}

/// A parameter without its examples.
fn bare(
    parameter: &Parameter,
    plan: &Plan<'_>,
    file: &str,
    noun: &str,
    components: &mut Components,
) -> Value {
    let scope = Scope {
        file,
        operation: &plan.id,
        noun,
        side: super::node::Side::Request,
    };
    let mut node = parameter.node.clone();
    let description = described_by(&node);
    // Bounds and values say it all; the sample stands among the examples.
    node.samples.truncate(4);
    let mut schema = match node.values.is_empty() {
        true => components.schema(&parameter.name, &node, "", &scope),
        false => {
            let base = names::pascal(&names::singular(&parameter.name));
            let end = match parameter.place {
                crate::facts::Place::Query => "Filter",
                _ => "Choice",
            };
            let mut candidates = vec![format!("{noun}{base}{end}"), format!("{}{base}", plan.id)];
            if !super::components::is_vague(&base) {
                candidates.insert(0, format!("{base}{end}"));
            }
            components.enumeration(&parameter.name, &node, &candidates, &scope)
        }
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("description");
    }
    let mut map = Map::new();
    map.insert("name".into(), parameter.name.as_str().into());
    map.insert("in".into(), parameter.place.as_str().into());
    if parameter.required {
        map.insert("required".into(), true.into());
    }
    map.insert("description".into(), description.into());
    map.insert("schema".into(), schema);
    Value::Object(map)
}

/// The values of the example requests, each required part with one.
fn entries(
    parameter: &Parameter,
    plan: &Plan<'_>,
    known: &dyn Fn(&str) -> Option<Value>,
) -> Vec<(String, Value)> {
    let mut entries = parameter.entries.clone();
    if !parameter.required {
        return entries;
    }
    let first = entries.first().map(|one| one.1.clone());
    let value =
        first.unwrap_or_else(|| super::fit::made_up(&parameter.name, &parameter.node, known, 0));
    if plan.examples.is_empty() {
        return vec![("default".to_owned(), value)];
    }
    if entries.is_empty() {
        return vec![("default".to_owned(), value)];
    }
    for example in &plan.examples {
        if !entries.iter().any(|one| one.0 == example.name) {
            entries.push((example.name.clone(), value.clone()));
        }
    }
    entries
}

/// Writes the parameters of one form: by reference where one value is that of several.
fn write(
    group: &[usize],
    used: &[Used],
    plans: &[Plan<'_>],
    components: &mut Components,
    written: &mut BTreeMap<usize, Value>,
) {
    let Some(first) = group.first().and_then(|at| used.get(*at)) else {
        return;
    };
    let known = existing(&first.value, components);
    let mut left: Vec<usize> = group.to_vec();
    let mut described: Option<Value> = None;
    for component in &known {
        described.get_or_insert_with(|| component.value["description"].clone());
        let default = &component.value["examples"]["default"]["value"];
        left.retain(|at| {
            let fits = used.get(*at).is_some_and(|one| {
                let made_up = one.entries.iter().all(|(name, _)| name == "default");
                made_up || one.entries.iter().all(|(_, value)| value == default)
            });
            if fits {
                written.insert(*at, reference(component));
            }
            !fits
        });
    }
    // By their values, the most frequent first; those without any go along with the first.
    let mut by_value: Vec<(Vec<Value>, Vec<usize>)> = Vec::new();
    for at in left {
        let Some(one) = used.get(at) else { continue };
        let mut values: Vec<Value> = Vec::new();
        for (_, value) in &one.entries {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        match by_value.iter_mut().find(|(known, _)| *known == values) {
            Some((_, members)) => members.push(at),
            None => by_value.push((values, vec![at])),
        }
    }
    let made_up = |at: &usize| {
        used.get(*at).is_none_or(|one| {
            one.entries.is_empty() || one.entries.iter().all(|(name, _)| name == "default")
        })
    };
    let (loose, mut firm): (Vec<_>, Vec<_>) = by_value
        .into_iter()
        .partition(|(_, members)| members.iter().all(made_up));
    firm.sort_by_key(|(values, members)| (values.len() != 1, std::cmp::Reverse(members.len())));
    let loose: Vec<(Vec<Value>, Vec<usize>)> = match firm.first_mut() {
        Some((values, members)) if values.len() == 1 => {
            members.extend(loose.into_iter().flat_map(|(_, members)| members));
            Vec::new()
        }
        _ => {
            // One value, whichever, serves all that have none of their own.
            let mut joined = loose.into_iter();
            let head = joined.next();
            head.map(|(values, mut members)| {
                members.extend(joined.flat_map(|(_, members)| members));
                (values, members)
            })
            .into_iter()
            .collect()
        }
    };
    for (values, members) in firm.into_iter().chain(loose) {
        let inline = |at: usize| {
            let Some(one) = used.get(at) else {
                return Value::Null;
            };
            with_examples(&one.value, &one.entries, described.as_ref())
        };
        if let [only] = members.as_slice() {
            written.insert(*only, inline(*only));
            continue;
        }
        let Some(one) = members.first().and_then(|at| used.get(*at)) else {
            continue;
        };
        let default: Vec<(String, Value)> = values
            .first()
            .map(|value| ("default".to_owned(), value.clone()))
            .into_iter()
            .collect();
        let shared = with_examples(&one.value, &default, described.as_ref());
        let sections: BTreeSet<&str> = members
            .iter()
            .filter_map(|at| Some(plans.get(used.get(*at)?.plan)?.section()))
            .collect();
        let candidates = candidates(one, plans, sections.len() == 1);
        let target = components.put_parameter(&candidates, FILE, shared);
        for at in members {
            written.insert(at, target.clone());
        }
    }
}

/// What a shared parameter may be called: after itself or what it allows; where it is of one section alone, after that or its
/// first operation.
fn candidates(one: &Used, plans: &[Plan<'_>], is_of_one_section: bool) -> Vec<String> {
    let name = names::pascal(&one.name);
    let mut found = vec![name.clone()];
    if let (true, Some(most)) = (one.name == "limit", one.value["schema"]["maximum"].as_i64()) {
        found.insert(0, format!("LimitTo{most}"));
    }
    if let (true, Some(1)) = (
        one.name == "offset",
        one.value["schema"]["minimum"].as_i64(),
    ) {
        found.insert(0, "PageNumber".to_owned());
    }
    if let Some(plan) = plans.get(one.plan) {
        if is_of_one_section {
            let section = plan.section();
            let section = section.split("_rds_for_").next().unwrap_or(section);
            let section = names::pascal(section.split("_for_").next().unwrap_or(section));
            found.push(format!("{name}Of{section}"));
        }
        found.push(format!("{name}Of{}", plan.id));
    }
    found
}

/// Shared parameters of the description that are this one.
fn existing(value: &Value, components: &Components) -> Vec<Component> {
    let wanted = content(value);
    let parameters = components
        .all
        .iter()
        .filter(|one| one.section == "parameters" && one.exists);
    parameters
        .filter(|one| content(&one.value) == wanted)
        .cloned()
        .collect()
}

fn with_examples(value: &Value, entries: &[(String, Value)], described: Option<&Value>) -> Value {
    let mut value = value.clone();
    if let Some(words) = described {
        value["description"] = words.clone();
    }
    if !entries.is_empty() {
        let entries: Map<String, Value> = entries
            .iter()
            .map(|(name, value)| (name.clone(), json!({ "value": value })))
            .collect();
        value["examples"] = Value::Object(entries);
    }
    value
}
