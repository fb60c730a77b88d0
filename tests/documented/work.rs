//! Every list as a stream, and every waiter, of the generated clients.

use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use otcdb_core::waiter::{PollPolicy, Waiter};
use otcdb_openapi::Bundle;
use otcdb_openapi::examples::{request_examples, response_examples};
use otcdb_openapi::written::{Operation, is_success, operations};
use serde_json::{Value, json};

use crate::dispatch::{self, How};
use crate::json::normalise;
use crate::server::{self, Seen};
use crate::support::Arguments;

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    let service = bundle.service.as_str();
    let mut trials = Vec::new();
    for operation in operations(&bundle.document) {
        let id = operation.id();
        if operation.value.get("x-pagination").is_some() {
            let name = format!("stream::{service}::{id}");
            trials.push(Trial::test(name, move || list(service, &operation)));
        }
        if operation.value.get("x-waiter").is_some() {
            let name = format!("wait::{service}::{id}");
            trials.push(Trial::test(name, move || wait(service, &operation)));
        }
    }
    trials
}

/// A full page of documented items comes and then one with a single item; the whole list at once where it has no pages.
/// The total, if the response has one, is right.
fn list(service: &str, operation: &Operation<'static>) -> Result<(), Failed> {
    let paging = &operation.value["x-pagination"];
    let text = |key: &str| paging[key].as_str();
    let items = text("items").unwrap_or_default();
    let (status, response) = documented(operation)?;
    let mut first = response.clone();
    let page = first
        .pointer_mut(&pointer(items))
        .and_then(Value::as_array_mut)
        .ok_or("the documented response has no such list")?;
    if page.is_empty() {
        // No field of a response is required.
        page.push(json!({}));
    }
    let mut expected = page.clone();
    let whole = text("style") == Some("whole");
    let mut responses = Vec::new();
    if !whole {
        // A full page, so that a list without a total goes on.
        let one = page[0].clone();
        let size = page_size(operation);
        page.truncate(0);
        page.resize(size, one.clone());
        expected = vec![one; size];
    }
    let mut last = first.clone();
    if let (false, Some(page)) = (
        whole,
        last.pointer_mut(&pointer(items))
            .and_then(Value::as_array_mut),
    ) {
        // Another than on the first page: a service that repeats itself is refused.
        page.truncate(1);
        expected.push(page[0].clone());
    }
    if let Some(total) = text("total") {
        let stated = expected.len();
        for response in [&mut first, &mut last] {
            if let Some(total) = response.pointer_mut(&pointer(total)) {
                *total = json!(stated);
            }
        }
    }
    responses.push((status, Some(first)));
    if !whole {
        responses.push((status, Some(last)));
    }
    let pages = responses.len();
    let (got, seen) = server::serve(responses, async |session| {
        dispatch::call(
            service,
            session,
            operation.id(),
            &without_page(operation),
            How::List,
        )
        .await
    })?;
    if normalise(&got) != normalise(&Value::Array(expected)) {
        return Err(format!("the stream gave {got:#}").into());
    }
    if seen.len() != pages {
        return Err(format!("{} requests were sent for {pages} pages", seen.len()).into());
    }
    if let (Some(position), Some(limit)) = (text("position"), text("limit")) {
        let size = page_size(operation);
        let second = if text("style") == Some("index") {
            size
        } else {
            2
        };
        let first = if text("style") == Some("index") { 0 } else { 1 };
        for (request, place) in seen.iter().zip([first, second]) {
            for (name, expected) in [(position, place), (limit, size)] {
                let sent = sent(request, name);
                if sent.as_deref() != Some(expected.to_string().as_str()) {
                    return Err(format!("{name} was {sent:?} where {expected} was due").into());
                }
            }
        }
    }
    Ok(())
}

