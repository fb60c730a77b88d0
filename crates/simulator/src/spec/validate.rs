//! Whether a request keeps to its operation.

use std::collections::HashMap;

use axum::http::HeaderMap;
use serde_json::Value;

use super::operation::{Operation, Parameter, Place};

/// The parameters of a request with their types, defaults filled in, and its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    values: HashMap<String, Value>,
    /// The parsed body, if one was sent.
    pub(crate) body: Option<Value>,
}

impl Params {
    /// A text parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    /// A whole number that is not negative.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.values.get(name).and_then(Value::as_u64)
    }

    /// A truth value.
    pub(crate) fn truth(&self, name: &str) -> Option<bool> {
        self.values.get(name).and_then(Value::as_bool)
    }

    /// A member of the body.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.body.as_ref().and_then(|body| body.get(name))
    }
}

/// Why a request does not keep to its operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    pub(crate) place: Place,
    /// The parameter; empty for the body.
    pub(crate) name: String,
    pub(crate) problem: InvalidBecause,
}

/// The kind of violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InvalidBecause {
    Missing,
    NotJson(String),
    Wrong(String),
}

impl Invalid {
    fn new(place: Place, name: &str, problem: InvalidBecause) -> Self {
        Self {
            place,
            name: name.to_owned(),
            problem,
        }
    }

    /// A parameter with a value that the service refuses.
    pub(crate) fn value(place: Place, name: &str, why: impl Into<String>) -> Self {
        Self::new(place, name, InvalidBecause::Wrong(why.into()))
    }

    /// What is wrong, for a person.
    pub(crate) fn detail(&self) -> String {
        let what = match self.place {
            Place::Body if self.name.is_empty() => "the body".to_owned(),
            Place::Body => format!("{} in the body", self.name),
            Place::Path => format!("the path parameter {}", self.name),
            Place::Query => format!("the query parameter {}", self.name),
            Place::Header => format!("the header {}", self.name),
        };
        match &self.problem {
            InvalidBecause::Missing => format!("{what} is missing"),
            InvalidBecause::NotJson(why) => format!("{what} is not JSON: {why}"),
            InvalidBecause::Wrong(why) => format!("{what}: {why}"),
        }
    }
}

impl Operation {
    /// Checks a request and gives its parameters their types.
    pub(crate) fn check(
        &self,
        path: &[(String, String)],
        query: &[(String, String)],
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Params, Invalid> {
        let mut params = Params::default();
        for parameter in &self.parameters {
            let find = |list: &[(String, String)]| {
                list.iter()
                    .find(|(name, _)| *name == parameter.name)
                    .map(|(_, value)| value.clone())
            };
            let text = match parameter.place {
                Place::Path => find(path),
                Place::Query | Place::Body => find(query),
                Place::Header => headers
                    .get(&parameter.name)
                    .and_then(|value| value.to_str().ok())
                    .map(ToOwned::to_owned),
            };
            if let Some(value) = parameter.value(text.as_deref())? {
                params.values.insert(parameter.name.clone(), value);
            }
        }
        self.refuse_unknown(query)?;
        params.body = self.check_body(body)?;
        Ok(params)
    }

    /// A real cloud ignores these; here they are refused, because they are slips of the client.
    fn refuse_unknown(&self, query: &[(String, String)]) -> Result<(), Invalid> {
        let known = |name: &str| {
            self.parameters
                .iter()
                .any(|parameter| parameter.place == Place::Query && parameter.name == name)
        };
        match query.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) => Err(Invalid::value(
                Place::Query,
                name,
                format!("the operation {} has no such parameter", self.id),
            )),
            None => Ok(()),
        }
    }

    fn check_body(&self, body: &[u8]) -> Result<Option<Value>, Invalid> {
        let Some(expected) = &self.body else {
            return Ok(None);
        };
        if body.iter().all(u8::is_ascii_whitespace) {
            return match expected.required {
                true => Err(Invalid::new(Place::Body, "", InvalidBecause::Missing)),
                false => Ok(None),
            };
        }
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            Invalid::new(Place::Body, "", InvalidBecause::NotJson(error.to_string()))
        })?;
        match expected.schema.complaint(&value) {
            Some(why) => Err(Invalid::value(Place::Body, "", why)),
            None => Ok(Some(value)),
        }
    }

    /// What an answer breaks of what is documented; `None` if nothing. Values of enums are not looked at, since
    /// the documentation's own examples break them.
    pub(crate) fn complaint_about_answer(&self, status: u16, body: &[u8]) -> Option<String> {
        let schema = match self.answers.get(&status) {
            // Pages leave out errors that every operation can have.
            None if status >= 400 => return None,
            None => return Some(format!("{}: status {status} is not documented", self.id)),
            Some(schema) => schema.as_ref()?,
        };
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => return Some(format!("{} {status}: not JSON: {error}", self.id)),
        };
        schema
            .complaint(&value)
            .filter(|why| !why.contains("is not one of"))
            .map(|why| format!("{} {status}: {why}", self.id))
    }
}

impl Parameter {
    fn value(&self, text: Option<&str>) -> Result<Option<Value>, Invalid> {
        let Some(text) = text else {
            return match (self.required, self.schema.keyword("default")) {
                (true, _) => Err(Invalid::new(
                    self.place,
                    &self.name,
                    InvalidBecause::Missing,
                )),
                (false, default) => Ok(default.cloned()),
            };
        };
        let value = typed(text, self.schema.keyword("type").and_then(Value::as_str));
        match self.schema.complaint(&value) {
            Some(why) => Err(Invalid::value(self.place, &self.name, why)),
            None => Ok(Some(value)),
        }
    }
}

/// The text as the type that the schema wants, or as text, which the schema then refuses.
fn typed(text: &str, kind: Option<&str>) -> Value {
    let parsed = match kind {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}
