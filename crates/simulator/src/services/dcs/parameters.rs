//! Configuration parameters and templates of them.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Redis, Scene, Valued, bad_field, hold, job, models, nothing, ready, redis};
use crate::call::Call;
use crate::engine::{State, fits};
use crate::model::Form;
use crate::records::{IdForm, Record};
use crate::services::{Outcome, States};

/// A parameter as its model has it.
pub(super) fn definition(name: &str) -> Option<Record> {
    let seeds = &models().get("parameter")?.seeds;
    let records = seeds.iter().map(|seed| {
        let id = seed.id.clone().unwrap_or_default();
        let mut record = Record::new(id, "", Timestamp::UNIX_EPOCH);
        for (field, form) in &seed.set {
            if let Form::Constant(value) = form {
                record.fields.insert(field.clone(), value.clone());
            }
        }
        record
    });
    records
        .into_iter()
        .find(|record| record.text("param_name") == name)
}

/// Whether a parameter can have a value.
pub(super) fn accepts(parameter: &Record, value: &str) -> bool {
    let range = parameter.text("value_range");
    // The service spells Interger like this.
    !matches!(parameter.text("value_type"), "Enum" | "Interger") || fits(value, range)
}

pub(super) fn update(call: &Call<'_>, states: &States) -> Outcome {
    let mut redis = redis(call, states);
    let instance = ready(call, &redis, "configurable")?.id.clone();
    let wanted = call.params.field("redis_config").and_then(Value::as_array);
    let wanted = wanted
        .filter(|wanted| !wanted.is_empty())
        .ok_or_else(|| bad_field("redis_config", "nothing is to be changed"))?;
    let mut values: Vec<(&str, &str)> = Vec::new();
    for one in wanted {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, name, value) = (text("param_id"), text("param_name"), text("param_value"));
        let mut own = redis.store().of("parameter", &instance).iter();
        let is_good = definition(name).is_some_and(|own| accepts(&own, value))
            && own.any(|own| own.id == id)
            && values.iter().all(|(other, _)| *other != name);
        hold(is_good, "DCS.4066")?;
        values.push((name, value));
    }
    let job = job(call, "parameter", "configure");
    let id = redis.store_mut().id("history", IdForm::Uuid);
    let mut change = Record::new(id, &instance, job.created);
    change.job = Some(job.clone());
    redis.store_mut().add("parameter-change", change);
    for own in redis.store_mut().of_mut("parameter", &instance) {
        let value = values
            .iter()
            .find(|(name, _)| *name == own.text("param_name"));
        if let Some((_, value)) = value {
            own.job = Some(job.clone());
            own.pending
                .insert("param_value".to_owned(), Value::from(*value));
        }
    }
    nothing(StatusCode::NO_CONTENT)
}

/// The values of parameters that a template has: those of the template that it is made from, and those of the request.
pub(super) fn template_values(scene: &Scene<'_>, _: Option<&Record>, redis: &Redis) -> Valued {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_good_value() {
        let model = models().get("parameter").unwrap();
        assert_eq!(model.seeds.len(), 12);
        for seed in &model.seeds {
            let Some(Form::Constant(name)) = seed.set.get("param_name") else {
                panic!("{seed:?}");
            };
            let own = definition(name.as_str().unwrap()).unwrap();
            assert!(accepts(&own, own.text("default_value")), "{name}");
        }
        let timeout = definition("timeout").unwrap();
        assert!(!accepts(&timeout, "+7") && accepts(&timeout, "7"));
        for bad in ["7201", "-1", ""] {
            assert!(!accepts(&timeout, bad), "{bad}");
        }
    }
}
