//! Whether a request keeps to its operation.

use std::collections::HashMap;

use axum::http::HeaderMap;
use otcdb_openapi::{Parameter, Schema};
use serde_json::Value;

use super::operation::Operation;
use crate::digits;

/// Where something of a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Body,
}

impl From<otcdb_openapi::Place> for Place {
    fn from(place: otcdb_openapi::Place) -> Self {
        match place {
            otcdb_openapi::Place::Path => Self::Path,
            otcdb_openapi::Place::Query => Self::Query,
            otcdb_openapi::Place::Header => Self::Header,
        }
    }
}

/// The parameters of a request with their types, and its body.
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

    /// The value of a parameter.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
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
            let find = |list: &[(String, String)]| -> Vec<String> {
                list.iter()
                    .filter(|(name, _)| *name == parameter.name)
                    .map(|(_, value)| value.clone())
                    .collect()
            };
            let texts = match parameter.place {
                otcdb_openapi::Place::Path => find(path),
                otcdb_openapi::Place::Query => find(query),
                otcdb_openapi::Place::Header => headers
                    .get_all(&parameter.name)
                    .iter()
                    .filter_map(|value| value.to_str().ok())
                    .map(ToOwned::to_owned)
                    .collect(),
            };
            if let Some(value) = value_of(parameter, &texts)? {
                params.values.insert(parameter.name.clone(), value);
            }
        }
        self.refuse_unknown(query)?;
        params.body = self.check_body(body)?;
        Ok(params)
    }

    /// A real cloud ignores these; here they are refused, because they are slips of the client.
    fn refuse_unknown(&self, query: &[(String, String)]) -> Result<(), Invalid> {
        let known = |name: &str| self.parameter(otcdb_openapi::Place::Query, name).is_some();
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
        if expected.schema.complaint(&value).is_none() {
            return Ok(Some(value));
        }
        let value = as_described(&expected.schema, &value);
        if expected.schema.complaint(&value).is_none() {
            return Ok(Some(value));
        }
        // The first of these is the same complaint, but for secrets, which it does not quote.
        let first = expected.schema.complaints(&value).into_iter().next();
        let why = first.map_or_else(
            || "the body does not fit its schema".to_owned(),
            |first| match first.pointer.as_str() {
                "" => first.problem,
                pointer => format!("at {pointer}: {}", first.problem),
            },
        );
        Err(Invalid::value(Place::Body, "", why))
    }

    /// What an answer breaks of what is documented; `None` if nothing. Values of enums are not looked at, since
    /// the documentation's own examples break them.
    pub(crate) fn complaint_about_answer(&self, status: u16, body: &[u8]) -> Option<String> {
        let schema = match self.response(status) {
            // Pages leave out errors that every operation can have.
            None if status >= 400 => return None,
            None => return Some(format!("{}: status {status} is not documented", self.id)),
            Some(response) => response.schema.as_ref()?,
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

/// Fields that the documentation's examples have as text where its tables have a number, or the other way. The services
/// take both.
const EITHER: [&str; 4] = [
    "backup_at",
    "bandwidth_limit_mb",
    "enterprise_project_id",
    "save_days",
];

/// The body with these fields as they are described. One documented example has a comma after the number.
fn as_described(schema: &Schema, body: &Value) -> Value {
    let mut described = body.clone();
    for complaint in schema.complaints(body) {
        if !complaint
            .pointer
            .split('/')
            .any(|step| EITHER.contains(&step))
        {
            continue;
        }
        let Some(place) = described.pointer_mut(&complaint.pointer) else {
            continue;
        };
        let other = match place {
            Value::String(text) => {
                digits::number::<u64>(text.trim_end_matches(',')).map(Value::from)
            }
            Value::Number(number) => Some(Value::from(number.to_string())),
            _ => None,
        };
        if let Some(other) = other {
            *place = other;
        }
    }
    described
}

/// The value of a parameter with its type.
fn value_of(parameter: &Parameter, texts: &[String]) -> Result<Option<Value>, Invalid> {
    let place = parameter.place.into();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    match parameter.parse_all(&texts) {
        Ok(None) if parameter.required => Err(Invalid::new(
            place,
            &parameter.name,
            InvalidBecause::Missing,
        )),
        Ok(value) => Ok(value),
        Err(why) => Err(Invalid::value(place, &parameter.name, why)),
    }
}
