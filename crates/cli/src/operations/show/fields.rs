//! `--columns` and `--sort-by`: fields of the items of a list, by the names that the description has for them.

use std::cmp::Ordering;
use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Command};
use otcdb_openapi::{Operation, Pagination};
use serde_json::Value;

/// How deep fields are named.
const DEPTH: usize = 4;

/// The fields of the items, those inside others by their way: `datastore.type`.
pub(crate) fn names(operation: &Operation, paging: &Pagination) -> Vec<String> {
    let schemas = operation
        .successes()
        .filter_map(|response| response.schema.as_ref());
    let mut found = Vec::new();
    for schema in schemas {
        let mut steps = paging.items.split('.');
        let Some(first) = steps.next().and_then(|name| schema.field(name)) else {
            continue;
        };
        let Some(list) = steps.try_fold(first, |schema, name| schema.field(name)) else {
            continue;
        };
        let mut way: Vec<String> = Vec::new();
        for field in list.outline(DEPTH) {
            way.truncate(field.depth);
            way.push(field.name.trim_end_matches("[]").to_owned());
            let name = way.join(".");
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

/// What is at this place of an item: of a list on the way, what is in each of its elements.
pub(crate) fn values<'a>(item: &'a Value, name: &str) -> Vec<&'a Value> {
    name.split('.').fold(vec![item], |values, step| {
        let mut next = Vec::new();
        for value in values {
            match value {
                Value::Array(items) => next.extend(items.iter().filter_map(|one| one.get(step))),
                value => next.extend(value.get(step)),
            }
        }
        next
    })
}

/// By what a list is sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortKey {
    name: String,
    descending: bool,
}

/// Sorts items: numbers by their size, also where they are texts, other texts without regard to case, and what has no
/// value last. What is equal stays in its order.
pub(crate) fn sort(items: &mut [Value], keys: &[SortKey]) {
    items.sort_by(|a, b| {
        let mut orders = keys.iter().map(|key| {
            let value = |item| {
                let found = values(item, &key.name).into_iter().next();
                found.filter(|value| !value.is_null())
            };
            match (value(a), value(b)) {
                (None, None) => Ordering::Equal,
                (None, _) => Ordering::Greater,
                (_, None) => Ordering::Less,
                (Some(a), Some(b)) if key.descending => compare(b, a),
                (Some(a), Some(b)) => compare(a, b),
            }
        });
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

/// Numbers come before texts, so that the order is one.
fn compare(a: &Value, b: &Value) -> Ordering {
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => {
            let (a, b) = (otcdb_openapi::shown(a), otcdb_openapi::shown(b));
            let folded = a.to_lowercase().cmp(&b.to_lowercase());
            folded.then_with(|| a.cmp(&b))
        }
    }
}

/// Reads one of these names, in any letter case.
#[derive(Clone)]
pub(crate) struct NameParser(pub(crate) Vec<String>);

impl TypedValueParser for NameParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let known = |name: &&String| value.eq_ignore_ascii_case(name);
        match self.0.iter().find(known) {
            Some(name) => Ok(name.clone()),
            None => PossibleValuesParser::new(self.0.clone()).parse_ref(command, arg, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

/// Reads `name`, `name:asc`, `name:desc` or `-name`.
#[derive(Clone)]
pub(crate) struct SortKeyParser(pub(crate) NameParser);

impl TypedValueParser for SortKeyParser {
    type Value = SortKey;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<SortKey, clap::Error> {
        let text = value.to_string_lossy();
        let (name, descending) = match (text.strip_prefix('-'), text.rsplit_once(':')) {
            (Some(name), _) => (name, true),
            (None, Some((name, "desc"))) => (name, true),
            (None, Some((name, "asc"))) => (name, false),
            _ => (&*text, false),
        };
        let name = self.0.parse_ref(command, arg, name.as_ref())?;
        Ok(SortKey { name, descending })
    }

    /// Those that turn the order round are offered to whoever has begun one.
    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names: Vec<PossibleValue> = self.0.possible_values()?.collect();
        let turned = names
            .iter()
            .map(|one| PossibleValue::new(format!("-{}", one.get_name())).hide(true));
        let turned: Vec<PossibleValue> = turned.collect();
        Some(Box::new(names.into_iter().chain(turned)))
    }
}

#[cfg(test)]
mod tests {
    use otcdb_bundles::bundle;
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_inside_others_have_names_of_their_way() {
        let operation = bundle("rds").unwrap().operation("ListInstances").unwrap();
        let names = names(operation, operation.pagination.as_ref().unwrap());
        for name in ["id", "name", "datastore", "datastore.type", "nodes.role"] {
            assert!(names.contains(&name.to_owned()), "{names:?}");
        }
    }

    #[test]
    fn a_way_leads_through_lists() {
        let item = json!({ "nodes": [{ "role": "master" }, {}, { "role": "slave" }], "a": { "b": 1 }, "n": null });
        assert_eq!(
            values(&item, "nodes.role"),
            [&json!("master"), &json!("slave")]
        );
        assert_eq!(values(&item, "a.b"), [&json!(1)]);
        assert_eq!(values(&item, "n.b"), [] as [&Value; 0]);
        assert_eq!(values(&item, "a.b.c"), [] as [&Value; 0]);
    }

    #[test]
    fn items_are_sorted_as_people_read_them() {
        let mut items = vec![
            json!({ "n": "10", "t": "b" }),
            json!({ "n": "9", "t": "B" }),
            json!({ "t": "a" }),
            json!({ "n": null, "t": "c" }),
            json!({ "n": "x", "t": "A" }),
        ];
        let key = |name: &str, descending| SortKey {
            name: name.to_owned(),
            descending,
        };
        let order = |items: &[Value], name: &str| -> Vec<String> {
            let shown = |item: &Value| otcdb_openapi::shown(&item[name]);
            items.iter().map(shown).collect()
        };
        sort(&mut items, &[key("n", false), key("t", true)]);
        assert_eq!(order(&items, "t"), ["B", "b", "A", "c", "a"]);
        sort(&mut items, &[key("n", true)]);
        assert_eq!(order(&items, "t"), ["A", "b", "B", "c", "a"]);
        sort(&mut items, &[key("t", false)]);
        assert_eq!(order(&items, "t"), ["A", "a", "B", "b", "c"]);
    }

    #[test]
    fn a_key_is_read_in_each_of_its_forms() {
        let parser = SortKeyParser(NameParser(vec![
            "name".to_owned(),
            "datastore.type".to_owned(),
        ]));
        let of = |text: &str| {
            let key = parser.parse_ref(&Command::new("x"), None, text.as_ref());
            key.map(|key| (key.name, key.descending)).ok()
        };
        let key = |name: &str, descending| Some((name.to_owned(), descending));
        assert_eq!(of("NAME"), key("name", false));
        assert_eq!(of("-name"), key("name", true));
        assert_eq!(of("datastore.type:desc"), key("datastore.type", true));
        assert_eq!(of("name:asc"), key("name", false));
        assert_eq!(of("nam"), None);
        assert_eq!(of("name:up"), None);
        assert_eq!(of("--name"), None);
    }
}
