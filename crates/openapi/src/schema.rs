//! A schema, and what it says.

use std::sync::Arc;

use serde_json::Value;

use crate::judge::{Broken, Patterns, judge};
use crate::listed::Listed;
use crate::node::{DEPTH, Node};
use crate::outline::{self, Field};
use crate::pointer;

/// What a value has to look like.
#[derive(Debug)]
pub struct Schema {
    pub(crate) source: Value,
    pub(crate) root: Arc<Value>,
    patterns: Patterns,
}

impl Schema {
    /// `source` is a schema as OpenAPI 3.0 has it, `root` the document that it refers into.
    pub(crate) fn new(source: Value, root: Arc<Value>) -> Self {
        Self {
            source,
            root,
            patterns: Patterns::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn of(source: Value, components: Value) -> Self {
        Self::new(
            source,
            Arc::new(serde_json::json!({ "components": components })),
        )
    }

    /// All rules that a value breaks.
    pub(crate) fn judge<'v>(&self, value: &'v Value) -> Vec<Broken<'_, 'v>> {
        judge(&self.source, &self.root, &self.patterns, value)
    }

    /// The same for a value that is to be one element of the list that this schema describes.
    pub(crate) fn judge_element<'v>(&self, value: &'v Value) -> Vec<Broken<'_, 'v>> {
        match self.keyword("items") {
            Some(items) => judge(items, &self.root, &self.patterns, value),
            None => Vec::new(),
        }
    }

