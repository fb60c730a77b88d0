//! Runtime expressions of OpenAPI links.

use otcdb_core::Result;
use otcdb_core::waiter::ids_at;
use otcdb_openapi::{Expression, Link, Operation, Place};
use serde_json::Value;

use crate::operations::build::flags;
use crate::operations::call::request::Request;
use crate::operations::call::send;

/// The ids that an expression leads to: several where it means each element of a list.
fn evaluate(
    expression: &Expression,
    request: &Request,
    response: Option<&Value>,
) -> Option<Vec<Value>> {
    let at = |of: Option<&Value>, pointer: &str| ids_at(of?, pointer).ok();
    let ids = match expression {
        Expression::Constant(text) => vec![text.clone()],
        Expression::Parameter(place, name) => at(request.value(*place, name), "")?,
        Expression::RequestBody(pointer) => at(request.body.as_ref(), pointer)?,
        Expression::ResponseBody(pointers) => {
            pointers.iter().find_map(|pointer| at(response, pointer))?
        }
    };
    Some(ids.into_iter().map(Value::from).collect())
}

/// A job that a call has begun.
#[derive(Debug)]
pub(crate) struct Job {
    /// The request whose response tells how far it is.
    pub(crate) request: Request,
    /// The id of the element of that response that is meant, if it lists several.
    pub(crate) item: Option<String>,
    /// What tells it from the other pieces; `None` if it is the only one.
    pub(crate) id: Option<String>,
    /// What the response of the call says of it.
    pub(crate) begun: Value,
}

/// Follows a link from a response to each job that was begun.
///
/// # Errors
/// The operation is not described, or the response lacks what the link needs.
pub(crate) fn follow(link: &Link, request: &Request, response: Option<&Value>) -> Result<Vec<Job>> {
    let missing = |what: &str| {
        let what = format!("the response holds no {what}, so nothing can be waited for");
        send::fault(request, &what)
    };
    let operation = linked(request.operation, link).ok_or_else(|| missing(&link.operation))?;
    let mut parameters = Vec::new();
    for (name, expression) in &link.parameters {
        let parameter = [Place::Path, Place::Query, Place::Header]
            .into_iter()
            .find_map(|place| operation.parameter(place, name));
        // The project is the session's.
        let Some(parameter) = parameter.filter(|one| !flags::is_of_the_session(one)) else {
            continue;
        };
        let values = evaluate(expression, request, response).ok_or_else(|| missing(name))?;
        parameters.push((parameter, values));
    }
    let items = match &link.item {
        None => None,
        Some(expression) => {
            let items = evaluate(expression, request, response);
            Some(items.ok_or_else(|| missing("id"))?)
        }
    };
    let lists = || parameters.iter().map(|(_, values)| values).chain(&items);
    let count = lists().map(Vec::len).max().unwrap_or(1);
    if lists().any(|values| values.len() != 1 && values.len() != count) {
        return Err(missing("id for each of its elements"));
    }
    // What is the same for all of them stands there once.
    let at = |values: &[Value], index: usize| values.get(index).or(values.first()).cloned();
    let elements = link
        .list()
        .and_then(|list| response?.pointer(list)?.as_array());
    let job = |index| {
        let mut next = Request::new(operation);
        for (parameter, values) in &parameters {
            next.set_parameter(parameter, at(values, index).unwrap_or_default());
        }
        let id = lists().find(|values| values.len() > 1);
        Job {
            request: next,
            item: items
                .as_ref()
                .and_then(|items| at(items, index))
                .as_ref()
                .map(otcdb_openapi::shown),
            id: id
                .and_then(|ids| at(ids, index))
                .as_ref()
                .map(otcdb_openapi::shown),
            begun: elements
                .and_then(|elements| elements.get(index).cloned())
                .unwrap_or_default(),
        }
    };
    Ok((0..count).map(job).collect())
}

/// The list to which a call adds what it begins, where no id tells that from what was there before.
///
/// # Errors
/// The request lacks what the link needs.
pub(crate) fn adding(link: &Link, request: &Request) -> Result<Option<Job>> {
    let told = linked(request.operation, link);
    let adds = told.is_some_and(|told| told.list_of_states().is_some());
    if !adds || link.item.is_some() {
        return Ok(None);
    }
    Ok(follow(link, request, None)?.pop())
}

