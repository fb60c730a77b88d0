//! Values for the parameters of a call that only reads.

use std::time::Duration;

use jiff::Timestamp;
use otcdb_openapi::{Operation, PagingStyle, Parameter, TIME};
use serde_json::Value;

use super::found::Thing;
use crate::operations::{Request, is_id, is_of_the_session};

/// How far back it is asked for.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The parameters that have to be given and that the session does not know.
pub(super) fn required(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let parameters = operation.parameters.iter();
    parameters.filter(|parameter| parameter.required && !is_of_the_session(parameter))
}

/// The names of those for which a value has to be found in other responses: nobody can think of an id.
pub(super) fn to_be_found(operation: &Operation) -> Vec<&str> {
    let found = required(operation).filter(|parameter| own_values(operation, parameter).is_empty());
    found.map(|parameter| parameter.name.as_str()).collect()
}

/// The requests that are made about a thing: one, or one for each of the values that a parameter may have.
pub(super) fn requests(operation: &'static Operation, thing: &Thing) -> Vec<Request> {
    let mut requests = vec![Request::new(operation)];
    for parameter in &operation.parameters {
        if !parameter.required || is_of_the_session(parameter) {
            continue;
        }
        let values = match thing.get(&parameter.name) {
            Some(value) => vec![Value::from(value.as_str())],
            None => own_values(operation, parameter),
        };
        let before = std::mem::take(&mut requests);
        for request in before {
            for value in &values {
                let mut request = request.clone();
                request.set_parameter(parameter, value.clone());
                requests.push(request);
            }
        }
    }
    requests
}

/// Values that follow from the description and the time; none for an id.
fn own_values(operation: &Operation, parameter: &Parameter) -> Vec<Value> {
    /// No more values of one parameter are tried.
    const MOST: usize = 4;
    if let Some(values) = parameter.schema.values() {
        let parsed = values
            .iter()
            .filter_map(|value| parameter.parse(value).ok());
        let values = parsed.take(MOST);
        return match parameter.is_list() {
            true => values.map(|value| Value::Array(vec![value])).collect(),
            false => values.collect(),
        };
    }
    let one = of_page(operation, parameter)
        .or_else(|| of_time(parameter))
        .or_else(|| of_number(parameter))
        .or_else(|| of_example(parameter));
    one.into_iter().collect()
}

fn of_page(operation: &Operation, parameter: &Parameter) -> Option<Value> {
    let paging = operation.pagination.as_ref()?;
    let is = |name: &Option<String>| name.as_ref() == Some(&parameter.name);
    if is(&paging.limit) {
        return Some(operation.page_size().into());
    }
    let first = match paging.style {
        PagingStyle::Index | PagingStyle::Whole => 0,
        PagingStyle::PageNumber | PagingStyle::CurPage => 1,
    };
    is(&paging.position).then(|| first.into())
}

/// The last day, in the form that the parameter wants.
fn of_time(parameter: &Parameter) -> Option<Value> {
    parameter.schema.keyword(TIME)?;
    let now = Timestamp::now();
    let is_begin = ["start", "begin", "from"]
        .iter()
        .any(|word| parameter.name.contains(word));
    let time = match is_begin {
        true => now.checked_sub(DAY).ok()?,
        false => now,
    };
    let forms = [
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y%m%d%H%M%S",
        "%Y-%m-%d",
    ];
    let texts = forms.iter().map(|form| time.strftime(form).to_string());
    let counts = [
        time.as_millisecond().to_string(),
        time.as_second().to_string(),
    ];
    let fits = |text: &String| {
        let form = parameter.schema.keyword(TIME).and_then(Value::as_str);
        let form = form.and_then(|form| form.parse::<otcdb_openapi::TimeForm>().ok());
        let value = parameter.parse(text).ok();
        value.filter(|value| form.is_none_or(|form| form.has(value)))
    };
    texts.chain(counts).find_map(|text| fits(&text))
}

fn of_number(parameter: &Parameter) -> Option<Value> {
    (parameter.schema.kind() == Some("integer")).then(|| {
        let least = parameter.schema.keyword("minimum");
        least.cloned().unwrap_or_else(|| 1.into())
    })
}

/// A documented value that stands for itself, such as a name of an engine.
fn of_example(parameter: &Parameter) -> Option<Value> {
    if parameter.name.ends_with("_id") || parameter.name.ends_with("_ids") {
        return None;
    }
    let mut values = parameter.examples.iter().map(|example| &example.value);
    let value = values.find(|value| {
        let text = value.as_str().unwrap_or_default();
        !is_id(text) && !text.contains(['{', '}'])
    });
    value.cloned()
}

#[cfg(test)]
mod tests {
    use otcdb_bundles::bundle;

    use super::*;

    #[test]
    fn what_is_required_is_given_or_has_to_be_found() {
        let of = |service: &str, id: &str| bundle(service).unwrap().operation(id).unwrap();
        let slow = of("dcs", "ListSlowlog");
        assert_eq!(to_be_found(slow), ["instance_id"]);
        let thing = Thing::from([("instance_id".to_owned(), "i".to_owned())]);
        let requests = requests(slow, &thing);
        assert_eq!(requests.len(), 1);
        for name in ["start_time", "end_time"] {
            let value = requests[0].given(name).unwrap();
            let parameter = slow.parameter(otcdb_openapi::Place::Query, name).unwrap();
            assert_eq!(parameter.schema.validation_error(value), None);
        }
        assert_eq!(to_be_found(of("rds", "ListInstances")), [""; 0]);
    }

    #[test]
    fn every_time_has_a_value() {
        for service in otcdb_bundles::services() {
            for operation in &bundle(service).unwrap().operations {
                for parameter in required(operation) {
                    let is_time = parameter.schema.keyword(TIME).is_some();
                    let name = format!("{} {}", operation.id, parameter.name);
                    assert!(!is_time || of_time(parameter).is_some(), "{name}");
                }
            }
        }
    }
}
