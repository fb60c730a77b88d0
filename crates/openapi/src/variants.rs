//! Several operations under one method and path: `x-variants`.
//!
//! OpenAPI has one operation there. Who writes a description lists the operations, each in a file of its own, under
//! `x-variants` of that one. Published is one operation that is folded of them: the alternatives of its body are told
//! apart by what [marks](Mark) each, so that exactly one fits any body. That body is a schema of the components: of one
//! without a name, generators for Go make a type that cannot be encoded. Whoever wants the operations themselves
//! [expands](expand) the document, in which each has a key of its own among the paths, and that schema is gone.

// Published documents are folded already.
#[cfg(feature = "source")]
mod fold;

use serde_json::{Map, Value};

use crate::grammar::METHODS;
use crate::pointer::join;

#[cfg(feature = "source")]
pub(crate) use fold::fold;

const VARIANTS: &str = "x-variants";
const MARK: &str = "x-variant";
const SCHEMAS: &str = "/components/schemas";

/// The schema of the body that is folded of several.
fn name_of_body(operation_id: &str) -> String {
    format!("{operation_id}Request")
}

/// The path that a key of the paths stands for.
pub fn path(key: &str) -> &str {
    key.split('#').next().unwrap_or(key)
}

/// Whether a key of the paths is that of one of several operations under one path.
pub fn is_variant(key: &str) -> bool {
    key.contains('#')
}

/// What tells the bodies of an operation from those of the others under its method and path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// A required field of the body that the others do not have.
    Field(String),
    /// A required field of the body, and its value, which the others have otherwise.
    Value(String, Value),
    /// None of these fields, which mark the others. One operation at most is what is left like this.
    Without(Vec<String>),
}

impl Mark {
    /// Reads what folding has written into an operation.
    pub(crate) fn read(operation: &Value) -> Option<Self> {
        let mark = operation.get(MARK)?;
        if let Some(fields) = mark["without"].as_array() {
            let fields = fields.iter().filter_map(|field| field.as_str());
            return Some(Self::Without(fields.map(ToOwned::to_owned).collect()));
        }
        let field = mark["field"].as_str()?.to_owned();
        Some(match mark.get("value") {
            None => Self::Field(field),
            Some(value) => Self::Value(field, value.clone()),
        })
    }

    /// Whether a body is one for this operation.
    pub fn fits(&self, body: &Value) -> bool {
        match self {
            Self::Field(field) => body.get(field).is_some(),
            Self::Value(field, value) => body.get(field) == Some(value),
            Self::Without(fields) => fields.iter().all(|field| body.get(field).is_none()),
        }
    }
}

/// The document in which each operation of `x-variants` is an operation of its own, under a key that begins with its path.
pub fn expand(document: Value) -> Value {
    expand_with_origins(document).0
}

/// The same, with the pointers of the operations that have moved: from where, and to where.
pub(crate) fn expand_with_origins(mut document: Value) -> (Value, Vec<(String, String)>) {
    let mut moved = Vec::new();
    let mut bodies = Vec::new();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return (document, moved);
    };
    let mut expanded = Map::new();
    for (path, mut item) in std::mem::take(paths) {
        let mut variants = Vec::new();
        for method in METHODS {
            let Some(folded) = item.get_mut(method) else {
                continue;
            };
            let Some(Value::Array(operations)) = folded.get_mut(VARIANTS).map(Value::take) else {
                continue;
            };
            bodies.extend(folded["operationId"].as_str().map(name_of_body));
            let shared = item.get("parameters").cloned();
            for (index, operation) in operations.into_iter().enumerate() {
                let id = operation["operationId"].as_str().unwrap_or_default();
                let key = format!("{path}#{id}");
                let from = join(&join("/paths", &path), method);
                let from = format!("{from}/{VARIANTS}/{index}");
                moved.push((from, join(&join("/paths", &key), method)));
                let mut own = Map::new();
                own.extend(
                    shared
                        .clone()
                        .map(|shared| ("parameters".to_owned(), shared)),
                );
                own.insert(method.to_owned(), operation);
                variants.push((key, Value::Object(own)));
            }
            if let Some(item) = item.as_object_mut() {
                item.shift_remove(method);
            }
        }
        let has_others = METHODS.iter().any(|method| item.get(method).is_some());
        if has_others || variants.is_empty() {
            expanded.insert(path, item);
        }
        expanded.extend(variants);
    }
    *paths = expanded;
    if let Some(schemas) = document.pointer_mut(SCHEMAS).and_then(Value::as_object_mut) {
        schemas.retain(|name, _| !bodies.contains(name));
    }
    (document, moved)
}

#[cfg(test)]
#[cfg(feature = "source")]
mod tests;
