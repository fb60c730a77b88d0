//! Changes of parameters and fields.

use super::{Changes, Class};
use crate::facts::{Field, Limit, Limited, Stated};
use crate::type_name;

/// Compares two lists of fields. `request` says whether the caller sends them.
pub(crate) fn compare(old: &[Field], new: &[Field], place: &str, request: bool, out: &mut Changes) {
    let mut taken = vec![false; new.len()];
    for field in old {
        let at = new
            .iter()
            .zip(&taken)
            .position(|(f, used)| !*used && f.name == field.name && f.place == field.place);
        match at.and_then(|at| new.get(at).map(|f| (at, f))) {
            Some((at, found)) => {
                if let Some(slot) = taken.get_mut(at) {
                    *slot = true;
                }
                one(field, found, place, request, out);
            }
            None => out.add(
                Class::Breaking,
                &path(place, field),
                "removed",
                Some(summary(field)),
                None,
            ),
        }
    }
    for (field, used) in new.iter().zip(taken) {
        if used {
            continue;
        }
        let needed = request && field.mandatory == Stated::Value(true);
        let class = if needed {
            Class::Breaking
        } else {
            Class::Additive
        };
        out.add(
            class,
            &path(place, field),
            "added",
            None,
            Some(summary(field)),
        );
    }
}

fn path(place: &str, field: &Field) -> String {
    let separator = if place.contains(' ') && !place.ends_with(')') && !place.ends_with("header") {
        // "response 200" and "request" end in a word, "request a" in a field.
        separator(place)
    } else {
        " "
    };
    match field.place {
        Some(at) => format!("{} {}", at.as_str(), field.name),
        None => format!("{place}{separator}{}", field.name),
    }
}

fn separator(place: &str) -> &'static str {
    let last = place.rsplit(' ').next().unwrap_or_default();
    if last.len() == 3
        && last.bytes().all(|b| b.is_ascii_digit())
        && place.starts_with("response ")
        && place.matches(' ').count() == 1
    {
        " "
    } else {
        "."
    }
}

/// A field in a few words: its type and whether it is mandatory.
fn summary(field: &Field) -> String {
    let mut words = Vec::new();
    words.push(field.type_word.value().map_or("no type", String::as_str));
    match field.mandatory {
        Stated::Value(true) => words.push("mandatory"),
        Stated::Value(false) => words.push("optional"),
        _ => {}
    }
    words.join(", ")
}

fn one(old: &Field, new: &Field, place: &str, request: bool, out: &mut Changes) {
    let here = path(place, new);
    let before = out.len();
    mandatory(old, new, &here, request, out);
    type_word(old, new, &here, out);
    values(old, new, &here, out);
    limits(old, new, &here, out);
    default(old, new, &here, out);
    let changed = out.len() > before;
    if !old.fields.is_empty() && new.fields.is_empty() && new.type_word == old.type_word {
        out.add(
            Class::DocumentationLost,
            &here,
            "fields",
            Some(format!("{} fields", old.fields.len())),
            None,
        );
    } else {
        compare(&old.fields, &new.fields, &here, request, out);
    }
    if !changed && old.text != new.text {
        out.add(Class::WordingOnly, &here, "description", None, None);
    }
}

fn mandatory(old: &Field, new: &Field, here: &str, request: bool, out: &mut Changes) {
    if old.mandatory == new.mandatory {
        return;
    }
    let class = match (&old.mandatory, &new.mandatory) {
        (Stated::Value(_), Stated::Value(now)) if *now == request => Class::Breaking,
        (_, Stated::Value(_)) => Class::Additive,
        _ => Class::DocumentationLost,
    };
    let word = |m: &Stated<bool>| m.value().map(|m| if *m { "yes" } else { "no" }.to_owned());
    out.add(
        class,
        here,
        "mandatory",
        word(&old.mandatory),
        word(&new.mandatory),
    );
}

fn type_word(old: &Field, new: &Field, here: &str, out: &mut Changes) {
    if old.type_word == new.type_word {
        return;
    }
    let class = match (old.type_word.value(), new.type_word.value()) {
        (Some(a), Some(b)) if type_name::shape(a) == type_name::shape(b) => Class::WordingOnly,
        (Some(_), Some(_)) => Class::Breaking,
        (Some(_), None) => Class::DocumentationLost,
        _ => Class::Additive,
    };
    out.add(
        class,
        here,
        "type",
        old.type_word.value().cloned(),
        new.type_word.value().cloned(),
    );
}

fn values(old: &Field, new: &Field, here: &str, out: &mut Changes) {
    let only = |a: &[String], b: &[String]| {
        let rest: Vec<&str> = a
            .iter()
            .filter(|v| !b.contains(v))
            .map(String::as_str)
            .collect();
        (!rest.is_empty()).then(|| rest.join(", "))
    };
    let gone = only(&old.values, &new.values);
    let come = only(&new.values, &old.values);
    if new.values.is_empty() && gone.is_some() {
        out.add(Class::DocumentationLost, here, "values", gone, None);
        return;
    }
    if let Some(gone) = gone {
        out.add(Class::Breaking, here, "values removed", Some(gone), None);
    }
    if let Some(come) = come {
        out.add(Class::Additive, here, "values added", None, Some(come));
    }
}

fn limits(old: &Field, new: &Field, here: &str, out: &mut Changes) {
    if old.limits == new.limits {
        return;
    }
    let class = if new.limits.is_empty() {
        Class::DocumentationLost
    } else if old.limits.is_empty() || widened(&old.limits, &new.limits) {
        Class::Additive
    } else {
        Class::Breaking
    };
    let written = |l: &[Limit]| {
        let ranges: Vec<String> = l.iter().map(range).collect();
        (!ranges.is_empty()).then(|| ranges.join("; "))
    };
    out.add(
        class,
        here,
        "limits",
        written(&old.limits),
        written(&new.limits),
    );
}

fn range(limit: &Limit) -> String {
    let of = match limit.of {
        Limited::Value => "",
        Limited::Length => "length ",
    };
    match (&limit.min, &limit.max) {
        (Some(min), Some(max)) => format!("{of}{min} to {max}"),
        (Some(min), None) => format!("{of}from {min}"),
        (None, Some(max)) => format!("{of}up to {max}"),
        (None, None) => of.to_owned(),
    }
}

/// Whether everything that was allowed still is; only where both are one
/// range of plain numbers.
fn widened(old: &[Limit], new: &[Limit]) -> bool {
    let ([a], [b]) = (old, new) else {
        return false;
    };
    let number = |text: &Option<String>| text.as_ref().map(|t| t.parse::<f64>().ok());
    let low = match (number(&a.min), number(&b.min)) {
        (_, None) => true,
        (Some(Some(was)), Some(Some(is))) => is <= was,
        _ => false,
    };
    let high = match (number(&a.max), number(&b.max)) {
        (_, None) => true,
        (Some(Some(was)), Some(Some(is))) => is >= was,
        _ => false,
    };
    a.of == b.of && low && high
}

fn default(old: &Field, new: &Field, here: &str, out: &mut Changes) {
    if old.default == new.default {
        return;
    }
    let class = match (&old.default, &new.default) {
        (Stated::Missing, _) => Class::Additive,
        (_, Stated::Missing) => Class::DocumentationLost,
        _ => Class::Breaking,
    };
    let written = |d: &Stated<Vec<String>>| match d {
        Stated::Missing => None,
        Stated::Nothing => Some("none".to_owned()),
        Stated::Value(values) => Some(values.join(", ")),
    };
    out.add(
        class,
        here,
        "default",
        written(&old.default),
        written(&new.default),
    );
}
