//! Whether a download gets on.
//!
//! A host that sends next to nothing holds a place for ever, be it over one connection or over many.

use std::time::Duration;

use tokio::time::Instant;

/// The slowest that a download may be: so many new bytes within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    bytes: u64,
    time: Duration,
    /// What is left of the time, while nothing is asked for.
    left: Duration,
    end: Option<Instant>,
    /// How far the file had come when the time began.
    from: u64,
}

impl Pace {
    /// At least so many bytes a second, over such a time; 0 bytes are no limit.
    pub(super) fn new(rate: u64, time: Duration) -> Self {
        let bytes = u128::from(rate) * time.as_millis() / 1000;
        Self {
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
            time,
            left: time,
            end: None,
            from: 0,
        }
    }

    /// Time counts from now on.
    pub(super) fn run(&mut self) {
        self.end = Instant::now().checked_add(self.left);
    }

    /// Time does not count, as when this side is not ready.
    pub(super) fn pause(&mut self) {
        if let Some(end) = self.end.take() {
            self.left = end.saturating_duration_since(Instant::now());
        }
    }

    /// Waits until the time is over.
    pub(super) async fn over(&self) {
        match self.end {
            Some(end) if self.bytes > 0 => tokio::time::sleep_until(end).await,
            _ => std::future::pending().await,
        }
    }

    /// Whether the file, which is `furthest` bytes long by now, has come far enough since the time began. The time
    /// begins anew.
    pub(super) fn is_kept(&mut self, furthest: u64) -> bool {
        let kept = furthest.saturating_sub(self.from) >= self.bytes;
        self.from = furthest;
        self.left = self.time;
        if self.end.is_some() {
            self.run();
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn only_time_in_which_the_host_could_send_counts() {
        let begun = Instant::now();
        let mut pace = Pace::new(1000, MINUTE);
        pace.run();
        tokio::time::advance(Duration::from_secs(40)).await;
        pace.pause();
        tokio::time::advance(Duration::from_secs(1000)).await;
        pace.run();
        pace.over().await;
        assert_eq!(begun.elapsed().as_secs(), 1060);
        assert!(!pace.is_kept(59_999));
        pace.over().await;
        assert_eq!(begun.elapsed().as_secs(), 1120);
        assert!(pace.is_kept(119_999), "60000 bytes since the time before");
        pace.over().await;
        assert!(!pace.is_kept(119_999));
    }

    #[tokio::test(start_paused = true)]
    async fn no_rate_is_no_limit() {
        let mut pace = Pace::new(0, MINUTE);
        pace.run();
        let ended = tokio::time::timeout(MINUTE * 100, pace.over()).await;
        assert!(ended.is_err());
    }
}
