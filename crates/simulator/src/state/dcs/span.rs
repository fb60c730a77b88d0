//! How work goes on that waits for a moment first: backups, restorations and analyses.

use jiff::Timestamp;

use super::tasks::Begin;
use super::timing::Takes;
use crate::clock::later;
use crate::state::{Course, Fate, Progress};

/// Work that waits for a moment, then goes on, then ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) created: Timestamp,
    pub(crate) started: Timestamp,
    pub(crate) course: Course,
}

/// How far such work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting,
    Running,
    Done(Timestamp),
    Failed(Timestamp),
}

impl Span {
    pub(crate) fn new(begin: Begin, takes: Takes) -> Self {
        let started = later(begin.now, Takes::Wait.time());
        Self {
            created: begin.now,
            started,
            course: Course::new(started, takes.time(), begin.fate),
        }
    }

    /// Work that went well and ended a while ago.
    pub(crate) fn past(created: Timestamp, takes: Takes) -> Self {
        let started = later(created, Takes::Wait.time());
        Self {
            created,
            started,
            course: Course::new(started, takes.time(), Fate::Good),
        }
    }

    pub(crate) fn stage(&self, now: Timestamp) -> Stage {
        match self.course.progress(now) {
            Progress::Done(end) => Stage::Done(end),
            Progress::Failed(end) => Stage::Failed(end),
            Progress::UnderWay if now < self.started => Stage::Waiting,
            Progress::UnderWay => Stage::Running,
        }
    }

    pub(crate) fn under_way(&self, now: Timestamp) -> bool {
        matches!(self.stage(now), Stage::Waiting | Stage::Running)
    }

    /// Per cent, with two digits after the point.
    pub(crate) fn progress(&self, now: Timestamp) -> String {
        let end = match self.course {
            Course::EndsAt(end) | Course::FailsAt(end) => end,
            // Work that never ends stays at half.
            Course::Stuck if now >= self.started => return "50.00".to_owned(),
            Course::Stuck => return "0.00".to_owned(),
        };
        let whole = end.duration_since(self.started).as_secs_f64();
        // A failure shows how far it came.
        let most = if matches!(self.course, Course::FailsAt(_)) {
            0.5
        } else {
            1.0
        };
        let part = match whole > 0.0 {
            true => now.duration_since(self.started).as_secs_f64() / whole,
            false => 1.0,
        };
        format!("{:.2}", part.clamp(0.0, 1.0) * most * 100.0)
    }

    /// When something last changed.
    pub(crate) fn updated(&self, now: Timestamp) -> Timestamp {
        match self.stage(now) {
            Stage::Waiting => self.created,
            Stage::Running => self.started,
            Stage::Done(end) | Stage::Failed(end) => end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::Seed;

    #[test]
    fn work_waits_runs_and_ends() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let begin = Begin {
            seed: Seed(1),
            now,
            fate: Fate::Good,
        };
        let span = Span::new(begin, Takes::Backup);
        let after = |seconds| later(now, std::time::Duration::from_secs(seconds));
        assert_eq!(
            (span.stage(now), span.progress(now)),
            (Stage::Waiting, "0.00".to_owned())
        );
        assert_eq!(
            (span.stage(after(5)), span.progress(after(5))),
            (Stage::Running, "50.00".to_owned())
        );
        assert_eq!(
            (span.stage(after(9)), span.progress(after(9))),
            (Stage::Done(after(9)), "100.00".to_owned())
        );
        let stuck = Span::new(
            Begin {
                fate: Fate::Stuck,
                ..begin
            },
            Takes::Backup,
        );
        assert_eq!(stuck.stage(after(9_999)), Stage::Running);
    }
}
