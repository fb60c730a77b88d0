//! What has to hold before an operation does anything.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::form::{Error, Path};

/// A condition.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Guard {
    /// All conditions that a resource's model has under this name: `instance.idle`.
    Named(Path),
    /// A value is one of these, or is none of them.
    Is {
        path: Path,
        values: Vec<Value>,
        wanted: bool,
        error: Error,
    },
    /// A number is larger than another one, or one of them is missing.
    Above {
        path: Path,
        above: Path,
        error: Error,
    },
    /// No job is under way on a record of the resource, of the same parent.
    Free { resource: String, error: Error },
    /// What a function of the service says.
    Rust(String),
}

impl TryFrom<Value> for Guard {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let mut keys = match value {
            Value::String(name) => return Path::try_from(name).map(Self::Named),
            Value::Object(keys) => keys,
            other => return Err(format!("{other} is no condition")),
        };
        let guard = read(&mut keys)?;
        match keys.keys().next() {
            Some(key) => Err(format!(
                "{key:?} does not go with the rest of its condition"
            )),
            None => Ok(guard),
        }
    }
}

fn read(keys: &mut Map<String, Value>) -> Result<Guard, String> {
    let mut text = |name: &str| match keys.remove(name) {
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("{name}: {other} is no text")),
        None => Ok(None),
    };
    if let Some(name) = text("rust")? {
        return Ok(Guard::Rust(name));
    }
    let (free, path, above) = (text("free")?, text("of")?, text("above")?);
    let error = keys.remove("error").ok_or("a condition has an error")?;
    let error = Error::try_from(error)?;
    if let Some(resource) = free {
        return Ok(Guard::Free { resource, error });
    }
    let path = path.ok_or("a condition has one of the keys of, free, rust")?;
    if let Some(above) = above {
        return Ok(Guard::Above {
            path: Path::try_from(path)?,
            above: Path::try_from(above)?,
            error,
        });
    }
    let (values, wanted) = match (keys.remove("is"), keys.remove("not")) {
        (Some(values), None) => (values, true),
        (None, Some(values)) => (values, false),
        _ => return Err(format!("{path}: write is, not or above")),
    };
    Ok(Guard::Is {
        path: Path::try_from(path)?,
        values: match values {
            Value::Array(values) => values,
            one => vec![one],
        },
        wanted,
        error,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_condition_says_what_has_to_hold_and_with_what_else_is_refused() {
        let guard = |value| Guard::try_from(value);
        assert!(matches!(guard(json!("instance.idle")), Ok(Guard::Named(_))));
        let is = json!({ "of": "this.a", "is": [1, 2], "error": "X.1" });
        assert!(matches!(guard(is), Ok(Guard::Is { wanted: true, .. })));
        for (bad, part) in [
            (json!(1), "no condition"),
            (json!("idle"), "no path"),
            (json!({ "of": "this.a", "is": 1 }), "has an error"),
            (
                json!({ "of": "this.a", "error": "X.1" }),
                "is, not or above",
            ),
            (
                json!({ "of": "this.a", "is": 1, "not": 2, "error": "X.1" }),
                "is, not or above",
            ),
            (json!({ "is": 1, "error": "X.1" }), "one of the keys"),
            (
                json!({ "free": "a", "is": 1, "error": "X.1" }),
                "\"is\" does not go",
            ),
            (
                json!({ "rust": "a", "error": "X.1" }),
                "\"error\" does not go",
            ),
            (json!({ "free": "a", "error": 5 }), "no error"),
        ] {
            let error = guard(bad.clone()).unwrap_err();
            assert!(error.contains(part), "{bad}: {error}");
        }
    }
}
