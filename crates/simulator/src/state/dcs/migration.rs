//! Migration tasks.

use jiff::Timestamp;
use serde_json::Value;

use super::takes;
use crate::clock::later;
use crate::records::{Deadline, JobStart, Progress};

/// What a migration task is doing.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// The machine of an online migration is being set up.
    Preparing(Deadline),
    /// Backup files are imported.
    Importing(Deadline),
    /// An online migration copies what there is; with whether it then follows what changes.
    Copying(Deadline, bool),
    /// What was going on is being stopped.
    Stopping(Box<Stop>),
}

/// The end of a migration before its time.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    deadline: Deadline,
    /// Per cent of the full migration when it began.
    copied: u64,
    /// What goes on if it fails.
    before: Phase,
}

/// A migration task.
#[derive(Clone, Debug)]
pub(crate) struct Migration {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// `backupfile_import` or `online_migration`.
    pub(crate) kind: &'static str,
    /// Nothing until an online migration is configured.
    pub(crate) method: Option<String>,
    pub(crate) resume_mode: String,
    pub(crate) bandwidth: Option<Value>,
    pub(crate) source: Option<Side>,
    pub(crate) target: Option<Side>,
    /// As sent.
    pub(crate) backup_files: Option<Value>,
    /// VPC, subnet and security group of an online migration.
    pub(crate) network: Option<[String; 3]>,
    pub(crate) created: Timestamp,
    pub(crate) phase: Phase,
}

/// Where data comes from or goes to.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// Nothing for a Redis that is no instance.
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) addresses: String,
}

impl Phase {
    /// What is going on: a stop that failed leaves what was going on before.
    fn present(&self, now: Timestamp) -> &Self {
        match self {
            Self::Stopping(stop) if matches!(stop.deadline.progress(now), Progress::Failed(_)) => {
                &stop.before
            }
            phase => phase,
        }
    }

    /// Per cent of the full migration.
    fn copied(&self, now: Timestamp) -> u64 {
        let deadline = match self {
            Self::Copying(deadline, _) => deadline,
            Self::Stopping(stop) => return stop.copied,
            Self::Preparing(_) | Self::Importing(_) => return 0,
        };
        let part = |end: Timestamp| {
            let whole = takes("migration", "copy").as_secs();
            let left = end.duration_since(now).as_secs();
            let left = u64::try_from(left).unwrap_or(0).min(whole);
            (whole - left) * 100 / whole.max(1)
        };
        match deadline {
            Deadline::EndsAt(end) => part(*end),
            // A failure comes half-way.
            Deadline::FailsAt(end) => part(*end) / 2,
            Deadline::Never => 50,
        }
    }
}

impl Migration {
    /// The documented word for what it is doing. There is none for a machine that is being set up.
    pub(crate) fn status(&self, now: Timestamp) -> &'static str {
        match self.phase.present(now) {
            Phase::Preparing(deadline) => match deadline.progress(now) {
                Progress::UnderWay => "CREATING",
                Progress::Done(_) => "RUNNING",
                Progress::Failed(_) => "FAILED",
            },
            Phase::Importing(deadline) => match deadline.progress(now) {
                Progress::UnderWay => "MIGRATING",
                Progress::Done(_) => "SUCCESS",
                Progress::Failed(_) => "FAILED",
            },
            Phase::Copying(deadline, follows) => match deadline.progress(now) {
                Progress::UnderWay => "FULLMIGRATING",
                Progress::Done(_) if *follows => "INCRMIGRATING",
                Progress::Done(_) => "SUCCESS",
                Progress::Failed(_) => "MIGRATION_FAILED",
            },
            Phase::Stopping(stop) => match stop.deadline.progress(now) {
                Progress::Done(_) => "TERMINATED",
                Progress::UnderWay | Progress::Failed(_) => "TERMINATING",
            },
        }
    }

    /// Whether data is on its way.
    pub(crate) fn moves(&self, now: Timestamp) -> bool {
        matches!(
            self.status(now),
            "MIGRATING" | "FULLMIGRATING" | "INCRMIGRATING"
        )
    }

    /// Whether it is over or has not begun, so that it can be deleted.
    pub(crate) fn rests(&self, now: Timestamp) -> bool {
        !self.moves(now) && !matches!(self.status(now), "CREATING" | "TERMINATING")
    }

    /// When its present phase ended.
    pub(crate) fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        let deadline = match self.phase.present(now) {
            Phase::Preparing(_) => return None,
            // What follows changes ends only when it is stopped, unless copying failed before.
            Phase::Copying(deadline, true) => match deadline.progress(now) {
                Progress::Failed(_) => deadline,
                Progress::Done(_) | Progress::UnderWay => return None,
            },
            Phase::Importing(deadline) | Phase::Copying(deadline, false) => deadline,
            Phase::Stopping(stop) => &stop.deadline,
        };
        match deadline.progress(now) {
            Progress::Done(end) | Progress::Failed(end) => Some(end),
            Progress::UnderWay => None,
        }
    }

    /// Per cent of the full migration. What failed or was stopped stays at what it came to.
    pub(crate) fn copied(&self, now: Timestamp) -> u64 {
        self.phase.present(now).copied(now)
    }

    /// Begins to stop, with what `begin` says of that work. What is stopping or has been stopped stays so.
    pub(crate) fn stop(&mut self, now: Timestamp, begin: impl FnOnce() -> JobStart) -> bool {
        if !self.moves(now) {
            return matches!(self.status(now), "TERMINATING" | "TERMINATED");
        }
        let before = self.phase.present(now).clone();
        self.phase = Phase::Stopping(Box::new(Stop {
            deadline: begin().deadline(takes("migration", "stop")),
            copied: before.copied(now),
            before,
        }));
        true
    }

    /// When the machine of an online migration is given back, two days after the end.
    pub(crate) fn released(&self, now: Timestamp) -> Option<Timestamp> {
        let kept = std::time::Duration::from_secs(48 * 60 * 60);
        self.network.as_ref()?;
        Some(later(self.ended(now)?, kept))
    }
}
