//! Parameter templates.

use serde_json::{Value, json};

use super::{bad_field, field_text, good, makes_things, moment, redis, refuse, shown};
use crate::call::Call;
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::state::dcs::flavors::MODES;
use crate::state::dcs::parameters::Definition;
use crate::state::dcs::templates::Template;

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let params = &call.params;
    let redis = redis(call);
    let of_user = params.text("type") == Some("user");
    let found: Vec<&Template> = redis
        .templates
        .iter()
        .filter(|one| one.created.is_some() == of_user)
        .filter(|_| !of_user || call.in_main_project())
        .filter(|one| {
            params
                .text("name")
                .is_none_or(|name| one.name.contains(name))
        })
        .filter(|one| {
            params
                .text("engine_version")
                .is_none_or(|wanted| one.version == wanted)
        })
        .filter(|one| {
            params
                .text("cache_mode")
                .is_none_or(|mode| one.mode.name() == mode)
        })
        .collect();
    let page: Vec<Value> = shown(call, found.iter()).map(|one| describe(one)).collect();
    good(&json!({ "template_num": found.len(), "templates": page }))
}

fn describe(template: &Template) -> Value {
    let mut value = json!({
        "template_id": template.id,
        "name": template.name,
        "type": if template.created.is_some() { "user" } else { "sys" },
        "engine": "Redis",
        "engine_version": template.version,
        "cache_mode": template.mode.name(),
        "description": template.description,
        "product_type": "generic",
        "storage_type": "DRAM",
    });
    if let Some(created) = template.created {
        value["created_at"] = Value::from(moment(created));
    }
    value
}

pub(super) fn create(call: &Call<'_>) -> Outcome {
    makes_things(call)?;
    let mut redis = redis(call);
    let wanted = field_text(call, "template_id").unwrap_or_default();
    let base = redis.templates.iter().find(|one| one.id == wanted);
    let base = base
        .ok_or_else(|| bad_field("template_id", "there is no such template"))?
        .clone();
    let mode = field_text(call, "cache_mode");
    let mut values = base.values;
    let params = call.params.field("params").and_then(Value::as_object);
    for (name, value) in params.into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let definition = Definition::named(name)
            .filter(|definition| definition.accepts(&value))
            .ok_or_else(|| refuse(refusals::PARAMETER))?;
        values.retain(|(name, _)| *name != definition.name);
        values.push((definition.name, value));
    }
    let id = redis.uuid("template");
    redis.templates.push(Template {
        id: id.clone(),
        name: field_text(call, "name").unwrap_or_default().to_owned(),
        version: field_text(call, "engine_version").map_or(base.version, ToOwned::to_owned),
        mode: MODES
            .into_iter()
            .find(|one| mode == Some(one.name()))
            .unwrap_or(base.mode),
        description: field_text(call, "description").map(ToOwned::to_owned),
        created: Some(call.now()),
        values,
    });
    good(&json!({ "id": id }))
}
