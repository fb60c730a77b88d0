//! Operations of the database service.

mod backups;
mod functions;
mod instances;
mod logs;
mod major_versions;
mod parameters;
mod plant;
mod state;

use std::sync::MutexGuard;
use std::time::Duration;

use jiff::Timestamp;
use otcdb_core::sync::unpoisoned;

use super::{Handler, Outcome, States, good, tags_of};
use crate::call::{Call, CallError};
use crate::clock::later;
use crate::engine::{self, Context};
use crate::model::{self, Models};
use crate::service_error::{self, ServiceError};
use crate::spec::{InvalidRequest, Place, Service};
use crate::times::TimeForm;
pub(super) use functions::{by_model, check, entries};
pub(super) use plant::plant;
pub(crate) use state::Databases;
pub use state::{DatabaseInstance, Engine};

/// What no model carries out.
pub(super) const HANDLERS: &[(&str, Handler)] = &[
    ("BatchDeleteManualBackup", backups::delete_some),
    ("ListProjectTags", instances::project_tags),
    ("ListSlowLogStatisticsForLts", logs::statistics_for_lts),
    ("ListSlowlogStatistics", logs::statistics),
];

/// What an operation of the service is about.
type Scene<'a> = Context<'a, Databases>;

/// A value, or why the request is refused.
type Valued = Result<Option<serde_json::Value>, CallError>;

fn models() -> &'static Models {
    model::of(Service::Rds)
}

/// The state, with everything that has ended by now in effect.
fn databases<'a>(call: &Call<'_>, states: &'a States) -> MutexGuard<'a, Databases> {
    let mut databases = unpoisoned(states.databases.lock());
    for (_, id) in engine::settle(models(), &mut *databases, call.now()) {
        call.cloud.remove_files(&id);
    }
    databases
}

/// Refuses with a documented code what does not hold.
fn hold(holds: bool, code: &str) -> Result<(), CallError> {
    match holds {
        true => Ok(()),
        false => {
            let error = service_error::documented(Service::Rds, code);
            let error = error.map_or(ServiceError::Internal, ServiceError::DocumentedError);
            Err(error.into())
        }
    }
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
        .filter(|_| call.in_project_with_instances())
        .and_then(|id| databases.instance(id))
        .ok_or(ServiceError::NoInstance)?;
    match engines.contains(&instance.engine) {
        true => Ok(instance),
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
