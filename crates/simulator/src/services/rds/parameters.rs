//! Parameters of databases, and templates of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::state::INSTANCE;
use super::{Databases, Scene, Valued, hold};
use crate::call::{Call, CallError};
use crate::engine::State;
use crate::parse::number;
use crate::records::{IdForm, Record};

const TEMPLATE: &str = "configuration";
const OF_INSTANCE: &str = "instance-configuration";
const HISTORY: &str = "apply-history";

/// A parameter of an engine.
#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    value: String,
    value_range: String,
    #[serde(rename = "type")]
    kind: String,
    description: String,
    #[serde(default)]
    readonly: bool,
    #[serde(default)]
    restart_required: bool,
    /// It depends on the size of an instance, so no template has it.
    #[serde(default)]
    by_size: bool,
}

type Values = Map<String, Value>;

fn read() -> Result<BTreeMap<String, Vec<Parameter>>, serde_saphyr::Error> {
    serde_saphyr::from_str(include_str!("../../../models/rds/data/parameters.yaml"))
}

/// The parameters of an engine, whose name is in lower case. A test reads them, too, so that they can be read.
fn of_engine(engine: &str) -> &'static [Parameter] {
    static ALL: LazyLock<BTreeMap<String, Vec<Parameter>>> =
        LazyLock::new(|| read().unwrap_or_default());
    ALL.get(engine).map_or(&[], Vec::as_slice)
}

/// Whether a parameter can have a value.
fn accepts(parameter: &Parameter, value: &str) -> bool {
    let range = &parameter.value_range;
    match range.split_once('-') {
        Some((least, most)) if parameter.kind == "integer" => {
            let bounds = number(least).zip(number(most));
            bounds.is_some_and(|(least, most): (u64, u64)| {
                number(value).is_some_and(|number| (least..=most).contains(&number))
            })
        }
        _ => range.split('|').any(|word| word == value),
    }
}

/// The values that a template or an instance has in place of the usual ones.
fn values_of(record: Option<&Record>) -> Values {
    let values = record.and_then(|record| record.fields.get("values")?.as_object());
    values.cloned().unwrap_or_default()
}

/// The values of a request, each with the parameter that has the name.
fn wanted<'a>(
    scene: &'a Scene<'_>,
    engine: &str,
) -> Vec<(&'a str, &'a str, Option<&'static Parameter>)> {
    let values = scene.given("values").and_then(Value::as_object);
    let known = of_engine(engine);
    let pairs = values.into_iter().flatten().map(|(name, value)| {
        let parameter = known.iter().find(|one| one.name == *name);
        (name.as_str(), value.as_str().unwrap_or_default(), parameter)
    });
    pairs.collect()
}

/// The engine of a template, or of the instance that the operation is about, in lower case.
fn engine_of(scene: &Scene<'_>, record: Option<&Record>) -> String {
    let of_template = record.and_then(|one| one.fields.get("datastore_name")?.as_str());
    let of_instance = || scene.fact("datastore")?["type"].as_str();
    let engine = of_template.or_else(of_instance);
    engine.unwrap_or_default().to_lowercase()
}

/// All parameters with their values.
pub(super) fn all(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    let values = values_of(record);
    let is_template = scene.name == TEMPLATE;
    let parameters = of_engine(&engine_of(scene, record)).iter();
    let parameters = parameters.filter(|one| !(is_template && one.by_size));
    let show = |one: &Parameter| {
        json!({
            "name": one.name,
            "value": values.get(&one.name).cloned().unwrap_or_else(|| Value::from(&*one.value)),
            "restart_required": one.restart_required,
            "readonly": one.readonly,
            "value_range": one.value_range,
            "type": one.kind,
            "description": one.description,
        })
    };
    Ok(Some(parameters.map(show).collect()))
}

/// The values that a template has after the request. Those that depend on the size of an instance are left out.
pub(super) fn of_template(
    scene: &Scene<'_>,
    record: Option<&Record>,
    databases: &Databases,
) -> Valued {
    let base = scene.text("config_id");
    let base = base.and_then(|id| databases.store().get(TEMPLATE, id));
    let mut values = values_of(base);
    let engine = scene.text("datastore.type").map(str::to_lowercase);
    let engine = engine.unwrap_or_else(|| engine_of(scene, base.or(record)));
    for (name, value, parameter) in wanted(scene, &engine) {
        hold(parameter.is_some_and(|one| !one.readonly), "DBS.212012")?;
        hold(
            parameter.is_some_and(|one| accepts(one, value)),
            "DBS.200461",
        )?;
        if parameter.is_some_and(|one| !one.by_size) {
            values.insert(name.to_owned(), Value::from(value));
        }
    }
    Ok(Some(Value::Object(values)))
}

/// Whether something is asked for, no other template has the name, and there is such a version of the engine.
pub(super) fn template_fits(
    scene: &Scene<'_>,
    record: Option<&Record>,
    databases: &Databases,
) -> Result<(), CallError> {
    let own = record.map(|one| one.id.as_str());
    let members = ["name", "description", "values"];
    let is_given = members.iter().any(|name| scene.given(name).is_some());
    hold(is_given, "DBS.280001")?;
    let name = scene.text("name");
    let mut others = databases.store().of(TEMPLATE, "").iter();
    let is_taken = others.any(|one| Some(one.text("name")) == name && Some(&*one.id) != own);
    hold(!is_taken, "DBS.201201")?;
    let Some(engine) = scene.text("datastore.type") else {
        return Ok(());
    };
    let version = scene.text("datastore.version");
    let mut versions = databases.store().of("datastore", "").iter();
    let is_one = |one: &Record| {
        one.text("engine").eq_ignore_ascii_case(engine) && Some(one.text("name")) == version
    };
    hold(versions.any(is_one), "DBS.200041")
}

