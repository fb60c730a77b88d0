//! What values, conditions and filters come to.

use http::Method;
use serde_json::{Value, json};

use super::{Toy, id};
use crate::engine::{Context, Plain};
use crate::model::{Condition, Form};
use crate::records::Record;

/// Each a list of a value and of what it comes to, or of a condition and whether it holds.
const VALUES: &str = include_str!("../../../tests/toy/values.yaml");
const CONDITIONS: &str = include_str!("../../../tests/toy/conditions.yaml");

/// A box with a screw and a nut that is being made.
fn toy() -> (Toy, String, String) {
    let mut toy = Toy::new();
    let first = id(&toy.post("/p/boxes", json!({ "name": "first" })));
    let parts = format!("/p/boxes/{first}/parts");
    let nut = id(&toy.post(&parts, json!({ "kind": "nut" })));
    toy.advance(3);
    (toy, format!("{parts}/{nut}"), nut)
}

/// Evaluates terms about the nut, in a request to paint it.
fn evaluate(
    (toy, path, nut): &mut (Toy, String, String),
    mut each: impl for<'s> FnMut(&Context<'s, Plain<'s>>, &Record, &Plain<'s>),
) {
    let body = json!({
        "size": 40, "zero": "", "csv": "a,b", "port": 8080, "axis": "y", "point": { "x": 1, "y": 2 },
        "things": [{ "name": "a", "size": 1 }, { "name": "b", "size": 2 }],
    });
    toy.call((Method::PUT, path, body), |call, models, store| {
        let about = models.operation("UpdatePart").unwrap();
        let state = Plain(store);
        let mut context = Context::new(Some(call), call.now(), models, &[], about);
        context.parent = context.parent_in_path(call, &state).unwrap();
        each(&context, state.0.get("part", nut).unwrap(), &state);
    });
}

/// Whether each case of a table comes to what the table has.
fn check<T: PartialEq + std::fmt::Debug + serde::de::DeserializeOwned>(
    table: &str,
    come_to: impl for<'s> Fn(&Context<'s, Plain<'s>>, Value, &Record, &Plain<'s>) -> T,
) {
    let mut toy = toy();
    toy.0.advance(5);
    let cases: Vec<(Value, T)> = serde_saphyr::from_str(table).unwrap();
    evaluate(&mut toy, |context, nut, state| {
        for (said, wanted) in &cases {
            assert_eq!(
                &come_to(context, said.clone(), nut, state),
                wanted,
                "{said}"
            );
        }
    });
}

#[test]
fn each_form_of_a_value_comes_to_what_it_says() {
    check(VALUES, |context, said, nut, state| {
        let form = Form::try_from(said).unwrap();
        let found = context.value(&form, Some(nut), state).unwrap();
        found.unwrap_or_default()
    });
}

#[test]
fn each_form_of_a_condition_holds_or_not() {
    check(CONDITIONS, |context, said, nut, state| {
        let condition = Condition::try_from(said).unwrap();
        context.holds(&condition, Some(nut), state).unwrap()
    });
}

#[test]
fn values_of_jobs_and_made_up_ones_follow_the_time_and_the_text() {
    let mut toy = toy();
    evaluate(&mut toy, |context, nut, state| {
        let value = |said: Value| {
            let form = Form::try_from(said).unwrap();
            context.value(&form, Some(nut), state).unwrap()
        };
        assert_eq!(value(json!({ "job": "status" })), Some(json!("MAKING")));
        assert_eq!(value(json!({ "job": "progress" })), Some(json!("40.00")));
        assert_eq!(value(json!({ "job": "percent" })), Some(json!("40")));
        assert_eq!(value(json!({ "done": 1, "else": 2 })), Some(json!(2)));
        assert_eq!(value(json!({ "time": "ended" })), None);
        let hex = |text: &str| value(json!({ "hex": text, "suffix": "x" })).unwrap();
        assert_eq!(hex("{this.kind}"), hex("nut"));
        assert_ne!(hex("nut"), hex("bolt"));
        assert_eq!(hex("nut").as_str().unwrap().len(), 33);
    });
}

/// Beside their kind, parts are told apart by these.
const MORE: &str = r#"
  colour: grey
  sizes: {of: request.kind, table: {nut: "S,M"}, else: L}
  labels: {list: [{value: {key: a, value: b}}, {fields: {key: {from: kind}, value: {value: d}}}]}
hidden: [sizes, labels]
"#;

/// What a list has, of parts of which a model says otherwise how they are listed.
fn listed(list: &str, query: &str) -> Result<Value, String> {
    let model = include_str!("../../../tests/toy/part.yaml");
    let model = model.replace("ListParts: {}", &format!("ListParts: {list}"));
    let model = model.replace("  colour: grey", MORE);
    let mut toy = Toy::with_parts(Box::leak(model.into_boxed_str()));
    let first = id(&toy.post("/p/boxes", json!({ "name": "first" })));
    let parts = format!("/p/boxes/{first}/parts");
    for kind in ["nut", "Nut", "nutshell"] {
        toy.post(&parts, json!({ "kind": kind }));
        toy.advance(60);
    }
    let found = toy.send(Method::GET, &format!("{parts}?{query}"), Value::Null)?;
    let kinds = found.1["parts"].as_array().into_iter().flatten();
    Ok(kinds.map(|one| one["kind"].clone()).collect())
}

#[test]
fn each_form_of_a_filter_lists_what_it_says() {
    for (filter, wanted, kinds) in [
        ("{is: kind}", "nut", json!(["nut"])),
        ("{like: kind}", "NUT", json!(["Nut", "nut"])),
        ("{within: kind}", "shell", json!(["nutshell"])),
        ("{wildcard: kind}", "*uts", json!(["nutshell"])),
        ("{wildcard: kind}", "nut", json!(["nut"])),
        ("{among: sizes}", "M", json!(["nut"])),
        ("{tags: labels}", "a=b,Nut", json!(["Nut"])),
        ("{tags: labels}", "a=c", json!([])),
        ("ignored", "x", json!(["nutshell", "Nut", "nut", "screw"])),
        ("order", "asc", json!(["screw", "nut", "Nut", "nutshell"])),
    ] {
        let list = format!("{{filters: {{kind: {filter}}}}}");
        let found = listed(&list, &format!("kind={wanted}")).unwrap();
        assert_eq!(found, kinds, "{filter} of {wanted}");
    }
    let items = "{items: {each: part, where: {kind: nut}, value: {fields: {kind: {text: 'a {one.kind}'}}}}}";
    assert_eq!(listed(items, "").unwrap(), json!(["a nut"]));
    let only = "{only_if: this.ended_at}";
    assert_eq!(listed(only, "").unwrap(), json!(["nutshell", "Nut", "nut"]));
}
