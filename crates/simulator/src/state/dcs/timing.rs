//! How long jobs take that Rust begins, by the simulator's clock. The collection of run logs has its own setting.

use std::time::Duration;

use crate::model;
use crate::spec::Service;

/// The duration of a job, as the model of its resource has it.
pub(crate) fn takes(resource: &str, job: &str) -> Duration {
    let job = model::of(Service::Dcs).job(resource, job);
    job.map_or(Duration::ZERO, |job| job.takes)
}
