//! Names of operations and of their examples.

use std::collections::BTreeSet;

use otcdb_openapi::Bundle;
use otcdb_openapi::written::operations;
use serde_json::Value;
use thiserror::Error;

use super::names;
use super::plan::Plan;
use crate::interpret::uri;

/// A name that was given for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named {
    /// `POST`.
    pub method: String,
    /// The path; how its parameters are called says nothing.
    pub path: String,
    /// The operationId.
    pub id: String,
    /// The id of the page that is meant, where several have the method and path.
    pub page: Option<String>,
}

/// A line of a table of names that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "line {line} names no operation: {text:?}; write METHOD PATH OPERATION_ID, and behind them the page's id where several pages share method and path"
)]
#[non_exhaustive]
pub struct NameError {
    /// The line, counted from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

/// Reads a table of names: `METHOD PATH OPERATION_ID [PAGE]` in each line, apart by white space or commas. Empty lines,
/// and those that begin with `#`, say nothing. A text with rows that begin with `|` is Markdown: there, each row with a
/// method and path names the operation by the first name behind them, and the page by its first cell.
///
/// # Errors
/// The first line of another form, or a Markdown text without such a row.
pub fn read_names(text: &str) -> Result<Vec<Named>, NameError> {
    if text.lines().any(|line| line.trim_start().starts_with('|')) {
        let rows: Vec<Named> = text.lines().filter_map(row).collect();
        return match rows.is_empty() {
            true => Err(NameError {
                line: 1,
                text: "a table without names".to_owned(),
            }),
            false => Ok(rows),
        };
    }
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let words: Vec<&str> = line
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .collect();
        let named = match words.as_slice() {
            [method, path, id, rest @ ..]
                if is_line(method, path) && is_id(id) && rest.len() < 2 =>
            {
                Named {
                    method: method.to_uppercase(),
                    path: (*path).to_owned(),
                    id: (*id).to_owned(),
                    page: rest.first().map(|page| (*page).to_owned()),
                }
            }
            _ => {
                return Err(NameError {
                    line: at + 1,
                    text: line.to_owned(),
                });
            }
        };
        found.push(named);
    }
    Ok(found)
}

fn is_line(method: &str, path: &str) -> bool {
    let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];
    methods.contains(&method.to_uppercase().as_str()) && path.starts_with('/')
}

fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A row of a Markdown table, where it names an operation.
fn row(line: &str) -> Option<Named> {
    let inner = line.trim().strip_prefix('|')?;
    let cells: Vec<&str> = inner
        .split('|')
        .map(|cell| cell.trim().trim_matches('`').trim())
        .collect();
    let request = |cell: &&str| {
        let mut words = cell.split_whitespace();
        let (method, path) = (words.next()?, words.next()?);
        (is_line(method, path) && words.next().is_none())
            .then(|| (method.to_uppercase(), path.to_owned()))
    };
    let (at, (method, path)) = cells
        .iter()
        .enumerate()
        .find_map(|(at, cell)| Some((at, request(cell)?)))?;
    let id = cells.iter().skip(at + 1).find(|cell| is_id(cell))?;
    let page = cells
        .first()
        .filter(|cell| at > 0 && !cell.is_empty() && !cell.contains(char::is_whitespace));
    Some(Named {
        method,
        path,
        id: (*id).to_owned(),
        page: page.map(|page| (*page).to_owned()),
    })
}

