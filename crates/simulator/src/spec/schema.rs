//! Schemas of OpenAPI 3.0 as JSON Schema.

use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// A schema that is compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct Schema {
    source: Value,
    components: Arc<Value>,
    validator: OnceLock<Result<Validator, String>>,
}

impl Schema {
    /// `components` is the bundle's object of that name, already [converted](convert).
    pub(crate) fn new(source: &Value, components: Arc<Value>) -> Self {
        Self {
            source: convert(source),
            components,
            validator: OnceLock::new(),
        }
    }

    /// What is wrong with a value, with where it is; `None` if nothing is.
    pub(crate) fn complaint(&self, value: &Value) -> Option<String> {
        let validator = self.validator.get_or_init(|| {
            let mut root = json!({ "allOf": [self.source] });
            if let Some(root) = root.as_object_mut() {
                root.insert("components".to_owned(), (*self.components).clone());
            }
            jsonschema::draft202012::options()
                .build(&root)
                .map_err(|error| error.to_string())
        });
        match validator {
            Ok(validator) => validator.iter_errors(value).next().map(|error| {
                let place = error.instance_path().to_string();
                match place.as_str() {
                    "" => error.to_string(),
                    place => format!("at {place}: {error}"),
                }
            }),
            Err(error) => Some(format!("the bundled schema cannot be used: {error}")),
        }
    }

    /// The keyword's value, looked up behind references.
    pub(crate) fn keyword(&self, name: &str) -> Option<&Value> {
        self.resolved().get(name)
    }

    fn resolved(&self) -> &Value {
        let mut schema = &self.source;
        // Bundles have no cycle of bare references; if one had, this would end all the same.
        for _ in 0..16 {
            let target = schema
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix("#/components"))
                .and_then(|pointer| self.components.pointer(pointer));
            match target {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }
}

/// Rewrites what OpenAPI 3.0 says in its own way: `nullable` and boolean `exclusiveMinimum`/`exclusiveMaximum`.
pub(crate) fn convert(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => Value::Array(items.iter().map(convert).collect()),
        Value::Object(object) => convert_object(object),
        other => other.clone(),
    }
}

fn convert_object(object: &Map<String, Value>) -> Value {
    let mut converted: Map<String, Value> = object
        .iter()
        // Documentation, which may look like schemas but is not.
        .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples" | "default"))
        .map(|(key, value)| (key.clone(), convert(value)))
        .collect();
    if let Some(default) = object.get("default") {
        converted.insert("default".to_owned(), default.clone());
    }
    for (flag, limit) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if let Some(Value::Bool(exclusive)) = object.get(flag) {
            converted.remove(flag);
            if *exclusive && let Some(value) = converted.remove(limit) {
                converted.insert(flag.to_owned(), value);
            }
        }
    }
    // A property may be called `nullable` too; then its value is a schema.
    if object.get("nullable").is_some_and(Value::is_boolean) {
        converted.remove("nullable");
        if object.get("nullable") == Some(&Value::Bool(true)) {
            return json!({ "anyOf": [converted, { "type": "null" }] });
        }
    }
    Value::Object(converted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(source: Value, components: Value) -> Schema {
        Schema::new(&source, Arc::new(convert(&components)))
    }

    #[test]
    fn nullable_lets_null_through_and_nothing_else() {
        let schema = schema(
            json!({ "$ref": "#/components/schemas/Text" }),
            json!({ "schemas": { "Text": { "type": "string", "nullable": true, "maxLength": 3 } } }),
        );
        assert_eq!(schema.complaint(&Value::Null), None);
        assert_eq!(schema.complaint(&json!("abc")), None);
        assert!(schema.complaint(&json!("abcd")).is_some());
        assert!(schema.complaint(&json!(1)).is_some());
    }

    #[test]
    fn an_exclusive_limit_excludes_the_limit() {
        let schema = schema(
            json!({ "type": "integer", "minimum": 0, "exclusiveMinimum": true }),
            json!({}),
        );
        assert!(schema.complaint(&json!(0)).is_some());
        assert_eq!(schema.complaint(&json!(1)), None);
    }

    #[test]
    fn a_complaint_says_where() {
        let schema = schema(
            json!({ "type": "object", "properties": { "ids": { "type": "array", "maxItems": 1 } } }),
            json!({}),
        );
        let complaint = schema.complaint(&json!({ "ids": [1, 2] })).unwrap();
        assert!(complaint.starts_with("at /ids: "), "{complaint}");
    }
}
