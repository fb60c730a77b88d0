//! What of a document is lost when it is read as OpenAPI 3.0 and written again: the keys that OpenAPI does not know, and
//! those without anything in them.

use otcdb_openapi::pointer;
use serde::Deserialize as _;
use serde_json::Value;

/// Keywords of OpenAPI 3.0, as suggestions for misspelt ones.
pub(super) const KEYWORDS: &[&str] = &[
    "additionalProperties",
    "allOf",
    "allowEmptyValue",
    "anyOf",
    "callbacks",
    "components",
    "contact",
    "content",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "encoding",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "explode",
    "externalDocs",
    "externalValue",
    "format",
    "headers",
    "in",
    "info",
    "items",
    "license",
    "links",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "name",
    "not",
    "nullable",
    "oneOf",
    "operationId",
    "parameters",
    "pattern",
    "properties",
    "readOnly",
    "requestBody",
    "required",
    "responses",
    "schema",
    "security",
    "servers",
    "style",
    "summary",
    "tags",
    "title",
    "type",
    "uniqueItems",
    "value",
    "variables",
    "writeOnly",
];

/// Keys whose `false` is their default, so that a round trip may drop it.
const FALSE_BY_DEFAULT: [&str; 9] = [
    "allowEmptyValue",
    "allowReserved",
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "nullable",
    "readOnly",
    "required",
    "uniqueItems",
];

/// A key that the round trip through OpenAPI 3.0 lost.
pub(super) struct Lost<'a> {
    /// Pointer to its value.
    pub(super) at: String,
    pub(super) name: &'a str,
    value: &'a Value,
}

impl Lost<'_> {
    /// Whether it has no value.
    pub(super) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// Whether OpenAPI has this key, and it was dropped because there is nothing in it.
    pub(super) fn is_empty_keyword(&self) -> bool {
        let empty = match self.value {
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        empty && KEYWORDS.contains(&self.name)
    }
}

/// The keys that are lost when the document is read as OpenAPI 3.0 and written again.
///
/// # Errors
/// Why it cannot be read as that.
pub(super) fn lost(document: &Value) -> Result<Vec<Lost<'_>>, String> {
    let known = openapiv3::OpenAPI::deserialize(document)
        .and_then(serde_json::to_value)
        .map_err(|error| error.to_string())?;
    let mut lost = Vec::new();
    compare(document, &known, "", &mut lost);
    Ok(lost)
}

fn compare<'a>(written: &'a Value, known: &Value, at: &str, lost: &mut Vec<Lost<'a>>) {
    match (written, known) {
        (Value::Object(written), Value::Object(known)) => {
            for (name, value) in written {
                let at = pointer::join(at, name);
                match known.get(name) {
                    Some(known) => compare(value, known, &at, lost),
                    None if is_default(name, value) => {}
                    None => lost.push(Lost { at, name, value }),
                }
            }
        }
        (Value::Array(written), Value::Array(known)) => {
            for (index, (written, known)) in written.iter().zip(known).enumerate() {
                compare(written, known, &pointer::join(at, &index.to_string()), lost);
            }
        }
        _ => {}
    }
}

fn is_default(key: &str, value: &Value) -> bool {
    value == &Value::Bool(false) && FALSE_BY_DEFAULT.contains(&key)
        || key == "security" && value.as_array().is_some_and(Vec::is_empty)
}
