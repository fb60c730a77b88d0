//! What every resource promises, by Huawei Cloud's Python SDKs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use otcdb_openapi::Operation;
use otcdb_simulator::Service;
use otcdb_testing::contract::{contract, resources};
use otcdb_testing::{Client, Fixture, Identity, Refused, SmallCloud};
use serde_json::{Value, json};

use xtask::tasks::workspace;

/// The SDKs, in a process of their own.
struct Sdk {
    process: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    /// The parameters of each operation, by service.
    operations: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl Sdk {
    fn start() -> Self {
        let python = std::env::var_os("OTCDB_SDK_PYTHON").expect("OTCDB_SDK_PYTHON is not set");
        let mut process = Command::new(python)
            .arg(".ci/sdk/calls.py")
            .current_dir(workspace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let operations = serde_json::from_value(line(&mut output)).unwrap();
        Self {
            process,
            pipes: Mutex::new((input, output)),
            operations,
        }
    }

    fn parameters(&self, operation: &Operation) -> Option<&BTreeSet<String>> {
        self.operations.get(&*operation.service)?.get(&operation.id)
    }
}

impl Drop for Sdk {
    fn drop(&mut self) {
        // It has nothing to finish.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Client for Sdk {
    fn has(&self, operation: &Operation) -> bool {
        self.parameters(operation).is_some()
    }

    fn takes(&self, operation: &Operation, parameter: &str) -> bool {
        let own = self.parameters(operation);
        own.is_some_and(|own| own.contains(parameter))
    }

    fn call(
        &self,
        cloud: &SmallCloud,
        who: &Identity,
        fixture: &Fixture,
    ) -> Result<Value, Refused> {
        let service: Service = fixture.service.parse().unwrap();
        let asked = json!({
            "service": fixture.service, "operation": fixture.operation,
            "parameters": fixture.parameters, "body": fixture.body,
            "endpoint": cloud.running.url(service), "project": who.project, "token": who.token,
        });
        let answer = {
            let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
            let (input, output) = &mut *pipes;
            writeln!(input, "{asked}").unwrap();
            line(output)
        };
        match (answer.get("response"), answer["refused"].as_str()) {
            (Some(response), _) => Ok(response.clone()),
            (None, Some(text)) => Err(Refused {
                text: text.to_owned(),
            }),
            // Where a step expects a refusal, this must not pass for one.
            (None, None) => panic!("{}: {}", fixture.operation, answer["fault"]),
        }
    }
}

fn line(output: &mut impl BufRead) -> Value {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}

#[test]
#[ignore = "it needs the SDKs, which .ci/run installs: OTCDB_SDK_PYTHON names the Python that has them"]
fn every_resource_keeps_the_contract() {
    let sdk = Sdk::start();
    let mut broken = Vec::new();
    for resource in resources() {
        if !sdk.operations.contains_key(resource.service) {
            continue;
        }
        let name = format!("{} of {}", resource.name, resource.service);
        let told =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| contract(&sdk, &resource)));
        match told {
            Ok(Ok(report)) => println!("{name}\n{report}"),
            Ok(Err(error)) => broken.push(format!("{name}: {error}")),
            Err(_) => broken.push(format!("{name}: the SDK failed, as is said above")),
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
