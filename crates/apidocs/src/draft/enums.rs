//! Names for values that are none.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::components::Components;
use super::names;

/// Gives names to the values of new enums of requests that begin with no letter, or that another enum has, too.
pub(super) fn name_constants(components: &mut Components) {
    let texts = |value: &Value| -> Vec<String> {
        let names = value.get("x-enum-varnames").unwrap_or(&value["enum"]);
        let texts = names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        texts.map(names::fold).collect()
    };
    let mut taken: BTreeSet<String> = components
        .all
        .iter()
        .filter(|one| one.exists)
        .flat_map(|one| texts(&one.value))
        .collect();
    let mut order: Vec<usize> = (0..components.all.len()).collect();
    order.sort_by_key(|at| components.all.get(*at).map(|one| one.name.clone()));
    for at in order {
        let Some(one) = components
            .all
            .get_mut(at)
            .filter(|one| !one.exists && one.section == "schemas")
        else {
            continue;
        };
        let values: Vec<String> = one.value["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if values.is_empty() {
            continue;
        }
        let named = |prefix: &str| -> Vec<String> {
            values
                .iter()
                .map(|value| names::constant(prefix, value))
                .collect()
        };
        let is_plain = values
            .iter()
            .all(|value| value.starts_with(|c: char| c.is_ascii_alphabetic()));
        let is_free = |names: &[String], taken: &BTreeSet<String>| {
            let folded: BTreeSet<String> = names.iter().map(|name| names::fold(name)).collect();
            folded.len() == names.len() && folded.is_disjoint(taken)
        };
        if is_plain && is_free(&values, &taken) {
            taken.extend(values.iter().map(|value| names::fold(value)));
            continue;
        }
        let numbered = || {
            let prefix = names::snake(&one.name).to_uppercase();
            (1..=values.len())
                .map(|number| format!("{prefix}_{number}"))
                .collect::<Vec<_>>()
        };
        let tries = [named(""), named(&one.name), numbered()];
        let Some(chosen) = tries.into_iter().find(|names| is_free(names, &taken)) else {
            continue;
        };
        taken.extend(chosen.iter().map(|name| names::fold(name)));
        one.value["x-enum-varnames"] = json!(chosen);
    }
}
