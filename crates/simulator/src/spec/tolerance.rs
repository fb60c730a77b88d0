//! What clients send otherwise than described, and the services take all the same.

use serde_json::Value;

use super::Operation;
use crate::times;

/// Leaves out what is null: clients send that for absent fields.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, field)| !field.is_null())
            .map(|(name, field)| (name, without_nulls(field)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

impl Operation {
    /// The body with what its schema refuses written as described: times, numbers that a documented example of the
    /// operation has in quotes, and texts that one has as numbers.
    pub(super) fn as_described(&self, mut body: Value) -> Value {
        let Some(expected) = &self.body else {
            return body;
        };
        for complaint in expected.schema.complaints(&body) {
            let pointer = complaint.pointer.as_str();
            let documented = |is: fn(&Value) -> bool| {
                let mut examples = expected.examples.iter();
                examples.any(|example| shown(&example.value, pointer).is_some_and(is))
            };
            let described = match body.pointer(pointer) {
                Some(Value::String(text)) => quoted(text)
                    .filter(|_| documented(|value| value.as_str().and_then(quoted).is_some()))
                    .map(Value::from)
                    .or_else(|| times::as_documented(text).map(Value::from)),
                Some(Value::Number(number)) if documented(Value::is_number) => {
                    Some(Value::from(number.to_string()))
                }
                _ => None,
            };
            if let (Some(described), Some(place)) = (described, body.pointer_mut(pointer)) {
                *place = described;
            }
        }
        body
    }
}

/// The number in a text. One documented example has a comma after it.
fn quoted(text: &str) -> Option<i64> {
    text.trim_end_matches(',').parse().ok()
}

/// What an example has at the place, or at the same place of another element of a list.
fn shown<'a>(example: &'a Value, pointer: &str) -> Option<&'a Value> {
    let mut steps = pointer.split('/').skip(1);
    steps.try_fold(example, |value, step| match value {
        Value::Array(items) => items.first(),
        other => other.get(step),
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use otcdb_core::Service;
    use otcdb_openapi::Description;
    use serde_json::json;

    use super::*;

    /// An operation with this schema as its body and as that of the query parameter `p`, and an example of the body.
    fn operation(body: &Value, parameter: &Value, example: &Value) -> Operation {
        let document = json!({ "paths": { "/a": { "post": {
            "operationId": "A",
            "parameters": [{ "name": "p", "in": "query", "schema": parameter }],
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": body, "examples": { "one": { "value": example } }
            } } },
            "responses": {}
        } } } });
        let bundle = Box::leak(Box::new(Description::of("dcs", document).unwrap()));
        Operation::new(0, Service::Dcs, &bundle.operations[0])
    }

    fn taken(operation: &Operation, body: &Value) -> Option<Value> {
        let checked = operation.check(&[], &[], &HeaderMap::new(), body.to_string().as_bytes());
        checked.ok()?.body
    }

    #[test]
    fn null_means_absent_at_any_depth_and_is_refused_where_something_is_required() {
        let element = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "string" }, "note": { "type": "string" }
        } });
        let schema = json!({ "type": "object", "required": ["name"], "properties": {
            "name": { "type": "string" },
            "size": { "type": "integer" },
            "parts": { "type": "array", "items": element }
        } });
        let operation = operation(&schema, &json!({}), &json!({}));
        let sent = json!({ "name": "n", "size": null, "parts": [{ "id": "i", "note": null }] });
        let absent = json!({ "name": "n", "parts": [{ "id": "i" }] });
        assert_eq!(taken(&operation, &sent), Some(absent));
        for refused in [
            json!({ "name": null }),
            json!({ "name": "n", "parts": [{ "id": null }] }),
            json!({ "name": "n", "parts": [null] }),
        ] {
            assert_eq!(taken(&operation, &refused), None, "{refused}");
        }
    }

    #[test]
    fn a_number_may_stand_in_quotes_where_a_documented_example_has_it_so() {
        let number = json!({ "type": "integer", "minimum": 1 });
        let schema = json!({ "type": "object", "properties": {
            "days": { "type": "array", "items": number },
            "size": number,
            "volume": { "type": "object", "properties": { "size": number } }
        } });
        let example = json!({ "days": ["1,"], "size": 40, "volume": { "size": "40" } });
        let operation = operation(&schema, &json!({}), &example);
        let sent = json!({ "days": ["1", 2, "3,"], "volume": { "size": "40" } });
        let meant = json!({ "days": [1, 2, 3], "volume": { "size": 40 } });
        assert_eq!(taken(&operation, &sent), Some(meant.clone()));
        assert_eq!(taken(&operation, &meant), Some(meant));
        for refused in [
            json!({ "size": "40" }),
            json!({ "days": ["one"] }),
            json!({ "volume": { "size": "0" } }),
        ] {
            assert_eq!(taken(&operation, &refused), None, "{refused}");
        }
    }

    #[test]
    fn a_number_may_stand_for_a_text_where_a_documented_example_has_it_so() {
        let schema = json!({ "type": "object", "properties": {
            "project": { "type": "string" }, "name": { "type": "string" }
        } });
        let operation = operation(&schema, &json!({}), &json!({ "project": 0, "name": "n" }));
        let taken_as = taken(&operation, &json!({ "project": 7 }));
        assert_eq!(taken_as, Some(json!({ "project": "7" })));
        assert_eq!(taken(&operation, &json!({ "name": 7 })), None);
    }

    #[test]
    fn a_time_is_taken_in_another_form_than_its_pattern_has() {
        let time = json!({
            "type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$"
        });
        let schema = json!({ "type": "object", "properties": { "t": time } });
        let operation = operation(&schema, &time, &json!({}));
        for (sent, meant) in [
            ("2018-08-06T10:41:14+0800", "2018-08-06T10:41:14+0800"),
            ("2018-08-06T10:41:14 0800", "2018-08-06T10:41:14+0800"),
            ("2018-08-06T10:41:14", "2018-08-06T10:41:14+0000"),
        ] {
            let query = [("p".to_owned(), sent.to_owned())];
            let body = json!({ "t": sent }).to_string();
            let checked = operation.check(&[], &query, &HeaderMap::new(), body.as_bytes());
            let checked = checked.unwrap();
            assert_eq!(checked.text("p"), Some(meant));
            assert_eq!(checked.body, Some(json!({ "t": meant })));
        }
        for bad in ["", "2018-08-06", "2018-08-06 10:41:14"] {
            let query = [("p".to_owned(), bad.to_owned())];
            let checked = operation.check(&[], &query, &HeaderMap::new(), b"{}");
            assert_eq!(checked.unwrap_err().name, "p", "{bad}");
            assert_eq!(taken(&operation, &json!({ "t": bad })), None, "{bad}");
        }
    }
}
