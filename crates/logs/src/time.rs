//! Spans of time, in the forms that the services take.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Span {
    /// Whether nothing can lie in it.
    pub(crate) fn is_empty(self) -> bool {
        self.from >= self.to
    }

    /// The span of a length that ends now.
    pub(crate) fn last(length: Duration, now: Timestamp) -> Self {
        let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
        Self {
            from: now.checked_sub(length).unwrap_or(Timestamp::UNIX_EPOCH),
            to: now,
        }
    }

    /// The same span, but not longer than that.
    pub(crate) fn at_most(self, length: Duration) -> Self {
        let shortest = Self::last(length, self.to);
        Self {
            from: self.from.max(shortest.from),
            to: self.to,
        }
    }

    /// The same span, without what lies before an instant.
    pub(crate) fn after(self, instant: Option<Timestamp>) -> Self {
        let from = instant.map_or(self.from, |instant| self.from.max(instant));
        Self {
            from: from.min(self.to),
            to: self.to,
        }
    }

    /// `20261122T012233Z_20261122T022233Z`, for file names.
    pub(crate) fn compact(self) -> String {
        format!(
            "{}_{}",
            self.from.strftime("%Y%m%dT%H%M%SZ"),
            self.to.strftime("%Y%m%dT%H%M%SZ")
        )
    }
}

/// The present, in whole seconds: the services count no finer.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Milliseconds since 1970, as DCS takes them.
pub(crate) fn milliseconds(instant: Timestamp) -> String {
    instant.as_millisecond().to_string()
}

/// `2026-11-22T01:22:33+0000`, as RDS takes it.
pub(crate) fn rds(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// The number of days that `CreateRedislog` is asked for: the fewest of those it knows that reach far enough.
pub(crate) fn collection_days(since: Duration) -> i32 {
    const DAY: u64 = 24 * 60 * 60;
    match since.as_secs().div_ceil(DAY) {
        0 => 0,
        1 => 1,
        2 | 3 => 3,
        _ => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_the_services_read_them() {
        let now: Timestamp = "2026-11-22T02:22:33.5Z".parse().unwrap();
        let span = Span::last(Duration::from_secs(3600), now);
        assert_eq!(span.compact(), "20261122T012233Z_20261122T022233Z");
        assert_eq!(rds(span.from), "2026-11-22T01:22:33+0000");
        assert_eq!(milliseconds(span.to), "1795314153500");
    }

    #[test]
    fn a_span_can_be_cut_but_not_turned() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let year = Span::last(Duration::from_secs(365 * 86_400), now);
        assert_eq!(
            year.at_most(Duration::from_secs(60)).from,
            "2026-11-21T23:59:00Z".parse().unwrap()
        );
        assert_eq!(
            year.after(Some("2030-01-01T00:00:00Z".parse().unwrap()))
                .from,
            now
        );
        assert_eq!(Span::last(Duration::MAX, now).from, Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn a_collection_reaches_far_enough_or_as_far_as_it_can() {
        let days = |hours: u64| collection_days(Duration::from_secs(hours * 3600));
        assert_eq!(
            [
                days(0),
                days(1),
                days(24),
                days(25),
                days(72),
                days(73),
                days(10_000)
            ],
            [0, 1, 1, 3, 3, 7, 7]
        );
    }
}
