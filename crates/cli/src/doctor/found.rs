//! What responses have told of: ids and names, each with what it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use otcdb_openapi::{Operation, Verb};
use serde_json::{Map, Value};

/// No more items of one list are looked at.
const ITEMS: usize = 50;
/// No more things of one service are known.
const MOST: usize = 5000;
/// How deep an id may stand in an item.
const DEPTH: usize = 4;

/// Values by the names of the parameters that take them. They belong together: the backup is one of the instance.
pub(super) type Thing = BTreeMap<String, String>;

/// What is known of a service's things.
#[derive(Debug)]
pub(super) struct Found {
    /// Names of parameters.
    wanted: BTreeSet<String>,
    /// By the name of a resource, the parameters that take its id.
    ids: BTreeMap<String, BTreeSet<String>>,
    things: Vec<(Thing, String)>,
}

impl Found {
    /// Nothing yet. `wanted` are the names of the parameters of these operations that are looked for.
    pub(super) fn new(operations: &[Operation], wanted: BTreeSet<String>) -> Self {
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for operation in operations {
            // What an operation does something to is the last that its path names.
            let last = operation
                .path
                .rsplit('/')
                .find_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
            let resource = operation.resource.as_ref();
            let resource = resource.filter(|one| !matches!(one.verb, Verb::List | Verb::Create));
            if let (Some(resource), Some(last)) = (resource, last) {
                let names = ids.entry(resource.name.replace('-', "_")).or_default();
                names.insert(last.to_owned());
            }
        }
        Self {
            wanted,
            ids,
            things: vec![(Thing::new(), String::new())],
        }
    }

    /// The things that have values for these names, each combination of values once, at most `most` of them. Those of a kind
    /// that has not had its turn come first.
    pub(super) fn with(&self, names: &[&str], most: usize) -> Vec<Thing> {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (thing, kind) in &self.things {
            let values: Option<Thing> = names
                .iter()
                .map(|name| Some(((*name).to_owned(), thing.get(*name)?.clone())))
                .collect();
            if let Some(values) = values
                && seen.insert(values.clone())
            {
                let turn = kinds.entry(kind).or_default();
                found.push((*turn, values));
                *turn += 1;
            }
        }
        found.sort_by_key(|(turn, _)| *turn);
        let found = found.into_iter().map(|(_, values)| values);
        found.take(most).collect()
    }

    /// Learns from the response to a call with these values.
    pub(super) fn learn(&mut self, operation: &Operation, with: &Thing, response: &Value) {
        let resource = operation.resource.as_ref();
        let name = resource.map(|resource| resource.name.replace('-', "_"));
        let items = operation.pagination.as_ref().and_then(|paging| {
            let mut steps = paging.items.split('.');
            steps.try_fold(response, |value, step| value.get(step))
        });
        let name = name.unwrap_or_default();
        self.look(items.unwrap_or(response), &name, with, "", DEPTH);
    }

    fn look(&mut self, value: &Value, name: &str, with: &Thing, kind: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Value::Array(items) => {
                for item in items.iter().take(ITEMS) {
                    self.look(item, name, with, kind, depth + 1);
                }
            }
            Value::Object(fields) => self.look_into(fields, name, with, kind, depth),
            _ => {}
        }
    }

    fn look_into(
        &mut self,
        fields: &Map<String, Value>,
        name: &str,
        with: &Thing,
        kind: &str,
        depth: usize,
    ) {
        let mut thing = with.clone();
        let texts = fields.iter().filter_map(|(name, value)| {
            let text = value.as_str().filter(|text| !text.is_empty())?;
            Some((name.as_str(), text))
        });
        for (field, text) in texts {
            let mut parameters = vec![field.to_owned()];
            if field == "id" {
                parameters.push(format!("{name}_id"));
                // Those that already say of what it is are not taken.
                let others = self.ids.get(name).into_iter().flatten();
                let others = others.filter(|one| !with.contains_key(*one));
                parameters.extend(others.cloned());
            }
            for parameter in parameters {
                if self.wanted.contains(&parameter) {
                    thing.insert(parameter, text.to_owned());
                }
            }
        }
        let own = kind_of(fields);
        let kind = if own.is_empty() { kind } else { &own };
        if thing != *with && self.things.len() < MOST {
            self.things.push((thing.clone(), kind.to_owned()));
        }
        for (field, value) in fields {
            self.look(value, singular(field), &thing, kind, depth);
        }
    }
}

/// What tells instances of different types apart, where there is anything.
fn kind_of(fields: &Map<String, Value>) -> String {
    let texts = ["engine", "cache_mode", "spec_code", "type", "datastore"];
    let texts = texts.iter().filter_map(|name| {
        let value = fields.get(*name)?;
        value.as_str().or_else(|| value.get("type")?.as_str())
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// The name of one of a list's items.
fn singular(name: &str) -> &str {
    let name = name.strip_suffix("_list").unwrap_or(name);
    name.strip_suffix('s').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use otcdb_bundles::bundle;
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_known_with_what_they_belong_to_and_kinds_take_turns() {
        let list = bundle("rds").unwrap().operation("ListInstances").unwrap();
        let wanted = ["instance_id", "node_id", "backup_id"];
        let operations = &bundle("rds").unwrap().operations;
        let mut found = Found::new(operations, wanted.map(ToOwned::to_owned).into());
        let instance = |id: &str, kind: &str| json!({ "id": id, "name": "n", "datastore": { "type": kind }, "nodes": [{ "id": format!("{id}-n") }] });
        let body = json!({ "instances": [instance("a", "MySQL"), instance("b", "MySQL"), instance("c", "PostgreSQL")] });
        found.learn(list, &Thing::new(), &body);
        let ids = |things: Vec<Thing>| -> Vec<String> {
            let values = things
                .iter()
                .map(|thing| thing.values().cloned().collect::<Vec<_>>().join(" "));
            values.collect()
        };
        assert_eq!(ids(found.with(&["instance_id"], 2)), ["a", "c"]);
        assert_eq!(
            ids(found.with(&["instance_id", "node_id"], 9)),
            ["a a-n", "c c-n", "b b-n"]
        );
        assert_eq!(found.with(&["backup_id"], 9), []);
        assert_eq!(
            found.with(&[], 9),
            [Thing::new()],
            "what needs nothing is asked once"
        );
        let backups = bundle("rds").unwrap().operation("ListBackups").unwrap();
        let of = Thing::from([("instance_id".to_owned(), "b".to_owned())]);
        found.learn(backups, &of, &json!({ "backups": [{ "id": "x" }] }));
        assert_eq!(ids(found.with(&["backup_id", "instance_id"], 9)), ["x b"]);
    }
}
