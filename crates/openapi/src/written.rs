//! The operations of a document as they are written, with their references resolved: for those who judge or rewrite
//! a document. What a document says when it is right is an [`Operation`](crate::Operation).

use serde_json::Value;

use crate::grammar::METHODS;
pub use crate::grammar::{is_success, json_content};
use crate::link::FINISHED;
use crate::pointer;
use crate::reference::resolve;
use crate::variants;

/// One operation of a document.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    document: &'a Value,
    item: &'a Value,
    /// Method in lower case.
    pub method: &'a str,
    /// Path template, such as `/v2/{project_id}/instances`.
    pub path: &'a str,
    /// The key under `paths`: the path and, for one of several operations under it, what tells it from the others.
    pub key: &'a str,
    /// The operation object.
    pub value: &'a Value,
}

/// Lists the operations in document order.
pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (key, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, value) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                found.push(Operation {
                    document,
                    item,
                    method,
                    path: variants::path(key),
                    key,
                    value,
                });
            }
        }
    }
    found
}

impl<'a> Operation<'a> {
    /// The `operationId`, empty if there is none.
    pub fn id(&self) -> &'a str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    /// Pointer to the operation object.
    pub fn pointer(&self) -> String {
        pointer::join(&pointer::join("/paths", self.key), self.method)
    }

    /// Follows a reference of the operation's document.
    pub fn resolve(&self, value: &'a Value) -> &'a Value {
        resolve(self.document, value)
    }

    /// The parameters with their references resolved: those of all operations of the path, then its own.
    pub fn parameters(&self) -> impl Iterator<Item = &'a Value> {
        self.parameters_at().map(|(_, parameter)| parameter)
    }

    /// The same, each with the pointer to where the operation or its path names it.
    pub fn parameters_at(&self) -> impl Iterator<Item = (String, &'a Value)> {
        let document = self.document;
        let of = move |holder: &'a Value, at: String| {
            let all = holder["parameters"].as_array().into_iter().flatten();
            all.enumerate().map(move |(index, parameter)| {
                (
                    format!("{at}/parameters/{index}"),
                    resolve(document, parameter),
                )
            })
        };
        of(self.item, pointer::join("/paths", self.key)).chain(of(self.value, self.pointer()))
    }

    /// The media type object of the JSON request body.
    pub fn request_json(&self) -> Option<&'a Value> {
        json_content(resolve(self.document, self.value.get("requestBody")?))
    }

    /// The responses by status code text, references resolved.
    pub fn responses(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let document = self.document;
        self.value["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(status, response)| (status.as_str(), resolve(document, response)))
    }

    /// The links to the operation that tells when work is done, one for each success that has one.
    pub fn finished(&self) -> impl Iterator<Item = &'a Value> {
        self.responses()
            .filter(|(status, _)| is_success(status))
            .filter_map(|(_, response)| response["links"].get(FINISHED))
    }
}
