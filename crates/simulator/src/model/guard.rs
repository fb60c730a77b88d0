//! What has to hold before an operation does anything.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::path::{Error, Path};
use super::terms::{Condition, Form, Search};

/// A condition of an operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Guard {
    /// All conditions that a resource's model has under this name: `instance.idle`.
    Named(Path),
    /// With what the request is refused if the condition does not hold.
    Holds(Condition, Error),
    /// What has to hold if the condition does, and what else.
    If(Condition, Vec<Guard>, Vec<Guard>),
    /// What has to hold for each of what is found.
    Each(Search, Vec<Guard>),
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
    let guards = |value: Option<Value>| match value {
        None => Ok(Vec::new()),
        Some(Value::Array(guards)) => guards.into_iter().map(Guard::try_from).collect(),
        Some(other) => Err(format!("{other} is no list of conditions")),
    };
    if let Some(name) = keys.remove("rust") {
        let name = name.as_str().map(ToOwned::to_owned);
        return name.map(Guard::Rust).ok_or("rust: write a name".to_owned());
    }
    if keys.contains_key("each") {
        let search = Search::read("each", keys)?;
        return Ok(Guard::Each(search, guards(keys.remove("needs"))?));
    }
    // Searches have a condition of their own.
    let is_search = keys.contains_key("some") || keys.contains_key("none");
    if let (false, Some(condition)) = (is_search, keys.get("if").cloned()) {
        keys.remove("if");
        let condition = Condition::try_from(condition)?;
        let (then, other) = (keys.remove("then"), keys.remove("else"));
        return Ok(Guard::If(condition, guards(then)?, guards(other)?));
    }
    let error = keys.remove("error").ok_or("a condition has an error")?;
    let error = Error::try_from(error)?;
    Ok(Guard::Holds(Condition::read(keys)?, error))
}

impl Guard {
    /// All conditions that it is made of, itself included.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        match self {
            Self::If(_, then, other) => {
                parts.extend(then.iter().chain(other).flat_map(Self::parts));
            }
            Self::Each(_, guards) => parts.extend(guards.iter().flat_map(Self::parts)),
            Self::Named(_) | Self::Holds(..) | Self::Rust(_) => {}
        }
        parts
    }

    /// The values that it is made of, without those of its parts.
    pub(crate) fn forms(&self) -> Vec<&Form> {
        match self {
            Self::Holds(condition, _) | Self::If(condition, ..) => condition.forms(),
            Self::Each(search, _) => search.forms(),
            Self::Named(_) | Self::Rust(_) => Vec::new(),
        }
    }
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
        assert!(matches!(guard(is), Ok(Guard::Holds(..))));
        let nested = json!({ "if": { "of": "this.a", "is": 1 }, "then": [
            { "each": "request.list", "needs": ["instance.idle"] },
        ] });
        assert_eq!(guard(nested).unwrap().parts().len(), 3);
        for (bad, part) in [
            (json!(1), "no condition"),
            (json!("idle"), "no path"),
            (json!({ "of": "this.a", "is": 1 }), "has an error"),
            (json!({ "of": "this.a", "error": "X.1" }), "write is, not"),
            (
                json!({ "of": "this.a", "is": 1, "not": 2, "error": "X.1" }),
                "\"not\" does not go",
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
