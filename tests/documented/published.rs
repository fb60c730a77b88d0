//! Every documented response against its schema, in the documents that are published.

use std::path::Path;

use libtest_mimic::{Failed, Trial};
use otcdb_openapi::{Description, Schema, pointer};
use serde_json::Value;

pub(crate) fn trials(dist: &Path, service: &str) -> Vec<Trial> {
    let described = std::fs::read(dist.join(format!("{service}.json")))
        .map_err(Failed::from)
        .and_then(|text| Ok(Description::parse(service, &text)?));
    let described: &'static Description = match described {
        Ok(described) => Box::leak(Box::new(described)),
        Err(error) => {
            let name = format!("published::{service}");
            return vec![Trial::test(name, move || Err(error))];
        }
    };
    let mut trials = Vec::new();
    for operation in &described.operations {
        for response in &operation.responses {
            let (id, status) = (&operation.id, response.status);
            for example in &response.examples {
                let name = &example.name;
                let name = format!("published::{service}::{id}::{status}::{name}");
                trials.push(Trial::test(name, move || {
                    let schema = response.schema.as_ref().ok_or("it has no schema")?;
                    fits(schema, &example.value)?;
                    null_for_absent(schema, &example.value)
                }));
            }
        }
    }
    trials
}

/// A documented response is as its schema says, and all of its fields are described.
fn fits(schema: &Schema, body: &Value) -> Result<(), Failed> {
    match schema.validation_errors(body).into_iter().next() {
        None => Ok(()),
        Some(one) => Err(format!("{}: {}", one.pointer, one.problem).into()),
    }
}

/// Null may stand wherever nothing may.
fn null_for_absent(schema: &Schema, body: &Value) -> Result<(), Failed> {
    let mut members = Vec::new();
    collect("", body, &mut members);
    for (object, name) in members {
        let place = pointer::join(&object, &name);
        let mut body = body.clone();
        let Some(Value::Object(members)) = body.pointer_mut(&object) else {
            return Err(format!("there is no {object}").into());
        };
        members.insert(name.clone(), Value::Null);
        let Some(why) = schema.validation_error(&body) else {
            continue;
        };
        if let Some(Value::Object(members)) = body.pointer_mut(&object) {
            members.remove(&name);
        }
        if schema.validation_error(&body).is_none() {
            return Err(format!("{place} may be absent, and not null: {why}").into());
        }
    }
    Ok(())
}

/// The members of all objects, each as the pointer of its object and its name.
fn collect(at: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                found.push((at.to_owned(), name.clone()));
                collect(&pointer::join(at, name), value, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(&pointer::join(at, &index.to_string()), item, found);
            }
        }
        _ => {}
    }
}
