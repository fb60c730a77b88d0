//! What becomes of the instances to which a template is applied.

use serde_json::{Map, Value, json};

use super::Databases;
use super::state::INSTANCE;
use crate::call::Call;
use crate::engine::State;
use crate::records::{IdForm, Record};

const OF_INSTANCE: &str = "instance-configuration";
const HISTORY: &str = "apply-history";

type Values = Map<String, Value>;

/// The values that a template or an instance has in place of the usual ones.
fn values_of(record: Option<&Record>) -> Values {
    let values = record.and_then(|record| record.fields.get("values")?.as_object());
    values.cloned().unwrap_or_default()
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
    let known = databases.store().of("engine-parameter", "").iter();
    let known = known.filter(|one| one.text("engine") == template.text("datastore_name"));
    let known: Vec<Record> = known.cloned().collect();
    let mut changed = known
        .iter()
        .filter(|one| values.contains_key(one.text("name")));
    let needs_restart = changed.any(|one| one.fields["restart_required"] == true);
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
            "success": code.is_empty(),
            "restart_required": code.is_empty() && needs_restart,
        });
        if code.is_empty() {
            for own in store.of_mut(OF_INSTANCE, id) {
                let kept = values_of(Some(own)).into_iter().filter(|(name, _)| {
                    let mut kept = known.iter().filter(|one| one.fields["by_size"] == true);
                    kept.any(|one| one.text("name") == name)
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

#[cfg(test)]
mod tests {
    use crate::engine::fits;
    use crate::model::Form;
    use crate::services::rds::models;

    #[test]
    fn every_usual_value_is_a_good_one() {
        let seeds = &models().get("engine-parameter").unwrap().seeds;
        assert_eq!(seeds.len(), 16);
        for seed in seeds {
            let text = |name: &str| match seed.set.get(name) {
                Some(Form::Constant(value)) => value.as_str().unwrap_or_default(),
                _ => "",
            };
            let range = text("value_range");
            assert!(range.is_empty() || fits(text("value"), range), "{seed:?}");
        }
    }
}
