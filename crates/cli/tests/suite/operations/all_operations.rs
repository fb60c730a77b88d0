//! Every operation of the bundles, called with what is documented for it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use otcdb_openapi::Operation;
use otcdb_simulator::Service;
use otcdb_testing::{Client, Fixture, Identity, Refused, SmallCloud, every, operations};
use serde_json::Value;

use crate::support::{otcdb, run};

/// The program.
pub(crate) struct Program;

impl Client for Program {
    fn call(
        &self,
        cloud: &SmallCloud,
        who: &Identity,
        fixture: &Fixture,
    ) -> Result<Value, Refused> {
        let arguments = arguments(fixture);
        let mut command = otcdb(arguments.iter().map(String::as_str));
        command.envs(cloud.running.env_token());
        command.env("OTCDB_PROJECT_ID", &who.project);
        command.env("OTCDB_TOKEN", &who.token);
        let ran = run(&mut command);
        match (ran.code, ran.out.as_str()) {
            (0, "") => Ok(Value::Null),
            (0, _) => Ok(ran.json()),
            _ => Err(Refused { text: ran.err }),
        }
    }
}

/// The command line.
fn arguments(fixture: &Fixture) -> Vec<String> {
    let operation = fixture.described().unwrap();
    let mut arguments = vec![fixture.service.to_owned(), operation.name.clone()];
    for parameter in &operation.parameters {
        if let Some(value) = fixture.parameters.get(&parameter.name) {
            let text = value.as_str().map(ToOwned::to_owned);
            if parameter.name != "project_id" {
                arguments.push(format!("--{}", parameter.kebab));
                arguments.push(text.unwrap_or_else(|| value.to_string()));
            }
        }
    }
    if let Some(body) = &fixture.body {
        arguments.extend(["--body".to_owned(), body.to_string()]);
    }
    if operation.destroys.is_some() {
        arguments.push("--yes".to_owned());
    }
    arguments.extend(["--output", "json", "--quiet"].map(ToOwned::to_owned));
    arguments
}

#[test]
fn every_operation_can_be_called() {
    // Tokens are a matter of `otcdb auth`.
    let operations: Vec<&Operation> = operations()
        .filter(|operation| *operation.service != *Service::IDENTITY.as_str())
        .collect();
    in_parallel(&operations, |operation| call(operation));
}

/// Does something with each item, a few at a time, and tells all that went wrong.
pub(crate) fn in_parallel<T: Sync>(items: &[T], run: impl Fn(&T) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = run(item) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        items.len(),
        failures.join("\n")
    );
}

/// Calls an operation, and checks what the program writes of the response.
fn call(operation: &Operation) -> Result<(), String> {
    let response = every(&Program, operation)?;
    let mut described = operation.successes().filter_map(|one| one.schema.as_ref());
    let fits = match &response {
        Value::Null => described.next().is_none() || operation.response(204).is_some(),
        Value::Array(_) if operation.pagination.is_some() => true,
        // The documentation's own examples break its enums.
        _ => described.any(|schema| {
            let validation_errors = schema.validation_errors(&response);
            validation_errors
                .iter()
                .all(|one| one.problem.contains("is not one of"))
        }),
    };
    match fits {
        true => Ok(()),
        false => Err(format!(
            "{}: {response} does not fit",
            operation.qualified()
        )),
    }
}
