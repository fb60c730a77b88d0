//! Operations of the Redis service.

mod analysis;
mod backups;
mod catalog;
mod diagnosis;
mod flavors;
mod functions;
mod instances;
mod known;
mod login;
mod logs;
mod management;
mod migration;
mod nodes;
mod order;
mod parameters;
mod resize;
mod schedules;
mod security;
mod state;
mod tags;
mod topology;

use std::sync::MutexGuard;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use otcdb_core::sync::unpoisoned;
use serde_json::{Value, json};

use super::{Handler, States, good, nothing};
use crate::call::{Call, CallError};
use crate::engine::{self, Context};
use crate::model::{self, Models};
use crate::records::{Job, JobOutcome, Record};
use crate::service_error::{self, ServiceError};
use crate::spec::{InvalidRequest, Place, Service};
pub use flavors::RedisKind;
pub(super) use functions::{by_model, check, entries, plant};
use state::INSTANCE;
pub(crate) use state::Redis;
pub use topology::{RedisInstance, Replica};

/// What no model carries out.
pub(super) const HANDLERS: &[(&str, Handler)] = &[
    ("BatchCreateOrDeleteTags", tags::act),
    ("BatchDeleteInstances", instances::delete_some),
    ("BatchShowNodesInformation", nodes::of_all),
    ("BatchStopMigrationTasks", migration::stop_some),
    ("CreateRedislog", logs::collect),
    ("DeleteIpFromDomainName", nodes::remove_ip),
    ("DeleteMigrationTask", migration::delete),
    ("ListAvailableZones", catalog::zones),
    ("ListFlavors", catalog::flavors),
    ("ListGroupReplicationInfo", nodes::groups),
    ("ListMonitoredObjects", nodes::monitored),
    (
        "ListMonitoredObjectsOfInstance",
        nodes::monitored_of_instance,
    ),
    ("ListStatisticsOfRunningInstances", management::statistics),
    ("ListTagsOfTenant", tags::of_tenant),
    ("ResetPassword", management::reset_password),
    ("ResizeInstance", resize::resize),
    ("RestartOrFlushInstances", management::restart_or_flush),
    ("ShowQuotaOfTenant", catalog::quotas),
    ("ShowTags", tags::of_instance),
    ("UpdateConfigurations", parameters::update),
    ("UpdatePassword", management::change_password),
    ("UpdateSlavePriority", nodes::set_priority),
];

/// What an operation of the service is about.
type Scene<'a> = Context<'a, Redis>;

/// A value, or why the request is refused.
type Valued = Result<Option<Value>, CallError>;

fn models() -> &'static Models {
    model::of(Service::Dcs)
}

/// The state, with everything that has ended by now in effect.
fn redis<'a>(call: &Call<'_>, states: &'a States) -> MutexGuard<'a, Redis> {
    let mut redis = lock(states);
    functions::plant_missing(call, &mut redis);
    redis.settle(call.now());
    redis
}

fn lock(states: &States) -> MutexGuard<'_, Redis> {
    unpoisoned(states.redis.lock())
}

/// The instances of the project that the call is about: only the main one has any.
fn instances<'a>(call: &Call<'_>, redis: &'a Redis) -> Vec<&'a Record> {
    let is_main = call.in_project_with_instances();
    redis.instances().filter(|_| is_main).collect()
}

/// The instance in the path.
fn find<'a>(call: &Call<'_>, redis: &'a Redis) -> Result<&'a Record, CallError> {
    let id = call
        .params
        .text("instance_id")
        .filter(|_| call.in_project_with_instances());
    let found = id.and_then(|id| redis.instance(id));
    found.ok_or_else(|| refuse("DCS.3022"))
}

/// Whether an instance is in a state in which it can be changed: `idle`, or `quiet` if no backup of it may be under way
/// either.
fn is_ready(
    call: &Call<'_>,
    redis: &Redis,
    instance: &Record,
    guard: &str,
) -> Result<(), CallError> {
    let about = (INSTANCE, instance);
    engine::guard(call, models(), functions::FUNCTIONS, about, guard, redis)
}

/// The instance in the path, if it is in a state in which it can be changed.
fn ready<'a>(call: &Call<'_>, redis: &'a Redis, guard: &str) -> Result<&'a Record, CallError> {
    let instance = find(call, redis)?;
    is_ready(call, redis, instance, guard)?;
    Ok(instance)
}

/// How long a job waits and takes, as the model of its resource has it.
fn times(call: &Call<'_>, resource: &str, job: &str) -> (Duration, Duration) {
    let job = models().job(resource, job);
    job.map_or_else(Default::default, |job| {
        engine::times(job, &call.cloud.options)
    })
}

/// A job that begins with this call. Faults of jobs count with it: it is asked for only when the job is sure to begin,
/// so that no call that is refused uses them up.
fn job(call: &Call<'_>, resource: &str, name: &str) -> Job {
    Job::new(
        name,
        call.now(),
        times(call, resource, name),
        call.outcome(),
    )
}

/// The job of a change that the response itself reports, and which is in effect at once. No fault concerns it: a task
/// that failed would contradict what the instance then is.
fn at_once(call: &Call<'_>) -> Job {
    let times = times(call, INSTANCE, "change");
    Job::new("change", call.now(), times, JobOutcome::Good)
}

/// The refusal with a documented code.
fn refuse(code: &str) -> CallError {
    let error = service_error::documented(Service::Dcs, code);
    error
        .map_or(ServiceError::Internal, ServiceError::DocumentedError)
        .into()
}

/// Refuses with a documented code what does not hold.
fn hold(holds: bool, code: &str) -> Result<(), CallError> {
    match holds {
        true => Ok(()),
        false => Err(refuse(code)),
    }
}

/// A member of the body that the service refuses.
fn bad_field(name: &str, why: &str) -> CallError {
    InvalidRequest::value(Place::Body, name, why).into()
}

/// What becomes of several things that a call is about: their ids, each with whether the work is done.
fn of_each(name: &str, ids: &[impl AsRef<str>], mut act: impl FnMut(&str) -> bool) -> Value {
    let ids = ids.iter().map(AsRef::as_ref);
    ids.map(|id| json!({ name: id, "result": if act(id) { "success" } else { "failed" } }))
        .collect()
}

/// A time such as `2019-05-10T08:31:16.166Z`.
fn moment(time: Timestamp) -> String {
    static FORM: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    FORM.timestamp_to_string(&time)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_code_that_is_written_here_is_documented() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/services/dcs");
        let mut codes = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for rest in text.split("\"DCS.").skip(1) {
                let Some((number, _)) = rest.split_once('"').filter(|(text, _)| text.len() == 4)
                else {
                    continue;
                };
                let code = format!("DCS.{number}");
                assert!(
                    service_error::documented(Service::Dcs, &code).is_some(),
                    "{code}"
                );
                codes += 1;
            }
        }
        assert!(codes > 30);
    }
}