/// Gives every operation its name, and every example.
pub(super) fn name(plans: &mut [Plan<'_>], given: &[Named], described: Option<&Bundle>) {
    let mut taken: BTreeSet<String> = described
        .map(|bundle| {
            operations(&bundle.document)
                .iter()
                .map(|one| names::fold(one.id()))
                .collect()
        })
        .unwrap_or_default();
    let mut ids: Vec<Option<String>> = vec![None; plans.len()];
    by_page(plans, &mut ids, &mut taken);
    by_table(plans, given, &mut ids, &mut taken);
    by_title(plans, &mut ids, &mut taken);
    for (plan, id) in plans.iter_mut().zip(ids) {
        plan.id = id.unwrap_or_default();
        name_examples(plan);
    }
}

fn by_page(plans: &[Plan<'_>], ids: &mut [Option<String>], taken: &mut BTreeSet<String>) {
    for (plan, id) in plans.iter().zip(ids) {
        let page = plan
            .pages
            .iter()
            .map(|page| page.id.as_str())
            .find(|id| names::is_name(id));
        *id = page
            .filter(|page| taken.insert(names::fold(page)))
            .map(str::to_owned);
    }
}

/// Of several names under one method and path, each goes to the operation whose words are most like it.
fn by_table(
    plans: &[Plan<'_>],
    given: &[Named],
    ids: &mut [Option<String>],
    taken: &mut BTreeSet<String>,
) {
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        if ids.get(at).is_none_or(Option::is_some) {
            continue;
        }
        for (number, named) in given.iter().enumerate() {
            let same = named.method == plan.method
                && uri::anonymous(&named.path) == uri::anonymous(&plan.path);
            let score = match &named.page {
                _ if !same => continue,
                Some(page) if plan.pages.iter().any(|one| one.id == *page) => 1_000,
                Some(_) => continue,
                None => likeness(&named.id, plan),
            };
            pairs.push((score, at, number));
        }
    }
    pairs.sort_by_key(|(score, at, number)| (std::cmp::Reverse(*score), *at, *number));
    let mut used = BTreeSet::new();
    for (_, at, number) in pairs {
        let (Some(slot @ None), Some(named)) = (ids.get_mut(at), given.get(number)) else {
            continue;
        };
        if !used.contains(&number) && taken.insert(names::fold(&named.id)) {
            used.insert(number);
            *slot = Some(named.id.clone());
        }
    }
}

fn likeness(id: &str, plan: &Plan<'_>) -> usize {
    let mut words = BTreeSet::new();
    for page in &plan.pages {
        words.extend(names::stems(
            page.facts.page.title.as_deref().unwrap_or_default(),
        ));
    }
    for property in plan.request.iter().flat_map(|node| node.properties()) {
        words.extend(names::stems(&property.name));
        words.extend(
            property
                .node
                .values
                .iter()
                .flat_map(|value| names::stems(value)),
        );
    }
    names::stems(id).intersection(&words).count()
}

fn by_title(plans: &[Plan<'_>], ids: &mut [Option<String>], taken: &mut BTreeSet<String>) {
    for (plan, slot) in plans.iter().zip(ids) {
        if slot.is_some() {
            continue;
        }
        let page = plan.pages.first();
        let title = page
            .and_then(|page| page.facts.page.title.as_deref())
            .unwrap_or_default();
        let lists = plan.response.as_ref().is_some_and(|node| {
            node.properties()
                .iter()
                .any(|one| matches!(one.node.kind, super::node::Type::Array(_)))
        });
        let mut base = names::of_title(title, lists);
        if base.is_empty() {
            base = of_path(&plan.method, &plan.path);
        }
        let version = plan
            .path
            .split('/')
            .nth(1)
            .unwrap_or_default()
            .replace('.', "_");
        let section = names::pascal(plan.section());
        let tries = [
            base.clone(),
            format!("{base}{}", names::pascal(&version)),
            format!("{base}{section}"),
        ];
        let numbered = (2..1_000).map(|number| format!("{base}{number}"));
        let chosen = tries
            .into_iter()
            .chain(numbered)
            .find(|name| taken.insert(names::fold(name)));
        *slot = chosen;
    }
}

/// A name from method and path, for titles in another script.
fn of_path(method: &str, path: &str) -> String {
    let verb = match method {
        "GET" => "Show",
        "POST" => "Create",
        "PUT" | "PATCH" => "Update",
        "DELETE" => "Delete",
        other => other,
    };
    let words = path.split('/').skip(2).filter(|one| !one.starts_with('{'));
    let words: String = words.map(names::pascal).collect();
    format!("{}{words}", names::pascal(verb))
}

pub(super) fn name_examples(plan: &mut Plan<'_>) {
    let bodies: Vec<Value> = plan
        .examples
        .iter()
        .map(|one| {
            let mut value = one.body.clone().unwrap_or(Value::Null);
            for (_, name, text) in &one.values {
                if value.is_null() {
                    value = Value::Object(serde_json::Map::new());
                }
                if let Some(map) = value.as_object_mut() {
                    map.entry(name.clone())
                        .or_insert_with(|| text.as_str().into());
                }
            }
            value
        })
        .collect();
    // A list shows several of what another operation shows one of.
    let noun = match plan.id.strip_prefix("List") {
        Some(listed) if !listed.is_empty() => names::snake(listed),
        _ => names::snake(&plan.noun()),
    };
    for (example, name) in plan.examples.iter_mut().zip(labels(&bodies, &noun)) {
        example.name = name;
    }
    entries(plan);
    let answers: Vec<Value> = plan.answers.iter().map(|one| one.2.clone()).collect();
    for (answer, name) in plan.answers.iter_mut().zip(labels(&answers, &noun)) {
        answer.1 = name;
    }
}

/// Gives the values of parameters, which were read before their examples had names, these names.
pub(super) fn entries(plan: &mut Plan<'_>) {
    let examples = plan.examples.clone();
    for parameter in &mut plan.parameters {
        let named = examples.iter().filter_map(|example| {
            let value = example
                .values
                .iter()
                .find(|one| one.0 == parameter.place && one.1 == parameter.name)?;
            let value = super::fit::fit(&Value::from(value.2.as_str()), &parameter.node);
            (!value.is_null()).then(|| (example.name.clone(), value))
        });
        parameter.entries = named.collect();
    }
}

/// A name for each of several bodies: what only it has, or says otherwise.
fn labels(bodies: &[Value], noun: &str) -> Vec<String> {
    if bodies.len() == 1 {
        return vec![noun.to_owned()];
    }
    let others = |at: usize| {
        bodies
            .iter()
            .enumerate()
            .filter(move |(other, _)| *other != at)
            .map(|(_, body)| body)
    };
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for (at, body) in bodies.iter().enumerate() {
        let mut tries = Vec::new();
        for (key, value) in body.as_object().into_iter().flatten() {
            let word = value.as_str().map(names::snake).filter(|word| {
                (2..=24).contains(&word.len())
                    && word.starts_with(|c: char| c.is_ascii_lowercase())
                    && word.chars().filter(char::is_ascii_digit).count() < 3
            });
            match word {
                Some(word) if others(at).all(|other| other.get(key) != Some(value)) => {
                    tries.push(word)
                }
                _ if others(at).all(|other| other.get(key).is_none()) => {
                    tries.push(names::snake(key))
                }
                _ => {}
            }
        }
        tries.extend((1..=bodies.len()).map(|number| format!("{noun}_{number}")));
        let is_good = |name: &String| {
            !name.is_empty()
                && name != "default"
                && name.starts_with(|c: char| c.is_ascii_lowercase())
        };
        let name = tries
            .into_iter()
            .filter(is_good)
            .find(|name| taken.insert(name.clone()));
        found.push(name.unwrap_or_else(|| format!("example_{}", at + 1)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_names_may_be_plain_or_of_markdown() {
        let named = read_names("# names\n\nPOST /v3/{p}/kettles CreateKettle\nget,/v3/{p}/kettles,ListKettles,page_1\n").unwrap();
        assert_eq!(named.len(), 2);
        assert_eq!(
            (named[1].method.as_str(), named[1].id.as_str()),
            ("GET", "ListKettles")
        );
        assert_eq!(named[1].page.as_deref(), Some("page_1"));
        let error = read_names("POST /v3/kettles CreateKettle\nPOST /v3/kettles\n").unwrap_err();
        assert_eq!(error.line, 2);

        let table = "# Names\n\nProse.\n\n| Page | Title | Method and path | Here | SDK |\n|---|---|---|---|---|\n\
                     | page_1 | Making | `POST /v3/{p}/kettles` | **missing** (same as b) | CreateKettle |\n\
                     | page_2 | Boiling | `POST /v3/{p}/boil` | **missing** | no: none |\n";
        let named = read_names(table).unwrap();
        assert_eq!(named.len(), 1, "{named:?}");
        assert_eq!(
            (named[0].id.as_str(), named[0].page.as_deref()),
            ("CreateKettle", Some("page_1"))
        );
        assert!(read_names("| a |\n").is_err());
    }
}
