//! Times in the forms in which services have them (`x-time` of the description).
//!
//! The accessors of the generated types read with the functions. Each gives nothing for what is no time in its form, blank
//! texts included. A number that stands for a time may come as one or as a text. The setters of requests write with
//! [`Given`], [`Milliseconds`] and [`Seconds`].

mod given;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use given::{Given, Milliseconds, Seconds};

/// Reads `2019-05-10T08:31:16.166Z`: date and time with `Z` or an offset with a colon, of any fraction.
pub fn rfc3339(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Reads `2018-08-06T10:41:14+0800`: an offset without a colon.
pub fn offset(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()
}

/// Reads a date and time that has no offset and is in UTC, in any form that [`local`] reads.
pub fn utc(text: &str) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(local(text)?).ok()
}

/// Reads a date and time of which nobody says in which time zone it is: `2018-08-06T10:41:14`, `2018-08-06 10:41:14`,
/// `2018/08/06 10:41:14`, `20180806104114` or `201808061041`.
pub fn local(text: &str) -> Option<DateTime> {
    const DIGITS: [(usize, &str); 2] = [(14, "%Y%m%d%H%M%S"), (12, "%Y%m%d%H%M")];
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (_, form) = DIGITS.iter().find(|(length, _)| *length == text.len())?;
        return DateTime::strptime(form, text).ok();
    }
    let text = text.replacen('/', "-", 2).replacen(' ', "T", 1);
    DateTime::strptime("%Y-%m-%dT%H:%M:%S%.f", text).ok()
}

/// Reads `2021-04-16`.
pub fn date(text: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text).ok()
}

/// Reads milliseconds since 1970-01-01 UTC. Zero stands for no time.
pub fn milliseconds(count: impl Count) -> Option<Timestamp> {
    count.since_1970(SignedDuration::from_millis(1))
}

/// Reads seconds since 1970-01-01 UTC. Zero stands for no time.
pub fn seconds(count: impl Count) -> Option<Timestamp> {
    count.since_1970(SignedDuration::from_secs(1))
}

/// A number of milliseconds or seconds, or its text.
pub trait Count: Sized {
    /// The number.
    fn count(self) -> Option<i64>;

    /// That many units after 1970-01-01 UTC.
    #[doc(hidden)]
    fn since_1970(self, unit: SignedDuration) -> Option<Timestamp> {
        let count = self.count().filter(|count| *count > 0)?;
        let nanoseconds = i128::from(count).checked_mul(unit.as_nanos())?;
        Timestamp::from_nanosecond(nanoseconds).ok()
    }
}

impl Count for i64 {
    fn count(self) -> Option<i64> {
        Some(self)
    }
}

impl Count for i32 {
    fn count(self) -> Option<i64> {
        Some(self.into())
    }
}

impl Count for &str {
    fn count(self) -> Option<i64> {
        self.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_533_523_274;

    #[test]
    fn each_form_is_read() {
        let at = Timestamp::from_second(AT).ok();
        for read in [
            rfc3339("2018-08-06T02:41:14Z"),
            rfc3339("2018-08-06T10:41:14+08:00"),
            offset("2018-08-06T10:41:14+0800"),
            utc("2018-08-06T02:41:14"),
            utc("2018-08-06 02:41:14"),
            utc("2018/08/06 02:41:14"),
            utc("20180806024114"),
            milliseconds("1533523274000"),
            milliseconds(1_533_523_274_000_i64),
            seconds("1533523274"),
            seconds(1_533_523_274),
        ] {
            assert_eq!(read, at);
        }
        assert_eq!(
            rfc3339("2019-05-10T08:31:16.166Z").map(Timestamp::as_millisecond),
            Some(1_557_477_076_166)
        );
        assert!(utc("2016-11-06T15:32:17.000000").is_some());
        let local = local("202404011057").map(|time| time.to_string());
        assert_eq!(local.as_deref(), Some("2024-04-01T10:57:00"));
        assert_eq!(date("2021-04-16").map(|date| date.day()), Some(16));
    }

    #[test]
    fn what_is_no_time_is_none() {
        assert!(rfc3339("2018-08-06T02:41:14").is_none());
        assert!(offset("2018-08-06T02:41:14").is_none());
        assert!(milliseconds(0_i64).is_none() && milliseconds("soon").is_none());
        assert!(milliseconds(i64::MAX).is_none() && seconds(i64::MAX).is_none());
        for text in ["", "0", "2018-13-06T02:41:14", "ä", "20180806"] {
            assert!(utc(text).is_none(), "{text}");
        }
        assert!(date("20210416").is_none());
    }
}
