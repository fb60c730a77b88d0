//! The simulated cloud's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Tells the simulated cloud the time: when a collection is done, a link or token ends, a signature is stale.
///
/// Clones show the same time. [`advance`](Self::advance) works on every kind of clock; none goes back.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Timestamp,
    pace: Pace,
    /// Nanoseconds that the clock was put forward.
    advanced: AtomicU64,
}

#[derive(Debug)]
enum Pace {
    Flowing { since: Instant, factor: f64 },
    Manual,
    PerPoll(Duration),
}

impl Clock {
    /// Goes with the system's clock or, where tokio's clock is paused, with that: what a test sleeps passes here, too.
    pub fn real() -> Self {
        Self::accelerated(1.0)
    }

    /// Starts at the system's time and then runs `factor` times as fast. A factor that is not a positive number
    /// counts as 1.
    pub fn accelerated(factor: f64) -> Self {
        let factor = if factor.is_finite() && factor > 0.0 {
            factor
        } else {
            1.0
        };
        let since = Instant::now();
        Self::new(system(), Pace::Flowing { since, factor })
    }

    /// Stands still until it is [advanced](Self::advance).
    pub fn manual(start: Timestamp) -> Self {
        Self::new(start, Pace::Manual)
    }

    /// Starts at the system's time, stands still, and moves on by `step` whenever an operation is called that
    /// clients poll, so that a client that polls without a pause still sees its work done.
    pub fn auto(step: Duration) -> Self {
        Self::new(system(), Pace::PerPoll(step))
    }

    fn new(start: Timestamp, pace: Pace) -> Self {
        Self(Arc::new(Inner {
            start,
            pace,
            advanced: AtomicU64::new(0),
        }))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        let flowed = match &self.0.pace {
            Pace::Flowing { since, factor } => {
                Duration::try_from_secs_f64(since.elapsed().as_secs_f64() * factor)
                    .unwrap_or(Duration::MAX)
            }
            Pace::Manual | Pace::PerPoll(_) => Duration::ZERO,
        };
        let advanced = Duration::from_nanos(self.0.advanced.load(Ordering::SeqCst));
        later(self.0.start, flowed.saturating_add(advanced))
    }

    /// Puts the clock forward.
    pub fn advance(&self, by: Duration) {
        let nanos = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        let _ = self
            .0
            .advanced
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |value| {
                Some(value.saturating_add(nanos))
            });
    }

    /// Called for each request of an operation that clients poll.
    pub(crate) fn polled(&self) {
        if let Pace::PerPoll(step) = self.0.pace {
            self.advance(step);
        }
    }
}

/// The system's time, or the end of the calendar that is nearest to it.
fn system() -> Timestamp {
    nearest(SystemTime::now())
}

fn nearest(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(match time < UNIX_EPOCH {
        true => Timestamp::MIN,
        false => Timestamp::MAX,
    })
}

/// A time after another, at most the last one that can be told.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| time.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

/// A time before another, at least the first one that can be told.
pub(crate) fn earlier(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| time.checked_sub(by).ok())
        .unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told_and_for_all_its_clones() {
        let start: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let clock = Clock::manual(start);
        let clone = clock.clone();
        clone.polled();
        assert_eq!(clock.now(), start);
        clone.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-01-02T03:05:35Z");
    }

    #[test]
    fn an_auto_clock_moves_with_each_poll() {
        let clock = Clock::auto(Duration::from_secs(5));
        let before = clock.now();
        clock.polled();
        clock.polled();
        assert_eq!(clock.now(), later(before, Duration::from_secs(10)));
    }

    #[test]
    fn a_system_beyond_the_calendar_is_at_its_end() {
        let far = Duration::from_secs(400_000_000_000);
        assert_eq!(nearest(UNIX_EPOCH + far), Timestamp::MAX);
        assert_eq!(nearest(UNIX_EPOCH - far), Timestamp::MIN);
        assert_eq!(nearest(UNIX_EPOCH), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn advancing_without_end_stays_within_the_calendar() {
        let clock = Clock::manual(Timestamp::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }
}
