//! The calls of a service that only read.

use std::collections::BTreeSet;

use http::Method;
use otcdb_bundles::bundle;
use otcdb_core::{Error, ErrorKind, Result, Service, Session};
use otcdb_openapi::Operation;

use super::found::{Found, Thing};
use super::values;
use crate::console::Console;
use crate::operations::send;

/// The calls of a service.
pub(super) struct Visit<'a> {
    session: &'a Session,
    service: Service,
    each: usize,
    found: Found,
    /// Operations that have not been called yet.
    left: Vec<&'static Operation>,
    unanswered: Vec<(&'static Operation, ErrorKind)>,
}

/// What came of them.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) service: Service,
    /// Operations that were not called, with the parameters for which nothing was found.
    pub(super) left: Vec<(&'static Operation, Vec<String>)>,
    /// Calls without a response, with the kind of the error.
    pub(super) unanswered: Vec<(&'static Operation, ErrorKind)>,
}

impl<'a> Visit<'a> {
    /// # Errors
    /// The service's description cannot be read, which is a fault of the build.
    pub(super) fn new(session: &'a Session, service: Service, each: usize) -> Result<Self> {
        let description = bundle(service.as_str())
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        let reads = |operation: &&Operation| {
            operation.method == Method::GET && operation.destroys.is_none()
        };
        let left: Vec<_> = description.operations.iter().filter(reads).collect();
        let names = left.iter().flat_map(|one| values::to_be_found(one));
        let wanted: BTreeSet<String> = names.map(ToOwned::to_owned).collect();
        Ok(Self {
            session,
            service,
            each,
            found: Found::new(&description.operations, wanted),
            left,
            unanswered: Vec::new(),
        })
    }

    /// Makes the calls, over and over, until nothing is found any more that another operation needs.
    pub(super) async fn make(&mut self, console: &Console) {
        loop {
            let mut later = Vec::new();
            let before = self.left.len();
            // Those that need little tell of what others need.
            self.left.sort_by_key(|one| values::to_be_found(one).len());
            for operation in self.left.clone() {
                let names = values::to_be_found(operation);
                let things = self.found.with(&names, self.each);
                if things.is_empty() {
                    later.push(operation);
                }
                for thing in &things {
                    self.ask(operation, thing, console).await;
                }
                self.left
                    .retain(|one| one.id != operation.id || things.is_empty());
            }
            if later.len() == before || later.is_empty() {
                return;
            }
        }
    }

    async fn ask(&mut self, operation: &'static Operation, thing: &Thing, console: &Console) {
        for request in values::requests(operation, thing) {
            console.note(&format!("{} {}", self.service, operation.id));
            match send(self.session, &request).await {
                Ok(Some(response)) => self.found.learn(operation, thing, &response),
                Ok(None) => {}
                // What has come is judged by the recording.
                Err(error) if error.status().is_some() => {}
                Err(error) => self.unanswered.push((operation, error.kind())),
            }
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        let left = self.left.into_iter().map(|operation| {
            let names = values::to_be_found(operation).into_iter();
            let missing = names.filter(|name| self.found.with(&[name], 1).is_empty());
            (operation, missing.map(ToOwned::to_owned).collect())
        });
        Outcome {
            service: self.service,
            left: left.collect(),
            unanswered: self.unanswered,
        }
    }
}
