//! Every documented JSON body, decoded by its generated type, pinned, and encoded again.

use std::collections::BTreeSet;

use libtest_mimic::{Failed, Trial};
use otcdb_openapi::Bundle;
use otcdb_openapi::examples::{request_examples, response_examples};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::written::operations;
use serde_json::Value;

use crate::dispatch;
use crate::json::normalise;
use crate::snapshot::snapshot;

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    let service = &bundle.service;
    let mut trials = Vec::new();
    let mut shared = BTreeSet::new();
    for operation in operations(&bundle.document) {
        let id = operation.id();
        for example in response_examples(&operation) {
            let name = match &example.shared {
                Some(response) if !shared.insert((response.clone(), example.name)) => continue,
                Some(response) => format!("{service}::{response}::{}", example.name),
                None => format!(
                    "{service}::{id}::response_{}::{}",
                    example.status, example.name
                ),
            };
            trials.push(trial(service, name, example.schema, example.value));
        }
        let schema = operation
            .request_json()
            .and_then(|media| reference_name(&media["schema"]));
        for example in request_examples(&operation) {
            if let (Some(schema), Some(value)) = (&schema, example.body) {
                let name = format!("{service}::{id}::request::{}", example.name);
                trials.push(trial(service, name, schema.clone(), value));
            }
        }
    }
    trials
}

fn trial(service: &'static str, name: String, schema: String, example: &'static Value) -> Trial {
    Trial::test(format!("decode::{name}"), move || {
        decode(service, &name, &schema, example)
    })
}

fn decode(service: &str, name: &str, schema: &str, example: &Value) -> Result<(), Failed> {
    let model = dispatch::model(service, schema)
        .ok_or_else(|| format!("no type was generated for the schema {schema}"))?;
    let decoded = (model.decode)(example)
        .map_err(|error| format!("the documented example does not decode as {schema}: {error}"))?;
    snapshot(
        &format!("decode__{}", name.replace("::", "__")),
        &decoded.debug,
    );
    let (before, after) = (normalise(example), normalise(&decoded.json));
    if before != after {
        return Err(
            format!("decoding and encoding changed the example\n{before:#}\n{after:#}").into(),
        );
    }
    Ok(())
}
