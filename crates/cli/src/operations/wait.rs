//! Waiting until the work that an operation has begun is done.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;

use futures_util::TryStreamExt as _;
use otcdb_core::waiter::{Observation, PollPolicy, Waiter, WaiterMeta};
use otcdb_core::{Result, Session};
use otcdb_spec::Operation;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::call;
use super::expression::Followed;
use super::pages;
use super::request::Request;
use crate::console::Console;

/// Asks the operation of a followed link until it says that the work is done, and gives its answer: the element that
/// was waited for, where it lists several.
///
/// # Errors
/// The work fails, does not end in time, or the waiting is cancelled; those of the calls.
pub(super) async fn until_done(
    session: &Session,
    started: &Operation,
    followed: &Followed,
    policy: PollPolicy,
    cancel: &CancellationToken,
    console: &Console,
) -> Result<Option<Value>> {
    let Followed { request, item } = followed;
    let ask = || async { observe(session, request, item.as_deref()).await };
    watch(started, policy, cancel, console, ask).await
}

/// Makes the same call until its own answer says that the work is done.
///
/// # Errors
/// As [`until_done`].
pub(super) async fn again(
    session: &Session,
    request: &Request,
    policy: PollPolicy,
    cancel: &CancellationToken,
    console: &Console,
) -> Result<Option<Value>> {
    let ask = || async { observe(session, request, None).await };
    watch(request.operation, policy, cancel, console, ask).await
}

async fn watch<Fut>(
    started: &Operation,
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
                console.note(&format!("{}: {state}", started.id));
                *last.borrow_mut() = Some(state.clone());
            }
            Ok(observed)
        }
    };
    Waiter::new(format!("the work of {}", started.id), policy)
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
    let paging = operation.pagination.as_ref().filter(|paging| {
        // Only where the states are those of the list's elements.
        operation
            .waiter
            .as_ref()
            .is_some_and(|waiter| waiter.field.starts_with(&format!("{}[", paging.items)))
    });
    let Some(paging) = paging else {
        let answer = call::send(session, request).await?;
        return judge(operation, answer, item);
    };
    let mut elements = pin!(pages::items(session, request, paging));
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
    match item {
        Some(_) => Ok(Observation::Continue(None)),
        None => judge(
            operation,
            Some(nested(&paging.items, Value::Array(all))),
            None,
        ),
    }
}

fn judge(
    operation: &Operation,
    answer: Option<Value>,
    item: Option<&str>,
) -> Result<Observation<Option<Value>>> {
    let Some(waiter) = &operation.waiter else {
        return Ok(Observation::Done(answer));
    };

    let done: Vec<&str> = waiter.done.iter().map(String::as_str).collect();
    let failed: Vec<&str> = waiter.failed.iter().map(String::as_str).collect();
    let meta = WaiterMeta {
        field: &waiter.field,
        done: &done,
        failed: &failed,
    };
    let observed = meta.observe_item(&answer.as_ref().unwrap_or(&Value::Null), item)?;
    Ok(match observed {
        Observation::Done(()) => Observation::Done(answer),
        Observation::Continue(state) => Observation::Continue(state),
        Observation::Failed(state) => Observation::Failed(state),
    })
}

/// A value below the names of a place.
fn nested(place: &str, value: Value) -> Value {
    place
        .rsplit('.')
        .fold(value, |value, name| json!({ name: value }))
}
