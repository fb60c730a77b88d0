//! Operations of the Redis service, by the documentation's sections.

mod analysis;
mod backups;
mod catalog;
mod deletion;
mod diagnosis;
mod documented;
mod instances;
mod lifecycle;
mod logs;
mod management;
mod migration;
mod monitored;
mod parameters;
mod resize;
mod schedules;
mod security;
mod shards;
mod tags;
mod tasks;
mod templates;

use std::sync::{MutexGuard, PoisonError};

use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Handler, Outcome, page};
use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::problem::{Documented, Problem, dcs as refusals};
use crate::spec::{Invalid, Place};
use crate::state::Fate;
use crate::state::dcs::Redis;
use crate::state::dcs::flavors::Mode;
use crate::state::dcs::instance::Instance;
use crate::state::dcs::tasks::Begin;
pub(crate) use logs::describe_command;

/// What has state.
pub(super) const HANDLERS: [(&str, Handler); 73] = [
    ("BatchCreateOrDeleteTags", tags::act),
    ("BatchDeleteInstances", deletion::delete_some),
    ("BatchShowNodesInformation", shards::nodes),
    ("BatchStopMigrationTasks", migration::stop_some),
    ("ChangeMasterStandby", management::swap),
    ("CopyInstance", backups::create),
    ("CreateAutoExpireScanTask", analysis::scan_expired_keys),
    ("CreateBigkeyScanTask", analysis::scan_big_keys),
    ("CreateCustomTemplate", templates::create),
    ("CreateHotkeyScanTask", analysis::scan_hot_keys),
    ("CreateInstance", lifecycle::create),
    ("CreateMigrationTask", migration::import),
    ("CreateOnlineMigrationTask", migration::prepare),
    ("CreateRedislog", logs::collect),
    ("CreateRedislogDownloadLink", logs::link),
    ("DeleteBackgroundTask", tasks::delete),
    ("DeleteBackupFile", backups::delete),
    ("DeleteBigkeyScanTask", analysis::delete_big_keys),
    ("DeleteCenterTask", tasks::delete_of_center),
    ("DeleteHotkeyScanTask", analysis::delete_hot_keys),
    ("DeleteIpFromDomainName", shards::remove_ip),
    ("DeleteMigrationTask", migration::delete),
    ("DeleteSingleInstance", deletion::delete),
    ("DownloadSSLCert", security::certificate),
    ("ListAvailableZones", catalog::zones),
    ("ListBackgroundTask", tasks::list),
    ("ListBackupFileLinks", backups::links),
    ("ListBackupRecords", backups::list),
    ("ListBigkeyScanTasks", analysis::list_big_keys),
    ("ListConfigHistories", parameters::histories),
    ("ListConfigTemplates", templates::list),
    ("ListConfigurations", parameters::list),
    ("ListDiagnosisTasks", diagnosis::list),
    ("ListFlavors", catalog::flavors),
    ("ListGroupReplicationInfo", shards::groups),
    ("ListHotKeyScanTasks", analysis::list_hot_keys),
    ("ListInstances", instances::list),
    ("ListMigrationTask", migration::list),
    ("ListMonitoredObjects", monitored::instances),
    ("ListMonitoredObjectsOfInstance", monitored::nodes),
    ("ListRedislog", logs::list_run_logs),
    ("ListRestoreRecords", backups::list_restores),
    ("ListSlowlog", logs::slow_log),
    ("ListStatisticsOfRunningInstances", management::statistics),
    ("ListTagsOfTenant", tags::of_tenant),
    ("ResetPassword", management::reset_password),
    ("ResizeInstance", resize::resize),
    ("RestartOrFlushInstances", management::restart_or_flush),
    ("RestoreInstance", backups::restore),
    ("SetOnlineMigrationTask", migration::configure),
    ("ShowBigkeyAutoscanConfig", analysis::big_keys_schedule),
    ("ShowBigkeyScanTaskDetails", analysis::show_big_keys),
    ("ShowDiagnosisTaskDetails", diagnosis::show),
    ("ShowHotkeyAutoscanConfig", analysis::hot_keys_schedule),
    ("ShowHotkeyTaskDetails", analysis::show_hot_keys),
    ("ShowInstance", instances::show),
    ("ShowInstanceSSLDetail", security::ssl),
    ("ShowIpWhitelist", security::whitelist),
    ("ShowJobInfo", tasks::job),
    ("ShowMigrationTask", migration::show),
    ("ShowMigrationTaskStats", migration::stats),
    ("ShowQuotaOfTenant", catalog::quotas),
    ("ShowTags", tags::of_instance),
    ("StopMigrationTask", migration::stop),
    (
        "UpdateBigkeyAutoscanConfig",
        analysis::set_big_keys_schedule,
    ),
    ("UpdateConfigurations", parameters::update),
    (
        "UpdateHotkeyAutoScanConfig",
        analysis::set_hot_keys_schedule,
    ),
    ("UpdateInstance", lifecycle::update),
    ("UpdateIpWhitelist", security::set_whitelist),
    ("UpdateMigrationTask", migration::reconnect),
    ("UpdatePassword", management::change_password),
    ("UpdateSSLSwitch", security::set_ssl),
    ("UpdateSlavePriority", shards::set_priority),
];

/// Where the documentation gives no default.
const LIMIT: u64 = 10;

