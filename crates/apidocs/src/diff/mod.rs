//! What changed between two readings of a page, in an API sense.

mod examples;
mod fields;
mod folder;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::facts::{Body, Facts, Response, State, Stated};
use crate::interpret::pairing_key;

pub use folder::{FolderDiff, PageChange, PageDiff, diff_folders, pair};

/// What a change means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads pages has to do something about each"
)]
pub enum Class {
    /// Callers that did what the page said may fail.
    Breaking,
    /// Something new that callers may leave alone.
    Additive,
    /// The page no longer says what it said; the API need not have changed.
    DocumentationLost,
    /// An example only.
    ExampleOnly,
    /// Words only.
    WordingOnly,
}

impl Class {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Breaking => "breaking",
            Class::Additive => "additive",
            Class::DocumentationLost => "documentation-lost",
            Class::ExampleOnly => "example-only",
            Class::WordingOnly => "wording-only",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What it means.
    pub class: Class,
    /// Where, `request restore_point.type` for instance.
    pub place: String,
    /// What changed there, `mandatory` for instance.
    pub what: String,
    /// How it was; absent where it was not.
    pub before: Option<String>,
    /// How it is; absent where it is gone.
    pub after: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.class.as_str(), self.place, self.what)?;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, ": {before} -> {after}"),
            (Some(before), None) => write!(f, ": was {before}"),
            (None, Some(after)) => write!(f, ": {after}"),
            (None, None) => Ok(()),
        }
    }
}

/// Collects changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    list: Vec<Change>,
}

