//! Values inside a document, each with what is described of it.

use serde_json::{Map, Value};

use crate::listed::Listed;
use crate::node::Node;
use crate::schema::Schema;
use crate::time::{TIME, TimeForm};

/// What is described of a value that is no list and no object.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Leaf<'a> {
    /// The name of the field that it stands in, or that its list stands in; empty outside of any.
    pub name: &'a str,
    /// Whether it must not be shown: a password or a presigned link.
    pub is_secret: bool,
    /// The values that are listed for it.
    pub listed: Option<Listed<'a>>,
    /// In which form it is a time, if it is one.
    pub time: Option<TimeForm>,
}

/// Who rewrites a value.
pub trait Rewrite {
    /// The value in the place of one that is no list and no object.
    fn leaf(&self, leaf: Leaf<'_>, value: &Value) -> Value;

    /// The name in the place of one that is not described: that of a field that nobody knows or, `of_map`, that of an entry
    /// of a map.
    fn name(&self, name: &str, of_map: bool) -> String;
}

impl Schema {
    /// A value in which each one inside it is rewritten. Its shape stays: lists, objects and the names that are described.
    pub fn rewrite(&self, value: &Value, by: &dyn Rewrite) -> Value {
        rewrite(Some(&self.node()), value, "", false, by)
    }
}

/// The same of a value that nothing is described of.
pub fn rewrite_undescribed(value: &Value, by: &dyn Rewrite) -> Value {
    rewrite(None, value, "", false, by)
}

fn rewrite(
    node: Option<&Node<'_>>,
    value: &Value,
    name: &str,
    in_secret: bool,
    by: &dyn Rewrite,
) -> Value {
    let is_secret = in_secret || node.is_some_and(Node::is_secret);
    match value {
        Value::Array(items) => {
            let element = node.and_then(Node::element);
            let items = items.iter();
            items
                .map(|item| rewrite(element.as_ref(), item, name, is_secret, by))
                .collect()
        }
        Value::Object(fields) => {
            let mut rewritten = Map::new();
            for (name, field) in fields {
                let known = node.and_then(|node| node.field(name));
                let is_map =
                    node.is_some_and(|node| node.keyword("additionalProperties").is_some());
                let is_named = node.is_some_and(|node| node.knows(name));
                let new = match is_named {
                    true => name.clone(),
                    false => by.name(name, is_map),
                };
                let field = rewrite(known.as_ref(), field, name, is_secret, by);
                rewritten.insert(new, field);
            }
            Value::Object(rewritten)
        }
        value => {
            let form = node.and_then(|node| node.keyword(TIME)?.as_str());
            let leaf = Leaf {
                name,
                is_secret,
                listed: node.and_then(Node::listed),
                time: form.and_then(|form| form.parse().ok()),
            };
            by.leaf(leaf, value)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Shown;

    impl Rewrite for Shown {
        fn leaf(&self, leaf: Leaf<'_>, _: &Value) -> Value {
            let listed = leaf.listed.map_or(0, |listed| listed.values.len());
            format!("{} {} {listed} {:?}", leaf.name, leaf.is_secret, leaf.time).into()
        }

        fn name(&self, name: &str, of_map: bool) -> String {
            format!("{name}?{of_map}")
        }
    }

    #[test]
    fn each_value_comes_with_what_is_described_of_it() {
        let schema = Schema::of(
            json!({ "type": "object", "properties": {
                "states": { "type": "array", "items": { "type": "string", "x-extensible-enum": ["a", "b"] } },
                "pin": { "x-secret": true, "type": "object" },
                "at": { "type": "string", "x-time": "rfc3339", "x-alias": ["When"] },
                "labels": { "type": "object", "additionalProperties": { "type": "string" } }
            } }),
            json!({}),
        );
        let value = json!({ "states": ["x", 1], "pin": { "y": 1 }, "When": "", "labels": { "k": "v" }, "new": [{ "z": 1 }] });
        assert_eq!(
            schema.rewrite(&value, &Shown),
            json!({
                "states": ["states false 2 None", "states false 2 None"],
                "pin": { "y?false": "y true 0 None" },
                "When": "When false 0 Some(Rfc3339)",
                "labels": { "k?true": "k false 0 None" },
                "new?false": [{ "z?false": "z false 0 None" }],
            })
        );
    }
}
