//! Times: each says in which form it is sent.

use std::collections::BTreeMap;

use otcdb_openapi::{Bundle, Listed, TIME, TimeForm, documented, pointer};
use serde_json::Value;

use super::schemas::each_schema;
use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "time-form",
    why: "the services have times in half a dozen forms; a client that is not told which gives its caller a text",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    let mut values: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    documented::each_value(&bundle.document, &mut |at, _, value| {
        // A blank text and null stand for no time.
        let is_one = value.is_number() || value.as_str().is_some_and(|text| !text.is_empty());
        if is_one {
            values.entry(at.to_owned()).or_default().push(value);
        }
    });
    each_schema(bundle, &mut |at, schema| {
        let values = values.get(at).map_or(&[][..], Vec::as_slice);
        let is_text = schema["type"] == "string";
        match schema[TIME].as_str().map(str::parse::<TimeForm>) {
            Some(Ok(form)) => stated(
                (at, values),
                form,
                is_text || schema["type"] == "integer",
                report,
            ),
            // The rule `extension` says so.
            Some(Err(_)) => {}
            None if schema.get("type").is_none()
                || schema.as_object().and_then(Listed::of).is_some() => {}
            None => {
                let forms: Vec<_> = values.iter().map(|value| TimeForm::of(value)).collect();
                let first = forms.first().copied().flatten();
                if let Some(form) = first.filter(|_| forms.iter().all(Option::is_some)) {
                    report.diagnostic(
                        at,
                        "every example of it is a time, and nothing says in which form",
                        format!("write `{TIME}: {form}`{}", in_utc(form)),
                    );
                }
            }
        }
    });
}

fn stated(
    (at, values): (&str, &[&Value]),
    form: TimeForm,
    is_typed: bool,
    report: &mut Report<'_>,
) {
    let here = pointer::join(at, TIME);
    if !is_typed {
        report.diagnostic(
            &here,
            "a time is a text or a whole number",
            "write it beside `type: string` or `type: integer`",
        );
    }
    if let Some(other) = values.iter().find(|value| !form.has(value)) {
        let seen = TimeForm::of(other).map(|seen| format!("`{TIME}: {seen}`"));
        report.diagnostic(
            &here,
            format!("an example has {other}, which is not of the form {form}"),
            format!(
                "write {}, or the example as the service sends it, with the page's difference among the deviations",
                seen.unwrap_or_else(|| "another form".to_owned())
            ),
        );
    }
}

fn in_utc(form: TimeForm) -> &'static str {
    match form {
        TimeForm::Local => ", or `utc` where that is documented",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;

    const WHEN: &str = "/components/schemas/Thing/properties/when";

    fn with(schema: Value, example: Value) -> impl FnOnce(&mut Value) {
        move |document| {
            document["components"]["schemas"]["Thing"]["properties"]["when"] = schema;
            let response =
                format!("{OPERATION}/responses/200/content/application~1json/examples/one/value");
            document.pointer_mut(&response).unwrap()["when"] = example;
        }
    }

    #[test]
    fn a_time_says_its_form() {
        let time = json!("2018-08-06T10:41:14+0800");
        let text = json!({ "type": "string" });
        catches(&RULE, WHEN, with(text, time.clone()));
        let stated = json!({ "type": "string", "x-time": "rfc3339" });
        catches(&RULE, &format!("{WHEN}/x-time"), with(stated, time.clone()));
        let typed = json!({ "type": "object", "x-time": "offset" });
        catches(&RULE, &format!("{WHEN}/x-time"), with(typed, json!(null)));
        for example in [time, json!(""), json!(null)] {
            let mut document = good();
            with(json!({ "type": "string", "x-time": "offset" }), example)(&mut document);
            assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
        }
    }
}
