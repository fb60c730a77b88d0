//! Tags.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::{Value, json};

use super::{bad_field, field_text, find, find_mut, good, kept, nothing, redis};
use crate::call::Call;
use crate::handlers::Outcome;

pub(super) fn act(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find_mut(call, &mut redis)?;
    let deletes = field_text(call, "action") == Some("delete");
    let tags = call.params.field("tags").and_then(Value::as_array);
    let mut changed = instance.tags.clone();
    let mut seen = BTreeSet::new();
    for tag in tags.into_iter().flatten() {
        let text = |name: &str| tag.get(name).and_then(Value::as_str);
        let key = text("key").unwrap_or_default();
        if !seen.insert(key) {
            return Err(bad_field("tags", "a key is there twice"));
        }
        match (deletes, text("value")) {
            (false, Some(value)) => {
                changed.insert(key.to_owned(), value.to_owned());
            }
            (false, None) => return Err(bad_field("value", "a new tag needs a value")),
            // With a value, only the tag that has it.
            (true, value) => {
                if value.is_none_or(|value| {
                    value.is_empty() || changed.get(key).is_some_and(|own| own == value)
                }) {
                    changed.remove(key);
                }
            }
        }
    }
    instance.tags = changed;
    nothing(StatusCode::NO_CONTENT)
}

pub(super) fn of_instance(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let mut tags = kept::tags(instance);
    call.drop_latest(&mut tags);
    good(&json!({ "tags": tags }))
}

pub(super) fn of_tenant(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let mut tags: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for instance in redis.instances.iter().filter(|_| call.in_main_project()) {
        for (key, value) in &instance.tags {
            tags.entry(key).or_default().insert(value);
        }
    }
    let mut tags: Vec<Value> = tags
        .into_iter()
        .map(|(key, values)| json!({ "key": key, "values": values }))
        .collect();
    call.drop_latest(&mut tags);
    good(&json!({ "tags": tags }))
}
