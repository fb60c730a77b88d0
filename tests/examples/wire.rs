//! Every documented request, as the generated client puts it on the wire.

use libtest_mimic::{Failed, Trial};
use otcdb_openapi::Bundle;
use otcdb_openapi::examples::{request_examples, response_examples};
use otcdb_openapi::written::{is_success, operations};
use serde_json::Value;

use crate::dispatch::{self, How};
use crate::json::normalise;
use crate::server;
use crate::snapshot::snapshot;
use crate::support::Arguments;

struct Case {
    service: &'static str,
    operation: &'static str,
    name: String,
    arguments: Arguments<'static>,
    /// The status of the success and its documented body.
    status: u16,
    answer: Option<&'static Value>,
}

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    let service = &bundle.service;
    let mut trials = Vec::new();
    for operation in operations(&bundle.document) {
        let success = operation.responses().find(|(status, _)| is_success(status));
        let status = success
            .and_then(|(status, _)| status.parse().ok())
            .unwrap_or(500);
        let answer = response_examples(&operation)
            .into_iter()
            .find(|example| is_success(example.status))
            .map(|example| example.value);
        for example in request_examples(&operation) {
            let case = Case {
                service,
                operation: operation.id(),
                name: format!("wire__{service}__{}__{}", operation.id(), example.name),
                arguments: Arguments {
                    parameters: example.parameters,
                    body: example.body,
                },
                status,
                answer,
            };
            let name = format!("wire::{service}::{}::{}", operation.id(), example.name);
            trials.push(Trial::test(name, move || run(&case)));
        }
    }
    trials
}

fn run(case: &Case) -> Result<(), Failed> {
    let (got, seen) = server::serve(vec![(case.status, case.answer.cloned())], async |session| {
        dispatch::call(
            case.service,
            session,
            case.operation,
            &case.arguments,
            How::Send,
        )
        .await
    })?;
    let [request] = seen.as_slice() else {
        return Err(format!("one request was expected, not {}", seen.len()).into());
    };
    snapshot(&case.name, &request.text);
    let expected = case.answer.map_or(Value::Null, normalise);
    if normalise(&got) != expected {
        return Err(format!("the client read {got:#} from {expected:#}").into());
    }
    Ok(())
}
