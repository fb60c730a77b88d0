//! Comparing JSON as the services mean it.

use serde_json::Value;

/// The differences that encoding a decoded example may make; there are no others.
///
/// - A member that is null or an empty list and one that is absent are the same: the types hold them as one.
/// - A number keeps its value, not its spelling: `1.0` and `1` are the same where the type is a float.
pub(crate) fn normalise(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), normalise(value)))
            .filter(|(_, value)| !value.is_null() && *value != Value::Array(Vec::new()))
            .collect(),
        Value::Array(items) => items.iter().map(normalise).collect(),
        Value::Number(number) => number
            .as_f64()
            .filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15)
            .map_or_else(|| value.clone(), |float| Value::from(float as i64)),
        _ => value.clone(),
    }
}
