//! What the document of a service says.

use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

use crate::load;
use crate::operation::Operation;

/// A document does not say what it should, which for a bundled one is an error of the build.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the bundle of {service}: {problem}")]
pub struct InvalidDescription {
    service: String,
    problem: String,
}

/// The description of one service.
#[derive(Debug)]
#[non_exhaustive]
pub struct Description {
    /// The service's name, which is that of its folder.
    pub service: Arc<str>,
    /// The sections of its documentation, in their order.
    pub sections: Vec<Section>,
    /// Its operations, in the order of their paths.
    pub operations: Vec<Operation>,
}

/// A section of the documentation: a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Section {
    /// The name that operations have as their tag.
    pub name: String,
    /// What people read (`x-displayName`), or the name where there is nothing else.
    pub title: String,
}

impl Description {
    /// Reads a text: a self-contained OpenAPI 3.0 document in JSON.
    ///
    /// # Errors
    ///
    /// It is no JSON, or see [`of`](Self::of).
    pub fn parse(service: &str, text: &[u8]) -> Result<Self, InvalidDescription> {
        let document = serde_json::from_slice(text)
            .map_err(|error| invalid(service, format!("not JSON: {error}")))?;
        Self::of(service, document)
    }

    /// Reads a self-contained OpenAPI 3.0 document.
    ///
    /// # Errors
    ///
    /// An operation or parameter in it has no name or an unknown place, or what pages, waits or links has no form that
    /// is known.
    pub fn of(service: &str, document: Value) -> Result<Self, InvalidDescription> {
        let name: Arc<str> = service.into();
        let sections = sections(&document);
        match load::load(&name, document) {
            Ok(operations) => Ok(Self {
                service: name,
                sections,
                operations,
            }),
            Err(problem) => Err(invalid(service, problem)),
        }
    }

    /// The operation with this operationId.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The operation with this name in kebab-case.
    pub fn named(&self, name: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
    }
}

fn sections(document: &Value) -> Vec<Section> {
    let tags = document["tags"].as_array().into_iter().flatten();
    let section = |tag: &Value| {
        let text = |key: &str| tag[key].as_str().map(ToOwned::to_owned);
        let name = text("name")?;
        Some(Section {
            title: text("x-displayName").unwrap_or_else(|| name.clone()),
            name,
        })
    };
    tags.filter_map(section).collect()
}

fn invalid(service: &str, problem: String) -> InvalidDescription {
    InvalidDescription {
        service: service.to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_that_cannot_be_read_is_named() {
        let of = |text: &str| {
            let error = Description::parse("things", text.as_bytes()).unwrap_err();
            error.to_string()
        };
        let error = of("{");
        assert!(
            error.starts_with("the bundle of things: not JSON"),
            "{error}"
        );
        let operation = |inside: &str| {
            of(&format!(
                r#"{{ "paths": {{ "/a": {{ "get": {{ {inside} }} }} }} }}"#
            ))
        };
        assert_eq!(
            operation(""),
            "the bundle of things: an operation has no operationId"
        );
        let error = operation(r#""operationId": "A", "x-waiter": { "field": "a[" }"#);
        assert!(
            error.starts_with("the bundle of things: A: \"a[\" is no path"),
            "{error}"
        );
        let error =
            operation(r#""operationId": "A", "x-pagination": { "items": "a", "style": "b" }"#);
        assert!(
            error.starts_with("the bundle of things: A: x-pagination"),
            "{error}"
        );
    }
}
