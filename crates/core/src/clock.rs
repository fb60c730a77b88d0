//! The wall clock and the dice, both replaceable.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use tokio::time::Instant;

/// Tells the time for signatures and the life of tokens. Pauses and timeouts go by tokio's clock instead.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::new(now)
    }

    /// A clock that shows what the function says.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// The time of the system's clock, or the nearest that can be written as a date (up to the year 9999).
pub fn now() -> Timestamp {
    of_system(SystemTime::now())
}

fn of_system(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(if time < SystemTime::UNIX_EPOCH {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// The end of a span that begins now; `None`, which is no end, for one that no clock can reach, such as
/// [`Duration::MAX`].
pub(crate) fn end_of(span: Duration) -> Option<Instant> {
    Instant::now().checked_add(span)
}

/// A span as a timeout for libraries that add it to the time without a check: none if it is longer than a century.
pub(crate) fn bounded(span: Duration) -> Option<Duration> {
    const CENTURY: Duration = Duration::from_secs(100 * 366 * 24 * 3600);
    (span <= CENTURY).then_some(span)
}

/// Waits for an end, or for ever if there is none.
pub(crate) async fn until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

/// Source of the random part of a pause, in `0.0..1.0`.
#[derive(Clone)]
pub struct Jitter(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Jitter {
    /// Pseudo-random numbers from a seed of the operating system.
    pub fn random() -> Self {
        Self::new(fastrand::f64)
    }

    /// What the function gives.
    pub fn new(next: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(next))
    }

    pub(crate) fn next(&self) -> f64 {
        (self.0)()
    }
}

impl fmt::Debug for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jitter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_beyond_the_last_date_shows_the_last_date() {
        let centuries = |count: u64| Duration::from_secs(count * 100 * 366 * 24 * 3600);
        let epoch = SystemTime::UNIX_EPOCH;
        assert_eq!(of_system(epoch + centuries(90)), Timestamp::MAX);
        assert_eq!(of_system(epoch - centuries(200)), Timestamp::MIN);
        assert_eq!(of_system(epoch), Timestamp::UNIX_EPOCH);
    }
}
