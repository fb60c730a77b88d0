//! Calls and models of the generated clients by name; everything but this file is generated.

#[rustfmt::skip]
mod dcs;
#[rustfmt::skip]
mod iam;
#[rustfmt::skip]
mod rds;

use otcdb_core::Session;
use otcdb_core::waiter::Waiter;
use serde_json::Value;

use crate::support::{Arguments, Call, CallError, Model};

/// The models of a service.
pub(crate) fn models(service: &str) -> &'static [Model] {
    match service {
        "dcs" => dcs::MODELS,
        "iam" => iam::MODELS,
        "rds" => rds::MODELS,
        _ => &[],
    }
}

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

/// Calls an operation of a service.
pub(crate) async fn call(
    service: &str,
    session: &Session,
    operation: &str,
    arguments: &Arguments<'_>,
    how: How<'_>,
) -> Result<Value, CallError> {
    match service {
        "dcs" => {
            let client = otcdb_dcs::Client::connect(session);
            by_name(dcs::CALLS, &client, operation, arguments, how).await
        }
        "iam" => {
            let client = otcdb_iam::Client::connect(session);
            by_name(iam::CALLS, &client, operation, arguments, how).await
        }
        "rds" => {
            let client = otcdb_rds::Client::connect(session);
            by_name(rds::CALLS, &client, operation, arguments, how).await
        }
        _ => Err(unknown(operation)),
    }
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