/// The state, with everything that has ended by now in effect.
fn redis<'a>(call: &Call<'a>) -> MutexGuard<'a, Redis> {
    let redis = call.world.redis.lock();
    let mut redis = redis.unwrap_or_else(PoisonError::into_inner);
    redis.settle(call.now());
    redis
}

/// The instance in the path.
fn find<'a>(call: &Call<'_>, redis: &'a Redis) -> Result<&'a Instance, Problem> {
    instance_id(call)
        .and_then(|id| redis.instance(id))
        .ok_or(Problem::NoInstance)
}

/// Whether things can be made in the project: only the main one has any, and what is made for another would be shown
/// there.
fn makes_things(call: &Call<'_>) -> Result<(), Problem> {
    match call.in_main_project() {
        true => Ok(()),
        false => Err(Problem::Forbidden("this project of the simulator is empty")),
    }
}

fn find_mut<'a>(call: &Call<'_>, redis: &'a mut Redis) -> Result<&'a mut Instance, Problem> {
    instance_id(call)
        .and_then(|id| redis.instance_mut(id))
        .ok_or(Problem::NoInstance)
}

fn instance_id<'a>(call: &'a Call<'_>) -> Option<&'a str> {
    call.params
        .text("instance_id")
        .filter(|_| call.in_main_project())
}

/// Work that begins with this call. Faults of work count with it: it is asked for only when the work is sure to begin,
/// so that no call that is refused uses them up.
fn begin(call: &Call<'_>) -> Begin {
    Begin {
        seed: call.world.seed,
        now: call.now(),
        fate: call.fate(),
    }
}

/// The background task of a change that the answer itself reports, and which is in effect at once. No fault concerns
/// it: a task that failed would contradict what the instance then is.
fn at_once(call: &Call<'_>) -> Begin {
    Begin {
        seed: call.world.seed,
        now: call.now(),
        fate: Fate::Good,
    }
}

/// Whether the code of a flavor goes with the capacity, for an instance with so many nodes per shard.
fn fits(mode: Mode, code: &str, capacity: f64, copies: usize) -> Result<(), Refusal> {
    match mode.is_code(code, capacity, copies) || documented::is_code(code, capacity) {
        true => Ok(()),
        false => Err(refuse(refusals::SPEC_CODE)),
    }
}

/// Whether the instance runs and nothing is done to it as a whole; else the documented error.
fn idle(instance: &Instance) -> Result<(), Refusal> {
    match instance.status() {
        "RUNNING" if instance.job.is_none() => Ok(()),
        "CREATING" => Err(refuse(refusals::CREATING)),
        "RESTARTING" => Err(refuse(refusals::RESTARTING)),
        "EXTENDING" => Err(refuse(refusals::EXTENDING)),
        "RESTORING" => Err(refuse(refusals::RESTORING)),
        _ => Err(refuse(refusals::STATE)),
    }
}

/// The same, and no backup is being made.
fn quiet(instance: &Instance, now: Timestamp) -> Result<(), Refusal> {
    idle(instance)?;
    match instance.backing_up(now) {
        true => Err(refuse(refusals::BACKING_UP)),
        false => Ok(()),
    }
}

fn refuse(error: Documented) -> Refusal {
    Problem::Documented(error).into()
}

/// A member of the body that the service refuses.
fn bad_field(name: &str, why: &str) -> Refusal {
    Invalid::value(Place::Body, name, why).into()
}

/// A path parameter that names nothing.
fn bad_path(name: &str) -> Refusal {
    Invalid::value(Place::Path, name, "there is no such thing").into()
}

fn field_text<'a>(call: &'a Call<'_>, name: &str) -> Option<&'a str> {
    call.params.field(name).and_then(Value::as_str)
}

/// A list of texts in the body.
fn field_texts<'a>(call: &'a Call<'_>, name: &str) -> Option<Vec<&'a str>> {
    let list = call.params.field(name)?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "every handler ends with it")]
fn good(body: &Value) -> Outcome {
    Ok(Answer::json(StatusCode::OK, body))
}

#[expect(clippy::unnecessary_wraps, reason = "every handler ends with it")]
fn nothing(status: StatusCode) -> Outcome {
    Ok(Answer::empty(status))
}

/// The part of a list that offset and limit ask for.
fn shown<T>(call: &Call<'_>, items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    let offset = call.params.number("offset").unwrap_or(0);
    let limit = call.params.number("limit").unwrap_or(LIMIT);
    page::slice(items, offset, limit)
}

/// A time such as `2019-05-10T08:31:16.166Z`.
fn moment(time: Timestamp) -> String {
    TimeZone::UTC
        .to_datetime(time)
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

/// Two query parameters such as `20170718235959`, as a test of times. Either may be left out.
fn period(
    call: &Call<'_>,
    first: &'static str,
    last: &'static str,
) -> Result<impl Fn(Timestamp) -> bool, Refusal> {
    let time = |name: &'static str| match call.params.text(name) {
        None => Ok(None),
        Some(text) => DateTime::strptime("%Y%m%d%H%M%S", text)
            .and_then(|time| TimeZone::UTC.to_timestamp(time))
            .map(Some)
            .map_err(|_| Invalid::value(Place::Query, name, "no time such as 20170718235959")),
    };
    let (start, end) = (time(first)?, time(last)?);
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        return Err(refuse(refusals::END_BEFORE_START));
    }
    // Whole seconds, so that the last one belongs to it.
    Ok(move |time: Timestamp| {
        start.is_none_or(|start| start.as_second() <= time.as_second())
            && end.is_none_or(|end| time.as_second() <= end.as_second())
    })
}
