//! What a call was given so far.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;

use crate::operation::{OperationMeta, Parameter};
use crate::redact;
use crate::session::ServiceSession;

/// The arguments of a call, with the client that is to send it.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) client: ServiceSession,
    pub(super) operation: &'static OperationMeta,
    /// The values of each parameter, in the order of the operation's; none for one that was not given.
    pub(super) values: Vec<Vec<String>>,
    pub(super) body: Option<Bytes>,
    /// Whether a body was given that is none; it is no missing one.
    pub(super) has_unwritable_body: bool,
    pub(super) page_size: Option<u32>,
    /// What is wrong with the body, or with names.
    pub(super) problems: Vec<String>,
}

impl Given {
    pub(super) fn new(client: ServiceSession, operation: &'static OperationMeta) -> Self {
        Self {
            client,
            operation,
            values: vec![Vec::new(); operation.parameters.len()],
            body: None,
            has_unwritable_body: false,
            page_size: None,
            problems: Vec::new(),
        }
    }

    pub(super) fn set(&mut self, name: &str, values: Vec<String>) {
        let found = self.operation.parameter(name);
        match found.and_then(|(index, _)| self.values.get_mut(index)) {
            Some(slot) => *slot = values,
            None => self.problems.push(format!("there is no parameter {name}")),
        }
    }

    pub(super) fn set_body(&mut self, body: &impl Serialize) {
        match serde_json::to_vec(body) {
            Ok(body) => self.body = Some(body.into()),
            Err(_) => {
                self.has_unwritable_body = true;
                let problem = "the body cannot be written as JSON";
                self.problems.push(problem.to_owned());
            }
        }
    }

    /// Each parameter with its values.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static Parameter, &[String])> {
        let values = self.values.iter().map(Vec::as_slice);
        self.operation.parameters.iter().zip(values)
    }

    /// The value of a parameter, if it was given one.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let (index, _) = self.operation.parameter(name)?;
        self.values.get(index)?.first().map(String::as_str)
    }
}

/// Operation and arguments. Secrets are hidden.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.operation.id());
        for (parameter, values) in self.parameters() {
            match values {
                [] => {}
                _ if parameter.secret => {
                    shown.field(parameter.setter, &"[secret]");
                }
                [value] => {
                    shown.field(parameter.setter, &redact::values(value));
                }
                values => {
                    shown.field(parameter.setter, &values);
                }
            }
        }
        if let Some(body) = &self.body {
            shown.field("body", &format_args!("{}", redact::body(body, 2000)));
        }
        shown.finish()
    }
}
