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
    let mut guesses: Vec<Option<Guess>> = Vec::new();
    for (plan, is_paged) in plans.iter().zip(pages) {
        guesses.push(one(plan, *is_paged, &gets, &all_paths, known));
    }
    tell_apart(&mut guesses);
    // What nobody shows, or nobody makes or changes, is no resource.
    let mut does: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for (guess, plan) in guesses
        .iter()
        .zip(plans)
        .filter_map(|(guess, plan)| Some((guess.as_ref()?, plan)))
    {
        let entry = does.entry(&guess.name).or_default();
        entry.0 |= guess.shows() || guess.word == "create" && plan.response.is_some();
        entry.1 |= !guess.shows();
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
            let Guess { name, word, .. } = guess.as_ref()?;
            let whole = does
                .get(name.as_str())
                .is_some_and(|(shown, changed)| *shown && *changed);
            whole.then(|| format!("{name}#{word}"))
        })
        .collect()
}

/// What is guessed of an operation.
struct Guess {
    name: String,
    word: &'static str,
    /// The words on the way to the resource, the last of which it is called after; empty where a described one says it.
    way: Vec<String>,
}

impl Guess {
    fn shows(&self) -> bool {
        matches!(self.word, "list" | "show")
    }
}

fn one(
    plan: &Plan<'_>,
    is_paged: bool,
    gets: &BTreeSet<&str>,
    paths: &[&str],
    known: &[Known],
) -> Option<Guess> {
    let all = words(&plan.path);
    let (last, item) = *all.last()?;
    let path = plan.path.as_str();
    let of = |count: usize, word| {
        let way = all.get(..count)?.iter().map(|(word, _)| singular(word));
        let way: Vec<String> = way.collect();
        Some(Guess {
            name: name_of(&way)?,
            word,
            way,
        })
    };
    let own = |word| match known_name(path, known) {
        Some(name) => Some(Guess {
            name,
            word,
            way: Vec::new(),
        }),
        None => of(all.len(), word),
    };
    let is_shown = gets.contains(path);
    let has_item = paths.iter().any(|other| {
        other
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with("/{"))
    });
    match plan.method.as_str() {
        "GET" if is_paged => return own("list"),
        "GET" if plan.response.is_some() => return own("show"),
        "GET" => return None,
        "DELETE" if item || is_shown => return own("delete"),
        "PUT" | "PATCH" if item || is_shown => return own("update"),
        "POST" if !item && (is_shown || has_item) => return own("create"),
        "POST" if gets.contains(format!("{path}s").as_str()) => return own("create"),
        _ => {}
    }
    // What stands behind a path of its own says what is done to all that is there: `backups/batch-delete`.
    let before = path.rsplit_once('/').map_or("", |(before, _)| before);
    if gets.contains(before) && !before.ends_with('}')
        || gets.contains(format!("{before}s").as_str())
    {
        let word = match (plan.method.as_str(), done(last)) {
            ("DELETE", _) => "delete",
            (_, word) => word,
        };
        return match known_name(before, known) {
            Some(name) => Some(Guess {
                name,
                word,
                way: Vec::new(),
            }),
            None => of(all.len().checked_sub(1)?, word),
        };
    }
    let Some(parent) = all
        .iter()
        .take(all.len() - 1)
        .rposition(|(_, follows)| *follows)
    else {
        return own("action");
    };
    let word = match plan.method.as_str() {
        "PUT" | "PATCH" if sets(&plan.id) => "update",
        _ => "action",
    };
    let (parent_word, _) = *all.get(parent)?;
    match known_name_of(parent_word, known) {
        Some(name) => Some(Guess {
            name,
            word,
            way: Vec::new(),
        }),
        None => of(parent + 1, word),
    }
}

fn singular(word: &str) -> String {
    names::kebab(&names::singular(&names::snake(word)))
}

/// The name of a resource: the last word on the way to it, behind the one before where it says little alone.
fn name_of(way: &[String]) -> Option<String> {
    const VAGUE: [&str; 9] = [
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
    let (last, before) = way.split_last()?;
    Some(match before.last() {
        Some(before) if VAGUE.contains(&last.as_str()) => format!("{before}-{last}"),
        _ => last.clone(),
    })
}

/// What a word at the end of a path says that is done.
fn done(word: &str) -> &'static str {
    let words = names::snake(word);
    let has = |any: &[&str]| words.split('_').any(|word| any.contains(&word));
    match () {
        () if has(&["delete", "remove"]) => "delete",
        () if has(&["update", "modify"]) => "update",
        () if has(&["add", "create"]) => "create",
        () => "action",
    }
}

/// Whether an operation sets values of what is there, by its name.
fn sets(id: &str) -> bool {
    const SETS: [&str; 5] = ["change", "configure", "modify", "set", "update"];
    let words = names::snake(id);
    words
        .split('_')
        .next()
        .is_some_and(|first| SETS.contains(&first))
}

/// Tells resources of one name apart by the word before it on the way, where each of several ways leads to one that is shown
/// and changed. The shortest way alone keeps the name.
fn tell_apart(guesses: &mut [Option<Guess>]) {
    let mut ways: BTreeMap<String, BTreeMap<Vec<String>, (bool, bool)>> = BTreeMap::new();
    for guess in guesses.iter().flatten().filter(|one| !one.way.is_empty()) {
        let ways = ways.entry(guess.name.clone()).or_default();
        let (shown, changed) = ways.entry(guess.way.clone()).or_default();
        *shown |= guess.shows();
        *changed |= !guess.shows();
    }
    for ways in ways.values_mut() {
        ways.retain(|_, (shown, changed)| *shown && *changed);
    }
    for guess in guesses.iter_mut().flatten() {
        let Some(ways) = ways.get(&guess.name).filter(|ways| ways.len() > 1) else {
            continue;
        };
        let shortest = ways.keys().map(Vec::len).min().unwrap_or_default();
        let keeps = ways.keys().filter(|way| way.len() == shortest).count() == 1;
        if keeps && guess.way.len() == shortest || !ways.contains_key(&guess.way) {
            continue;
        }
        let before = guess.way.iter().rev().nth(1);
        if let Some(before) = before.filter(|before| !guess.name.starts_with(before.as_str())) {
            guess.name = format!("{before}-{}", guess.name);
        }
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
