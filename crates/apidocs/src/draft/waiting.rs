//! Work that goes on: which operation tells of the end, and which begin it.

use otcdb_openapi::Bundle;
use otcdb_openapi::written::operations;
use serde_json::{Value, json};

use super::names;
use super::node::{Node, Property, Type};
use super::plan::Plan;
use crate::facts::Place;

/// The operation that tells of the end of jobs.
#[derive(Debug, Default)]
pub(super) struct Ends {
    id: String,
    /// Its required parameters that are no headers.
    parameters: Vec<String>,
    /// What it says of the end, where it is drafted.
    waiter: Option<Value>,
}

impl Ends {
    /// Finds it: a GET of one job, described with a waiter or with documented states of which some are final.
    pub(super) fn of(plans: &[Plan<'_>], described: Option<&Bundle>) -> Self {
        if let Some(bundle) = described {
            for one in operations(&bundle.document) {
                let required: Vec<String> = one
                    .parameters()
                    .filter(|parameter| parameter["required"] == true)
                    .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                    .collect();
                let chooses = one.value["x-waiter"]["field"]
                    .as_str()
                    .is_some_and(|field| field.contains('['));
                if one.value.get("x-waiter").is_some()
                    && !chooses
                    && is_of_jobs(one.method, one.path, &required)
                {
                    return Self {
                        id: one.id().to_owned(),
                        parameters: required,
                        waiter: None,
                    };
                }
            }
        }
        for plan in plans {
            let required: Vec<String> = plan
                .parameters
                .iter()
                .filter(|one| one.required && one.place != Place::Header)
                .map(|one| one.name.clone())
                .collect();
            let waiter = plan.response.as_ref().and_then(states);
            if let (Some(waiter), true) = (waiter, is_of_jobs(&plan.method, &plan.path, &required))
            {
                return Self {
                    id: plan.id.clone(),
                    parameters: required,
                    waiter: Some(waiter),
                };
            }
        }
        Self::default()
    }

    /// The waiter of a drafted operation: that of jobs or, where what begins a job has its state beside, its own, since it
    /// is called again until that is final.
    pub(super) fn waiter(&self, plan: &Plan<'_>) -> Option<Value> {
        if self.id == plan.id {
            return self.waiter.clone();
        }
        let response = plan.response.as_ref().filter(|_| plan.method != "GET")?;
        begun(response).and_then(|_| states(response))
    }

    /// The link of an operation that begins a job.
    pub(super) fn link(&self, plan: &Plan<'_>) -> Option<Value> {
        if self.id.is_empty() || plan.method == "GET" || self.waiter(plan).is_some() {
            return None;
        }
        let job = begun(plan.response.as_ref()?)?;
        let mut parameters = serde_json::Map::new();
        for name in &self.parameters {
            let own = plan
                .parameters
                .iter()
                .find(|one| one.name == *name && one.place == Place::Path);
            let value = match own {
                Some(_) => format!("$request.path.{name}"),
                None if asks_for_a_job(name) => format!("$response.body#{job}"),
                None => return None,
            };
            parameters.insert(name.clone(), value.into());
        }
        Some(json!({
            "description": otcdb_openapi::UNWRITTEN,
            "operationId": self.id,
            "parameters": parameters,
        }))
    }
}

/// Where a response has the id of a job that was begun, as a pointer: at the top rather than inside, where `0` stands for
/// each element of a list.
fn begun(node: &Node) -> Option<String> {
    if let Type::Array(element) = &node.kind {
        return Some(format!("/0{}", begun(element)?));
    }
    let is_job = |one: &&Property| one.node.kind == Type::String && names_a_job(&one.name);
    let fields = node.properties();
    fields
        .iter()
        .find(is_job)
        .map(|job| format!("/{}", job.name))
        .or_else(|| {
            let inside = |one: &Property| Some(format!("/{}{}", one.name, begun(&one.node)?));
            fields.iter().find_map(inside)
        })
}

/// Whether a field of a response is the id of a job that was begun. Some pages call it a workflow.
fn names_a_job(name: &str) -> bool {
    ["jobid", "workflowid"].contains(&names::fold(name).as_str())
}

/// Whether a parameter chooses a job by its id.
fn asks_for_a_job(name: &str) -> bool {
    ["id", "jobid"].contains(&names::fold(name).as_str())
}

fn is_of_jobs(method: &str, path: &str, required: &[String]) -> bool {
    let last = path
        .rsplit('/')
        .find(|one| !one.starts_with('{'))
        .unwrap_or_default();
    let asks = required.iter().any(|name| asks_for_a_job(name));
    method.eq_ignore_ascii_case("get") && ["job", "jobs"].contains(&last) && asks
}

/// A waiter on the first status that has final values.
fn states(response: &Node) -> Option<Value> {
    let own = response
        .properties()
        .iter()
        .map(|one| (one.name.clone(), &one.node));
    let inner = response
        .properties()
        .iter()
        .filter(|one| matches!(one.node.kind, Type::Object(_)))
        .flat_map(|outer| {
            outer
                .node
                .properties()
                .iter()
                .map(move |one| (format!("{}.{}", outer.name, one.name), &one.node))
        });
    own.chain(inner).find_map(|(path, node)| {
        if !path.to_lowercase().ends_with("status") {
            return None;
        }
        let of = |words: &[&str]| -> Vec<String> {
            node.values
                .iter()
                .filter(|value| words.iter().any(|word| value.to_lowercase().contains(word)))
                .cloned()
                .collect()
        };
        let done = of(&["complet", "success", "finish", "done"]);
        let failed = of(&["fail", "error"]);
        (!done.is_empty()).then(|| json!({ "field": path, "done": done, "failed": failed }))
    })
}
