//! Operations of the Redis service, by the documentation's sections.

mod analysis;
mod backups;
mod catalog;
mod deletion;
mod diagnosis;
mod documented;
mod functions;
mod instances;
mod kept;
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
mod templates;

use std::sync::MutexGuard;

use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use otcdb_core::sync::unpoisoned;
use serde_json::Value;

use super::{Handler, Outcome};
use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::cloud::Cloud;
use crate::engine::slice;
use crate::problem::{Documented, Problem, dcs as refusals};
use crate::records::{JobOutcome, JobStart};
use crate::spec::{Invalid, Place};
use crate::state::dcs::Redis;
use crate::state::dcs::flavors::Mode;
use crate::state::dcs::instance::Instance;
pub(super) use functions::{by_model, check, plant};
use kept::{is_ready, plant_missing};
pub(crate) use logs::describe_command;

/// What has state.
pub(super) const HANDLERS: &[(&str, Handler)] = &[
    ("BatchCreateOrDeleteTags", tags::act),
    ("BatchDeleteInstances", deletion::delete_some),
    ("BatchShowNodesInformation", shards::nodes),
    ("BatchStopMigrationTasks", migration::stop_some),
    ("CreateInstance", lifecycle::create),
    ("CreateRedislog", logs::collect),
    ("CreateRedislogDownloadLink", logs::link),
    ("DeleteIpFromDomainName", shards::remove_ip),
    ("DeleteMigrationTask", migration::delete),
    ("DownloadSSLCert", security::certificate),
    ("ListAvailableZones", catalog::zones),
    ("ListBackupFileLinks", backups::links),
    ("ListFlavors", catalog::flavors),
    ("ListGroupReplicationInfo", shards::groups),
    ("ListMonitoredObjects", monitored::instances),
    ("ListMonitoredObjectsOfInstance", monitored::nodes),
    ("ListSlowlog", logs::slow_log),
    ("ListStatisticsOfRunningInstances", management::statistics),
    ("ListTagsOfTenant", tags::of_tenant),
    ("ResetPassword", management::reset_password),
    ("ResizeInstance", resize::resize),
    ("RestartOrFlushInstances", management::restart_or_flush),
    ("ShowMigrationTaskStats", migration::stats),
    ("ShowQuotaOfTenant", catalog::quotas),
    ("ShowTags", tags::of_instance),
    ("UpdateConfigurations", parameters::update),
    ("UpdateInstance", lifecycle::update),
    ("UpdatePassword", management::change_password),
    ("UpdateSlavePriority", shards::set_priority),
];

/// Where the documentation gives no default.
const LIMIT: u64 = 10;

/// The state, with everything that has ended by now in effect.
fn redis<'a>(call: &Call<'a>) -> MutexGuard<'a, Redis> {
    let mut redis = lock(call.cloud);
    plant_missing(call, &mut redis);
    redis.settle(call.now());
    redis
}

fn lock(cloud: &Cloud) -> MutexGuard<'_, Redis> {
    unpoisoned(cloud.redis.lock())
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
fn begin(call: &Call<'_>) -> JobStart {
    JobStart {
        now: call.now(),
        outcome: call.outcome(),
    }
}

/// The background task of a change that the answer itself reports, and which is in effect at once. No fault concerns
/// it: a task that failed would contradict what the instance then is.
fn at_once(call: &Call<'_>) -> JobStart {
    JobStart {
        now: call.now(),
        outcome: JobOutcome::Good,
    }
}

/// Whether the code of a flavor goes with the capacity, for an instance with so many nodes per shard.
fn fits(mode: Mode, code: &str, capacity: f64, copies: usize) -> Result<(), Refusal> {
    match mode.is_code(code, capacity, copies) || documented::is_code(code, capacity) {
        true => Ok(()),
        false => Err(refuse(refusals::SPEC_CODE)),
    }
}

/// Whether the instance in the path is in a state in which it can be changed: `idle`, or `quiet` if no backup of it may
/// be under way either.
fn ready(call: &Call<'_>, redis: &Redis, guard: &str) -> Result<(), Refusal> {
    is_ready(call, redis, find(call, redis)?, guard)
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
    slice(items, offset, limit)
}

/// A time such as `2019-05-10T08:31:16.166Z`.
fn moment(time: Timestamp) -> String {
    TimeZone::UTC
        .to_datetime(time)
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}