/// The values that an instance has after the request.
pub(super) fn changed(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    let mut values = values_of(record);
    for (name, value, parameter) in wanted(scene, &engine_of(scene, None)) {
        if let Some(parameter) = parameter.filter(|one| !one.readonly) {
            hold(accepts(parameter, value), "DBS.200461")?;
            values.insert(name.to_owned(), Value::from(value));
        }
    }
    Ok(Some(Value::Object(values)))
}

/// The parameters of a request that do not exist or cannot be changed.
pub(super) fn ignored(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    let wanted = wanted(scene, &engine_of(scene, None)).into_iter();
    let ignored = wanted.filter(|(.., parameter)| parameter.is_none_or(|one| one.readonly));
    Ok(Some(ignored.map(|(name, ..)| Value::from(name)).collect()))
}

/// Whether a value of a request counts only after a restart.
pub(super) fn needs_restart(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    let mut wanted = wanted(scene, &engine_of(scene, None)).into_iter();
    let counts_later = |one: &Parameter| one.restart_required && !one.readonly;
    let needs = wanted.any(|(.., parameter)| parameter.is_some_and(counts_later));
    Ok(Some(Value::from(needs)))
}

/// When the parameters of an instance last changed, as the service writes it.
pub(super) fn updated(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    let time = record.map(|one| one.updated(scene.now));
    Ok(time.map(|time| Value::from(time.strftime("%Y-%m-%d %H:%M:%S").to_string())))
}

/// Why an instance does not take a template; blank if it does.
fn refusal(instance: Option<&Record>, template: &Record, call: &Call<'_>) -> &'static str {
    let Some(instance) = instance else {
        return "DBS.200002";
    };
    let datastore = |name: &str| {
        instance.fields["datastore"][name]
            .as_str()
            .unwrap_or_default()
    };
    let fits = datastore("type").eq_ignore_ascii_case(template.text("datastore_name"))
        && datastore("version") == template.text("datastore_version_name");
    match (fits, instance.under_way(call.now())) {
        (false, _) => "DBS.280238",
        (true, true) => "DBS.200011",
        (true, false) => "",
    }
}

/// Gives instances the values of a template, and remembers what became of it.
pub(super) fn apply(call: &Call<'_>, databases: &mut Databases, template: &Record) {
    let values = values_of(Some(template));
    let known = of_engine(template.text("datastore_name"));
    let mut changed = known.iter().filter(|one| values.contains_key(&one.name));
    let needs_restart = changed.any(|one| one.restart_required);
    let ids = call.field_texts("instance_ids");
    let store = databases.store_mut();
    for id in &ids {
        let instance = store.get(INSTANCE, id);
        let code = refusal(instance, template, call);
        let fields = json!({
            "configuration_id": template.id,
            "instance_id": id,
            "instance_name": instance.map_or("", |one| one.text("name")),
            "apply_result": if code.is_empty() { "SUCCESS" } else { "FAILED" },
            "error_code": code,
            "restart_required": code.is_empty() && needs_restart,
        });
        if code.is_empty() {
            for own in store.of_mut(OF_INSTANCE, id) {
                let kept = values_of(Some(own)).into_iter().filter(|(name, _)| {
                    let mut kept = known.iter().filter(|one| one.by_size);
                    kept.any(|one| one.name == *name)
                });
                let all: Values = kept.chain(values.clone()).collect();
                own.pending.insert("values".to_owned(), Value::Object(all));
                own.job.clone_from(&template.job);
                own.updated = call.now();
            }
        }
        let mut entry = Record::new(store.id(HISTORY, IdForm::Hex), "", call.now());
        entry.fields = fields.as_object().cloned().unwrap_or_default();
        store.add(HISTORY, entry);
    }
    // The task is named after the first one.
    let first = ids.first().and_then(|id| store.get(INSTANCE, id));
    let first = first.map(|one| (one.id.clone(), one.text("name").to_owned()));
    if let (Some(task), Some((id, name))) = (store.of_mut("job", "").last_mut(), first) {
        task.fields
            .insert("instance_id".to_owned(), Value::from(id));
        let name = Value::from(name);
        task.fields.insert("instance_name".to_owned(), name);
    }
}

/// What became of the template on each instance of the request.
pub(super) fn applied(scene: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let ids = scene.given("instance_ids").and_then(Value::as_array);
    let results = ids.into_iter().flatten().filter_map(|id| {
        let mut history = databases.store().of(HISTORY, "").iter();
        let entry = history.rfind(|one| {
            one.fields["instance_id"] == *id
                && record.is_some_and(|record| one.text("configuration_id") == record.id)
        })?;
        Some(json!({
            "instance_id": id,
            "instance_name": entry.text("instance_name"),
            "restart_required": entry.fields["restart_required"],
            "success": entry.text("error_code").is_empty(),
        }))
    });
    Ok(Some(results.collect()))
}

/// Whether all instances of the request took the template.
pub(super) fn all_applied(
    scene: &Scene<'_>,
    record: Option<&Record>,
    databases: &Databases,
) -> Valued {
    let results = applied(scene, record, databases)?.unwrap_or_default();
    let mut results = results.as_array().into_iter().flatten();
    Ok(Some(Value::from(results.all(|one| one["success"] == true))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_value_is_a_good_one() {
        let all = read().unwrap();
        assert_eq!(all.len(), 3);
        for parameter in all.values().flatten().filter(|one| !one.readonly) {
            assert!(accepts(parameter, &parameter.value), "{parameter:?}");
        }
        let step = &of_engine("mysql")[0];
        for bad in ["0", "65536", "-1", "+7", ""] {
            assert!(!accepts(step, bad), "{bad}");
        }
        assert!(!accepts(&of_engine("mysql")[1], "on"));
    }
}
