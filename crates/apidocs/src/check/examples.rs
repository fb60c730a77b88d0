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
    for (index, (payload, line)) in bodies.enumerate() {
        let key = format!("request example {}: missing", index + 1);
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
    let mut counts = std::collections::BTreeMap::new();
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
        let count = counts.entry(name.clone()).or_insert(0usize);
        *count += 1;
        let key = format!("response {name} example {count}: missing");
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
    if body.is_some_and(|b| described(b).contains(&wanted)) {
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
