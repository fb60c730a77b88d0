//! Every documented example, as what is checked and what its snapshot holds.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use otcdb_openapi::Bundle;
use otcdb_openapi::examples::{RequestExample, request_examples, response_examples};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::written::{Operation, is_success, operations};
use serde_json::Value;

use crate::decode::Body;
use crate::support::Arguments;
use crate::wire::Request;

/// The examples of an operation, or of a response that operations share, in the order of the description.
pub(crate) struct Page {
    pub(crate) service: &'static str,
    /// Name of its snapshot below the service's: `CreateInstance`, `responses/BadRequest`.
    pub(crate) name: String,
    pub(crate) examples: Vec<Example>,
}

/// A documented example in one of its forms.
pub(crate) struct Example {
    /// Name of its test.
    pub(crate) test: String,
    /// What stands above it in the snapshot.
    pub(crate) heading: String,
    form: Form,
}

enum Form {
    Decoded(Body),
    Sent(Request),
}

impl Example {
    /// Checks it, and gives what its snapshot holds.
    pub(crate) fn text(&self) -> Result<String, Failed> {
        match &self.form {
            Form::Decoded(body) => body.decode(),
            Form::Sent(request) => request.send(),
        }
    }
}

/// The examples of a service. A response that operations share has a page of its own, so that it is there once.
pub(crate) fn pages(bundle: &'static Bundle) -> Vec<Page> {
    let service = bundle.service.as_str();
    let mut pages = Vec::new();
    let mut shared = BTreeSet::new();
    for operation in operations(&bundle.document) {
        let id = operation.id();
        let mut examples = Vec::new();
        for example in request_examples(&operation) {
            examples.extend(received(service, &operation, &example));
            examples.push(sent(service, &operation, example));
        }
        let mut of_components: Vec<Page> = Vec::new();
        for example in response_examples(&operation) {
            let body = Body {
                service,
                schema: example.schema,
                example: example.value,
            };
            let (status, name) = (example.status, example.name);
            let Some(response) = example.shared else {
                examples.push(Example {
                    test: format!("decode::{service}::{id}::response_{status}::{name}"),
                    heading: format!("response {status} {name}"),
                    form: Form::Decoded(body),
                });
                continue;
            };
            if !shared.insert((response.clone(), name)) {
                continue;
            }
            let example = Example {
                test: format!("decode::{service}::{response}::{name}"),
                heading: format!("response {name}"),
                form: Form::Decoded(body),
            };
            let path = format!("responses/{response}");
            match of_components.iter_mut().find(|page| page.name == path) {
                Some(page) => page.examples.push(example),
                None => of_components.push(Page {
                    service,
                    name: path,
                    examples: vec![example],
                }),
            }
        }
        pages.push(Page {
            service,
            name: id.to_owned(),
            examples,
        });
        pages.extend(of_components);
    }
    pages.retain(|page| !page.examples.is_empty());
    pages
}

/// The body of a request, as the service would read it.
fn received(
    service: &'static str,
    operation: &Operation<'static>,
    example: &RequestExample<'static>,
) -> Option<Example> {
    let media = operation.request_json()?;
    let (id, name) = (operation.id(), example.name);
    Some(Example {
        test: format!("decode::{service}::{id}::request::{name}"),
        heading: format!("request {name}, decoded"),
        form: Form::Decoded(Body {
            service,
            schema: reference_name(&media["schema"])?,
            example: example.body?,
        }),
    })
}

/// A request, as the client sends it, answered by the first documented success.
fn sent(
    service: &'static str,
    operation: &Operation<'static>,
    example: RequestExample<'static>,
) -> Example {
    let (id, name) = (operation.id(), example.name);
    let success = operation.responses().find(|(status, _)| is_success(status));
    let response: Option<&Value> = response_examples(operation)
        .into_iter()
        .find(|example| is_success(example.status))
        .map(|example| example.value);
    Example {
        test: format!("wire::{service}::{id}::{name}"),
        heading: format!("request {name}, sent"),
        form: Form::Sent(Request {
            service,
            operation: id,
            arguments: Arguments {
                parameters: example.parameters,
                body: example.body,
            },
            status: success
                .and_then(|(status, _)| status.parse().ok())
                .unwrap_or(500),
            response,
        }),
    }
}
