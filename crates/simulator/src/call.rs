//! One request on its way through the simulator.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use otcdb_core::sync::unpoisoned;
use serde_json::Value;

use crate::cloud::Cloud;
use crate::fault::{self, FaultKind};
use crate::objects::Style;
use crate::principal::Principal;
use crate::records::JobOutcome;
use crate::request::Request;
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Operation, Params};

/// A request that is known to keep to its operation, from somebody who may send it.
pub(crate) struct Call<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) request: &'a Request,
    pub(crate) operation: &'a Operation,
    pub(crate) params: Params,
    pub(crate) principal: Principal,
}

/// Why a handler does not do what it is asked.
#[derive(Debug)]
pub(crate) enum CallError {
    ServiceError(ServiceError),
    InvalidRequest(InvalidRequest),
}

impl From<ServiceError> for CallError {
    fn from(problem: ServiceError) -> Self {
        Self::ServiceError(problem)
    }
}

impl From<InvalidRequest> for CallError {
    fn from(invalid: InvalidRequest) -> Self {
        Self::InvalidRequest(invalid)
    }
}

impl Call<'_> {
    /// The time at which the request came.
    pub(crate) fn now(&self) -> Timestamp {
        self.request.now
    }

    /// The project in the path.
    pub(crate) fn project(&self) -> Option<&str> {
        self.params.text("project_id")
    }

    /// Whether the project in the path is one that has instances.
    pub(crate) fn in_project_with_instances(&self) -> bool {
        self.principal == Principal::Anyone
            || self
                .project()
                .is_some_and(|project| self.cloud.accounts.has_instances(project))
    }

    /// Whether a fault of this kind happens to the call.
    pub(crate) fn has_fault(&self, wanted: FaultKind) -> bool {
        self.fault(|kind| kind == wanted).is_some()
    }

    /// Drops what came last from a list that is stale.
    pub(crate) fn drop_latest<T>(&self, items: &mut Vec<T>) {
        if self.has_fault(FaultKind::StaleList) {
            items.pop();
        }
    }

    /// What becomes of the work that this call begins.
    pub(crate) fn outcome(&self) -> JobOutcome {
        match self.fault(|kind| matches!(kind, FaultKind::JobFailed | FaultKind::JobStuck)) {
            Some(FaultKind::JobFailed) => JobOutcome::Fails,
            Some(_) => JobOutcome::Stuck,
            None => JobOutcome::Good,
        }
    }

    fn fault(&self, wanted: impl Fn(FaultKind) -> bool) -> Option<FaultKind> {
        let call = fault::Call {
            operation: Some((self.operation.service, &self.operation.id)),
            path: &self.request.path,
            of_part: false,
        };
        self.cloud.faults.fires(call, wanted)
    }

    /// A text in the body.
    pub(crate) fn field_text(&self, name: &str) -> Option<&str> {
        self.params.field(name)?.as_str()
    }

    /// A list of texts in the body.
    pub(crate) fn field_texts(&self, name: &str) -> Vec<&str> {
        let list = self.params.field(name).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.collect()
    }

    /// A whole number in the body that is not negative.
    pub(crate) fn field_number(&self, name: &str) -> Option<u64> {
        self.params.field(name)?.as_u64()
    }

    /// A truth value in the body.
    pub(crate) fn field_truth(&self, name: &str) -> Option<bool> {
        self.params.field(name)?.as_bool()
    }

    /// A presigned link to a file, which is put where it leads.
    pub(crate) fn file_link(
        &self,
        key: &str,
        style: Style,
        day: Date,
        lifetime: Duration,
    ) -> String {
        self.cloud.store.put(key, style, day);
        format!("http://{}", self.link(key, lifetime))
    }

    /// A presigned link without scheme. If a fault wants it, it has ended already.
    pub(crate) fn link(&self, key: &str, lifetime: Duration) -> String {
        let lifetime = match self.has_fault(FaultKind::ExpiredLink) {
            true => Duration::ZERO,
            false => lifetime,
        };
        let cloud = self.cloud;
        let authority = cloud.addresses.authority(self.operation.service);
        let (link, signature) = cloud.signer.link(&authority, key, self.now(), lifetime);
        let mut signatures = unpoisoned(cloud.link_signatures.lock());
        signatures.insert(signature);
        link
    }
}
