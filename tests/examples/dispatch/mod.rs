//! Calls and models of the generated clients by name; everything but this file is generated.

#[rustfmt::skip]
mod dcs;
#[rustfmt::skip]
mod iam;
#[rustfmt::skip]
mod rds;

use otcdb_core::Session;
use serde_json::Value;

use crate::support::{Arguments, CallError, Model};

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

/// Calls an operation of a service.
pub(crate) async fn call(
    service: &str,
    session: &Session,
    operation: &str,
    arguments: &Arguments<'_>,
) -> Result<Value, CallError> {
    match service {
        "dcs" => {
            let client = otcdb_dcs::Client::connect(session);
            dcs::call(&client, operation, arguments).await
        }
        "iam" => {
            let client = otcdb_iam::Client::connect(session);
            iam::call(&client, operation, arguments).await
        }
        "rds" => {
            let client = otcdb_rds::Client::connect(session);
            rds::call(&client, operation, arguments).await
        }
        other => Err(CallError::UnknownOperation(format!("{other}/{operation}"))),
    }
}
