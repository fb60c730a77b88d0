//! What every resource promises: what was made is listed, shown and changed, is refused to others and while work goes on,
//! and is gone once it is deleted.
//!
//! It is a loop over `x-resource`: a resource that is new is in it without a new test. A step for which description or
//! client have no operation is left with that reason. A step that does not hold stands in `contract.yaml` with its reason, and is an
//! error there when it holds.

mod steps;
mod story;
mod table;

use std::collections::BTreeSet;
use std::fmt;

use otcdb_openapi::{Operation, Verb};

use crate::every::operations;
use crate::small_cloud::Client;
use story::Story;

/// A resource with its operations.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The name of the service.
    pub service: &'static str,
    /// The name of the resource.
    pub name: &'static str,
    operations: Vec<&'static Operation>,
}

impl Resource {
    /// The operations that do this to it.
    fn all(&self, verb: Verb) -> impl Iterator<Item = &'static Operation> {
        let own = self.operations.iter().copied();
        own.filter(move |one| one.resource.as_ref().is_some_and(|it| it.verb == verb))
    }

    /// The operation that does this to it; one that does it to several at once only if there is no other.
    fn does(&self, verb: Verb) -> Option<&'static Operation> {
        self.all(verb)
            .min_by_key(|operation| !operation.path.ends_with('}'))
    }
}

/// All resources of all services.
pub fn resources() -> Vec<Resource> {
    let mut found: Vec<Resource> = Vec::new();
    for operation in operations() {
        let Some(resource) = &operation.resource else {
            continue;
        };
        let (service, name) = (&*operation.service, resource.name.as_str());
        let known = found
            .iter_mut()
            .find(|one| one.service == service && one.name == name);
        match known {
            Some(known) => known.operations.push(operation),
            None => found.push(Resource {
                service,
                name,
                operations: vec![operation],
            }),
        }
    }
    found
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Holds,
    /// There is nothing to be shown, with the reason.
    Left(String),
}

/// What became of each step.
#[derive(Debug, Default)]
pub struct Report(Vec<(&'static str, Outcome)>);

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (step, outcome) in &self.0 {
            match outcome {
                Outcome::Holds => writeln!(f, "  {step}")?,
                Outcome::Left(why) => writeln!(f, "  {step}: left, {why}")?,
            }
        }
        Ok(())
    }
}

/// Goes through all steps with a resource in a cloud of its own.
///
/// # Errors
///
/// A step does not hold, or `contract.yaml` says so of one that does, or has a resource or step that there is not.
pub fn contract(client: &dyn Client, resource: &Resource) -> Result<Report, String> {
    let mut entries = table::entries(resource.service);
    let entry = entries.remove(resource.name).unwrap_or_default();
    let known = resources();
    let is_known = |name: &&String| {
        let mut own = known.iter().filter(|one| one.service == resource.service);
        own.any(|one| one.name == name.as_str())
    };
    if let Some(stray) = entries.keys().find(|name| !is_known(name)) {
        return Err(format!(
            "contract.yaml: {} has no resource {stray}",
            resource.service
        ));
    }
    let mut resource = resource.clone();
    resource
        .operations
        .retain(|operation| client.has(operation));
    let mut story = Story::new(client, &resource, &entry);
    let mut report = Report::default();
    let mut unknown: BTreeSet<&String> = entry.leave.keys().collect();
    for (name, step) in steps::ALL {
        let listed = entry.leave.get(*name);
        unknown.retain(|step| step != name);
        let outcome = match (step(&mut story), listed) {
            (Ok(Outcome::Holds), None) => Outcome::Holds,
            (Ok(Outcome::Left(why)), None) => Outcome::Left(why),
            (Err(_), Some(reason)) => Outcome::Left(reason.clone()),
            (Ok(_), Some(_)) => {
                return Err(format!(
                    "{name}: contract.yaml says that it does not hold, and there is nothing wrong with it"
                ));
            }
            (Err(error), None) => return Err(format!("{name}: {error}\n{report}")),
        };
        report.0.push((name, outcome));
    }
    match unknown.first() {
        Some(step) => Err(format!("contract.yaml: there is no step {step}")),
        None => Ok(report),
    }
}
