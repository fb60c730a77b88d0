//! Configuration parameters.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{bad_field, begin, find, find_mut, good, idle, moment, nothing, redis, refuse, shown};
use crate::call::Call;
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::state::dcs::parameters::{DEFINITIONS, Definition, Range};
use crate::state::dcs::timing::Takes;

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let parameters: Vec<Value> = DEFINITIONS
        .iter()
        .map(|definition| {
            let (kind, range) = match definition.range {
                // The service spells it like this.
                Range::Number(least, most) => ("Interger", format!("{least}-{most}")),
                Range::OneOf(words) => ("Enum", words.to_owned()),
                Range::Text => ("regular", String::new()),
            };
            json!({
                "param_id": definition.id,
                "param_name": definition.name,
                "param_value": instance.parameters.value(definition),
                "default_value": definition.default,
                "value_type": kind,
                "value_range": range,
                "description": definition.description,
            })
        })
        .collect();
    let last = instance.parameters.changes.last();
    good(&json!({
        "instance_id": instance.id(),
        "config_status": last.map_or("SUCCESS", |change| change.status(call.now())),
        "config_time": moment(last.map_or(instance.created, |change| change.created)),
        "redis_config": parameters,
        "status": instance.status(),
    }))
}

pub(super) fn update(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find(call, &redis)?;
    idle(instance)?;
    if instance.parameters.changing(call.now()) {
        return Err(refuse(refusals::CONFIGURING));
    }
    let wanted = call.params.field("redis_config").and_then(Value::as_array);
    let wanted = wanted
        .filter(|wanted| !wanted.is_empty())
        .ok_or_else(|| bad_field("redis_config", "nothing is to be changed"))?;
    let mut values: Vec<(&str, String)> = Vec::new();
    for one in wanted {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let definition = Definition::named(text("param_name"))
            .filter(|definition| definition.accepts(text("param_value")))
            .filter(|definition| values.iter().all(|(name, _)| *name != definition.name))
            .filter(|_| DEFINITIONS.iter().any(|one| one.id == text("param_id")))
            .ok_or_else(|| refuse(refusals::PARAMETER))?;
        values.push((definition.name, text("param_value").to_owned()));
    }
    let begin = begin(call);
    let id = redis.uuid("history");
    let course = begin.course(Takes::Configure);
    let details = json!({ "updated_config_length": values.len() });
    let instance = find_mut(call, &mut redis)?;
    instance.parameters.change(id, begin.now, course, values);
    let instance = instance.id().to_owned();
    redis.tasks.add(begin, &instance, "CONFIG", course, details);
    nothing(StatusCode::NO_CONTENT)
}

pub(super) fn histories(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let changes = &find(call, &redis)?.parameters.changes;
    let page: Vec<Value> = shown(call, changes.iter().rev())
        .map(|change| {
            json!({
                "history_id": change.id,
                "type": "config_param",
                "created_at": moment(change.created),
                "status": change.status(call.now()),
            })
        })
        .collect();
    good(&json!({ "history_num": changes.len(), "histories": page }))
}
