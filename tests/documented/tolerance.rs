//! What the clients take although the description has it otherwise: payloads as the pages show them, which are mended in
//! the description where they contradict their tables, and fields under their other names.

use std::path::Path;

use libtest_mimic::{Failed, Trial};
use otcdb_apidocs::{Facts, Stated, from_yaml};
use otcdb_openapi::Bundle;
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::written::{Operation, json_content, operations};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use xtask::tasks;

use crate::dispatch;

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    let service = bundle.service.as_str();
    let facts = tasks::workspace().join(format!("openapi/{service}/facts"));
    let mut trials = Vec::new();
    // A service may be described without pages of a documentation.
    if facts.is_dir() {
        let name = format!("pages::{service}");
        trials.push(Trial::test(name, move || pages(bundle, &facts)));
    }
    let schemas = bundle.document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            for alias in property["x-alias"].as_array().into_iter().flatten() {
                let test = format!("alias::{service}::{name}::{alias}");
                trials.push(Trial::test(test, move || {
                    same_field(service, (name, schema), field, alias)
                }));
            }
        }
    }
    trials
}

/// Every payload of a response that a page shows is decoded by the client.
fn pages(bundle: &Bundle, facts: &Path) -> Result<(), Failed> {
    let service = bundle.service.as_str();
    let operations = operations(&bundle.document);
    let mut decoded = 0;
    for file in std::fs::read_dir(facts)? {
        let file = file?.path();
        // Pages of rights have other facts, and no payloads.
        if file
            .file_name()
            .is_some_and(|name| name == "permissions.yaml")
        {
            continue;
        }
        let facts: Facts = from_yaml(&std::fs::read_to_string(&file)?)?;
        let Stated::Value(line) = &facts.operation else {
            continue;
        };
        let at = |one: &&Operation<'_>| {
            one.method.eq_ignore_ascii_case(&line.method) && one.path == line.path
        };
        let operation = operations.iter().find(at);
        let operation = operation.ok_or_else(|| format!("no operation: {file:?}"))?;
        for example in &facts.response_examples {
            let Some(body) = &example.body else { continue };
            let status = match &example.status {
                Stated::Value(status) => status.to_string(),
                // Such pages show what comes where all is well.
                _ => "200".to_owned(),
            };
            let response = operation.responses().find(|(known, _)| *known == status);
            let schema = response
                .and_then(|(_, response)| reference_name(&json_content(response)?["schema"]));
            // What is no JSON is mended by hand, and a test of its own.
            let Some(schema) = schema else { continue };
            if serde_json::from_str::<IgnoredAny>(&body.text).is_err() {
                continue;
            }
            let model = dispatch::model(service, &schema)
                .ok_or_else(|| format!("no type was generated for the schema {schema}"))?;
            (model.decode)(body.text.as_bytes())
                .map_err(|error| format!("{file:?} {status}: {error}"))?;
            decoded += 1;
        }
    }
    if decoded == 0 {
        return Err("no page shows anything".into());
    }
    Ok(())
}

/// A field is the same under its other name.
fn same_field(
    service: &str,
    (name, schema): (&str, &Value),
    field: &str,
    alias: &Value,
) -> Result<(), Failed> {
    let alias = alias.as_str().ok_or("it is no name")?;
    let model = dispatch::model(service, name).ok_or("no type was generated")?;
    let required = schema["required"].as_array().into_iter().flatten();
    let mut value: Value = required
        .filter_map(Value::as_str)
        .filter(|required| *required != field)
        .map(|required| (required.to_owned(), json!("y")))
        .collect();
    let sent = match schema["properties"][field]["type"].as_str() {
        Some("integer" | "number") => json!(7),
        _ => json!("x"),
    };
    value[alias] = sent.clone();
    let decoded = (model.decode)(value.to_string().as_bytes())?.json;
    if decoded[field] != sent {
        return Err(format!("{alias} is not read as {field}: {decoded}").into());
    }
    Ok(())
}
