//! Carries out operations as the models of their resources say.
//!
//! The store has the records of all resources, each with its fields, its job and the id of its parent. A request is
//! checked by the guards of its operation; then records are made, shown, changed or deleted. A response has the fields
//! of its schema: those of the record, and for those that the model says nothing of, the values of the documented
//! example.

mod conditions;
mod context;
mod entries;
mod exports;
mod files;
mod lists;
mod operations;
mod page;
mod plain;
mod render;
mod search;
mod seeds;
mod settings;
#[cfg(test)]
mod tests;
mod values;

use jiff::Timestamp;
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::model::Models;
use crate::records::{Record, Store};
pub(crate) use conditions::fits;
pub(crate) use context::Context;
pub(crate) use entries::entries_of;
pub(crate) use operations::{answer, guard, has_instance, leave, remove, settle};
pub(crate) use page::{first_of, list, page, period, slice};
pub(crate) use plain::Plain;
pub(crate) use seeds::{plant, plant_all};
pub(crate) use settings::times;

/// The state of a service: records of models, and what Rust keeps beside them.
pub(crate) trait State: Sized {
    fn store(&self) -> &Store;
    fn store_mut(&mut self) -> &mut Store;
    /// A time as the service writes it.
    fn time(time: Timestamp) -> String;
}

type ValueOf<S> = fn(&Context<'_, S>, Option<&Record>, &S) -> Result<Option<Value>, CallError>;
type FactOf<S> = fn(&Context<'_, S>, &Record, &S, field: &str) -> Option<Value>;
type GuardOf<S> = fn(&Context<'_, S>, Option<&Record>, &S) -> Result<(), CallError>;

/// A function of a service that its models can name.
pub(crate) enum Function<S> {
    /// A value to store or to show.
    Value(ValueOf<S>),
    /// The fields of a record that are found out when they are asked for.
    Facts(FactOf<S>),
    /// A condition of an operation.
    Guard(GuardOf<S>),
    /// Whether the query asks for a record; it is called even where the parameter is not given.
    Filter(fn(&Context<'_, S>, &Record, &S) -> bool),
    /// What happens beside the model, with the record that the operation was about.
    Effect(fn(&Call<'_>, &mut S, &Record)),
}

/// The functions of a service by their names.
pub(crate) type Functions<S> = [(&'static str, Function<S>)];

/// Whether models name functions that there are, and each function is named by one.
///
/// # Errors
///
/// The name that does not fit.
pub(crate) fn check_functions<S>(models: &Models, functions: &Functions<S>) -> Result<(), String> {
    let wanted = wanted(models);
    for (kind, name) in &wanted {
        let found = functions.iter().find(|(own, _)| own == name);
        if found.is_none_or(|(_, function)| function.kind() != *kind) {
            return Err(format!(
                "a model names a {kind} {name:?}, and there is none"
            ));
        }
    }
    for (name, function) in functions {
        let kind = function.kind();
        if !wanted.contains(&(kind, name)) {
            return Err(format!("no model names the {kind} {name:?}"));
        }
    }
    Ok(())
}

impl<S> Function<S> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Value(_) => "value",
            Self::Facts(_) => "function of fields",
            Self::Guard(_) => "condition",
            Self::Filter(_) => "filter",
            Self::Effect(_) => "effect",
        }
    }
}

/// The functions that models name, with their kinds.
fn wanted(models: &Models) -> Vec<(&'static str, &str)> {
    use crate::model::{Filter, Form, Guard};
    let mut wanted = Vec::new();
    for model in models.resources.values() {
        let operations = model.operations.values();
        let facts = model.facts.iter().map(|facts| facts.rust.as_str());
        wanted.extend(facts.map(|name| ("function of fields", name)));
        let guards = model.guards.values().flatten();
        let guards = guards.chain(operations.clone().flat_map(|one| &one.needs));
        let guards: Vec<&Guard> = guards.flat_map(Guard::parts).collect();
        for guard in &guards {
            if let Guard::Rust(name) = guard {
                wanted.push(("condition", name.as_str()));
            }
        }
        let leaves = operations.clone().flat_map(|one| &one.leaves);
        let changes = operations.clone().flat_map(|one| &one.also);
        let fields = operations
            .clone()
            .flat_map(|one| [&one.set, &one.show, &one.response])
            .chain(leaves.flat_map(|leaves| [&leaves.set, &leaves.done]))
            .chain(changes.map(|change| &change.set))
            .chain([&model.set, &model.show]);
        let forms = fields.flat_map(|fields| fields.values().flat_map(Form::parts));
        let others = operations.clone();
        let others = others.flat_map(|one| one.items.iter().chain(&one.exports));
        let others = others.chain(model.file.iter().flat_map(|file| file.forms()));
        let others = others.chain(model.entries.iter().flat_map(|entries| &entries.of));
        let forms = forms.chain(others.flat_map(Form::parts));
        for form in forms.chain(guards.iter().flat_map(|guard| guard.forms())) {
            if let Form::Rust(name) = form {
                wanted.push(("value", name.as_str()));
            }
        }
        for operation in operations {
            wanted.extend(operation.then.iter().map(|name| ("effect", name.as_str())));
            for filter in operation.filters.values() {
                if let Filter::Rust(name) = filter {
                    wanted.push(("filter", name.as_str()));
                }
            }
        }
    }
    wanted
}
