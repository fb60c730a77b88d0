//! Every operation, answered by a success that is not documented: the service has done what it was asked for.

use libtest_mimic::{Failed, Trial};
use otcdb_openapi::Bundle;
use otcdb_openapi::examples::{request_examples, response_examples};
use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::{Operation, is_success, json_content, operations};
use serde_json::{Value, json};

use crate::dispatch::{self, How};
use crate::json::normalise;
use crate::server;
use crate::support::Arguments;

const STATUSES: [&str; 4] = ["200", "201", "202", "204"];

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    let trial = |operation: Operation<'static>| {
        let name = format!("success::{}::{}", bundle.service, operation.id());
        Trial::test(name, move || {
            let undocumented = |status: &&str| !documented(&operation).any(|one| one == *status);
            for status in STATUSES.iter().copied().filter(undocumented) {
                other(bundle, &operation, status)?;
            }
            Ok(())
        })
    };
    operations(&bundle.document)
        .into_iter()
        .map(trial)
        .collect()
}

fn documented<'a>(operation: &Operation<'a>) -> impl Iterator<Item = &'a str> {
    let statuses = operation.responses().map(|(status, _)| status);
    statuses.filter(|status| is_success(status))
}

/// With the documented body, or any where none is documented, and without one.
fn other(bundle: &Bundle, operation: &Operation<'static>, status: &str) -> Result<(), Failed> {
    let bodies = || {
        let successes = operation.responses().filter(|(one, _)| is_success(one));
        successes.map(|(_, response)| json_content(response))
    };
    let schema = bodies().flatten().next().map(|media| &media["schema"]);
    if status != "204" {
        let examples = response_examples(operation);
        let example = examples.iter().find(|one| is_success(one.status));
        let (body, expected) = match schema {
            Some(_) => {
                let body = example.ok_or("no body is documented")?.value.clone();
                (body.clone(), normalise(&body))
            }
            None => (json!({ "unasked": true }), Value::Null),
        };
        let got = answered(bundle, operation, status, Some(body))?;
        same(status, &got, &expected)?;
    }
    let nothing = answered(bundle, operation, status, None);
    let Some(schema) = schema.map(|schema| resolve(&bundle.document, schema)) else {
        return same(status, &nothing?, &Value::Null);
    };
    let is_list = operation.value.get("x-pagination").is_some();
    if bodies().any(|body| body.is_none()) {
        // A list of nothing, or nothing.
        let expected = if is_list { json!({}) } else { Value::Null };
        return same(status, &nothing?, &expected);
    }
    let requires = |required: &Value| required.as_array().is_some_and(|list| !list.is_empty());
    if status == "200" || is_list || requires(&schema["required"]) {
        return match nothing {
            Ok(got) => Err(format!("{status} without a body: the client made {got} of it").into()),
            Err(_) => Ok(()),
        };
    }
    same(status, &nothing?, &json!({}))
}

fn same(status: &str, got: &Value, expected: &Value) -> Result<(), Failed> {
    if normalise(got) == *expected {
        return Ok(());
    }
    Err(format!("{status}: the client read {got:#}, not {expected:#}").into())
}

/// What the client makes of a response to the first documented request.
fn answered(
    bundle: &Bundle,
    operation: &Operation<'static>,
    status: &str,
    body: Option<Value>,
) -> Result<Value, Failed> {
    let request = request_examples(operation)
        .into_iter()
        .next()
        .ok_or("no request is documented")?;
    let arguments = Arguments {
        parameters: request.parameters,
        body: request.body,
    };
    let responses = vec![(status.parse()?, body)];
    let (got, _) = server::serve(responses, async |session| {
        let service = bundle.service.as_str();
        dispatch::call(service, session, operation.id(), &arguments, How::Send).await
    })?;
    Ok(got)
}
