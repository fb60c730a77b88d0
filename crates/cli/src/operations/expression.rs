//! Runtime expressions of OpenAPI links.

use otcdb_core::{Error, ErrorKind, Result};
use otcdb_spec::{Link, Operation, Place, bundle};
use serde_json::Value;

use super::request::Request;

/// The value of an expression such as `$request.path.instance_id` or `$response.body#/id`; anything else is itself.
fn evaluate(expression: &Value, request: &Request, answer: Option<&Value>) -> Option<Value> {
    let Some(text) = expression.as_str().filter(|text| text.starts_with('$')) else {
        return Some(expression.clone());
    };
    let in_body = |body: Option<&Value>, pointer: &str| {
        let pointer = pointer.strip_prefix('#').unwrap_or(pointer);
        body?.pointer(pointer).cloned()
    };
    let found = if let Some(name) = text.strip_prefix("$request.path.") {
        request.value(Place::Path, name).cloned()
    } else if let Some(name) = text.strip_prefix("$request.query.") {
        request.value(Place::Query, name).cloned()
    } else if let Some(name) = text.strip_prefix("$request.header.") {
        request.value(Place::Header, name).cloned()
    } else if let Some(pointer) = text.strip_prefix("$request.body") {
        in_body(request.body.as_ref(), pointer)
    } else if let Some(pointer) = text.strip_prefix("$response.body") {
        in_body(answer, pointer)
    } else {
        None
    };
    found.filter(|value| !value.is_null())
}

/// A link followed: the request that it leads to, and the id of the element that is waited for.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) request: Request,
    pub(super) item: Option<String>,
}

/// Follows a link from an answer.
///
/// # Errors
/// The operation is not described, or the answer lacks what the link needs.
pub(super) fn follow(link: &Link, request: &Request, answer: Option<&Value>) -> Result<Followed> {
    let missing = |what: &str| {
        Error::new(
            ErrorKind::UndocumentedAnswer,
            format!("the answer holds no {what}, so nothing can be waited for"),
        )
        .with_operation(request.operation.id.as_str())
    };
    let operation = linked(request.operation, link).ok_or_else(|| missing(&link.operation))?;
    let mut next = Request::new(operation);
    for (name, expression) in &link.parameters {
        let parameter = [Place::Path, Place::Query, Place::Header]
            .into_iter()
            .find_map(|place| operation.parameter(place, name));
        // The project is the session's.
        let Some(parameter) = parameter.filter(|one| !super::flags::is_of_the_session(one)) else {
            continue;
        };
        let value = evaluate(expression, request, answer).ok_or_else(|| missing(name))?;
        next.set_parameter(parameter, value);
    }
    if let Some(body) = &link.body {
        next.body = Some(evaluate(body, request, answer).ok_or_else(|| missing("body"))?);
    }
    let item = match &link.item {
        None => None,
        Some(expression) => {
            let value = evaluate(&Value::from(expression.as_str()), request, answer)
                .ok_or_else(|| missing("id"))?;
            Some(
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), ToOwned::to_owned),
            )
        }
    };
    Ok(Followed {
        request: next,
        item,
    })
}

fn linked(operation: &Operation, link: &Link) -> Option<&'static Operation> {
    bundle(operation.service).ok()?.operation(&link.operation)
}

#[cfg(test)]
mod tests {
    use otcdb_spec::Service;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_link_takes_values_from_request_and_answer() {
        let rds = bundle(Service::Rds).unwrap();
        let operation = rds.operation("DownloadErrorlog").unwrap();
        let mut request = Request::new(operation);
        let instance = operation.parameter(Place::Path, "instance_id").unwrap();
        request.set_parameter(instance, "i".into());
        request.body = Some(json!({ "a": [1] }));
        let answer = json!({ "list": [{ "workflow_id": "w" }], "n": 7 });
        let of = |text: &str| evaluate(&text.into(), &request, Some(&answer));
        assert_eq!(of("$request.path.instance_id"), Some("i".into()));
        assert_eq!(of("$request.body#/a/0"), Some(1.into()));
        assert_eq!(of("$response.body#/n"), Some(7.into()));
        assert_eq!(of("$response.body#/none"), None);
        assert_eq!(of("constant"), Some("constant".into()));

        let mut link = Link {
            name: "finished".to_owned(),
            operation: "ListJobInfo".to_owned(),
            parameters: vec![
                ("project_id".to_owned(), "$request.path.project_id".into()),
                ("id".to_owned(), "$response.body#/list/0/workflow_id".into()),
            ],
            body: None,
            item: Some("$response.body#/n".to_owned()),
        };
        let followed = follow(&link, &request, Some(&answer)).unwrap();
        assert_eq!(followed.request.operation.id, "ListJobInfo");
        assert_eq!(followed.request.given("id"), Some(&"w".into()));
        assert_eq!(followed.item.as_deref(), Some("7"));
        assert!(follow(&link, &request, None).is_err());
        link.operation = "Nothing".to_owned();
        assert!(follow(&link, &request, Some(&answer)).is_err());
    }
}
