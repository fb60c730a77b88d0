//! Times that a caller gives, for the request that they are sent in.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A time for a request: a `T`, which is written in the form that the service takes, or a text, which is sent as it is.
///
/// `T` is [`Timestamp`] for a point in time, [`DateTime`] where nobody says in which time zone it is, and [`Date`] for a
/// day. The setters of requests take what can be made into it:
///
/// ```
/// use jiff::Timestamp;
/// use otcdb_core::time::Given;
///
/// fn since(time: impl Into<Given<Timestamp>>) -> String {
///     time.into().offset()
/// }
///
/// let text = "2018-08-06T10:41:14+0800";
/// assert_eq!(since(text), text);
/// assert_eq!(since("2018-08-06T02:41:14Z".parse::<Timestamp>()?), "2018-08-06T02:41:14+0000");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given<T> {
    /// A text in the form that the service takes.
    Text(String),
    /// A time.
    Time(T),
}

impl<T> Given<T> {
    fn written(self, write: impl FnOnce(T) -> String) -> String {
        match self {
            Self::Text(text) => text,
            Self::Time(time) => write(time),
        }
    }
}

impl Given<Timestamp> {
    /// `2018-08-06T02:41:14Z`, with as much of a fraction as there is.
    pub fn rfc3339(self) -> String {
        self.written(|time| time.to_string())
    }

    /// `2018-08-06T02:41:14+0000`
    pub fn offset(self) -> String {
        self.utc("%Y-%m-%dT%H:%M:%S+0000")
    }

    /// Date and time in UTC, in this form of [`jiff::fmt::strtime`].
    pub fn utc(self, form: &str) -> String {
        self.written(|time| {
            let time = time.to_zoned(TimeZone::UTC).datetime();
            time.strftime(form).to_string()
        })
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub fn milliseconds(self) -> String {
        self.written(|time| time.as_millisecond().to_string())
    }

    /// Seconds since 1970-01-01 UTC.
    pub fn seconds(self) -> String {
        self.written(|time| time.as_second().to_string())
    }
}

impl Given<DateTime> {
    /// Date and time, in this form of [`jiff::fmt::strtime`].
    pub fn local(self, form: &str) -> String {
        self.written(|time| time.strftime(form).to_string())
    }
}

impl Given<Date> {
    /// `2018-08-06`
    pub fn date(self) -> String {
        self.written(|date| date.to_string())
    }
}

impl<T> From<&str> for Given<T> {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T> From<String> for Given<T> {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T> From<&String> for Given<T> {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Timestamp> for Given<Timestamp> {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<DateTime> for Given<DateTime> {
    fn from(time: DateTime) -> Self {
        Self::Time(time)
    }
}

impl From<Date> for Given<Date> {
    fn from(date: Date) -> Self {
        Self::Time(date)
    }
}

/// Milliseconds since 1970-01-01 UTC for a request that has them as a number: that number, or a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is its number")]
pub struct Milliseconds(pub i64);

/// Seconds since 1970-01-01 UTC for a request that has them as a number: that number, or a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is its number")]
pub struct Seconds(pub i64);

impl From<i64> for Milliseconds {
    fn from(count: i64) -> Self {
        Self(count)
    }
}

impl From<i32> for Milliseconds {
    fn from(count: i32) -> Self {
        Self(count.into())
    }
}

impl From<Timestamp> for Milliseconds {
    fn from(time: Timestamp) -> Self {
        Self(time.as_millisecond())
    }
}

impl From<i64> for Seconds {
    fn from(count: i64) -> Self {
        Self(count)
    }
}

impl From<i32> for Seconds {
    fn from(count: i32) -> Self {
        Self(count.into())
    }
}

impl From<Timestamp> for Seconds {
    fn from(time: Timestamp) -> Self {
        Self(time.as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::super as read;
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let at = Timestamp::from_second(1_533_523_274).unwrap();
        let given = || Given::from(at);
        for (text, read) in [
            (given().rfc3339(), read::rfc3339 as fn(&str) -> _),
            (given().offset(), read::offset),
            (given().utc("%Y-%m-%d %H:%M:%S"), read::utc),
            (given().utc("%Y%m%d%H%M%S"), read::utc),
            (given().milliseconds(), |text| read::milliseconds(text)),
            (given().seconds(), |text| read::seconds(text)),
        ] {
            assert_eq!(read(&text), Some(at), "{text}");
        }
        let civil = read::local("2018-08-06T10:41:14").unwrap();
        let local = Given::from(civil).local("%Y/%m/%d %H:%M:%S");
        assert_eq!(read::local(&local), Some(civil), "{local}");
        let date = Given::from(civil.date()).date();
        assert_eq!(read::date(&date), Some(civil.date()), "{date}");
        assert_eq!(read::milliseconds(Milliseconds::from(at).0), Some(at));
        assert_eq!(read::seconds(Seconds::from(at).0), Some(at));
        let text = "2018-08-06T10:41:14+0800";
        assert_eq!(Given::<Timestamp>::from(text).milliseconds(), text);
    }
}
