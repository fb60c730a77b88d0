//! Whatever is only new on a page, on whichever page: what is inserted keeps every rule and moves nothing.

use std::fs;
use std::path::Path;

use otcdb_apidocs::{
    Facts, Field, Limited, Payload, Place, RequestExample, Response, ResponseExample, Stated,
    from_yaml, to_yaml,
};
use otcdb_openapi::Diagnostics;
use serde_json::{Value, json};
use xtask::docs::apply::Applied;
use xtask::docs::check::check;
use xtask::docs::diff::apply;
use xtask::{lint, tasks};

use super::apply::fact;
use super::pages::Pages;
use crate::copy::Copy;

/// Operations of pages of many forms: lists, actions under one path, bodies that others have, too, and none at all.
const OPERATIONS: [&str; 6] = [
    "dcs/facts/create_instance.yaml",
    "dcs/facts/show_bigkey_autoscan_config.yaml",
    "dds/facts/set_auditlog_policy.yaml",
    "gaussdb/facts/list_gauss_my_sql_instances.yaml",
    "rds/facts/list_instances.yaml",
    "rds/facts/set_backup_policy.yaml",
];

fn field(name: &str, type_word: Option<&str>) -> Field {
    let mut one: Field = fact(json!({ "name": name, "line": 7 }));
    one.mandatory = Stated::Value(false);
    one.type_word = type_word.map_or(Stated::Missing, |word| Stated::Value(word.to_owned()));
    one
}

fn with_values(mut one: Field, values: &[&str]) -> Field {
    one.values = values.iter().map(|one| (*one).to_owned()).collect();
    one
}

fn with_limits(mut one: Field, of: Limited, min: &str, max: &str) -> Field {
    let limit = json!({ "of": of, "min": min, "max": max });
    one.limits.push(fact(limit));
    one
}

/// Fields of every kind that pages have.
fn fields(prefix: &str) -> Vec<Field> {
    let name = |rest: &str| format!("{prefix}_{rest}");
    let mut cups = field(&name("cups"), Some("Array of objects"));
    cups.fields = vec![
        field("id", Some("String")),
        with_values(field("state", Some("String")), &["HOT", "COLD"]),
        with_values(field("sizes", Some("Array of strings")), &["S", "M"]),
    ];
    let mut pot = field(&name("pot"), Some("Object"));
    pot.fields = vec![field("lid", Some("Boolean"))];
    vec![
        with_values(field(&name("colour"), Some("String")), &["red", "green"]),
        with_values(field(&name("version"), Some("String")), &["5.7", "8.0"]),
        with_limits(
            field(&name("depth"), Some("Integer")),
            Limited::Value,
            "1",
            "9",
        ),
        with_limits(
            field(&name("label"), Some("String")),
            Limited::Length,
            "1",
            "64",
        ),
        field(&name("password"), Some("String")),
        field(&name("begin_time"), Some("String")),
        field(&name("tags"), Some("Array of strings")),
        field(&name("extra"), Some("Map<String,String>")),
        field(&name("weight"), Some("Double")),
        cups,
        pot,
    ]
}

fn success(facts: &mut Facts) -> Option<&mut Response> {
    let is_success = |one: &&mut Response| one.status.value().is_none_or(|code| *code < 300);
    facts.responses.iter_mut().find(is_success)
}

/// An example with one word of it changed.
fn varied(payload: &Payload) -> Option<Payload> {
    fn change(value: &mut Value) -> bool {
        match value {
            Value::Object(map) => map.iter_mut().any(|(key, value)| match value {
                Value::String(text) if key.ends_with("name") || key.ends_with("id") => {
                    text.push('x');
                    true
                }
                Value::Object(_) | Value::Array(_) => change(value),
                _ => false,
            }),
            Value::Array(items) => items.iter_mut().any(change),
            _ => false,
        }
    }
    let mut value = payload.value.clone()?;
    change(&mut value).then(|| Payload::new(serde_json::to_string_pretty(&value).unwrap()))
}

