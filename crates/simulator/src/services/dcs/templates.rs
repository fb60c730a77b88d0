//! The values of parameters that a template has.

use serde_json::{Map, Value};

use super::parameters::{accepts, definition};
use super::{Redis, Scene, Valued, hold};
use crate::engine::State;
use crate::records::Record;

/// Those of the template that it is made from, and those of the request.
pub(super) fn values(scene: &Scene<'_>, _: Option<&Record>, redis: &Redis) -> Valued {
    let base = scene.text("template_id").unwrap_or_default();
    let base = redis.store().get("template", base);
    let mut values = base.map_or_else(Map::new, of_template);
    let params = scene.given("params").and_then(Value::as_object);
    for (name, value) in params.into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        hold(
            definition(name).is_some_and(|own| accepts(&own, &value)),
            "DCS.4066",
        )?;
        values.insert(name.clone(), Value::from(value));
    }
    Ok(Some(Value::Object(values)))
}

/// The values of a template.
pub(super) fn of_template(template: &Record) -> Map<String, Value> {
    let values = template.fields.get("values").and_then(Value::as_object);
    values.cloned().unwrap_or_default()
}
