//! Documented example payloads, which have to be in the description.

use otcdb_openapi::alternatives::Spot;
use serde_json::Value;

use super::Report;
use crate::facts::{Facts, Payload, Stated};

/// Looks for every documented payload under `examples` of its body.
pub(crate) fn compare(facts: &Facts, operation: &Spot<'_>, report: &mut Report) {
    let bodies = facts
        .request_examples
        .iter()
        .filter_map(|e| e.body.as_ref().map(|b| (b, e.line)));
    let request = operation.at("requestBody");
    for (payload, line) in bodies {
        let key = format!("request example {}: missing", payload.tag());
        one(
            payload,
            line,
            request.as_ref(),
            &key,
            &operation.pointer,
            report,
        );
    }
    let responses = operation.at("responses");
    for example in &facts.response_examples {
        let Some(payload) = &example.body else {
            continue;
        };
        let (name, spot) = match &example.status {
            Stated::Value(code) => {
                let exact = responses.as_ref().and_then(|r| r.at(&code.to_string()));
                let shared = || {
                    responses.as_ref().filter(|_| *code >= 400).and_then(|r| {
                        r.at(&format!("{}XX", code / 100))
                            .or_else(|| r.at("default"))
                    })
                };
                (code.to_string(), exact.or_else(shared))
            }
            _ => {
                let success = responses
                    .iter()
                    .flat_map(Spot::members)
                    .find(|(k, _)| k.starts_with('2'));
                match success {
                    Some((key, spot)) => (key.to_owned(), Some(spot)),
                    None => ("2XX".to_owned(), None),
                }
            }
        };
        let key = format!("response {name} example {}: missing", payload.tag());
        one(
            payload,
            example.line,
            spot.as_ref(),
            &key,
            &operation.pointer,
            report,
        );
    }
}

fn one(
    payload: &Payload,
    line: u32,
    body: Option<&Spot<'_>>,
    key: &str,
    fallback: &str,
    report: &mut Report,
) {
    let text = Value::from(payload.text.as_str());
    let wanted = payload.value.as_ref().unwrap_or(&text);
    let described = body.map(described).unwrap_or_default();
    if described.iter().any(|one| is_written_as(wanted, one)) {
        return;
    }
    // Where no body is described, one with nothing in it says the same.
    let has_body = body.is_some_and(|body| body.at("content").is_some());
    if !has_body && wanted.as_object().is_some_and(serde_json::Map::is_empty) {
        return;
    }
    report.add(
        key,
        line,
        "an example".to_owned(),
        "no example with the same value".to_owned(),
        body.map_or(fallback, |b| b.pointer.as_str()),
        "add the payload under a named entry of examples".to_owned(),
    );
}

/// The values of all examples of a body.
fn described<'a>(body: &Spot<'a>) -> Vec<&'a Value> {
    let mut out = Vec::new();
    for (_, media) in body.at("content").iter().flat_map(Spot::members) {
        if let Some(example) = media.value.get("example") {
            out.push(example);
        }
        for (_, example) in media.at("examples").iter().flat_map(Spot::members) {
            if let Some(value) = example.value.get("value") {
                out.push(value);
            }
        }
    }
    out
}

/// Whether an example is a payload of a page, be it that its values are written as their types have them: `"20"` for 20,
/// null for `{}`, a documented value in its own letter case. What contradicts a type there is told at its own place.
fn is_written_as(page: &Value, described: &Value) -> bool {
    let is_blank = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_lowercase()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    match (page, described) {
        (page, described) if page == described => true,
        (Value::Object(page), Value::Object(described)) => {
            let same = |(key, value): (&String, &Value)| {
                let known = described.get(key);
                known.is_some_and(|known| is_written_as(value, known))
            };
            page.len() == described.len() && page.iter().all(same)
        }
        (Value::Array(page), Value::Array(described)) if page.len() == described.len() => page
            .iter()
            .zip(described)
            .all(|(page, described)| is_written_as(page, described)),
        (page, Value::Array(described)) if described.len() == 1 => described
            .iter()
            .all(|described| is_written_as(page, described)),
        (page, described) if is_blank(page) => is_blank(described),
        (page, described) => match (text(page), text(described)) {
            (Some(page), Some(described)) => page == described,
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_written_as;

    #[test]
    fn an_example_is_itself_as_its_types_have_it_and_no_other() {
        let page = json!({ "size": "20", "mode": "Ha", "tags": {}, "list": [{ "a": 1 }], "one": { "b": true } });
        let written = json!({ "size": 20, "mode": "ha", "tags": null, "list": [{ "a": "1" }], "one": [{ "b": "true" }] });
        assert!(is_written_as(&page, &written));
        for (key, other) in [
            ("size", json!(21)),
            ("mode", json!("hb")),
            ("tags", json!([1])),
            ("list", json!([])),
            ("one", json!({})),
        ] {
            let mut changed = written.clone();
            changed
                .as_object_mut()
                .unwrap()
                .insert(key.to_owned(), other);
            assert!(!is_written_as(&page, &changed), "{key}");
        }
        let mut fewer = written.clone();
        fewer.as_object_mut().unwrap().remove("list");
        assert!(!is_written_as(&page, &fewer));
    }
}
