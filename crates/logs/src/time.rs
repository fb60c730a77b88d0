//! Intervals, in the forms that the services take.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use otcdb_core::clock::Clock;
use otcdb_core::{Error, Result};

/// An interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Interval {
    /// Whether nothing can lie in it.
    pub(crate) fn is_empty(self) -> bool {
        self.from >= self.to
    }

    /// The interval of a length that ends now. Nothing was before 1970.
    pub(crate) fn last(length: Duration, now: Timestamp) -> Self {
        Self {
            from: earlier(now, length).max(Timestamp::UNIX_EPOCH),
            to: now,
        }
    }

    /// The same interval, but not longer than that.
    pub(crate) fn at_most(self, length: Duration) -> Self {
        let shortest = Self::last(length, self.to);
        Self {
            from: self.from.max(shortest.from),
            to: self.to,
        }
    }

    /// Whether an instant lies in it, its ends included.
    pub(crate) fn has(self, instant: Timestamp) -> bool {
        self.from <= instant && instant <= self.to
    }

    /// Whether the two have an instant in common, their ends included.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// `20261122T012233Z_20261122T022233Z`, for file names.
    pub(crate) fn compact(self) -> String {
        format!("{}_{}", compact(self.from), compact(self.to))
    }

    /// The interval that [`Self::compact`] wrote.
    pub(crate) fn of_compact(text: &str) -> Option<Self> {
        let instant = |text: &str| {
            let civil = DateTime::strptime(COMPACT, text).ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        };
        let (from, to) = text.split_once('_')?;
        Some(Self {
            from: instant(from)?,
            to: instant(to)?,
        })
    }
}

const COMPACT: &str = "%Y%m%dT%H%M%SZ";

/// `20261122T012233Z`, for file names.
pub(crate) fn compact(instant: Timestamp) -> String {
    instant.strftime(COMPACT).to_string()
}

/// The present, in whole seconds: the services count no finer.
///
/// # Errors
/// This machine's clock shows a time that no service can be asked about.
pub(crate) fn now(clock: &Clock) -> Result<Timestamp> {
    // Far enough from both ends that margins can be added.
    const YEARS: std::ops::RangeInclusive<i16> = 1970..=9998;
    let absurd = || {
        Error::invalid_argument("this machine's clock shows a year before 1970 or after 9998")
            .with_hint("set the clock")
    };
    let now = Timestamp::from_second(clock.now().as_second()).map_err(|_| absurd())?;
    let year = now.to_zoned(TimeZone::UTC).year();
    if YEARS.contains(&year) && now >= Timestamp::UNIX_EPOCH {
        Ok(now)
    } else {
        Err(absurd())
    }
}

/// The present, but none that the service has not reached: its clock is ahead of this machine's by the offset or, since
/// that is cut to the second, a little more.
pub(crate) fn not_after(now: Timestamp, offset: Option<SignedDuration>) -> Timestamp {
    let there = offset
        .filter(|ahead| ahead.is_negative())
        .and_then(|ahead| now.checked_add(ahead).ok())
        .and_then(|there| Timestamp::from_second(there.as_second()).ok());
    // A response from before 1970 is none that says anything.
    there
        .filter(|there| *there > Timestamp::UNIX_EPOCH)
        .unwrap_or(now)
}

/// An instant before another one, but none before the first that there is.
pub(crate) fn earlier(instant: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    instant.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// An instant after another one, but none after the last that there is.
pub(crate) fn later(instant: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Milliseconds since 1970, as DCS takes them.
pub(crate) fn milliseconds(instant: Timestamp) -> String {
    instant.as_millisecond().to_string()
}

/// `2026-11-22T01:22:33+0000`, as RDS takes it.
pub(crate) fn rds(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// The time of an entry: with an offset, or without one and then in UTC, or as a number of seconds or milliseconds
/// since 1970.
pub(crate) fn of_entry(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        // As seconds, this would be in the year 5138.
        return if number.unsigned_abs() < 100_000_000_000 {
            Timestamp::from_second(number).ok()
        } else {
            Timestamp::from_millisecond(number).ok()
        };
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
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
        let interval = Interval::last(Duration::from_secs(3600), now);
        assert_eq!(interval.compact(), "20261122T012233Z_20261122T022233Z");
        assert_eq!(rds(interval.from), "2026-11-22T01:22:33+0000");
        assert_eq!(milliseconds(interval.to), "1795314153500");
    }

    #[test]
    fn a_span_can_be_cut() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let year = Interval::last(Duration::from_secs(365 * 86_400), now);
        assert_eq!(
            year.at_most(Duration::from_secs(60)).from,
            "2026-11-21T23:59:00Z".parse().unwrap()
        );
        assert_eq!(
            Interval::last(Duration::MAX, now).from,
            Timestamp::UNIX_EPOCH
        );
    }

    #[test]
    fn a_span_is_read_as_it_was_written() {
        let now: Timestamp = "2026-11-22T02:22:33Z".parse().unwrap();
        let interval = Interval::last(Duration::from_secs(3600), now);
        assert_eq!(Interval::of_compact(&interval.compact()), Some(interval));
        for bad in ["", "_", "20261122T012233Z", "20261122T012233Z_x", "run-1_2"] {
            assert_eq!(Interval::of_compact(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn absurd_clocks_are_errors_and_margins_end_where_time_does() {
        let at = |second: i64| {
            let shown = Timestamp::from_second(second);
            now(&Clock::new(move || shown.clone().unwrap_or(Timestamp::MAX)))
        };
        assert_eq!(at(0).unwrap(), Timestamp::UNIX_EPOCH);
        assert_eq!(at(1_795_314_153).unwrap().as_second(), 1_795_314_153);
        // The year 9999, the last one that can be told, and some time before 1970 and before the year 0.
        for absurd in [253_380_000_000, i64::MAX, -1, -100_000_000_000] {
            let error = at(absurd).unwrap_err();
            assert!(error.to_string().contains("clock"), "{absurd}: {error}");
        }
        assert_eq!(earlier(Timestamp::MIN, Duration::MAX), Timestamp::MIN);
        assert_eq!(later(Timestamp::MAX, Duration::MAX), Timestamp::MAX);
    }

    #[test]
    fn the_present_is_that_of_the_slower_clock() {
        let now = Timestamp::from_second(1_795_314_153).unwrap();
        let ahead = |seconds: i64| {
            let offset = SignedDuration::from_millis(seconds * 1000 - 500);
            not_after(now, Some(offset)).as_second() - now.as_second()
        };
        assert_eq!(not_after(now, None), now);
        assert_eq!(
            [ahead(3600), ahead(1), ahead(0), ahead(-7199)],
            [0, 0, -1, -7200]
        );
        assert_eq!(ahead(-2_000_000_000), 0);
        assert_eq!(not_after(now, Some(SignedDuration::MIN)), now);
    }

    #[test]
    fn entries_tell_their_time_in_several_ways() {
        let time = |text| of_entry(text).map(|time| time.as_millisecond());
        let expected = Some(1_795_314_153_000);
        for text in [
            "2026-11-22T02:22:33Z",
            "2026-11-22T02:22:33",
            "2026-11-22 02:22:33",
            "2026-11-22T03:22:33+0100",
            "2026-11-22T03:22:33+01:00",
            "1795314153",
            "1795314153000",
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
        assert_eq!(time("2026-11-22T02:22:33.5Z"), Some(1_795_314_153_500));
        for odd in ["", "soon", "9223372036854775807", "2026-13-01T00:00:00"] {
            assert_eq!(time(odd), None, "{odd:?}");
        }
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
