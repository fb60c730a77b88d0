//! Points in time as people write them: `2026-11-22T01:10:00Z`, `2026-11-22 02:10`, `02:10`, `yesterday 14:00`, each with the
//! name of a time zone behind it if need be.

use std::fmt;

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use otcdb_core::{Error, Result};

/// A point in time, of which it may not be said in which zone.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    text: String,
    form: Form,
    zone: Option<TimeZone>,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Instant(Timestamp),
    At(DateTime),
    /// At the time of a day so many days ago; of the last such time, if no day is said.
    Day(Option<i64>, Time),
}

const FORM: &str = "write a time such as 2026-11-22T01:10:00Z, '2026-11-22 02:10', 02:10, 'yesterday 14:00' or \
    '02:10 Europe/Berlin'";

/// Reads a point in time.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (form, zone) = match words.as_slice() {
        [one] => (single(one), None),
        [one, other] => match pair(one, other) {
            Some(form) => (Some(form), None),
            None => (single(one), Some(*other)),
        },
        [one, other, zone] => (pair(one, other), Some(*zone)),
        _ => (None, None),
    };
    let form = form.ok_or(FORM)?;
    let zone = zone.map(zone_named).transpose()?;
    if zone.is_some() && matches!(form, Form::Instant(_)) {
        return Err("the time has an offset already; leave the time zone out".to_owned());
    }
    Ok(Moment {
        text: text.to_owned(),
        form,
        zone,
    })
}

fn single(text: &str) -> Option<Form> {
    if let Ok(instant) = text.parse() {
        return Some(Form::Instant(instant));
    }
    match text {
        "now" => Some(Form::Instant(Timestamp::now())),
        "today" | "yesterday" => pair(text, "00:00"),
        _ if text.contains('-') => Some(Form::At(text.parse().ok()?)),
        _ => Some(Form::Day(None, time(text)?)),
    }
}

fn pair(day: &str, at: &str) -> Option<Form> {
    let at = time(at)?;
    match day {
        "today" => Some(Form::Day(Some(0), at)),
        "yesterday" => Some(Form::Day(Some(1), at)),
        _ => {
            let date: jiff::civil::Date = day.parse().ok()?;
            Some(Form::At(date.to_datetime(at)))
        }
    }
}

/// `02:10` or `02:10:30`. Other forms of a time, such as `0210`, could be meant for something else.
fn time(text: &str) -> Option<Time> {
    text.contains(':').then(|| text.parse().ok()).flatten()
}

/// The zone with a name such as `Europe/Berlin`, `UTC` or `+01:00`.
pub(crate) fn zone_named(name: &str) -> Result<TimeZone, String> {
    let offset = || {
        let zoned = format!("2000-01-01T00:00:00{name}");
        let instant: Timestamp = zoned.parse().ok()?;
        let midnight = DateTime::constant(2000, 1, 1, 0, 0, 0, 0);
        let utc = midnight.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let ahead = i32::try_from(utc.as_second() - instant.as_second()).ok()?;
        Some(TimeZone::fixed(jiff::tz::Offset::from_seconds(ahead).ok()?))
    };
    if name.starts_with(['+', '-'])
        && let Some(zone) = offset()
    {
        return Ok(zone);
    }
    TimeZone::get(name).map_err(|_| {
        format!("{name:?} is no time zone; write one such as Europe/Berlin, UTC or +01:00")
    })
}

impl Moment {
    /// The instant that is meant, where `zone` is that of times which do not say theirs.
    ///
    /// # Errors
    /// There is no such instant.
    pub(crate) fn instant(&self, flag: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
        let zone = self.zone.as_ref().unwrap_or(zone);
        let here = now.to_zoned(zone.clone());
        let found = match self.form {
            Form::Instant(instant) => Ok(instant),
            Form::At(at) => at.to_zoned(zone.clone()).map(|at| at.timestamp()),
            Form::Day(Some(days), time) => on(&here, days, time),
            Form::Day(None, time) => match on(&here, 0, time) {
                Ok(later) if later > now => on(&here, 1, time),
                found => found,
            },
        };
        found.map_err(|error| {
            Error::invalid_argument(format!("{flag} {self}: there is no such time: {error}"))
        })
    }
}

fn on(here: &Zoned, days_ago: i64, time: Time) -> Result<Timestamp, jiff::Error> {
    let date = here.date().checked_sub(days_ago.days())?;
    Ok(date
        .to_datetime(time)
        .to_zoned(here.time_zone().clone())?
        .timestamp())
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now: Timestamp = "2026-11-22T01:30:00Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (text, expected) in [
            ("2026-11-22T01:10:00Z", "2026-11-22T01:10:00Z"),
            ("2026-11-22T01:10:00+02:00", "2026-11-21T23:10:00Z"),
            ("2026-11-22 02:10", "2026-11-22T01:10:00Z"),
            ("2026-11-22T02:10:30", "2026-11-22T01:10:30Z"),
            ("2026-11-22", "2026-11-21T23:00:00Z"),
            ("02:10", "2026-11-22T01:10:00Z"),
            // Not yet today.
            ("02:40", "2026-11-21T01:40:00Z"),
            ("yesterday 14:00", "2026-11-21T13:00:00Z"),
            ("today 01:00", "2026-11-22T00:00:00Z"),
            ("yesterday", "2026-11-20T23:00:00Z"),
            ("01:10 UTC", "2026-11-22T01:10:00Z"),
            ("yesterday 14:00 America/New_York", "2026-11-20T19:00:00Z"),
            ("2026-11-22 02:10 +05:30", "2026-11-21T20:40:00Z"),
        ] {
            let instant = moment(text).unwrap().instant("--from", now, &berlin);
            assert_eq!(instant.unwrap().to_string(), expected, "{text}");
        }
        for bad in [
            "",
            "soon",
            "25:00",
            "0210",
            "yesterday noon",
            "02:10 Nowhere/City",
            "2026-13-01",
            "a b c d",
        ] {
            assert!(moment(bad).is_err(), "{bad:?}");
        }
        assert!(
            moment("2026-11-22T01:10:00Z UTC")
                .unwrap_err()
                .contains("already")
        );
    }
}
