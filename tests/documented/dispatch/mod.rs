//! Calls and models of the generated clients by name; everything but this file is generated.

#[rustfmt::skip]
mod generated;

use otcdb_core::waiter::Waiter;
use serde_json::Value;

use crate::support::{Arguments, Call, CallError, Model};

pub(crate) use generated::{call, models};

/// The model of a schema.
pub(crate) fn model(service: &str, schema: &str) -> Option<&'static Model> {
    models(service).iter().find(|model| model.name == schema)
}

/// How to call an operation.
#[derive(Clone, Copy)]
pub(crate) enum How<'a> {
    /// Once.
    Send,
    /// Page after page.
    List,
    /// Until work is done, that of the element with an id where there are several.
    Wait(&'a Waiter, &'a str),
}

async fn by_name<C>(
    calls: &[Call<C>],
    client: &C,
    operation: &str,
    arguments: &Arguments<'_>,
    how: How<'_>,
) -> Result<Value, CallError> {
    let call = calls
        .iter()
        .find(|call| call.id == operation)
        .ok_or_else(|| unknown(operation))?;
    match how {
        How::Send => (call.send)(client, arguments).await,
        How::List => {
            let list = call.list.ok_or_else(|| unknown(operation))?;
            list(client, arguments).await
        }
        How::Wait(waiter, id) => {
            let wait = call.wait.ok_or_else(|| unknown(operation))?;
            wait(client, arguments, waiter, id).await
        }
    }
}

fn unknown(operation: &str) -> CallError {
    CallError::UnknownOperation(operation.to_owned())
}
