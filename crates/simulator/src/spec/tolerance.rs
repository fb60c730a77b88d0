//! What clients send otherwise than described, and the services take all the same.

use serde_json::Value;

use super::Operation;
use crate::parse;
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
    /// The body with what its schema refuses written as described: times, and texts and numbers in place of each other
    /// where an example of the operation's page has them so.
    pub(super) fn as_described(&self, mut body: Value) -> Value {
        let Some(expected) = &self.body else {
            return body;
        };
        for validation_error in expected.schema.validation_errors(&body) {
            let pointer = validation_error.pointer.as_str();
            let Some(place) = body.pointer_mut(pointer) else {
                continue;
            };
            let described = match place {
                _ if self.shows_otherwise(pointer) => of_other_type(place),
                Value::String(text) => times::as_documented(text).map(Value::from),
                _ => None,
            };
            if let Some(described) = described {
                *place = described;
            }
        }
        body
    }

    /// Whether the last field on the way there is one of [`loose_fields`].
    fn shows_otherwise(&self, pointer: &str) -> bool {
        let mut steps = pointer.rsplit('/');
        // Elements of a list are meant by its name.
        let field = steps.find(|step| !step.bytes().all(|byte| byte.is_ascii_digit()));
        field.is_some_and(|field| self.loose.iter().any(|loose| loose == field))
    }
}

/// The fields that an example request on some page of a service has with another type than its table, as recorded. A service
/// reads such a field alike in all its operations.
pub(super) fn loose_fields(operations: &[otcdb_openapi::Operation]) -> Vec<String> {
    let facts = operations
        .iter()
        .flat_map(|operation| &operation.deviations);
    let places = facts.filter_map(|fact| {
        let place = fact.strip_prefix("request ")?;
        place.strip_suffix(": example-type")
    });
    let fields = places.filter_map(|place| place.rsplit('.').next());
    fields
        .map(|field| field.trim_end_matches("[]").to_owned())
        .collect()
}

/// The number that a text has, or the text of a number. One example has a comma after the number.
fn of_other_type(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => parse::number::<u64>(text.trim_end_matches(',')).map(Value::from),
        Value::Number(number) => Some(Value::from(number.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use otcdb_core::Service;
    use otcdb_openapi::Description;
    use serde_json::json;

    use super::*;

    /// An operation with these schemas for its body and for the query parameter `p`, whose page shows values of other
    /// types at these places of the body.
    fn operation(body: &Value, parameter: &Value, shown: &[&str]) -> Operation {
        let fact = |place: &&str| json!({ "fact": format!("request {place}: example-type") });
        let deviations: Vec<Value> = shown.iter().map(fact).collect();
        let document = json!({ "paths": { "/a": { "post": {
            "operationId": "A",
            "x-doc-deviations": deviations,
            "parameters": [{ "name": "p", "in": "query", "schema": parameter }],
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": body
            } } },
            "responses": {}
        } } } });
        let bundle = Box::leak(Box::new(Description::of("dcs", document).unwrap()));
        let loose = loose_fields(&bundle.operations);
        Operation::new(0, Service::Dcs, &bundle.operations[0], &loose)
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
        let operation = operation(&schema, &json!({}), &[]);
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
    fn a_number_may_be_a_text_or_not_be_one_where_an_example_of_the_page_has_it_so() {
        let number = json!({ "type": "integer", "minimum": 1 });
        let schema = json!({ "type": "object", "properties": {
            "days": { "type": "array", "items": number },
            "count": number,
            "volume": { "type": "object", "properties": { "size": number } },
            "project": { "type": "string" }
        } });
        let shown = ["days[]", "volume.size", "project"];
        let operation = operation(&schema, &json!({}), &shown);
        let sent = json!({ "days": ["1", 2, "3,"], "volume": { "size": "40" }, "project": 0 });
        let meant = json!({ "days": [1, 2, 3], "volume": { "size": 40 }, "project": "0" });
        assert_eq!(taken(&operation, &sent), Some(meant.clone()));
        assert_eq!(taken(&operation, &meant), Some(meant));
        for refused in [
            json!({ "count": "40" }),
            json!({ "days": ["one"] }),
            json!({ "project": ["0"] }),
            json!({ "volume": { "size": "0" } }),
        ] {
            assert_eq!(taken(&operation, &refused), None, "{refused}");
        }
    }

    #[test]
    fn a_time_is_taken_in_another_form_than_its_pattern_has() {
        let time = json!({
            "type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$"
        });
        let schema = json!({ "type": "object", "properties": { "t": time } });
        let operation = operation(&schema, &time, &[]);
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
