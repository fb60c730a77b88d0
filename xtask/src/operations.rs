//! The operations of a bundled document, with their references resolved.

use serde_json::Value;

use crate::grammar::METHODS;
use crate::pointer;

/// One operation of a document.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    document: &'a Value,
    /// Method in lower case.
    pub method: &'a str,
    /// Path template, such as `/v2/{project_id}/instances`.
    pub path: &'a str,
    /// The operation object.
    pub value: &'a Value,
}

/// Lists the operations in document order.
pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, value) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                found.push(Operation {
                    document,
                    method,
                    path,
                    value,
                });
            }
        }
    }
    found
}

/// Follows a local reference, any number of times; a value that is none is returned as it is.
pub fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..20 {
        let target = value["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| document.pointer(pointer));
        match target {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// The component's name in a reference such as `#/components/schemas/Name`.
pub fn reference_name(value: &Value) -> Option<String> {
    value["$ref"].as_str().and_then(pointer::last)
}

impl<'a> Operation<'a> {
    /// The `operationId`, empty if there is none.
    pub fn id(&self) -> &'a str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    /// Pointer to the operation object.
    pub fn pointer(&self) -> String {
        pointer::join(&pointer::join("/paths", self.path), self.method)
    }

    /// Follows a reference of the operation's document.
    pub fn resolve(&self, value: &'a Value) -> &'a Value {
        resolve(self.document, value)
    }

    /// The parameters with their references resolved.
    pub fn parameters(&self) -> impl Iterator<Item = &'a Value> {
        let document = self.document;
        self.value["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(move |parameter| resolve(document, parameter))
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
}

/// The media type object for JSON in a request body or response.
pub fn json_content(value: &Value) -> Option<&Value> {
    value.get("content")?.get("application/json")
}

/// Whether a key of `responses` stands for success.
pub fn is_success(status: &str) -> bool {
    status.starts_with('2')
}
