//! What each operation does.

mod databases;
mod dcs;
mod exports;
mod iam;
mod page;
mod rds;

pub(crate) use dcs::{describe_command, refusals};
pub(crate) use rds::{describe_failure, describe_statement};

use axum::http::StatusCode;

use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::spec::Service;

type Outcome = Result<Answer, Refusal>;

/// Carries out one operation.
type Handler = fn(&Call<'_>) -> Outcome;

/// Carries a request out. Operations without state answer as their documented example does.
pub(crate) fn handle(call: &Call<'_>) -> Outcome {
    match (call.operation.service, call.operation.id.as_str()) {
        (Service::Dcs, id) => match dcs::handler(id) {
            Some(handler) => handler(call),
            None => Ok(example(call)),
        },
        (Service::Rds, "ListInstances") => databases::list_instances(call),
        (Service::Rds, "ListErrorLogs") => rds::error_log(call),
        (Service::Rds, "ListSlowLogs") => rds::slow_log(call),
        (Service::Rds, "ListSlowlogStatistics") => rds::statistics(call),
        (Service::Rds, "ListSlowLogStatisticsForLts") => rds::statistics_for_lts(call),
        (Service::Rds, "SetSensitiveSlowLog") => rds::set_originals(call),
        (Service::Rds, "ListSlowLogFile") => exports::slow_log_files(call),
        (Service::Rds, "DownloadSlowlog") => exports::slow_log(call),
        (Service::Rds, "DownloadErrorlog") => exports::error_log(call),
        (Service::Rds, "ListJobInfo") => exports::job(call),
        (Service::Rds, "ListAuditlogs") => databases::audit_files(call),
        (Service::Rds, "ShowAuditlogDownloadLink") => databases::audit_links(call),
        (Service::Rds, "ShowAuditlogPolicy") => databases::audit_policy(call),
        (Service::Rds, "SetAuditlogPolicy") => databases::set_audit_policy(call),
        (Service::Iam, "KeystoneShowVersion") => Ok(iam::version(call)),
        (Service::Iam, "KeystoneCreateUserToken") => iam::token(call),
        (Service::Iam, "KeystoneListProjects") => Ok(iam::projects(call)),
        _ => Ok(example(call)),
    }
}

fn example(call: &Call<'_>) -> Answer {
    let example = &call.operation.example;
    let status = StatusCode::from_u16(example.status).unwrap_or(StatusCode::OK);
    match &example.body {
        Some(body) => Answer::json(status, body),
        None => Answer::empty(status),
    }
}
