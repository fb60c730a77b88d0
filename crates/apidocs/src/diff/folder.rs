//! Whole folders of pages.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Change, Class, diff};
use crate::facts::{Facts, Stated};
use crate::interpret::uri;

/// How the place of a change begins that concerns rights.
pub(crate) const PERMISSIONS: &str = "permissions";

/// What became of one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PageChange {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It was there before and after.
    Kept,
}

/// One page of two folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PageDiff {
    /// Page id, or method and path where there is none.
    pub name: String,
    /// Method and path, where stated.
    pub operation: Option<String>,
    /// What became of it.
    pub page: PageChange,
    /// What changed in it.
    pub changes: Vec<Change>,
}

impl PageDiff {
    /// Whether it is a page that says which rights operations need.
    pub fn is_of_permissions(&self) -> bool {
        let of = |change: &Change| change.place.starts_with(PERMISSIONS);
        self.operation.is_none() && self.changes.iter().any(of)
    }

    /// Whether these are facts of this page, before or after.
    pub fn is_of(&self, facts: &Facts) -> bool {
        name(facts) == self.name && written(facts) == self.operation
    }
}

/// Two folders compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FolderDiff {
    /// Pages with changes, by name.
    pub pages: Vec<PageDiff>,
    /// How many pages did not change at all.
    pub unchanged: usize,
}

/// Compares two folders of pages. Pages are paired by page id, then by method
/// and path with the names of parameters taken out.
pub fn diff_folders(before: &[Facts], after: &[Facts]) -> FolderDiff {
    let pairs = pair(before, after);
    let mut out = FolderDiff::default();
    let mut taken = vec![false; after.len()];
    for (old, partner) in before.iter().zip(&pairs) {
        let Some(new) = partner.and_then(|at| after.get(at)) else {
            out.pages.push(whole(old, PageChange::Removed));
            continue;
        };
        if let Some(slot) = partner.and_then(|at| taken.get_mut(at)) {
            *slot = true;
        }
        let mut changes = diff(old, new);
        if old.page.id != new.page.id && old.page.id.is_some() && new.page.id.is_some() {
            changes.push(Change {
                class: Class::WordingOnly,
                place: "page".to_owned(),
                what: "page id".to_owned(),
                before: old.page.id.clone(),
                after: new.page.id.clone(),
            });
        }
        if changes.is_empty() {
            out.unchanged += 1;
        } else {
            out.pages.push(PageDiff {
                name: name(new),
                operation: written(new),
                page: PageChange::Kept,
                changes,
            });
        }
    }
    for (new, used) in after.iter().zip(taken) {
        if !used {
            out.pages.push(whole(new, PageChange::Added));
        }
    }
    out.pages.sort_by(|a, b| a.name.cmp(&b.name));
    out
}

fn whole(facts: &Facts, page: PageChange) -> PageDiff {
    let operation = written(facts);
    let added = page == PageChange::Added;
    let (class, what) = if added {
        (Class::Additive, "added")
    } else {
        (Class::Breaking, "removed")
    };
    PageDiff {
        name: name(facts),
        page,
        changes: vec![Change {
            class,
            place: "operation".to_owned(),
            what: what.to_owned(),
            before: operation.clone().filter(|_| !added),
            after: operation.clone().filter(|_| added),
        }],
        operation,
    }
}

fn written(facts: &Facts) -> Option<String> {
    facts
        .operation
        .value()
        .map(|o| format!("{} {}", o.method, o.path))
}

fn name(facts: &Facts) -> String {
    facts
        .page
        .id
        .clone()
        .or_else(|| written(facts))
        .or_else(|| facts.page.title.clone())
        .unwrap_or_default()
}

/// For each page before, the index of the page after: paired by page id and
/// source, then by method and path, then by the request line of an example.
pub fn pair(before: &[Facts], after: &[Facts]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; before.len()];
    let mut taken = vec![false; after.len()];
    let mut by_id: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for (at, facts) in after.iter().enumerate() {
        if let Some(id) = facts.page.id.as_deref() {
            by_id
                .entry((id, facts.page.source.as_deref()))
                .or_insert(at);
        }
    }
    for (facts, slot) in before.iter().zip(&mut pairs) {
        let key = facts
            .page
            .id
            .as_deref()
            .map(|id| (id, facts.page.source.as_deref()));
        if let Some(at) = key.and_then(|k| by_id.get(&k).copied())
            && let Some(used) = taken.get_mut(at)
            && !*used
        {
            *used = true;
            *slot = Some(at);
        }
    }
    let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (facts, used)) in after.iter().zip(&taken).enumerate() {
        if !used && let Some(key) = facts.operation.key() {
            by_key.entry(key).or_default().push(at);
        }
    }
    for (facts, slot) in before.iter().zip(&mut pairs) {
        if slot.is_some() {
            continue;
        }
        let found = match facts.operation.key() {
            Some(key) => by_key.get_mut(&key).and_then(|list| {
                if list.is_empty() {
                    None
                } else {
                    Some(list.remove(0))
                }
            }),
            None => None,
        };
        *slot = found.or_else(|| by_example(facts, after, &taken));
        if let Some(used) = slot.and_then(|at| taken.get_mut(at)) {
            *used = true;
        }
    }
    pairs
}

/// A page that has lost its URI, or is compared with one that has, is paired
/// by the request line of its example.
fn by_example(facts: &Facts, after: &[Facts], taken: &[bool]) -> Option<usize> {
    let mut found = after
        .iter()
        .zip(taken)
        .enumerate()
        .filter(|(_, (other, used))| !**used && (fits(facts, other) || fits(other, facts)));
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Some(at),
        _ => None,
    }
}

/// Whether an example of a page without a URI fits the URI of another page.
pub(crate) fn fits(lost: &Facts, other: &Facts) -> bool {
    let (Stated::Missing, Stated::Value(operation)) = (&lost.operation, &other.operation) else {
        return false;
    };
    lost.request_examples.iter().any(|example| {
        let target = example.url.as_deref().and_then(uri::url);
        example.method.as_deref() == Some(operation.method.as_str())
            && target.is_some_and(|t| uri::fits(&operation.path, &t.path))
    })
}