impl Changes {
    pub(crate) fn add(
        &mut self,
        class: Class,
        place: &str,
        what: &str,
        before: Option<String>,
        after: Option<String>,
    ) {
        self.list.push(Change {
            class,
            place: place.to_owned(),
            what: what.to_owned(),
            before,
            after,
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The changes by class, then as the page goes.
    pub(crate) fn sorted(mut self) -> Vec<Change> {
        self.list.sort_by_key(|c| c.class);
        self.list
    }
}

/// Compares two readings of one page. The order is stable: by class, then as
/// the page goes.
pub fn diff(before: &Facts, after: &Facts) -> Vec<Change> {
    let mut out = Changes::default();
    operation(before, after, &mut out);
    parameters(before, after, &mut out);
    body(&before.request, &after.request, "request", true, &mut out);
    responses(before, after, &mut out);
    examples::requests(before, after, &mut out);
    examples::responses(before, after, &mut out);
    if before.page.title != after.page.title {
        out.add(
            Class::WordingOnly,
            "page",
            "title",
            before.page.title.clone(),
            after.page.title.clone(),
        );
    }
    // Words outside the tables; of different forms, layout is part of them.
    let comparable = before.page.format == after.page.format;
    if out.list.is_empty() && comparable && before.page.text != after.page.text {
        out.add(Class::WordingOnly, "page", "text", None, None);
    }
    out.sorted()
}

fn operation(before: &Facts, after: &Facts, out: &mut Changes) {
    match (&before.operation, &after.operation) {
        (Stated::Value(old), Stated::Value(new)) => {
            let written = |o: &crate::facts::Operation| format!("{} {}", o.method, o.path);
            if pairing_key(old) != pairing_key(new) {
                out.add(
                    Class::Breaking,
                    "operation",
                    "method and path",
                    Some(written(old)),
                    Some(written(new)),
                );
            } else if old.path != new.path {
                out.add(
                    Class::WordingOnly,
                    "operation",
                    "names in the path",
                    Some(written(old)),
                    Some(written(new)),
                );
            }
        }
        (Stated::Value(old), _) => out.add(
            Class::DocumentationLost,
            "operation",
            "method and path",
            Some(format!("{} {}", old.method, old.path)),
            None,
        ),
        (_, Stated::Value(new)) => out.add(
            Class::Additive,
            "operation",
            "method and path",
            None,
            Some(format!("{} {}", new.method, new.path)),
        ),
        _ => {}
    }
}

fn parameters(before: &Facts, after: &Facts, out: &mut Changes) {
    let (old, new) = (&before.parameters, &after.parameters);
    if old.state == State::Stated && new.state == State::Missing {
        out.add(
            Class::DocumentationLost,
            "parameters",
            "parameters",
            Some(format!("{} parameters", old.items.len())),
            None,
        );
        return;
    }
    fields::compare(&old.items, &new.items, "parameter", true, out);
}

fn body(old: &Body, new: &Body, place: &str, request: bool, out: &mut Changes) {
    if old.state == State::Stated && new.state == State::Missing {
        out.add(
            Class::DocumentationLost,
            place,
            "body",
            Some("documented".to_owned()),
            None,
        );
        return;
    }
    if old.state != new.state && old.forms.is_empty() && new.forms.is_empty() {
        let class = if new.state == State::Missing {
            Class::DocumentationLost
        } else {
            Class::WordingOnly
        };
        out.add(class, place, "body", Some(state(old)), Some(state(new)));
    }
    let mut used = BTreeSet::new();
    for (index, form) in old.forms.iter().enumerate() {
        let partner = partner(form, new, index, &used);
        let here = if old.forms.len() > 1 {
            format!("{place} (form {})", index + 1)
        } else {
            place.to_owned()
        };
        match partner.and_then(|at| new.forms.get(at).map(|f| (at, f))) {
            Some((at, found)) => {
                used.insert(at);
                fields::compare(&form.fields, &found.fields, &here, request, out);
            }
            None => fields::compare(&form.fields, &[], &here, request, out),
        }
    }
    for (at, form) in new.forms.iter().enumerate() {
        if used.contains(&at) {
            continue;
        }
        if old.forms.is_empty() {
            fields::compare(&[], &form.fields, place, request, out);
        } else {
            let names: Vec<&str> = form.fields.iter().map(|f| f.name.as_str()).collect();
            out.add(Class::Additive, place, "form", None, Some(names.join(", ")));
        }
    }
}

fn state(body: &Body) -> String {
    match body.state {
        State::Missing => "not stated",
        State::None => "none",
        State::Stated => "stated",
    }
    .to_owned()
}

/// The form whose names are most like this one's; its own index wins a tie.
fn partner(
    form: &crate::facts::Form,
    new: &Body,
    index: usize,
    used: &BTreeSet<usize>,
) -> Option<usize> {
    let names = |f: &crate::facts::Form| -> BTreeSet<String> {
        f.fields.iter().map(|x| x.name.clone()).collect()
    };
    let ours = names(form);
    new.forms
        .iter()
        .enumerate()
        .filter(|(at, _)| !used.contains(at))
        .max_by_key(|(at, other)| {
            let theirs = names(other);
            let shared = ours.intersection(&theirs).count();
            let all = ours.union(&theirs).count().max(1);
            (shared * 1_000 / all, *at == index)
        })
        .map(|(at, _)| at)
}

fn responses(before: &Facts, after: &Facts, out: &mut Changes) {
    let gone: Vec<&Response> = unmatched(before, after);
    let come: Vec<&Response> = unmatched(after, before);
    let replaced = replaced(&gone, &come);
    if let Some((old, new)) = replaced {
        let class = match (&old.status, &new.status) {
            (Stated::Value(_), Stated::Value(_)) => Class::Breaking,
            (Stated::Value(_), _) => Class::DocumentationLost,
            _ => Class::Additive,
        };
        out.add(class, "response", "success status", code(old), code(new));
        response(old, new, out);
    }
    for old in &before.responses {
        if let Some(new) = after.responses.iter().find(|r| r.status == old.status) {
            response(old, new, out);
        } else if replaced.is_none_or(|(o, _)| o != old) {
            let class = match old.status.value() {
                Some(200..300) if after.responses.iter().any(is_success) => Class::Breaking,
                _ => Class::DocumentationLost,
            };
            out.add(class, "response", "status", code(old), None);
        }
    }
    for new in come {
        if replaced.is_none_or(|(_, n)| n != new) {
            out.add(Class::Additive, "response", "status", None, code(new));
        }
    }
}

fn unmatched<'a>(here: &'a Facts, there: &Facts) -> Vec<&'a Response> {
    here.responses
        .iter()
        .filter(|r| !there.responses.iter().any(|o| o.status == r.status))
        .collect()
}

fn is_success(response: &Response) -> bool {
    response
        .status
        .value()
        .is_some_and(|c| (200..300).contains(c))
}

/// One success status that took the place of another. A response whose status
/// the page has lost is its success.
fn replaced<'a>(
    gone: &[&'a Response],
    come: &[&'a Response],
) -> Option<(&'a Response, &'a Response)> {
    let success = |list: &[&'a Response]| {
        let mut found = list
            .iter()
            .filter(|r| is_success(r) || r.status.is_missing());
        match (found.next(), found.next()) {
            (Some(one), None) => Some(*one),
            _ => None,
        }
    };
    Some((success(gone)?, success(come)?))
}

fn code(response: &Response) -> Option<String> {
    Some(match response.status.value() {
        Some(code) => code.to_string(),
        None => "not stated".to_owned(),
    })
}

fn response(old: &Response, new: &Response, out: &mut Changes) {
    let place = match new.status.value() {
        Some(code) => format!("response {code}"),
        None => "response".to_owned(),
    };
    body(&old.body, &new.body, &place, false, out);
    let headers = format!("{place} header");
    fields::compare(&old.headers, &new.headers, &headers, false, out);
}
