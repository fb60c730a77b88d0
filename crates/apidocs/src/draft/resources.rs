//! What operations do to which resource, told from methods and paths.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use super::plan::Plan;

/// What is known of an operation, drafted or described.
pub(super) struct Known {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) resource: Option<String>,
}

/// The segments of a path that are words, each with whether a parameter follows it.
fn words(path: &str) -> Vec<(&str, bool)> {
    let segments: Vec<&str> = path.split('/').filter(|one| !one.is_empty()).collect();
    let mut found: Vec<(&str, bool)> = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        if segment.starts_with('{') || at == 0 && segment.starts_with('v') {
            continue;
        }
        let follows = segments
            .get(at + 1)
            .is_some_and(|next| next.starts_with('{'));
        found.push((segment, follows));
    }
    found
}

/// A first guess for each operation: `backup#create`.
pub(super) fn guess(plans: &[Plan<'_>], pages: &[bool], known: &[Known]) -> Vec<Option<String>> {
    let gets: BTreeSet<&str> = plans
        .iter()
        .filter(|one| one.method == "GET" && one.response.is_some())
        .map(|one| one.path.as_str())
        .chain(
            known
                .iter()
                .filter(|one| one.method == "GET")
                .map(|one| one.path.as_str()),
        )
        .collect();
    let all_paths: Vec<&str> = plans
        .iter()
        .map(|one| one.path.as_str())
        .chain(known.iter().map(|one| one.path.as_str()))
        .collect();
    let mut guesses: Vec<Option<(String, &str)>> = Vec::new();
    for (plan, is_paged) in plans.iter().zip(pages) {
        guesses.push(one(plan, *is_paged, &gets, &all_paths, known));
    }
    // What nobody shows, or nobody makes or changes, is no resource.
    let mut does: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for ((name, word), plan) in guesses
        .iter()
        .zip(plans)
        .filter_map(|(guess, plan)| Some((guess.as_ref()?, plan)))
    {
        let entry = does.entry(name).or_default();
        entry.0 |= matches!(*word, "list" | "show") || *word == "create" && plan.response.is_some();
        entry.1 |= !matches!(*word, "list" | "show");
    }
    let described: BTreeSet<&str> = known
        .iter()
        .filter_map(|one| one.resource.as_deref()?.split('#').next())
        .collect();
    for name in &described {
        does.insert(name, (true, true));
    }
    guesses
        .iter()
        .map(|guess| {
            let (name, word) = guess.as_ref()?;
            let whole = does
                .get(name.as_str())
                .is_some_and(|(shown, changed)| *shown && *changed);
            whole.then(|| format!("{name}#{word}"))
        })
        .collect()
}

fn one<'w>(
    plan: &Plan<'_>,
    is_paged: bool,
    gets: &BTreeSet<&str>,
    paths: &[&str],
    known: &[Known],
) -> Option<(String, &'w str)> {
    let words = words(&plan.path);
    let (last, item) = *words.last()?;
    let parent = words
        .iter()
        .rev()
        .skip(1)
        .find(|(_, follows)| *follows)
        .map(|(word, _)| *word);
    let name_of = |word: &str, parent: Option<&str>| {
        let name = names::kebab(&names::singular(&names::snake(word)));
        let vague = [
            "policy",
            "status",
            "detail",
            "action",
            "info",
            "history",
            "histories",
            "switch",
            "mode",
        ];
        match parent {
            Some(parent) if vague.contains(&name.as_str()) => {
                format!(
                    "{}-{name}",
                    names::kebab(&names::singular(&names::snake(parent)))
                )
            }
            _ => name,
        }
    };
    let before = words.iter().rev().nth(1).map(|(word, _)| *word);
    let own = known_name(&plan.path, known).unwrap_or_else(|| name_of(last, before));
    let has_item = paths.iter().any(|path| {
        path.strip_prefix(plan.path.as_str())
            .is_some_and(|rest| rest.starts_with("/{"))
    });
    let of_parent = || {
        parent.map(|parent| {
            (
                known_name_of(parent, known).unwrap_or_else(|| name_of(parent, None)),
                "action",
            )
        })
    };
    match plan.method.as_str() {
        "GET" if is_paged => Some((own, "list")),
        "GET" if plan.response.is_some() => Some((own, "show")),
        "GET" => None,
        "DELETE" if item || gets.contains(plan.path.as_str()) => Some((own, "delete")),
        "PUT" | "PATCH" if item || gets.contains(plan.path.as_str()) => Some((own, "update")),
        "POST" if !item && (gets.contains(plan.path.as_str()) || has_item) => Some((own, "create")),
        _ => of_parent().or(Some((own, "action"))),
    }
}

/// The name that a described operation of the same path has for its resource.
fn known_name(path: &str, known: &[Known]) -> Option<String> {
    let resource = known
        .iter()
        .find(|one| one.path == path)?
        .resource
        .as_deref()?;
    resource.split('#').next().map(str::to_owned)
}

fn known_name_of(word: &str, known: &[Known]) -> Option<String> {
    let ends = |path: &str| path.rsplit('/').find(|one| !one.starts_with('{')) == Some(word);
    let resource = known
        .iter()
        .find(|one| ends(&one.path) && one.resource.is_some())?
        .resource
        .as_deref()?;
    resource.split('#').next().map(str::to_owned)
}