/// Adds one thing of each kind to a page.
fn grow(facts: &mut Facts, number: usize) {
    let parameters = [
        with_values(field("brew", None), &["green", "black"]),
        with_limits(field("strength", None), Limited::Value, "1", "9"),
        field("label", None),
    ];
    let at = facts.parameters.items.len().min(1);
    for mut one in parameters {
        one.place = Some(Place::Query);
        one.name = format!("{}_{number}", one.name);
        facts.parameters.items.insert(at, one);
    }
    if let Some(form) = facts.request.forms.first_mut() {
        for one in fields(&format!("sent{number}")) {
            form.fields.insert(0, one);
        }
    }
    if let Some(form) = success(facts).and_then(|one| one.body.forms.first_mut()) {
        for one in fields(&format!("got{number}")) {
            form.fields.insert(1, one);
        }
    }
    let bodies: Vec<(usize, ResponseExample)> = facts
        .response_examples
        .iter()
        .cloned()
        .enumerate()
        .collect();
    let varying = bodies.into_iter().find_map(|(at, mut one)| {
        one.body = Some(varied(one.body.as_ref()?)?);
        Some((at, one))
    });
    if let Some((at, one)) = varying {
        facts.response_examples.insert(at, one);
    }
    let bodies: Vec<(usize, RequestExample)> =
        facts.request_examples.iter().cloned().enumerate().collect();
    let varying = bodies.into_iter().find_map(|(at, mut one)| {
        one.body = Some(varied(one.body.as_ref()?)?);
        Some((at, one))
    });
    if let Some((at, one)) = varying {
        facts.request_examples.insert(at, one);
    }
    // Where a page lists no error, one alone would be all that there are.
    if facts
        .responses
        .iter()
        .any(|one| one.status.value().is_some_and(|code| *code >= 400))
    {
        let refused: Response =
            fact(json!({ "status": 409, "line": 9, "body": { "state": "missing" } }));
        facts.responses.push(refused);
    }
}

/// Every byte of the old text stands in the new one, in the same order.
pub(super) fn is_only_longer(old: &str, new: &str) -> bool {
    let mut bytes = new.bytes();
    old.bytes().all(|byte| bytes.any(|one| one == byte))
}

fn unsound(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for bundle in tasks::bundles(root).unwrap() {
        if let Err(Diagnostics(all)) = lint::lint(&bundle) {
            let rest = all.into_iter().filter(|one| one.rule != lint::UNWRITTEN);
            found.extend(rest.map(|one| one.to_string()));
        }
    }
    found
}

fn applied(copy: &Copy, facts: &Facts) -> Applied {
    let pages = Pages::new();
    let after = pages.add("after.yaml", &to_yaml(facts).unwrap());
    apply(copy.root(), None, &after, "otc").unwrap()
}

#[test]
fn whatever_is_new_is_inserted_as_a_draft_has_it() {
    let copy = Copy::of_the_workspace();
    for (number, name) in OPERATIONS.iter().enumerate() {
        let file = format!("openapi/{name}");
        let mut facts = from_yaml(&copy.text(&file)).unwrap();
        grow(&mut facts, number);
        let done = applied(&copy, &facts);
        // Components that several operations have, and pages that tell of their own alone.
        let left: Vec<&String> = done
            .left
            .iter()
            .filter(|one| !one.contains("the same component"))
            .collect();
        assert!(left.is_empty() && !done.done.is_empty(), "{name}: {done}");
        for (path, text) in done.files.iter() {
            let old = fs::read_to_string(copy.root().join(path)).unwrap_or_default();
            assert!(is_only_longer(&old, text), "{name}: {}", path.display());
        }
        if done.left.is_empty() {
            done.files.write(copy.root()).unwrap();
            fs::write(copy.root().join(&file), to_yaml(&facts).unwrap()).unwrap();
        }
    }
    let found = unsound(copy.root());
    assert!(found.is_empty(), "{found:#?}");
    let diagnostics = check(copy.root(), None).unwrap().diagnostics;
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    tasks::codegen(copy.root()).unwrap();
}