fn linked(operation: &Operation, link: &Link) -> Option<&'static Operation> {
    otcdb_bundles::operation(&operation.service, &link.operation).ok()?
}

#[cfg(test)]
mod tests {
    use otcdb_bundles::bundle;
    use serde_json::json;

    use super::*;

    fn expression(text: &str) -> Expression {
        Expression::parse(&text.into()).unwrap()
    }

    #[test]
    fn a_link_takes_values_from_request_and_response() {
        let rds = bundle("rds").unwrap();
        let operation = rds.operation("DownloadErrorlog").unwrap();
        let mut request = Request::new(operation);
        let instance = operation.parameter(Place::Path, "instance_id").unwrap();
        request.set_parameter(instance, "i".into());
        request.body = Some(json!({ "a": [0, { "b": 1 }] }));
        let response = json!({ "list": [{ "workflow_id": "w" }], "n": 7 });
        let of = |text: &str| evaluate(&expression(text), &request, Some(&response));
        let one = |text: &str| Some(vec![Value::from(text)]);
        assert_eq!(of("$request.path.instance_id"), one("i"));
        assert_eq!(of("$request.body#/a/1/b"), one("1"));
        assert_eq!(of("$response.body#/n"), one("7"));
        assert_eq!(of("$response.body#/none"), None);
        assert_eq!(of("$response.body#/list"), None, "a list is no id");
        assert_eq!(of("constant"), one("constant"));

        let mut link = rds
            .operations
            .iter()
            .find_map(Operation::finished)
            .unwrap()
            .clone();
        link.operation = "ListJobInfo".to_owned();
        link.parameters = [
            ("project_id", "$request.path.project_id"),
            ("id", "$response.body#/list/0/workflow_id"),
        ]
        .map(|(name, value)| (name.to_owned(), expression(value)))
        .to_vec();
        link.item = Some(expression("$response.body#/n"));
        let followed = follow(&link, &request, Some(&response)).unwrap();
        let [job] = followed.as_slice() else {
            panic!("{followed:?}");
        };
        assert_eq!(job.request.operation.id, "ListJobInfo");
        assert_eq!(job.request.given("id"), Some(&"w".into()));
        assert_eq!((job.item.as_deref(), &job.id), (Some("7"), &None));
        assert!(follow(&link, &request, None).is_err());
        link.operation = "Nothing".to_owned();
        assert!(follow(&link, &request, Some(&response)).is_err());
    }

    #[test]
    fn an_id_counts_under_any_of_its_names() {
        let operation = bundle("dcs").unwrap().operation("UpdateSSLSwitch").unwrap();
        let link = operation.finished().unwrap();
        let request = Request::new(operation);
        for response in [
            json!({ "job_id": "j" }),
            json!({ "jobId": "j", "result": null }),
            json!({ "job_id": null, "jobId": "j" }),
        ] {
            let followed = follow(link, &request, Some(&response)).unwrap();
            let job = followed[0].request.value(Place::Path, "job_id");
            assert_eq!(job, Some(&json!("j")), "{response}");
        }
        assert!(follow(link, &request, Some(&json!({ "id": "j" }))).is_err());
    }

    #[test]
    fn every_element_of_the_list_is_a_piece_of_work() {
        let create = bundle("dcs").unwrap().operation("CreateInstance").unwrap();
        let link = create.finished().unwrap();
        let request = Request::new(create);
        let response = |ids: &[&str]| {
            let instances: Vec<Value> = ids.iter().map(|id| json!({ "instance_id": id })).collect();
            json!({ "instances": instances })
        };
        let jobs = follow(link, &request, Some(&response(&["a", "b"]))).unwrap();
        let shown: Vec<_> = jobs
            .iter()
            .map(|job| {
                (
                    job.request.value(Place::Path, "instance_id"),
                    job.id.as_deref(),
                    &job.begun,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (Some(&json!("a")), Some("a"), &json!({ "instance_id": "a" })),
                (Some(&json!("b")), Some("b"), &json!({ "instance_id": "b" })),
            ]
        );
        assert!(follow(link, &request, Some(&response(&[]))).is_err());
        assert!(
            follow(link, &request, Some(&response(&["a", ""]))).is_err(),
            "none is forgotten"
        );
    }
}
