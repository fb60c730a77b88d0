//! The fields of a value that have closed lists of values.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::outline::shown;
use crate::schema::Schema;

impl Schema {
    /// The values of each field, down to any depth, that may have those which are listed and no others. Dots lead into
    /// objects, and `*` is each element of a list or each value of a map. Where alternatives list different values, all of
    /// them are there; a field that one of them leaves open is not.
    pub fn choices(&self) -> Vec<(String, Vec<String>)> {
        // `None` stands for a field that may have any value.
        let mut found: BTreeMap<String, Option<Vec<String>>> = BTreeMap::new();
        self.node().each_field(&mut |at, node| {
            let closed = node.listed().filter(|listed| !listed.is_open);
            let values = closed.map(|listed| listed.values.iter().map(Value::clone));
            let values: Option<Vec<String>> =
                values.map(|all| all.map(|one| shown(&one)).collect());
            found
                .entry(at.to_owned())
                .and_modify(|known| match (known.as_mut(), &values) {
                    (Some(known), Some(more)) => {
                        let new = more.iter().filter(|one| !known.contains(one));
                        let new: Vec<String> = new.cloned().collect();
                        known.extend(new);
                    }
                    _ => *known = None,
                })
                .or_insert(values);
        });
        let closed = found.into_iter();
        closed
            .filter_map(|(field, values)| Some((field, values?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn closed_lists_are_found_at_any_depth_and_open_ones_are_not() {
        let mode = json!({ "$ref": "#/components/schemas/Mode" });
        let of = |property: Value| json!({ "type": "object", "properties": property });
        let schema = Schema::of(
            json!({
                "type": "object",
                "properties": {
                    "mode": { "allOf": [mode] },
                    "days": { "type": "integer", "enum": [1, 7] },
                    "open": { "type": "string", "x-extensible-enum": ["a"] },
                    "nodes": { "type": "array", "items": of(json!({ "mode": mode })) },
                    "byName": { "type": "object", "additionalProperties": mode },
                    "either": { "oneOf": [
                        of(json!({ "kind": { "enum": ["a", "b"] }, "any": { "enum": ["a"] } })),
                        of(json!({ "kind": { "enum": ["b", "c"] }, "any": { "type": "string" } })),
                    ] },
                },
            }),
            json!({ "schemas": { "Mode": { "type": "string", "enum": ["ha", "single"] } } }),
        );
        let modes = ["ha", "single"].as_slice();
        let expected = [
            ("byName.*", modes),
            ("days", &["1", "7"]),
            ("either.kind", &["a", "b", "c"]),
            ("mode", modes),
            ("nodes.*.mode", modes),
        ];
        let expected = expected.map(|(field, values)| {
            let values = values.iter().map(|value| (*value).to_owned());
            (field.to_owned(), values.collect::<Vec<_>>())
        });
        assert_eq!(schema.choices(), expected);
    }
}
