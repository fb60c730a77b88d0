//! Finds records and items, and makes values of each of them.

use serde_json::{Map, Value, json};

use super::context::{One, as_text, inside};
use super::{Context, State};
use crate::call::{Call, CallError};
use crate::model::{Form, Search, Source};
use crate::records::Record;

impl<'a, S: State> Context<'a, S> {
    /// The same, in which paths lead to what a search has found.
    pub(super) fn with(&self, one: One<'a>) -> Self {
        Self {
            one: Some(one),
            ..self.as_it_is()
        }
    }

    /// All that a search finds, oldest first.
    pub(super) fn search(
        &self,
        search: &Search,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Vec<One<'a>>, CallError> {
        let only = self.values(&search.only, record, state)?;
        let except = self.values(&search.except, record, state)?;
        // A field for which nothing is asked has no such value.
        if only.len() < search.only.len() {
            return Ok(Vec::new());
        }
        let is_chosen = |own: &dyn Fn(&str) -> Option<Value>| {
            let has = |(field, wanted): (&String, &Value)| has(own, field, wanted);
            only.iter().all(has) && !except.iter().any(has)
        };
        let mut found = Vec::new();
        match &search.source {
            Source::Items(form) => {
                let items = self.value(form, record, state)?.map(items);
                let items = items.into_iter().flatten();
                let chosen = items.filter(|item| is_chosen(&|field| item.get(field).cloned()));
                found.extend(chosen.map(One::Item));
            }
            Source::Records(resource) => {
                let Some((resource, model)) = self.models.resources.get_key_value(resource) else {
                    return Ok(found);
                };
                let mut context = self.about(resource, model);
                context.parent = self.parent.clone();
                let is_main = self.call.is_none_or(Call::in_project_with_instances);
                let records = state.store().of(resource, self.owner(resource, record));
                let own = |one: &Record, field: &str| {
                    context.of_record(field, Some(one), state).ok().flatten()
                };
                let records = records.iter().filter(|one| one.shared || is_main);
                let chosen = records.filter(|one| is_chosen(&|field| own(one, field)));
                found.extend(chosen.map(|one| One::Record(resource, model, Box::new(one.clone()))));
            }
        }
        let Some(condition) = &search.condition else {
            return Ok(found);
        };
        let mut chosen = Vec::new();
        for one in found {
            let holds = self.with(one.clone()).holds(condition, record, state)?;
            chosen.extend(holds.then_some(one));
        }
        Ok(chosen)
    }

    /// A list of the values of what is found or, with keys, an object.
    pub(super) fn each(
        &self,
        search: &Search,
        (key, form): (Option<&Form>, &Form),
        record: Option<&Record>,
        state: &S,
    ) -> Result<Value, CallError> {
        let (mut list, mut object) = (Vec::new(), Map::new());
        for one in self.search(search, record, state)? {
            let context = self.with(one);
            let Some(value) = context.value(form, record, state)? else {
                continue;
            };
            match key {
                Some(key) => {
                    let key = context.value(key, record, state)?.map(as_text);
                    object.extend(key.map(|key| (key, value)));
                }
                None => list.push(value),
            }
        }
        Ok(match key {
            Some(_) => Value::Object(object),
            None => Value::Array(list),
        })
    }
}

/// Whether a field has a value, or has it among others, or is among those that are asked for.
fn has(own: &dyn Fn(&str) -> Option<Value>, field: &str, wanted: &Value) -> bool {
    let mut steps = field.split('.').map(ToOwned::to_owned);
    let (first, rest) = (steps.next().unwrap_or_default(), steps.collect::<Vec<_>>());
    let own = own(&first).and_then(|own| inside(own, &rest));
    let own = own.unwrap_or_default();
    let has = |all: &Value, one| all.as_array().is_some_and(|all| all.contains(one));
    own == *wanted || has(&own, wanted) || has(wanted, &own)
}

/// What is in a value: the elements of a list, the members of an object, what is between the commas of a text, or the
/// numbers from 0 up to one.
fn items(value: Value) -> Vec<Value> {
    let item = |value: Value| match value {
        Value::Object(_) => value,
        value => json!({ "value": value }),
    };
    match value {
        Value::Array(all) => all.into_iter().map(item).collect(),
        Value::Object(all) => {
            let members = all.into_iter();
            members
                .map(|(name, value)| json!({ "name": name, "value": value }))
                .collect()
        }
        Value::String(text) => {
            let parts = text.split(',').filter(|part| !part.is_empty());
            parts.map(|part| item(Value::from(part))).collect()
        }
        Value::Number(count) => {
            let numbers = 0..count.as_u64().unwrap_or_default();
            numbers.map(|number| item(Value::from(number))).collect()
        }
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}
