//! Recorded deviations, and whole documents.

use otcdb_apidocs::{Deviation, DeviationError, Target, check, check_document, deviations, settle};
use serde_json::{Value, json};

use crate::check::{PATH, brew, document};
use crate::several_pages::actions;

#[test]
fn recorded_deviations_explain_and_go_stale() {
    let mut spec = document();
    spec["components"]["schemas"]["Leaf"]["properties"]["grams"]["type"] = json!("string");
    let found = check(&[&brew()], Target::new(&spec, "post", PATH));
    let record = |fact: &str| Deviation::new(fact, "seen");
    let settled = settle(found.clone(), vec![record("request leaf.grams: type")]);
    assert!(settled.passes());
    let settled = settle(
        found.clone(),
        vec![
            record("request leaf.grams: type"),
            record("response 204: missing"),
        ],
    );
    assert!(!settled.passes());
    assert_eq!(settled.stale[0].fact, "response 204: missing");
    let settled = settle(found, Vec::new());
    assert_eq!(settled.unexplained.len(), 1);
    assert!(!settled.passes());
}

#[test]
fn deviations_need_a_fact_and_a_reason() {
    let read = |list: Value| deviations(&json!({"x-doc-deviations": list}));
    assert_eq!(deviations(&json!({})), Ok(Vec::new()));
    assert!(read(json!([{"fact": "a", "reason": "b"}])).is_ok());
    assert_eq!(read(json!({})), Err(DeviationError::NotAList));
    assert_eq!(
        read(json!([{"reason": "b"}])),
        Err(DeviationError::NoFact(1))
    );
    assert_eq!(
        read(json!([{"fact": "a", "reason": " "}])),
        Err(DeviationError::NoReason("a".to_owned()))
    );
    let twice = json!([{"fact": "a", "reason": "b"}, {"fact": "a", "reason": "c"}]);
    assert_eq!(read(twice), Err(DeviationError::Twice("a".to_owned())));
}

#[test]
fn a_document_is_checked_operation_by_operation() {
    let mut spec = document();
    spec["paths"]["/v2/teapots"] = json!({"get": {"responses": {}}});
    let (heat, _) = actions();
    let checked = check_document(&spec, &[brew(), heat]);
    assert_eq!(checked.operations.len(), 1);
    assert_eq!(
        checked.operations[0].operation_id.as_deref(),
        Some("StartBrew")
    );
    assert!(checked.passes());
    assert_eq!(
        spec.pointer(&checked.operations[0].pointer).unwrap()["operationId"],
        "StartBrew"
    );
    assert_eq!(checked.without_facts, ["GET /v2/teapots"]);
    assert_eq!(checked.without_operation, ["tea_1.yaml"]);
    spec["paths"][PATH]["post"]["x-doc-deviations"] =
        json!([{"fact": "request note: missing", "reason": "old"}]);
    spec["components"]["schemas"]["Cup"]["properties"]["size"]["type"] = json!("string");
    let checked = check_document(&spec, &[brew()]);
    assert!(!checked.passes());
    let settled = &checked.operations[0].settled;
    assert_eq!(settled.stale[0].fact, "request note: missing");
    assert_eq!(settled.unexplained.len(), 1);
    let found = &settled.unexplained[0];
    assert_eq!(found.key, "response 202 cups[].size: type");
    assert_eq!(found.pointer, "/components/schemas/Cup/properties/size");
    assert_eq!(found.advice, "write type: integer");
}
