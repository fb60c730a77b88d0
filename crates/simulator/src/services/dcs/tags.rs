//! Tags.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::{Redis, Scene, Valued, bad_field, find, instances, nothing, redis};
use crate::call::{Call, CallError};
use crate::engine::list;
use crate::records::Record;
use crate::services::{Outcome, States, tags_of};

type Tags = BTreeMap<String, String>;

/// The tags in a list, each key once; those without a value have none.
fn read(list: Option<&Value>) -> Result<BTreeMap<String, Option<String>>, CallError> {
    let mut tags = BTreeMap::new();
    for tag in list.and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| tag.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        if tags
            .insert(text("key").unwrap_or_default(), text("value"))
            .is_some()
        {
            return Err(bad_field("tags", "a key is there twice"));
        }
    }
    Ok(tags)
}

/// The tags that an instance has.
fn of(instance: &Record) -> Tags {
    let own = read(instance.fields.get("tags")).unwrap_or_default();
    own.into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

/// Tags as records have them and responses show them.
fn shown(tags: Tags) -> Value {
    let tags = tags.into_iter();
    tags.map(|(key, value)| json!({ "key": key, "value": value }))
        .collect()
}

/// The tags that an instance is made with.
pub(super) fn given(scene: &Scene<'_>, _: Option<&Record>, _: &Redis) -> Valued {
    let tags = read(scene.given("tags"))?.into_iter();
    Ok(Some(shown(
        tags.map(|(key, value)| (key, value.unwrap_or_default()))
            .collect(),
    )))
}

pub(super) fn act(call: &Call<'_>, states: &States) -> Outcome {
    let mut redis = redis(call, states);
    let instance = find(call, &redis)?;
    let (id, mut tags) = (instance.id.clone(), of(instance));
    let deletes = call.field_text("action") == Some("delete");
    for (key, value) in read(call.params.field("tags"))? {
        match value {
            // With a value, only the tag that has it.
            value if deletes => {
                let value = value.filter(|value| !value.is_empty());
                if value.is_none() || tags.get(&key) == value.as_ref() {
                    tags.remove(&key);
                }
            }
            Some(value) => drop(tags.insert(key, value)),
            None => return Err(bad_field("value", "a new tag needs a value")),
        }
    }
    if let Some(instance) = redis.instance_mut(&id) {
        instance.fields.insert("tags".to_owned(), shown(tags));
    }
    nothing(StatusCode::NO_CONTENT)
}

pub(super) fn of_instance(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let tags = find(call, &redis)?.fields.get("tags");
    let mut tags = tags.and_then(Value::as_array).cloned().unwrap_or_default();
    call.drop_latest(&mut tags);
    list(call, tags, |tag| tag, &Value::Null)
}

pub(super) fn of_tenant(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    tags_of(call, instances(call, &redis))
}