/// The documented response comes with another state first, then with one that means done; then with one that means
/// failed.
fn wait(service: &str, operation: &Operation<'static>) -> Result<(), Failed> {
    let waiter = &operation.value["x-waiter"];
    let field = waiter["field"].as_str().unwrap_or_default();
    let (status, response) = documented(operation)?;
    let (response, id) = with_state(response, field, &json!("NOT-YET"))?;
    let run = |state: &Value| {
        let (end, _) = with_state(&response, field, state)?;
        let responses = vec![
            (status, Some(response.clone())),
            (status, Some(end.clone())),
        ];
        let policy = PollPolicy::default().interval(Duration::ZERO);
        let waiter = Waiter::new("work", policy);
        let outcome = server::serve(responses, async |session| {
            let how = How::Wait(&waiter, &id);
            dispatch::call(service, session, operation.id(), &arguments(operation), how).await
        });
        Ok::<_, Failed>((outcome, end))
    };
    for state in waiter["done"].as_array().into_iter().flatten() {
        let (outcome, end) = run(state)?;
        let (got, seen) = outcome?;
        // Of a list, the element is given; all of them where none is chosen.
        let end = match field.split_once('[') {
            Some((list, key)) if !key.starts_with(']') => &end[list][0],
            Some((list, _)) if operation.value["x-pagination"]["items"] == list => &end[list],
            _ => &end,
        };
        if seen.len() != 2 || normalise(&got) != normalise(end) {
            return Err(format!("{state} did not end the waiting: {got:#}").into());
        }
    }
    for state in waiter["failed"].as_array().into_iter().flatten() {
        if run(state)?.0.is_ok() {
            return Err(format!("{state} passed for an end").into());
        }
    }
    Ok(())
}

/// The response with a state at the waiter's field, in one element of a list, and the id of that element.
fn with_state(response: &Value, field: &str, state: &Value) -> Result<(Value, String), Failed> {
    let mut response = response.clone();
    let mut id = String::new();
    let mut place = &mut response;
    for step in field.split('.') {
        let (name, key) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((name, key)) => (name, Some(key)),
            None => (step, None),
        };
        place = place
            .get_mut(name)
            .ok_or_else(|| format!("the documented response has no {name}"))?;
        if let Some(key) = key {
            let list = place.as_array_mut().ok_or("it is no list")?;
            list.truncate(1);
            place = list.first_mut().ok_or("the list is empty")?;
            if !key.is_empty() {
                id = place[key].as_str().unwrap_or_default().to_owned();
            }
        }
    }
    *place = state.clone();
    Ok((response, id))
}

fn documented(operation: &Operation<'static>) -> Result<(u16, &'static Value), Failed> {
    let example = response_examples(operation)
        .into_iter()
        .find(|example| is_success(example.status))
        .ok_or("no success is documented")?;
    Ok((example.status.parse()?, example.value))
}

/// The first documented request.
fn arguments(operation: &Operation<'static>) -> Arguments<'static> {
    let example = request_examples(operation).into_iter().next();
    Arguments {
        parameters: example
            .as_ref()
            .map(|example| example.parameters.clone())
            .unwrap_or_default(),
        body: example.and_then(|example| example.body),
    }
}

/// The first documented request, as far as it does not say which page is meant.
fn without_page(operation: &Operation<'static>) -> Arguments<'static> {
    let mut arguments = arguments(operation);
    let paging = &operation.value["x-pagination"];
    arguments
        .parameters
        .retain(|name, _| paging["position"] != *name && paging["limit"] != *name);
    arguments
}

/// How many items the client asks for at once: what the documented body says, else what the description allows, up to 100.
fn page_size(operation: &Operation<'static>) -> usize {
    let name = operation.value["x-pagination"]["limit"].as_str();
    let body = arguments(operation).body;
    if let Some(size) = body.zip(name).and_then(|(body, name)| body[name].as_u64()) {
        return usize::try_from(size).unwrap_or(100);
    }
    let in_query = operation
        .parameters()
        .find(|parameter| parameter["name"].as_str() == name)
        .map(|parameter| &parameter["schema"]);
    let maximum = in_query
        .or_else(|| {
            let body = operation.request_json()?;
            Some(&operation.resolve(&body["schema"])["properties"][name?])
        })
        .and_then(|schema| operation.resolve(schema)["maximum"].as_u64())
        .unwrap_or(100);
    usize::try_from(maximum.min(100)).unwrap_or(100)
}

/// The value of a parameter or of a field of the body.
fn sent(request: &Seen, name: &str) -> Option<String> {
    let in_query = request.query.iter().find(|(key, _)| key == name);
    in_query
        .map(|(_, value)| value.clone())
        .or_else(|| Some(request.body.get(name)?.to_string()))
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}
