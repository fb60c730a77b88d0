//! One operation, as far as the simulator needs it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Method;
use serde_json::Value;

use super::Service;
use super::schema::Schema;

/// An operation of a bundle.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: Service,
    /// The operationId.
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    /// Whether it can be called without proof of identity.
    pub(crate) open: bool,
    /// Whether clients call it again and again until something is done (`x-waiter`).
    pub(crate) polled: bool,
    /// The first documented success.
    pub(crate) example: Example,
    /// Documented 400 bodies by the parameter they are about.
    pub(crate) refusals: HashMap<String, Value>,
    /// Schemas of the documented answers, by status.
    pub(crate) answers: HashMap<u16, Option<Arc<Schema>>>,
}

impl Operation {
    /// Service and operationId, such as `dcs.ListInstances`.
    pub(crate) fn qualified(&self) -> String {
        format!("{}.{}", self.service.name(), self.id)
    }
}

/// A documented answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Example {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// Where something of a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}
