//! Changes of examples.

use serde_json::Value;

use super::{Changes, Class};
use crate::facts::{Facts, Header, Payload, Stated};

/// No report is longer for one example.
const MOST: usize = 100;

/// Compares the example requests, by their order.
pub(crate) fn requests(before: &Facts, after: &Facts, out: &mut Changes) {
    let (old, new) = (&before.request_examples, &after.request_examples);
    for index in 0..old.len().max(new.len()) {
        let place = format!("request example {index}");
        match (old.get(index), new.get(index)) {
            (Some(a), Some(b)) => {
                plain(&place, "method", &a.method, &b.method, out);
                plain(&place, "url", &a.url, &b.url, out);
                headers(&place, &a.headers, &b.headers, out);
                payload(&place, a.body.as_ref(), b.body.as_ref(), out);
            }
            (Some(_), None) => out.add(Class::ExampleOnly, &place, "removed", None, None),
            _ => out.add(Class::ExampleOnly, &place, "added", None, None),
        }
    }
}

/// Compares the example responses, by their status and then by their order.
pub(crate) fn responses(before: &Facts, after: &Facts, out: &mut Changes) {
    let mut taken = vec![false; after.response_examples.len()];
    for (index, old) in before.response_examples.iter().enumerate() {
        let place = format!("response example {index}");
        let same = |strict: bool, taken: &[bool]| {
            after
                .response_examples
                .iter()
                .zip(taken)
                .position(|(n, used)| !*used && (!strict || n.status == old.status))
        };
        // A page whose success status changed keeps its examples.
        let found = same(true, &taken).or_else(|| {
            let moved = before.response_examples.len() == after.response_examples.len();
            if moved { same(false, &taken) } else { None }
        });
        match found.and_then(|at| after.response_examples.get(at).map(|n| (at, n))) {
            Some((at, new)) => {
                if let Some(slot) = taken.get_mut(at) {
                    *slot = true;
                }
                headers(&place, &old.headers, &new.headers, out);
                payload(&place, old.body.as_ref(), new.body.as_ref(), out);
            }
            None => out.add(
                Class::ExampleOnly,
                &place,
                "removed",
                status(&old.status),
                None,
            ),
        }
    }
    for (index, (new, used)) in after.response_examples.iter().zip(taken).enumerate() {
        if !used {
            let place = format!("response example {index}");
            out.add(
                Class::ExampleOnly,
                &place,
                "added",
                None,
                status(&new.status),
            );
        }
    }
}

fn status(status: &Stated<u16>) -> Option<String> {
    status.value().map(|s| format!("status {s}"))
}

fn plain(place: &str, what: &str, old: &Option<String>, new: &Option<String>, out: &mut Changes) {
    if old != new {
        out.add(Class::ExampleOnly, place, what, old.clone(), new.clone());
    }
}

fn headers(place: &str, old: &[Header], new: &[Header], out: &mut Changes) {
    let names = |list: &[Header]| {
        let names: Vec<&str> = list.iter().map(|h| h.name.as_str()).collect();
        Some(names.join(", "))
    };
    if old != new {
        out.add(Class::ExampleOnly, place, "headers", names(old), names(new));
    }
}

fn payload(place: &str, old: Option<&Payload>, new: Option<&Payload>, out: &mut Changes) {
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, None) => return,
        (Some(_), None) => {
            out.add(Class::ExampleOnly, place, "body removed", None, None);
            return;
        }
        (None, Some(_)) => {
            out.add(Class::ExampleOnly, place, "body added", None, None);
            return;
        }
    };
    let rules = |p: &Payload| {
        let names: Vec<&str> = p.repairs.iter().map(|r| r.as_str()).collect();
        match (&p.value, names.is_empty()) {
            (None, _) => "not JSON".to_owned(),
            (Some(_), true) => "sound".to_owned(),
            (Some(_), false) => names.join(", "),
        }
    };
    if rules(old) != rules(new) {
        out.add(
            Class::ExampleOnly,
            place,
            "JSON",
            Some(rules(old)),
            Some(rules(new)),
        );
    }
    match (&old.value, &new.value) {
        (Some(a), Some(b)) => {
            let mut room = MOST;
            value(place, "", a, b, &mut room, out);
        }
        _ if old.text != new.text => {
            out.add(Class::ExampleOnly, place, "text", None, None);
        }
        _ => {}
    }
}

fn value(place: &str, path: &str, old: &Value, new: &Value, room: &mut usize, out: &mut Changes) {
    if old == new || *room == 0 {
        return;
    }
    let join = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, inner) in a {
                match b.get(key) {
                    Some(now) => value(place, &join(key), inner, now, room, out),
                    None => add(
                        place,
                        &join(key),
                        "key removed",
                        Some(inner),
                        None,
                        room,
                        out,
                    ),
                }
            }
            for (key, inner) in b {
                if !a.contains_key(key) {
                    add(place, &join(key), "key added", None, Some(inner), room, out);
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (x, y)) in a.iter().zip(b).enumerate() {
                value(place, &format!("{path}[{index}]"), x, y, room, out);
            }
        }
        _ => add(place, path, "value", Some(old), Some(new), room, out),
    }
}

fn add(
    place: &str,
    path: &str,
    what: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    room: &mut usize,
    out: &mut Changes,
) {
    *room = room.saturating_sub(1);
    let place = format!("{place} {path}");
    out.add(
        Class::ExampleOnly,
        place.trim_end(),
        what,
        old.map(Value::to_string),
        new.map(Value::to_string),
    );
}
