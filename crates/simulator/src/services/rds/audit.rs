//! Audit logs.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::state::{AuditFile, AuditPolicy, Engine};
use super::{Outcome, States, databases, good, instance, nothing, span};
use crate::call::Call;
use crate::engine::list;
use crate::fault::FaultKind;
use crate::log_entries::with_offset;
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Place};

/// The longest span of audit logs that can be asked for.
const AUDIT_SPAN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) fn files(call: &Call<'_>, states: &States) -> Outcome {
    let databases = databases(call, states);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let names = ["start_time", "end_time"];
    let (start, end) = span(call, Place::Query, names, Some(AUDIT_SPAN))?;
    let hidden = usize::from(call.has_fault(FaultKind::StaleList));
    let found: Vec<_> = databases
        .audit_files(&instance.id)
        .into_iter()
        .skip(hidden)
        .filter(|file| file.begin <= end && file.end >= start)
        .collect();
    let describe = |file: AuditFile| {
        let key = call.cloud.key(&instance.id, &file.name);
        let bytes = call.cloud.store.get(&key).map_or(0, |file| file.size());
        // The documented unit is KB, with a fraction; sizes of files fit a float exactly.
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let size = bytes as f64 / 1024.0;
        json!({
            "id": file.id,
            "name": file.name,
            "size": size,
            "begin_time": with_offset(file.begin),
            "end_time": with_offset(file.end),
        })
    };
    list(call, found, describe, &Value::Null)
}

pub(super) fn links(call: &Call<'_>, states: &States) -> Outcome {
    let databases = databases(call, states);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let files = databases.audit_files(&instance.id);
    let ids = call.field_texts("ids");
    if ids.is_empty() {
        return Err(InvalidRequest::value(Place::Body, "ids", "it is empty").into());
    }
    let links = ids
        .into_iter()
        .map(|id| {
            let file = files
                .iter()
                .find(|file| file.id == id)
                .ok_or(ServiceError::NoObject("audit log"))?;
            let key = call.cloud.key(&instance.id, &file.name);
            let link = call.link(&key, call.cloud.options.rds_link_lifetime);
            Ok(format!("http://{link}"))
        })
        .collect::<Result<Vec<String>, ServiceError>>()?;
    good(&json!({ "links": links }))
}

pub(super) fn policy(call: &Call<'_>, states: &States) -> Outcome {
    let databases = databases(call, states);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let keep_days = databases.audit_policy(&instance.id).keep_days;
    good(&json!({ "keep_days": keep_days }))
}

pub(super) fn set_policy(call: &Call<'_>, states: &States) -> Outcome {
    let mut databases = databases(call, states);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let keep_days = call
        .field_number("keep_days")
        .ok_or_else(|| InvalidRequest::value(Place::Body, "keep_days", "no whole number"))?;
    let delete = keep_days == 0 && call.field_truth("reserve_auditlogs") == Some(false);
    if delete {
        for file in databases.audit_files(&instance.id) {
            call.cloud
                .store
                .remove(&call.cloud.key(&instance.id, &file.name));
        }
    }
    let policy = AuditPolicy {
        keep_days,
        files_deleted: delete || databases.audit_policy(&instance.id).files_deleted,
    };
    databases.set_audit_policy(&instance.id, policy);
    nothing(StatusCode::OK)
}
