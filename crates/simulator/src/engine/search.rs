//! Finds records and items, and makes values of each of them.

use std::borrow::Cow;

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
        let asked = Asked {
            only: &only,
            except: &except,
        };
        let mut found = Vec::new();
        match &search.source {
            Source::Items(form) => {
                let items = self.value(form, record, state)?.map(items);
                let items = items.into_iter().flatten();
                let chosen =
                    items.filter(|item| asked.is_met(&|field| item.get(field).map(Cow::Borrowed)));
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
                // Searches go through all records, and nearly all ask for what these have stored.
                let fields = only.keys().chain(except.keys());
                let fields = fields.map(|field| field.split('.').next().unwrap_or_default());
                let stored: Vec<&str> = fields.filter(|field| context.is_stored(field)).collect();
                let records = records.iter().filter(|one| one.shared || is_main);
                let chosen = records.filter(|one| {
                    asked.is_met(&|field| match stored.contains(&field) {
                        true => one.fields.get(field).map(Cow::Borrowed),
                        false => {
                            let found = context.of_record(field, Some(one), state);
                            found.ok().flatten().map(Cow::Owned)
                        }
                    })
                });
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

/// What a search asks of fields.
struct Asked<'a> {
    only: &'a Map<String, Value>,
    except: &'a Map<String, Value>,
}

impl Asked<'_> {
    fn is_met<'v>(&self, own: Own<'_, 'v>) -> bool {
        let has = |(field, wanted): (&String, &Value)| has(own, field, wanted);
        self.only.iter().all(has) && !self.except.iter().any(has)
    }
}

/// What a record or an item has in a field.
type Own<'f, 'v> = &'f dyn Fn(&str) -> Option<Cow<'v, Value>>;

/// Whether a field has a value, or has it among others, or is among those that are asked for.
fn has(own: Own<'_, '_>, field: &str, wanted: &Value) -> bool {
    let found = match field.split_once('.') {
        None => own(field),
        Some((first, rest)) => {
            let steps: Vec<String> = rest.split('.').map(ToOwned::to_owned).collect();
            let found = own(first).map(Cow::into_owned);
            found.and_then(|own| inside(own, &steps)).map(Cow::Owned)
        }
    };
    let own = found.as_deref().unwrap_or(&Value::Null);
    let has = |all: &Value, one| all.as_array().is_some_and(|all| all.contains(one));
    own == wanted || has(own, wanted) || has(wanted, own)
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
