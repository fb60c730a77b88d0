//! Asynchronous jobs, by the driven clock.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::later;

/// What fault injection wants of a job that is about to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum JobOutcome {
    #[default]
    Good,
    Fails,
    Stuck,
}

/// When a job ends, and how.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Deadline {
    /// Done at this time.
    EndsAt(Timestamp),
    /// Given up at this time.
    FailsAt(Timestamp),
    /// Goes on for ever.
    Never,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    UnderWay,
    Done(Timestamp),
    Failed(Timestamp),
}

impl Deadline {
    pub(crate) fn new(now: Timestamp, takes: Duration, outcome: JobOutcome) -> Self {
        match outcome {
            JobOutcome::Good => Self::EndsAt(later(now, takes)),
            JobOutcome::Fails => Self::FailsAt(later(now, takes)),
            JobOutcome::Stuck => Self::Never,
        }
    }

    pub(crate) fn progress(self, now: Timestamp) -> Progress {
        match self {
            Self::EndsAt(end) if end <= now => Progress::Done(end),
            Self::FailsAt(end) if end <= now => Progress::Failed(end),
            _ => Progress::UnderWay,
        }
    }
}

/// A job that may wait for a moment before it begins in earnest.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// Its name in the model of the resource.
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) started: Timestamp,
    pub(crate) deadline: Deadline,
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobStatus {
    Waiting,
    Running,
    Done(Timestamp),
    Failed(Timestamp),
}

impl Job {
    pub(crate) fn new(
        name: &str,
        now: Timestamp,
        (waits, takes): (Duration, Duration),
        outcome: JobOutcome,
    ) -> Self {
        let started = later(now, waits);
        Self {
            name: name.to_owned(),
            created: now,
            started,
            deadline: Deadline::new(started, takes, outcome),
        }
    }

    pub(crate) fn status(&self, now: Timestamp) -> JobStatus {
        match self.deadline.progress(now) {
            Progress::Done(end) => JobStatus::Done(end),
            Progress::Failed(end) => JobStatus::Failed(end),
            Progress::UnderWay if now < self.started => JobStatus::Waiting,
            Progress::UnderWay => JobStatus::Running,
        }
    }

    pub(crate) fn under_way(&self, now: Timestamp) -> bool {
        self.deadline.progress(now) == Progress::UnderWay
    }

    /// When it ended.
    pub(crate) fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        match self.deadline.progress(now) {
            Progress::UnderWay => None,
            Progress::Done(end) | Progress::Failed(end) => Some(end),
        }
    }

    /// When something last changed.
    pub(crate) fn updated(&self, now: Timestamp) -> Timestamp {
        match self.status(now) {
            JobStatus::Waiting => self.created,
            JobStatus::Running => self.started,
            JobStatus::Done(end) | JobStatus::Failed(end) => end,
        }
    }

    /// How much is done, from 0 to 1. A failure comes half-way, and a job that never ends stays there.
    pub(crate) fn done(&self, now: Timestamp) -> f64 {
        let (end, most) = match self.deadline {
            Deadline::EndsAt(end) => (end, 1.0),
            Deadline::FailsAt(end) => (end, 0.5),
            Deadline::Never if now >= self.started => return 0.5,
            Deadline::Never => return 0.0,
        };
        let whole = end.duration_since(self.started).as_secs_f64();
        let part = match whole > 0.0 {
            true => now.duration_since(self.started).as_secs_f64() / whole,
            false => 1.0,
        };
        part.clamp(0.0, 1.0) * most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_waits_runs_and_ends() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let times = (Duration::from_secs(1), Duration::from_secs(8));
        let job = Job::new("make", now, times, JobOutcome::Good);
        let after = |seconds| later(now, Duration::from_secs(seconds));
        let of = |job: &Job, time| (job.status(time), (job.done(time) * 100.0).round() as u64);
        assert_eq!(of(&job, now), (JobStatus::Waiting, 0));
        assert_eq!(of(&job, after(5)), (JobStatus::Running, 50));
        assert_eq!(of(&job, after(9)), (JobStatus::Done(after(9)), 100));
        assert_eq!(job.updated(after(5)), after(1));
        let stuck = Job::new("make", now, times, JobOutcome::Stuck);
        assert_eq!(of(&stuck, after(9_999)), (JobStatus::Running, 50));
        let fails = Job::new("make", now, times, JobOutcome::Fails);
        assert_eq!(of(&fails, after(9)), (JobStatus::Failed(after(9)), 50));
        assert_eq!(fails.ended(after(8)), None);
    }
}
