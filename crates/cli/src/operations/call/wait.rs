//! Waiting until the work that an operation has begun is done.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;

use futures_util::TryStreamExt as _;
use otcdb_core::waiter::{Observation, PollPolicy, Step, Waiter, WaiterMeta};
use otcdb_core::{Result, Session};
use otcdb_openapi::Operation;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::console::Console;
use crate::operations::call::links::Job;
use crate::operations::call::pages;
use crate::operations::call::request::Request;
use crate::operations::call::send;

/// Asks until a job is done, and gives the response that says so: the element that was waited for, where it lists
/// several.
///
/// # Errors
/// The work fails, does not end in time, or the waiting is cancelled; those of the calls.
pub(crate) async fn until_done(
    session: &Session,
    started: &Operation,
    job: &Job,
    policy: PollPolicy,
    cancel: &CancellationToken,
    console: &Console,
) -> Result<Option<Value>> {
    let ask = || async { observe(session, &job.request, job.item.as_deref()).await };
    let name = match &job.id {
        None => started.id.clone(),
        Some(id) => format!("{} of {id}", started.id),
    };
    watch(&name, policy, cancel, console, ask).await
}

/// The elements of a list as it is now.
///
/// # Errors
/// Those of the calls.
pub(crate) async fn listed(session: &Session, request: &Request) -> Result<Vec<Value>> {
    match &request.operation.pagination {
        Some(paging) => pages::items(session, request, paging)?.try_collect().await,
        None => Ok(Vec::new()),
    }
}

/// Asks until a list has elements that were not there before, and the work of all of them is done; gives these.
///
/// # Errors
/// As [`until_done`].
pub(crate) async fn until_new(
    session: &Session,
    job: &Job,
    before: &[Value],
    policy: PollPolicy,
    cancel: &CancellationToken,
) -> Result<Vec<Value>> {
    let operation = job.request.operation;
    let Some(waiter) = &operation.waiter else {
        return Ok(Vec::new());
    };
    let done: Vec<&str> = waiter.done.iter().map(String::as_str).collect();
    let failed: Vec<&str> = waiter.failed.iter().map(String::as_str).collect();
    let path: Vec<Step<'_>> = waiter.path.steps().iter().map(step).collect();
    let meta = WaiterMeta::new(&path).done(&done).failed(&failed);
    Waiter::new(format!("the work of {}", operation.id), policy)
        .cancelled_by(cancel.clone())
        .watch_new(meta, Waiter::seen(before), || listed(session, &job.request))
        .await
}

/// Makes the same call until its own response says that the work is done, and gives that response: of a list in pages,
/// all of it.
///
/// # Errors
/// As [`until_done`].
pub(crate) async fn again(
    session: &Session,
    request: &Request,
    policy: PollPolicy,
    cancel: &CancellationToken,
    console: &Console,
) -> Result<Option<Value>> {
    let ask = || async { observe(session, request, None).await };
    watch(&request.operation.id, policy, cancel, console, ask).await
}

async fn watch<Fut>(
    name: &str,
    policy: PollPolicy,
    cancel: &CancellationToken,
    console: &Console,
    ask: impl Fn() -> Fut,
) -> Result<Option<Value>>
where
    Fut: Future<Output = Result<Observation<Option<Value>>>>,
{
    let last = RefCell::new(None);
    let asking = || {
        let question = ask();
        let last = &last;
        async move {
            let observed = question.await?;
            if let Observation::Continue(Some(state)) = &observed
                && last.borrow().as_ref() != Some(state)
            {
                console.note(&format!("{name}: {state}"));
                *last.borrow_mut() = Some(state.clone());
            }
            Ok(observed)
        }
    };
    Waiter::new(format!("the work of {name}"), policy)
        .cancelled_by(cancel.clone())
        .wait(asking)
        .await
}

/// What one question finds out.
async fn observe(
    session: &Session,
    request: &Request,
    item: Option<&str>,
) -> Result<Observation<Option<Value>>> {
    let operation = request.operation;
    let Some(paging) = operation.list_of_states() else {
        let response = send::send(session, request).await?;
        return judge(operation, response, item);
    };
    let mut elements = pin!(pages::items(session, request, paging)?);
    let mut all = Vec::new();
    while let Some(element) = elements.try_next().await? {
        if item.is_none() {
            all.push(element);
            continue;
        }
        // The list may be long, and the element on its first page.
        let alone = nested(&paging.items, Value::Array(vec![element.clone()]));
        match judge(operation, Some(alone), item)? {
            Observation::Continue(None) => {}
            Observation::Done(_) => return Ok(Observation::Done(Some(element))),
            observed => return Ok(observed),
        }
    }
    if item.is_some() {
        return Ok(Observation::Continue(None));
    }
    let is_empty = all.is_empty();
    let response = Some(nested(&paging.items, Value::Array(all)));
    match is_empty {
        // Where nothing was begun, nothing is left to be done.
        true => Ok(Observation::Done(response)),
        false => judge(operation, response, None),
    }
}

fn judge(
    operation: &Operation,
    response: Option<Value>,
    item: Option<&str>,
) -> Result<Observation<Option<Value>>> {
    let Some(waiter) = &operation.waiter else {
        return Ok(Observation::Done(response));
    };
    let done: Vec<&str> = waiter.done.iter().map(String::as_str).collect();
    let failed: Vec<&str> = waiter.failed.iter().map(String::as_str).collect();
    let path: Vec<Step<'_>> = waiter.path.steps().iter().map(step).collect();
    let meta = WaiterMeta::new(&path).done(&done).failed(&failed);
    let observed = meta.observe_item(&response.as_ref().unwrap_or(&Value::Null), item)?;
    Ok(observed.map(|()| response))
}

/// A step of the description as the runtime has it.
fn step(step: &otcdb_openapi::Step) -> Step<'_> {
    match step {
        otcdb_openapi::Step::Field(name) => Step::Field(name),
        otcdb_openapi::Step::Each(list) => Step::Each(list),
        otcdb_openapi::Step::Choose { list, key } => Step::Choose { list, key },
    }
}

/// A value below the names of a place.
fn nested(place: &str, value: Value) -> Value {
    place
        .rsplit('.')
        .fold(value, |value, name| json!({ name: value }))
}