    pub(crate) fn node(&self) -> Node<'_> {
        Node::new(&self.source, &self.root)
    }

    /// The keyword's value, looked up behind references.
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.node().keyword(name)
    }

    /// The type, such as `integer`; `None` if several are allowed.
    pub fn kind(&self) -> Option<&str> {
        self.keyword("type")?.as_str()
    }

    pub(crate) fn element_kind(&self) -> Option<&str> {
        self.node().element()?.keyword("type")?.as_str()
    }

    /// The allowed values, if they are listed and there are no others; of a list, those of its elements.
    pub fn values(&self) -> Option<Vec<&str>> {
        let listed = self.listed().filter(|listed| !listed.is_open)?;
        listed.values.iter().map(Value::as_str).collect()
    }

    /// The values that are listed, whether or not there may be others; of a list, those of its elements.
    pub fn listed(&self) -> Option<Listed<'_>> {
        let node = self.node();
        node.element().unwrap_or(node).listed()
    }

    /// What is allowed, in words that follow `write`; `None` for any text.
    pub fn allowed(&self) -> Option<String> {
        outline::allowed(&self.node())
    }

    /// The schema of a field of an object.
    pub fn field(&self, name: &str) -> Option<Self> {
        let field = self.node().property(name)?;
        Some(Self::new(field.source(), Arc::clone(&self.root)))
    }

    /// The names of the fields of an object, in the order of the description.
    pub fn fields(&self) -> Vec<String> {
        let node = self.node();
        node.properties().map(|(name, _)| name.to_owned()).collect()
    }

    /// The fields of the elements of the list at this place of a response, in the order of the description. Dots lead
    /// into objects.
    pub fn element_fields(&self, items: &str) -> Vec<String> {
        let mut node = Some(self.node());
        for name in items.split('.') {
            node = node.and_then(|node| node.property(name));
        }
        node.and_then(|node| node.element())
            .map(|node| node.properties().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default()
    }

    /// Whether a value holds something that must not be shown (`x-secret`).
    pub fn holds_secrets(&self) -> bool {
        self.node().holds_secrets(DEPTH)
    }

    /// Whether a value holds a presigned link (`x-secret: link`).
    pub fn holds_links(&self) -> bool {
        self.node().holds_links(DEPTH)
    }

    /// Whether what is at a JSON pointer of a value may be shown: it is described, and no secret (`x-secret`).
    pub fn may_be_shown(&self, pointer: &str) -> bool {
        self.node().shows(pointer)
    }

    /// The JSON pointers that lead to a field of a value under its other names (`x-alias`).
    pub fn other_pointers(&self, pointer: &str) -> Vec<String> {
        let field = self.node().at(pointer);
        let names = field.and_then(|field| field.keyword("x-alias")?.as_array());
        let Some((before, _)) = pointer.rsplit_once('/') else {
            return Vec::new();
        };
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        names.map(|name| pointer::join(before, name)).collect()
    }

    /// The fields of an object with those inside them, down to `depth` levels.
    pub fn outline(&self, depth: usize) -> Vec<Field> {
        outline::fields(&self.node(), depth)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nullable_lets_null_through_and_nothing_else() {
        let text = |nullable| json!({ "schemas": { "Text": { "type": "string", "nullable": nullable, "maxLength": 3 } } });
        let reference = json!({ "$ref": "#/components/schemas/Text" });
        let schema = Schema::of(reference.clone(), text(true));
        assert_eq!(schema.validation_error(&Value::Null), None);
        assert_eq!(schema.validation_error(&json!("abc")), None);
        assert!(schema.validation_error(&json!("abcd")).is_some());
        assert!(schema.validation_error(&json!(1)).is_some());
        let without_a_type = json!({ "nullable": true, "allOf": [reference] });
        let schema = Schema::of(without_a_type, text(false));
        assert!(schema.validation_error(&Value::Null).is_some());
        let choice = Schema::of(
            json!({ "type": "string", "nullable": true, "enum": ["a"] }),
            json!({}),
        );
        assert_eq!(choice.validation_error(&Value::Null), None);
        assert!(choice.validation_error(&json!("b")).is_some());
    }

    #[test]
    fn an_exclusive_limit_excludes_the_limit() {
        let schema = Schema::of(
            json!({ "type": "integer", "minimum": 0, "exclusiveMinimum": true }),
            json!({}),
        );
        assert!(schema.validation_error(&json!(0)).is_some());
        assert_eq!(schema.validation_error(&json!(1)), None);
    }

    #[test]
    fn a_whole_number_fits_its_format() {
        for (format, least, most) in [
            ("int32", json!(i32::MIN), json!(i32::MAX)),
            ("int64", json!(i64::MIN), json!(i64::MAX)),
        ] {
            let schema = Schema::of(json!({ "type": "integer", "format": format }), json!({}));
            assert_eq!(schema.validation_error(&least), None);
            assert_eq!(schema.validation_error(&most), None);
            let beyond = json!(most.as_u64().unwrap() + 1);
            assert!(schema.validation_error(&beyond).is_some(), "{format}");
        }
        let source = json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": 9 });
        let schema = Schema::of(source, json!({}));
        assert!(
            schema.validation_error(&json!(0)).is_some()
                && schema.validation_error(&json!(10)).is_some()
        );
    }

    #[test]
    fn a_complaint_says_where() {
        let schema = Schema::of(
            json!({ "type": "object", "properties": { "ids": { "type": "array", "maxItems": 1 } } }),
            json!({}),
        );
        let validation_error = schema.validation_error(&json!({ "ids": [1, 2] })).unwrap();
        assert!(
            validation_error.starts_with("at /ids: "),
            "{validation_error}"
        );
    }

    #[test]
    fn properties_may_have_the_names_of_keywords() {
        let schema = Schema::of(
            json!({ "type": "object", "properties": {
                "nullable": { "type": "string" }, "example": { "type": "integer" }
            } }),
            json!({}),
        );
        assert!(schema.validation_error(&json!({ "nullable": 1 })).is_some());
        assert!(
            schema
                .validation_error(&json!({ "example": "x" }))
                .is_some()
        );
    }

    #[test]
    fn what_is_secret_or_not_described_may_not_be_shown() {
        let schema = Schema::of(
            json!({ "type": "object", "properties": {
                "ids": { "type": "array", "items": { "type": "string" } },
                "user": { "type": "object", "properties": {
                    "name": { "type": "string" },
                    "pin": { "type": "string", "x-secret": true },
                    "file": { "type": "string", "x-secret": "link" }
                } },
                "keys": { "type": "array", "format": "password", "items": { "type": "string" } }
            } }),
            json!({}),
        );
        assert!(schema.holds_secrets() && schema.holds_links());
        assert!(!schema.field("keys").unwrap().holds_links());
        for shown in ["", "/ids", "/ids/1", "/user/name"] {
            assert!(schema.may_be_shown(shown), "{shown}");
        }
        for hidden in [
            "/user/pin",
            "/user/file",
            "/keys",
            "/keys/0",
            "/other",
            "/user/other",
        ] {
            assert!(!schema.may_be_shown(hidden), "{hidden}");
        }
    }

    #[test]
    fn a_schema_that_holds_itself_is_followed_as_far_as_the_value_goes() {
        let schema = Schema::of(
            json!({ "$ref": "#/components/schemas/Tree" }),
            json!({ "schemas": { "Tree": { "type": "object", "required": ["n"], "properties": {
                "n": { "type": "integer" },
                "next": { "$ref": "#/components/schemas/Tree" }
            } } } }),
        );
        assert_eq!(
            schema.validation_error(&json!({ "n": 1, "next": { "n": 2 } })),
            None
        );
        let validation_error = schema
            .validation_error(&json!({ "n": 1, "next": {} }))
            .unwrap();
        assert!(
            validation_error.starts_with("at /next: "),
            "{validation_error}"
        );
        assert_eq!(schema.outline(3).len(), 2 * 3);
    }
}
