//! One gate per service, at which its calls wait while it refuses some for being too many.
//!
//! Without it, each call would find out by itself, and all of them would use up their patience on the same pause. After
//! a pause one call goes first; when it was taken, the others follow one by one, in the order in which they came.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::pace::{Pace, Spacing, Turn};
use crate::error::Error;
use crate::sync::unpoisoned;

#[derive(Debug, Default)]
pub(crate) struct Gate {
    pace: Mutex<Pace>,
    /// Who holds it is the next to go; tokio's mutex is fair.
    queue: tokio::sync::Mutex<()>,
    changed: Notify,
}

impl Gate {
    fn pace(&self) -> MutexGuard<'_, Pace> {
        unpoisoned(self.pace.lock())
    }

    /// Waits for a turn. Dropping the future gives the place up.
    ///
    /// # Errors
    ///
    /// What the service said, if it has let nothing through for `patience`.
    pub(super) async fn enter(&self, patience: Duration) -> Result<Pass<'_>, Box<Error>> {
        let _first = self.queue.lock().await;
        loop {
            let changed = self.changed.notified();
            let turn = self.pace().turn(Instant::now(), patience);
            match turn {
                Turn::Now(round) => return Ok(Pass { gate: self, round }),
                Turn::At(time) => tokio::select! {
                    () = sleep_until(time) => {}
                    () = changed => {}
                },
                Turn::AfterProbe => changed.await,
                Turn::Never(error) => return Err(error),
            }
        }
    }
}

/// Leave for one request. Dropped without a word, it was for nothing.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    round: u64,
}

impl Pass<'_> {
    /// The service took the call, whatever came of it.
    pub(super) fn taken(&self) {
        self.gate.pace().pass(self.round, Instant::now());
        self.gate.changed.notify_waiters();
    }

    /// How many rounds of calls in a row were refused, this one included.
    pub(super) fn refusals(&self) -> u32 {
        self.gate.pace().refusals(self.round)
    }

    /// Whether the service has let nothing through for `patience`, so that nobody is to go on waiting.
    pub(super) fn is_hopeless(&self, patience: Duration) -> bool {
        self.gate.pace().is_hopeless(Instant::now(), patience)
    }

    /// The service refused the call, and all wait for `pause`; also for `asked`, which the service itself wants. Tells
    /// whether this is news.
    pub(super) fn refused(
        &self,
        pause: Duration,
        asked: Option<Duration>,
        spacing: Spacing,
        error: &Error,
    ) -> bool {
        let now = Instant::now();
        let mut pace = self.gate.pace();
        let is_news = pace.refuse(self.round, now, pause, spacing, error);
        if let Some(asked) = asked.filter(|asked| !asked.is_zero()) {
            pace.shut(now, asked);
        }
        drop(pace);
        self.gate.changed.notify_waiters();
        is_news
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.pace().abandon(self.round, Instant::now());
        self.gate.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
