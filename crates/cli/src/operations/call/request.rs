//! From what was typed to a request that keeps to its operation.

use clap::ArgMatches;
use http::{HeaderMap, HeaderName, HeaderValue};
use otcdb_core::{Error, Expect, ListMeta, RawCall, Result};
use otcdb_openapi::{Expected, Operation, Parameter, Place, RequestBody};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::body;
use crate::console::Console;
use crate::operations::build::flags;

/// What may stand in a segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A request with typed values. The project is the session's.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) operation: &'static Operation,
    /// Values by place and name, in the order of the description.
    values: Vec<(&'static Parameter, Value)>,
    pub(crate) body: Option<Value>,
    /// Names that were given where there are ids now.
    names: Vec<(&'static Parameter, String)>,
}

impl Request {
    /// A request without values.
    pub(crate) fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            values: Vec::new(),
            body: None,
            names: Vec::new(),
        }
    }

    /// What was typed.
    ///
    /// # Errors
    /// A list or a body that does not fit its schema; each complaint about a body is written to the console.
    pub(crate) fn read(
        operation: &'static Operation,
        matches: &ArgMatches,
        given_body: Option<&str>,
        console: &Console,
    ) -> Result<Self> {
        let mut request = Self::new(operation);
        for (parameter, long) in flags::names(operation) {
            let id = flags::id(parameter);
            let values: Vec<Value> = matches
                .get_many::<Value>(&id)
                .map(|values| values.cloned().collect())
                .unwrap_or_default();
            let value = match (parameter.is_list(), values.as_slice()) {
                (_, []) => continue,
                (false, [value, ..]) => value.clone(),
                (true, values) => whole_list(parameter, &long, values)?,
            };
            request.values.push((parameter, value));
        }
        if let (Some(body), Some(given)) = (&operation.body, given_body) {
            request.body = Some(read_body(operation, body, given, console)?);
        }
        Ok(request)
    }

    /// The value of a parameter.
    pub(crate) fn value(&self, place: Place, name: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(parameter, _)| parameter.place == place && parameter.name == name)
            .map(|(_, value)| value)
    }

    /// What its parameters are given, in the order of the description.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static Parameter, &Value)> {
        self.values
            .iter()
            .map(|(parameter, value)| (*parameter, value))
    }

    /// Gives a parameter or, where there is none of this name, a field of the body a value.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        let of_query = self.operation.parameter(Place::Query, name);
        let Some(parameter) = of_query else {
            let body = self
                .body
                .get_or_insert_with(|| Value::Object(Default::default()));
            if let Some(fields) = body.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
            return;
        };
        self.set_parameter(parameter, value);
    }

    /// Gives a parameter a value.
    pub(crate) fn set_parameter(&mut self, parameter: &'static Parameter, value: Value) {
        match self
            .values
            .iter_mut()
            .find(|(known, _)| std::ptr::eq(*known, parameter))
        {
            Some((_, known)) => *known = value,
            None => self.values.push((parameter, value)),
        }
    }

    /// Gives a parameter the id of what was named.
    pub(crate) fn set_named(&mut self, parameter: &'static Parameter, id: Value, name: String) {
        self.set_parameter(parameter, id);
        self.names.push((parameter, name));
    }

    /// The name in whose place the value of a parameter stands.
    pub(crate) fn name_of(&self, parameter: &Parameter) -> Option<&str> {
        let mut names = self.names.iter();
        let found = names.find(|(known, _)| std::ptr::eq(*known, parameter));
        found.map(|(_, name)| name.as_str())
    }

    /// What was given for this name: a query parameter, or a field of the body.
    pub(crate) fn given(&self, name: &str) -> Option<&Value> {
        self.value(Place::Query, name)
            .or_else(|| self.body.as_ref()?.get(name))
    }

    /// The call.
    ///
    /// # Errors
    /// A parameter of the path has no value, or one for a header cannot be sent.
    pub(crate) fn call(&self) -> Result<RawCall> {
        let mut path = String::new();
        let mut rest = self.operation.path.as_str();
        while let Some((before, name, after)) = next_name(rest) {
            path.push_str(before);
            if name == "project_id" {
                path.push_str("{project_id}");
            } else {
                let value = self.value(Place::Path, name).ok_or_else(|| {
                    Error::invalid_argument(format!(
                        "{} needs a value for {name}",
                        self.operation.id
                    ))
                })?;
                let text = texts(value).join(",");
                path.push_str(&utf8_percent_encode(&text, SEGMENT).to_string());
            }
            rest = after;
        }
        path.push_str(rest);

        let mut query = Vec::new();
        let mut headers = HeaderMap::new();
        for (parameter, value) in &self.values {
            match parameter.place {
                Place::Path => {}
                Place::Query if parameter.explode => {
                    let pairs = texts(value).into_iter();
                    query.extend(pairs.map(|text| (parameter.name.clone(), text)));
                }
                Place::Query => query.push((parameter.name.clone(), texts(value).join(","))),
                Place::Header => {
                    let unfit = |_| {
                        Error::invalid_argument(format!(
                            "the value of {} cannot be sent in a header",
                            parameter.name
                        ))
                    };
                    let name = HeaderName::try_from(&parameter.name).map_err(|_| unfit(()))?;
                    let value =
                        HeaderValue::try_from(texts(value).join(",")).map_err(|_| unfit(()))?;
                    headers.insert(name, value);
                }
            }
        }
        let body = match &self.body {
            None => String::new(),
            Some(body) => body.to_string(),
        };
        Ok(RawCall::new(self.operation.method.clone(), path)
            .name(self.operation.id.as_str())
            .query(query)
            .headers(headers)
            .body(body)
            .idempotent(self.operation.idempotent)
            .expect(match self.operation.expected() {
                Expected::Json => Expect::Json,
                Expected::JsonOrEmpty => Expect::JsonOrEmpty,
                Expected::Empty => Expect::Empty,
            })
            .list(
                self.operation
                    .pagination
                    .as_ref()
                    .map(|paging| ListMeta::new(&paging.items, paging.total.as_deref())),
            ))
    }
}

