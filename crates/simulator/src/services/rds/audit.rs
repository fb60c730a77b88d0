//! Audit logs.

use std::time::Duration;

use serde_json::{Value, json};

use super::state::{AuditFile, Engine};
use super::{Databases, Outcome, States, databases, good, instance, span};
use crate::call::Call;
use crate::engine::list;
use crate::fault::FaultKind;
use crate::log_entries::with_offset;
use crate::records::Record;
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

/// The files go with a policy that keeps none.
pub(super) fn delete_files(call: &Call<'_>, databases: &mut Databases, policy: &Record) {
    if policy.fields.get("files_deleted") == Some(&Value::Bool(true)) {
        for file in databases.all_audit_files(&policy.parent) {
            let key = call.cloud.key(&policy.parent, &file.name);
            call.cloud.store.remove(&key);
        }
    }
}
