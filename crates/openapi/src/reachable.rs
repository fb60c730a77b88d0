//! Which schemas the service sends, and which it is sent.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::grammar::{Kind, Reusable};
use crate::reference::{name as reference_name, resolve};
use crate::walk;
use crate::written::{Operation, operations};

/// Names of the component schemas that can occur in a response, in its body or a header, directly or nested.
pub fn response_schemas(document: &Value) -> BTreeSet<String> {
    let operations = operations(document);
    let responses = operations.iter().flat_map(Operation::responses);
    reached(
        document,
        responses
            .flat_map(|(_, response)| bodies(response).chain(headers(document, response)))
            .collect(),
    )
}

/// Names of the component schemas that can occur in a request body, directly or nested.
pub fn request_schemas(document: &Value) -> BTreeSet<String> {
    let operations = operations(document);
    let requests = operations
        .iter()
        .filter_map(|operation| operation.value.get("requestBody"))
        .map(|body| resolve(document, body));
    reached(document, requests.flat_map(bodies).collect())
}

fn reached<'a>(document: &'a Value, mut pending: Vec<&'a Value>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    while let Some(schema) = pending.pop() {
        walk::walk_from(
            schema,
            Kind::One(Reusable::Schema),
            "",
            &mut |_, _, value| {
                if let Some(name) = reference_name(value)
                    && names.insert(name)
                {
                    pending.push(resolve(document, value));
                }
            },
        );
    }
    names
}

fn headers<'a>(document: &'a Value, response: &'a Value) -> impl Iterator<Item = &'a Value> {
    let headers = response["headers"].as_object().into_iter().flatten();
    headers.map(|(_, header)| &resolve(document, header)["schema"])
}

fn bodies(holder: &Value) -> impl Iterator<Item = &Value> {
    holder["content"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, media)| &media["schema"])
}
