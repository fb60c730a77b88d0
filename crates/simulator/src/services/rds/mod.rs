//! Operations of the database service.

mod audit;
mod exports;
mod instances;
mod logs;
mod state;

use std::sync::MutexGuard;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use otcdb_core::sync::unpoisoned;

use super::{Handler, Outcome, States, good, nothing};
use crate::call::{Call, CallError};
use crate::clock::later;
use crate::cloud::Cloud;
use crate::objects::Style;
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Place};
use crate::times::TimeForm;
pub(crate) use logs::{describe_failure, describe_statement};
pub(crate) use state::Databases;
pub use state::{DatabaseInstance, Engine};

/// All operations.
pub(super) const HANDLERS: &[(&str, Handler)] = &[
    ("DownloadErrorlog", exports::error_log),
    ("DownloadSlowlog", exports::slow_log),
    ("ListAuditlogs", audit::files),
    ("ListErrorLogs", logs::error_log),
    ("ListInstances", instances::list_instances),
    ("ListJobInfo", exports::job),
    ("ListSlowLogFile", exports::slow_log_files),
    ("ListSlowLogStatisticsForLts", logs::statistics_for_lts),
    ("ListSlowLogs", logs::slow_log),
    ("ListSlowlogStatistics", logs::statistics),
    ("SetAuditlogPolicy", audit::set_policy),
    ("SetSensitiveSlowLog", logs::set_originals),
    ("ShowAuditlogDownloadLink", audit::links),
    ("ShowAuditlogPolicy", audit::policy),
];

/// Makes what there is from the start: audit logs.
pub(super) fn plant(cloud: &Cloud, states: &States) {
    let databases = databases(states);
    for instance in &databases.instances {
        if instance.engine == Engine::MySql {
            for file in databases.audit_files(&instance.id) {
                let day = TimeZone::UTC.to_datetime(file.begin).date();
                let key = cloud.key(&instance.id, &file.name);
                cloud.store.put(&key, Style::MysqlAudit, day);
            }
        }
    }
}

fn databases(states: &States) -> MutexGuard<'_, Databases> {
    unpoisoned(states.databases.lock())
}

/// The instance in the path, if it has one of these engines.
fn instance(
    call: &Call<'_>,
    databases: &Databases,
    engines: &[Engine],
) -> Result<DatabaseInstance, ServiceError> {
    let instance = call
        .params
        .text("instance_id")
        .filter(|_| call.in_main_project())
        .and_then(|id| databases.instance(id))
        .ok_or(ServiceError::NoInstance)?;
    match engines.contains(&instance.engine) {
        true => Ok(instance.clone()),
        false => Err(ServiceError::OtherEngine),
    }
}

/// Two times, the first one earlier, at most so far apart.
fn span(
    call: &Call<'_>,
    place: Place,
    [first, last]: [&'static str; 2],
    longest: Option<Duration>,
) -> Result<(Timestamp, Timestamp), CallError> {
    let text = |name: &str| match place {
        Place::Body => call.field_text(name),
        _ => call.params.text(name),
    };
    let form = TimeForm::WithOffset;
    let time = |name: &'static str| {
        text(name)
            .and_then(|text| form.read(text))
            .ok_or_else(|| InvalidRequest::value(place, name, form.validation_error()))
    };
    let (start, end) = (time(first)?, time(last)?);
    if end <= start {
        return Err(InvalidRequest::value(place, last, format!("it is not after {first}")).into());
    }
    if longest.is_some_and(|longest| later(start, longest) < end) {
        return Err(
            InvalidRequest::value(place, last, format!("it is too long after {first}")).into(),
        );
    }
    Ok((start, end))
}
