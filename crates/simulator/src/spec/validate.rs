//! Whether a request keeps to its operation.

use std::collections::HashMap;

use http::HeaderMap;
use otcdb_openapi::Parameter;
use serde_json::Value;

use super::operation::Operation;
use super::tolerance::without_nulls;
use crate::times;

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
pub(crate) struct InvalidRequest {
    pub(crate) place: Place,
    /// The parameter; empty for the body.
    pub(crate) name: String,
    pub(crate) problem: InvalidReason,
}

/// The kind of violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InvalidReason {
    Missing,
    NotJson(String),
    Wrong(String),
}

impl InvalidRequest {
    fn new(place: Place, name: &str, problem: InvalidReason) -> Self {
        Self {
            place,
            name: name.to_owned(),
            problem,
        }
    }

    /// A parameter with a value that the service refuses.
    pub(crate) fn value(place: Place, name: &str, why: impl Into<String>) -> Self {
        Self::new(place, name, InvalidReason::Wrong(why.into()))
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
            InvalidReason::Missing => format!("{what} is missing"),
            InvalidReason::NotJson(why) => format!("{what} is not JSON: {why}"),
            InvalidReason::Wrong(why) => format!("{what}: {why}"),
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
    ) -> Result<Params, InvalidRequest> {
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
        params.body = self.check_body(body)?;
        Ok(params)
    }

    /// The names of query parameters that are not described. They are ignored, and noted as slips of the client.
    pub(crate) fn unknown_parameters(&self, query: &[(String, String)]) -> Vec<String> {
        let known = |name: &str| self.parameter(otcdb_openapi::Place::Query, name).is_some();
        let names = query.iter().map(|(name, _)| name.clone());
        names.filter(|name| !known(name)).collect()
    }

    fn check_body(&self, body: &[u8]) -> Result<Option<Value>, InvalidRequest> {
        let Some(expected) = &self.body else {
            return Ok(None);
        };
        if body.iter().all(u8::is_ascii_whitespace) {
            return match expected.required {
                true => Err(InvalidRequest::new(Place::Body, "", InvalidReason::Missing)),
                false => Ok(None),
            };
        }
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            InvalidRequest::new(Place::Body, "", InvalidReason::NotJson(error.to_string()))
        })?;
        let value = without_nulls(value);
        if expected.schema.validation_error(&value).is_none() {
            return Ok(Some(value));
        }
        let value = self.as_described(value);
        if expected.schema.validation_error(&value).is_none() {
            return Ok(Some(value));
        }
        // The first of these is the same complaint, but for secrets, which it does not quote.
        let first = expected.schema.validation_errors(&value).into_iter().next();
        let why = first.map_or_else(
            || "the body does not fit its schema".to_owned(),
            |first| match first.pointer.as_str() {
                "" => first.problem,
                pointer => format!("at {pointer}: {}", first.problem),
            },
        );
        Err(InvalidRequest::value(Place::Body, "", why))
    }
}

/// The value of a parameter with its type.
fn value_of(parameter: &Parameter, texts: &[String]) -> Result<Option<Value>, InvalidRequest> {
    let place = parameter.place.into();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    match parse(parameter, &texts) {
        Ok(None) if parameter.required => Err(InvalidRequest::new(
            place,
            &parameter.name,
            InvalidReason::Missing,
        )),
        Ok(value) => Ok(value),
        Err(why) => Err(InvalidRequest::value(place, &parameter.name, why)),
    }
}

/// Reads the texts as they are or, where they are refused like this, as times that are written otherwise than described.
fn parse(parameter: &Parameter, texts: &[&str]) -> Result<Option<Value>, String> {
    parameter.parse_all(texts).or_else(|why| {
        let times: Option<Vec<String>> = texts
            .iter()
            .map(|text| times::as_documented(text))
            .collect();
        let times = times.unwrap_or_default();
        let times: Vec<&str> = times.iter().map(String::as_str).collect();
        match parameter.parse_all(&times) {
            Ok(Some(time)) => Ok(Some(time)),
            _ => Err(why),
        }
    })
}
