//! Types in words.

use serde::Serialize;

/// What a documented type is in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads pages has to do something about each"
)]
pub enum Shape {
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// An object with free keys.
    Map,
    /// An array of objects.
    ArrayOfObjects,
    /// An array of strings, numbers or booleans.
    ArrayOfScalars,
    /// An array of something that is not said.
    Array,
    /// Anything at all.
    Any,
    /// A word this library does not know.
    Unknown,
}

impl Shape {
    /// Whether values have no fields.
    pub fn is_scalar(self) -> bool {
        matches!(
            self,
            Shape::String | Shape::Integer | Shape::Number | Shape::Boolean
        )
    }

    /// Whether values are arrays.
    pub fn is_array(self) -> bool {
        matches!(
            self,
            Shape::ArrayOfObjects | Shape::ArrayOfScalars | Shape::Array
        )
    }

    /// The word of OpenAPI for it; `None` where any type will do.
    pub fn openapi(self) -> Option<&'static str> {
        match self {
            Shape::String => Some("string"),
            Shape::Integer => Some("integer"),
            Shape::Number => Some("number"),
            Shape::Boolean => Some("boolean"),
            Shape::Object | Shape::Map => Some("object"),
            Shape::ArrayOfObjects | Shape::ArrayOfScalars | Shape::Array => Some("array"),
            Shape::Any | Shape::Unknown => None,
        }
    }
}

/// Tells the shape of a documented type.
pub fn shape(word: &str) -> Shape {
    // No documented type is longer; a longer one could nest without end.
    if word.len() > 200 {
        return Shape::Unknown;
    }
    let lower = word.trim().trim_end_matches('.').to_lowercase();
    if let Some(scalar) = scalar(&lower) {
        return scalar;
    }
    if let Some(item) = item(&lower) {
        return match shape(&item) {
            Shape::Unknown if item.is_empty() => Shape::Array,
            s if s.is_scalar() => Shape::ArrayOfScalars,
            Shape::Any => Shape::Array,
            Shape::Map | Shape::Object | Shape::Unknown => Shape::ArrayOfObjects,
            _ => Shape::Array,
        };
    }
    if lower.starts_with("map") {
        return Shape::Map;
    }
    if lower == "objects"
        || lower == "object"
        || lower == "json object"
        || lower == "dict"
        || lower == "structure"
        || lower.ends_with(" object")
        || lower.ends_with(" objects")
        || lower.ends_with("对象")
    {
        return Shape::Object;
    }
    if matches!(lower.as_str(), "anytype" | "any" | "none") {
        return Shape::Any;
    }
    Shape::Unknown
}

fn scalar(lower: &str) -> Option<Shape> {
    Some(match lower {
        "string" | "strings" | "str" | "char" | "varchar" | "uuid" | "date" | "timestamp"
        | "enum" => Shape::String,
        "integer" | "integers" | "int" | "int32" | "int64" | "long" | "short" | "bigint" => {
            Shape::Integer
        }
        "float" | "double" | "number" | "numbers" | "decimal" => Shape::Number,
        "boolean" | "booleans" | "bool" => Shape::Boolean,
        _ => return None,
    })
}

/// The word for the items of an array type; empty where none is said.
fn item(lower: &str) -> Option<String> {
    for (open, close) in [('<', '>'), ('[', ']')] {
        for head in ["list", "set", "array"] {
            let inner = lower
                .strip_prefix(head)
                .map(str::trim_start)
                .and_then(|r| r.strip_prefix(open))
                .and_then(|r| r.trim_end().strip_suffix(close));
            if let Some(inner) = inner {
                return Some(inner.trim().to_owned());
            }
        }
    }
    for head in ["array of ", "list of ", "array<"] {
        if let Some(inner) = lower.strip_prefix(head) {
            return Some(inner.trim().to_owned());
        }
    }
    match lower {
        "list" | "array" | "set" | "lists" | "arrays" => Some(String::new()),
        _ => lower
            .strip_suffix(" array")
            .or_else(|| lower.strip_suffix("[]"))
            .or_else(|| lower.strip_suffix(" list"))
            .or_else(|| lower.strip_suffix("数组"))
            .map(|inner| inner.trim().to_owned()),
    }
}

