//! One operation, with what the simulator makes of its description.

use std::collections::HashMap;
use std::ops::Deref;

use otcdb_core::Service;
use serde_json::Value;

/// An operation of a bundle.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its place among the operations of all bundles.
    pub(crate) number: usize,
    described: &'static otcdb_openapi::Operation,
    /// The service.
    pub(crate) service: Service,
    /// Whether clients call it again and again until something is done (`x-waiter`).
    pub(crate) polled: bool,
    /// The first documented success.
    pub(crate) example: Example,
    /// Documented 400 bodies by the parameter they are about.
    pub(crate) refusals: HashMap<String, Value>,
    /// Fields of bodies in which a text may stand for a number, or a number for a text.
    pub(super) loose: Vec<String>,
}

impl Operation {
    pub(crate) fn new(
        number: usize,
        service: Service,
        described: &'static otcdb_openapi::Operation,
        loose: &[String],
    ) -> Self {
        let success = described.successes().next();
        let refusals = described.response(400).into_iter();
        Self {
            number,
            service,
            polled: described.waiter.is_some(),
            example: Example {
                status: success.map_or(200, |response| response.status),
                body: success
                    .and_then(|response| response.examples.first())
                    .map(|example| example.value.clone()),
            },
            refusals: refusals
                .flat_map(|response| &response.examples)
                .filter_map(|example| {
                    let parameter = example.name.strip_prefix("invalid_")?;
                    Some((parameter.to_owned(), example.value.clone()))
                })
                .collect(),
            loose: loose.to_vec(),
            described,
        }
    }
}

impl Deref for Operation {
    type Target = otcdb_openapi::Operation;

    fn deref(&self) -> &Self::Target {
        self.described
    }
}

/// A documented response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Example {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}
