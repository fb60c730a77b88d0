//! Visits every OpenAPI object of a document, with its kind and pointer.

use serde_json::Value;

use crate::grammar::Kind;
use crate::pointer;

/// Calls `visit` for the document and everything in it that is not opaque, parents first.
pub fn walk<'a>(document: &'a Value, visit: &mut dyn FnMut(Kind, &str, &'a Value)) {
    step(document, Kind::Root, "", visit);
}

/// The same, for a value of a known kind at a known pointer.
pub fn walk_from<'a>(
    value: &'a Value,
    kind: Kind,
    at: &str,
    visit: &mut dyn FnMut(Kind, &str, &'a Value),
) {
    step(value, kind, at, visit);
}

fn step<'a>(value: &'a Value, kind: Kind, at: &str, visit: &mut dyn FnMut(Kind, &str, &'a Value)) {
    if kind == Kind::Opaque {
        return;
    }
    visit(kind, at, value);
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                step(child, kind.child(key), &pointer::join(at, key), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let at = pointer::join(at, &index.to_string());
                step(item, kind.element(), &at, visit);
            }
        }
        _ => {}
    }
}

/// Calls `rewrite` for everything in the document that is not opaque, children first.
pub fn rewrite(document: &mut Value, rewrite: &mut dyn FnMut(Kind, &mut Value)) {
    step_mut(document, Kind::Root, rewrite);
}

/// The same, for a value of a known kind.
pub fn rewrite_from(value: &mut Value, kind: Kind, rewrite: &mut dyn FnMut(Kind, &mut Value)) {
    step_mut(value, kind, rewrite);
}

fn step_mut(value: &mut Value, kind: Kind, rewrite: &mut dyn FnMut(Kind, &mut Value)) {
    if kind == Kind::Opaque {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, child) in map.iter_mut() {
                step_mut(child, kind.child(key), rewrite);
            }
        }
        Value::Array(items) => {
            for item in items {
                step_mut(item, kind.element(), rewrite);
            }
        }
        _ => {}
    }
    rewrite(kind, value);
}