/// The word of OpenAPI for the items of an array type, where it says one.
pub fn item_type(word: &str) -> Option<&'static str> {
    if word.len() > 200 {
        return None;
    }
    let inner = item(&word.trim().to_lowercase())?;
    match shape(&inner) {
        Shape::Unknown if inner.is_empty() => None,
        Shape::Unknown => Some("object"),
        known => known.openapi(),
    }
}

/// The word of OpenAPI for the values of a map type such as `Map<String,String>`, where it says one.
pub fn entry_type(word: &str) -> Option<&'static str> {
    let lower = word.trim().to_lowercase();
    let inner = lower.strip_prefix("map")?.trim_start();
    let inner = inner.strip_prefix('<')?.trim_end().strip_suffix('>')?;
    let (_, entry) = inner.split_once(',')?;
    shape(entry).openapi()
}

/// The schema's name in `Array of X objects`, `X object` and `List<X>`.
pub(crate) fn named(word: &str) -> Option<String> {
    let word = word.trim();
    let lower = word.to_lowercase();
    let inner = match lower
        .strip_prefix("array of ")
        .or_else(|| lower.strip_prefix("list of "))
    {
        Some(rest) => word.get(word.len() - rest.len()..).unwrap_or_default(),
        None => word
            .split_once('<')
            .and_then(|(_, rest)| rest.strip_suffix('>'))
            .unwrap_or(word),
    };
    let inner = inner
        .trim()
        .trim_end_matches("objects")
        .trim_end_matches("object")
        .trim();
    let plain = shape(inner).is_scalar() || inner.is_empty() || inner.contains(' ');
    (!plain).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Shape, entry_type, named, shape};

    #[test]
    fn documented_words_have_shapes() {
        for (word, expected) in [
            ("String", Shape::String),
            ("Long", Shape::Integer),
            ("integer", Shape::Integer),
            ("Boolean", Shape::Boolean),
            ("Double", Shape::Number),
            ("Object", Shape::Object),
            ("JSON object", Shape::Object),
            ("Tag object", Shape::Object),
            ("Array of objects", Shape::ArrayOfObjects),
            ("Array of Tag objects", Shape::ArrayOfObjects),
            ("Array of strings", Shape::ArrayOfScalars),
            ("List<String>", Shape::ArrayOfScalars),
            ("Set<String>", Shape::ArrayOfScalars),
            ("String Array", Shape::ArrayOfScalars),
            ("List", Shape::Array),
            ("Array", Shape::Array),
            ("Map<String,String>", Shape::Map),
            ("Map", Shape::Map),
            ("AnyType", Shape::Any),
            ("whatsit", Shape::Unknown),
        ] {
            assert_eq!(shape(word), expected, "{word}");
        }
    }

    #[test]
    fn values_of_maps_have_types() {
        assert_eq!(entry_type("Map<String,String>"), Some("string"));
        assert_eq!(
            entry_type("Map<String, Map<String,Integer>>"),
            Some("object")
        );
        for word in [
            "Map",
            "Map<String>",
            "Map<String,Object",
            "String",
            "Map<String,Whatsit>",
        ] {
            assert_eq!(entry_type(word), None, "{word}");
        }
    }

    #[test]
    fn names_of_schemas_are_found() {
        assert_eq!(named("Array of Tag objects").as_deref(), Some("Tag"));
        assert_eq!(named("BackupPlan object").as_deref(), Some("BackupPlan"));
        assert_eq!(named("Array of objects"), None);
        assert_eq!(named("String"), None);
    }
}
