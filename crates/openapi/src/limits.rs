//! What values may be beside being of their types: spans of numbers, lengths and elements, and patterns.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::node::Node;
use crate::schema::Schema;

/// The limits of a value. What has alternatives has none, unless all of them have the same.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The least and the largest number (`minimum`, `maximum`).
    pub number: (Option<f64>, Option<f64>),
    /// The least and the largest number of characters (`minLength`, `maxLength`).
    pub length: (Option<u32>, Option<u32>),
    /// The least and the largest number of elements (`minItems`, `maxItems`).
    pub items: (Option<u32>, Option<u32>),
    /// The regular expression that a text has to match (`pattern`).
    pub pattern: Option<String>,
    /// Whether the value must not be shown.
    pub is_secret: bool,
}

impl Limits {
    fn of(node: &Node<'_>) -> Self {
        let is_secret = node.is_secret();
        if node.has_alternatives() {
            return Self {
                is_secret,
                ..Self::default()
            };
        }
        let number = |name| node.keyword(name).and_then(Value::as_f64);
        let count = |name| {
            let count = node.keyword(name).and_then(Value::as_u64);
            count.and_then(|count| u32::try_from(count).ok())
        };
        let pattern = node.keyword("pattern").and_then(Value::as_str);
        Self {
            number: (number("minimum"), number("maximum")),
            length: (count("minLength"), count("maxLength")),
            items: (count("minItems"), count("maxItems")),
            pattern: pattern.map(ToOwned::to_owned),
            is_secret,
        }
    }

    /// Whether any value of the type is allowed.
    pub fn is_empty(&self) -> bool {
        let any = Self {
            is_secret: self.is_secret,
            ..Self::default()
        };
        *self == any
    }
}

impl Schema {
    /// The limits of the value itself.
    pub fn limits(&self) -> Limits {
        Limits::of(&self.node())
    }

    /// The limits of each field that has any, down to any depth, named as those of [`choices`](Self::choices). A field that
    /// alternatives limit in different ways is not there.
    pub fn field_limits(&self) -> Vec<(String, Limits)> {
        let mut found: BTreeMap<String, Option<Limits>> = BTreeMap::new();
        self.node().each_field(&mut |at, node| {
            let limits = Limits::of(node);
            found
                .entry(at.to_owned())
                .and_modify(|known| {
                    if known.as_ref() != Some(&limits) {
                        *known = None;
                    }
                })
                .or_insert(Some(limits));
        });
        let limited = found.into_iter();
        limited
            .filter_map(|(field, limits)| Some((field, limits?)))
            .filter(|(_, limits)| !limits.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_found_at_any_depth_and_those_of_alternatives_only_where_they_agree() {
        let of = |property: Value| json!({ "type": "object", "properties": property });
        let port = json!({ "type": "integer", "minimum": 1, "maximum": 65535 });
        let schema = Schema::of(
            of(json!({
                "name": { "allOf": [{ "$ref": "#/components/schemas/Name" }], "nullable": true },
                "any": { "type": "string" },
                "word": { "type": "string", "format": "password", "minLength": 8 },
                "nodes": { "type": "array", "maxItems": 2, "items": of(json!({ "port": port })) },
                "value": { "anyOf": [{ "type": "string", "maxLength": 3 }, { "type": "integer" }] },
                "either": { "oneOf": [
                    of(json!({ "port": port, "size": { "type": "integer", "minimum": 1 } })),
                    of(json!({ "port": port, "size": { "type": "integer", "minimum": 2 } })),
                ] },
            })),
            json!({ "schemas": { "Name": { "type": "string", "maxLength": 64, "pattern": "^a" } } }),
        );
        let none = Limits::default;
        let port = || Limits {
            number: (Some(1.0), Some(65535.0)),
            ..none()
        };
        let expected = [
            ("either.port", port()),
            (
                "name",
                Limits {
                    length: (None, Some(64)),
                    pattern: Some("^a".to_owned()),
                    ..none()
                },
            ),
            (
                "nodes",
                Limits {
                    items: (None, Some(2)),
                    ..none()
                },
            ),
            ("nodes.*.port", port()),
            (
                "word",
                Limits {
                    length: (Some(8), None),
                    is_secret: true,
                    ..none()
                },
            ),
        ];
        let expected = expected.map(|(field, limits)| (field.to_owned(), limits));
        assert_eq!(schema.field_limits(), expected);
    }
}