/// The text before the first name in braces, the name, and the text after.
fn next_name(path: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = path.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// A value as text; of a list, each element.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        value => vec![otcdb_openapi::shown(value)],
    }
}

fn whole_list(parameter: &Parameter, long: &str, values: &[Value]) -> Result<Value> {
    let texts: Vec<String> = values.iter().flat_map(texts).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let unfit = |why| Error::invalid_argument(format!("the values of --{long} do not fit: {why}"));
    let list = parameter.parse_all(&texts).map_err(unfit)?;
    Ok(list.unwrap_or_default())
}

fn read_body(
    operation: &Operation,
    expected: &RequestBody,
    given: &str,
    console: &Console,
) -> Result<Value> {
    let hint = || {
        let name = format!("otcdb {} {}", operation.service, operation.name);
        match expected.examples.is_empty() {
            true => format!("`{name} --help` describes it"),
            false => {
                format!("`{name} --help` describes it, --body-example writes one to begin with")
            }
        }
    };
    let (bytes, place) = body::read(given)?;
    let value = body::json(&bytes, &place).map_err(|error| error.with_hint(hint()))?;
    let validation_errors = expected.schema.validation_errors(&value);
    if validation_errors.is_empty() {
        return Ok(value);
    }
    for validation_error in &validation_errors {
        let pointer = match validation_error.pointer.as_str() {
            "" => "the body",
            pointer => pointer,
        };
        console.failure(
            &format!("{pointer}: {}", validation_error.problem),
            validation_error.hint.as_deref(),
        );
    }
    let faults = match validation_errors.len() {
        1 => "1 fault".to_owned(),
        count => format!("{count} faults"),
    };
    let what = format!(
        "the body from {place} does not fit {}: {faults}; nothing was sent",
        operation.id
    );
    Err(Error::invalid_argument(what).with_hint(hint()))
}

#[cfg(test)]
mod tests {
    use otcdb_bundles::bundle;

    use super::*;

    #[test]
    fn what_is_typed_stays_in_its_place() {
        let operation = bundle("rds").unwrap().operation("ListErrorLogs").unwrap();
        let mut request = Request::new(operation);
        assert!(request.call().is_err(), "the instance is missing");
        let instance = operation.parameter(Place::Path, "instance_id").unwrap();
        request.set_parameter(instance, "a/../b?c={project_id}%2e".into());
        request.set("limit", 7.into());
        request.set("limit", 8.into());
        let call = format!("{:?}", request.call().unwrap());
        assert!(
            call.contains(
                "/v3/{project_id}/instances/a%2F..%2Fb%3Fc%3D%7Bproject_id%7D%252e/errorlog"
            ),
            "{call}"
        );
        assert_eq!(request.given("limit"), Some(&8.into()));
    }
}
