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

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// The system's time, or the end of the calendar that is nearest to it: a clock may be set to any time.
pub fn now() -> Timestamp {
    let time = SystemTime::now();
    Timestamp::try_from(time).unwrap_or(match time < SystemTime::UNIX_EPOCH {
        true => Timestamp::MIN,
        false => Timestamp::MAX,
    })
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
