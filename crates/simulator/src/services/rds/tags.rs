//! Tags of instances.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::{Value, json};

use super::state::INSTANCE;
use super::{Databases, Engine, Outcome, States, databases, hold, instance, nothing};
use crate::call::Call;
use crate::engine::{State, list};
use crate::records::Record;

/// The largest number of tags of an instance.
const MOST: usize = 20;

type Tags = BTreeMap<String, String>;

/// The tags that an instance has.
fn of(instance: &Record) -> Tags {
    let tags = instance.fields.get("tags").and_then(Value::as_array);
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    let tags = tags.into_iter().flatten();
    tags.map(|tag| (text(tag, "key"), text(tag, "value")))
        .collect()
}

/// Changes the tags of the instance in the path by each one of the request.
fn change(call: &Call<'_>, states: &States, change: fn(&mut Tags, String, &str)) -> Outcome {
    let mut databases = databases(call, states);
    let id = instance(call, &databases, &Engine::ALL)?.id;
    let wanted = call.params.field("tags").and_then(Value::as_array);
    let mut seen = BTreeSet::new();
    let own = databases.store().get(INSTANCE, &id);
    let mut tags = own.map(of).unwrap_or_default();
    for tag in wanted.into_iter().flatten() {
        let text = |name: &str| tag[name].as_str().unwrap_or_default();
        hold(seen.insert(text("key")), "DBS.280272")?;
        change(&mut tags, text("key").to_owned(), text("value"));
    }
    hold(tags.len() <= MOST, "DBS.200087")?;
    let tags = tags.into_iter();
    let tags: Value = tags
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    if let Some(own) = databases.store_mut().get_mut(INSTANCE, &id) {
        own.fields.insert("tags".to_owned(), tags);
    }
    nothing(StatusCode::OK)
}

pub(super) fn add(call: &Call<'_>, states: &States) -> Outcome {
    change(call, states, |tags, key, value| {
        tags.insert(key, value.to_owned());
    })
}

/// With a value, only the tag that has it goes.
pub(super) fn remove(call: &Call<'_>, states: &States) -> Outcome {
    change(call, states, |tags, key, value| {
        if value.is_empty() || tags.get(&key).is_some_and(|own| own == value) {
            tags.remove(&key);
        }
    })
}

pub(super) fn of_instance(call: &Call<'_>, states: &States) -> Outcome {
    let databases = databases(call, states);
    let id = instance(call, &databases, &Engine::ALL)?.id;
    let tags = databases.store().get(INSTANCE, &id).map(of);
    let mut tags: Vec<_> = tags.into_iter().flatten().collect();
    call.drop_latest(&mut tags);
    let show = |(key, value)| json!({ "key": key, "value": value, "tag_type": "user" });
    list(call, tags, show, &Value::Null)
}

pub(super) fn of_project(call: &Call<'_>, states: &States) -> Outcome {
    let databases = databases(call, states);
    let mut tags = all(call, &databases).into_iter().collect();
    call.drop_latest(&mut tags);
    let show = |(key, values)| json!({ "key": key, "values": values });
    list(call, tags, show, &Value::Null)
}

/// The values of all tags by their keys.
fn all(call: &Call<'_>, databases: &Databases) -> BTreeMap<String, BTreeSet<String>> {
    let mut tags: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let instances = databases.store().of(INSTANCE, "").iter();
    for (key, value) in instances.filter(|_| call.in_main_project()).flat_map(of) {
        tags.entry(key).or_default().insert(value);
    }
    tags
}
