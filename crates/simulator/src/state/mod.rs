//! What the simulated services remember.

pub(crate) mod dcs;
pub(crate) mod entries;
pub(crate) mod iam;
pub(crate) mod rds;

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::later;

/// How asynchronous work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// Done at this time.
    EndsAt(Timestamp),
    /// Given up at this time.
    FailsAt(Timestamp),
    /// Goes on for ever.
    Stuck,
}

/// What fault injection wants of work that is about to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    #[default]
    Good,
    Fails,
    Stuck,
}

/// How far work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    UnderWay,
    Done(Timestamp),
    Failed(Timestamp),
}

impl Course {
    pub(crate) fn new(now: Timestamp, takes: Duration, fate: Fate) -> Self {
        match fate {
            Fate::Good => Self::EndsAt(later(now, takes)),
            Fate::Fails => Self::FailsAt(later(now, takes)),
            Fate::Stuck => Self::Stuck,
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
