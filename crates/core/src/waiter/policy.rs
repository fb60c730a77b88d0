//! How often work is asked after.

use std::time::Duration;

/// How often to ask, and for how long. There is no jitter: one caller asks about one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PollPolicy {
    /// From the end of one question to the start of the next.
    pub interval: Duration,
    /// In all, from the first question; [`Duration::MAX`] is no limit.
    pub deadline: Duration,
    /// How many transient errors in a row are passed over. These are errors that were left after the retries of
    /// the call itself.
    pub transient_errors: u32,
}

impl Default for PollPolicy {
    /// Every 5 seconds for half an hour, passing over 3 errors in a row.
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            deadline: Duration::from_secs(30 * 60),
            transient_errors: 3,
        }
    }
}

impl PollPolicy {
    /// Sets [`interval`](Self::interval).
    #[must_use]
    pub fn interval(mut self, pause: Duration) -> Self {
        self.interval = pause;
        self
    }

    /// Sets [`deadline`](Self::deadline).
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// Sets [`transient_errors`](Self::transient_errors).
    #[must_use]
    pub fn transient_errors(mut self, count: u32) -> Self {
        self.transient_errors = count;
        self
    }
}
