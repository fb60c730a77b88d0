//! Times as logs write them.
//!
//! They stand at known places and in few forms, and there are millions of them, so that their digits are read here. What
//! a date means is left to jiff.

use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use memchr::memmem::Finder;

/// What a log leaves out of its times.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TimeContext {
    /// The time zone of times that state none.
    pub zone: TimeZone,
    /// A time near those in the log, at best its end, for forms without a year.
    pub near: Timestamp,
}

impl TimeContext {
    /// Times in this zone, near this one.
    pub fn new(zone: TimeZone, near: Timestamp) -> Self {
        Self { zone, near }
    }

    /// The instant of a time without a zone.
    pub(crate) fn instant(&self, civil: DateTime) -> Option<Timestamp> {
        if self.zone == TimeZone::UTC {
            return Offset::UTC.to_timestamp(civil).ok();
        }
        self.zone.to_timestamp(civil).ok()
    }

    /// The offset of a zone that is stated by its abbreviation.
    fn offset_of(&self, abbreviation: &[u8], civil: DateTime) -> Option<Offset> {
        const KNOWN: [(&str, i8); 16] = [
            ("UTC", 0),
            ("GMT", 0),
            ("Z", 0),
            ("UCT", 0),
            ("WET", 0),
            ("CET", 1),
            ("MEZ", 1),
            ("WEST", 1),
            ("BST", 1),
            ("CEST", 2),
            ("MESZ", 2),
            ("EET", 2),
            ("EEST", 3),
            ("MSK", 3),
            ("EST", -5),
            ("EDT", -4),
        ];
        let known = |abbreviation: &[u8]| {
            let mut known = KNOWN.iter();
            known
                .find(|(name, _)| name.as_bytes() == abbreviation)
                .map(|(_, hours)| Offset::constant(*hours))
        };
        if abbreviation == b"UTC" {
            return Some(Offset::UTC);
        }
        // Several zones share some abbreviations: the chosen one is meant, where it has this one.
        let chosen = self.zone.to_timestamp(civil).ok()?;
        let info = self.zone.to_offset_info(chosen);
        if info.abbreviation().as_bytes() == abbreviation {
            return Some(info.offset());
        }
        known(abbreviation)
    }

    /// The year that puts a day nearest to the end of the log.
    fn with_year(&self, month: i8, day: i8, time: jiff::civil::Time) -> Option<Timestamp> {
        let year = self.zone.to_datetime(self.near).year();
        let latest = self.near.checked_add(SignedDuration::from_hours(25)).ok()?;
        [year.saturating_add(1), year, year.saturating_sub(1)]
            .into_iter()
            .filter_map(|year| {
                let civil = jiff::civil::Date::new(year, month, day).ok()?;
                self.instant(civil.to_datetime(time))
            })
            .find(|instant| *instant <= latest)
    }
}

/// A time that was read, and how many bytes it took.
pub(crate) type Read = (Timestamp, usize);

fn digit(byte: u8) -> Option<u8> {
    let digit = byte.wrapping_sub(b'0');
    (digit <= 9).then_some(digit)
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    // At most 99.
    Some((digit(tens)? * 10 + digit(ones)?).cast_signed())
}

/// The digits after the decimal mark as nanoseconds, and how many bytes mark and digits are. Without them, 0.
fn fraction(text: &[u8]) -> (i32, usize) {
    if !matches!(text.first(), Some(b'.' | b',')) {
        return (0, 0);
    }
    let mut nanoseconds = 0;
    let mut length = 1;
    let mut unit = 100_000_000;
    while let Some(digit) = text.get(length).copied().and_then(digit) {
        nanoseconds += i32::from(digit) * unit;
        unit /= 10;
        length += 1;
    }
    match length {
        1 => (0, 0),
        _ => (nanoseconds, length),
    }
}

/// `2026-11-22T02:10:03.123456`, with `T` or a space between, without a zone.
fn civil(text: &[u8]) -> Option<(DateTime, usize)> {
    let fixed: &[u8; 19] = text.get(..19)?.try_into().ok()?;
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T' | b' ',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
    ] = fixed
    else {
        return None;
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let (nanosecond, length) = fraction(text.get(19..)?);
    // A leap second is the one before: jiff knows none.
    let second = two(s1, s2)?.min(59 + i8::from(two(s1, s2)? > 60));
    let civil = DateTime::new(
        year,
        two(mo1, mo2)?,
        two(d1, d2)?,
        two(h1, h2)?,
        two(mi1, mi2)?,
        second,
        nanosecond,
    );
    Some((civil.ok()?, 19 + length))
}

/// The zone behind a time, with the space before it, and its length; 0 if there is none.
fn zone(
    text: &[u8],
    civil: impl FnOnce() -> Option<DateTime>,
    context: &TimeContext,
) -> (Option<Offset>, usize) {
    let (space, rest) = match text {
        [b' ', rest @ ..] => (1, rest),
        _ => (0, text),
    };
    match rest {
        [b'Z', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {
            (Some(Offset::UTC), space + 1)
        }
        [b'U', b'T', b'C', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {
            (Some(Offset::UTC), space + 3)
        }
        [sign @ (b'+' | b'-'), digits @ ..] => match offset(*sign, digits) {
            Some((offset, length)) => (Some(offset), space + 1 + length),
            None => (None, 0),
        },
        [b'A'..=b'Z', ..] if space == 1 => {
            let length = rest.iter().take_while(|c| c.is_ascii_uppercase()).count();
            let name = rest.get(..length).unwrap_or_default();
            let is_name = (3..=5).contains(&length)
                && !matches!(rest.get(length), Some(c) if c.is_ascii_alphanumeric() || *c == b'_');
            // A word that is no zone, such as `LOG:`, is left where it is.
            match civil().and_then(|civil| context.offset_of(name, civil)) {
                Some(offset) if is_name => (Some(offset), space + length),
                _ => (None, 0),
            }
        }
        _ => (None, 0),
    }
}

/// `0100`, `01:00` or `01` behind a sign.
fn offset(sign: u8, text: &[u8]) -> Option<(Offset, usize)> {
    let &[h1, h2, ..] = text else { return None };
    let hours = two(h1, h2)?;
    let (minutes, length) = match *text.get(2..)? {
        [b':', m1, m2, ..] => (two(m1, m2)?, 5),
        [m1, m2, ..] if digit(m1).is_some() => (two(m1, m2)?, 4),
        [next, ..] if next.is_ascii_digit() => return None,
        _ => (0, 2),
    };
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    let seconds = if sign == b'-' { -seconds } else { seconds };
    Some((Offset::from_seconds(seconds).ok()?, length))
}

/// An ISO 8601 time at the beginning of a text, with or without a zone.
pub(crate) fn iso(text: &[u8], context: &TimeContext) -> Option<Read> {
    let (civil, length) = civil(text)?;
    let (offset, more) = zone(text.get(length..)?, || Some(civil), context);
    let instant = match offset {
        Some(offset) => offset.to_timestamp(civil).ok()?,
        None => context.instant(civil)?,
    };
    Some((instant, length + more))
}

/// The minute of the time that was read last, which is nearly always that of the next.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Minute {
    /// `2026-11-22T02:10`.
    text: [u8; 16],
    /// Its beginning in seconds since 1970, were it in UTC.
    begin: i64,
}

impl Minute {
    /// The same as [`iso`].
    pub(crate) fn iso(&mut self, text: &[u8], context: &TimeContext) -> Option<Read> {
        if let Some(read) = self.in_it(text, context) {
            return Some(read);
        }
        let read = iso(text, context)?;
        if let Some(minute) = text.first_chunk::<16>()
            && *minute != self.text
            && let Some((civil, _)) = civil(text)
            && let Ok(second) = Offset::UTC.to_timestamp(civil)
        {
            self.begin = second.as_second() - i64::from(civil.second());
            self.text = *minute;
        }
        Some(read)
    }

    /// A time in this minute; nothing for one that has to be looked at whole.
    fn in_it(&self, text: &[u8], context: &TimeContext) -> Option<Read> {
        let (minute, rest) = text.split_first_chunk::<16>()?;
        let &[b':', s1, s2, ref rest @ ..] = rest else {
            return None;
        };
        let second = two(s1, s2).filter(|second| *second < 60)?;
        if *minute != self.text {
            return None;
        }
        let (nanosecond, length) = fraction(rest);
        let civil = || civil(text).map(|(civil, _)| civil);
        let (offset, more) = zone(rest.get(length..)?, civil, context);
        let offset = match offset {
            Some(offset) => offset,
            None if context.zone == TimeZone::UTC => Offset::UTC,
            None => return None,
        };
        let second = self.begin + i64::from(second) - i64::from(offset.seconds());
        let instant = Timestamp::new(second, nanosecond).ok()?;
        Some((instant, 19 + length + more))
    }
}

/// `261122  2:10:03`, as MySQL wrote it before 5.6.
pub(crate) fn short(text: &[u8], context: &TimeContext) -> Option<Read> {
    let &[y1, y2, mo1, mo2, d1, d2, b' ', ref rest @ ..] = text else {
        return None;
    };
    let spaces = rest.iter().take_while(|c| **c == b' ').count();
    let (h, rest) = match *rest.get(spaces..)? {
        [h1, h2, b':', ref rest @ ..] => (two(h1, h2)?, rest),
        [h, b':', ref rest @ ..] => (digit(h)?.cast_signed(), rest),
        _ => return None,
    };
    let &[mi1, mi2, b':', s1, s2, ref rest @ ..] = rest else {
        return None;
    };
    let century = if two(y1, y2)? < 70 { 2000 } else { 1900 };
    let civil = DateTime::new(
        century + i16::from(two(y1, y2)?),
        two(mo1, mo2)?,
        two(d1, d2)?,
        h,
        two(mi1, mi2)?,
        two(s1, s2)?,
        0,
    );
    Some((context.instant(civil.ok()?)?, text.len() - rest.len()))
}

/// `22 Nov 2026 02:10:03.123`, as Redis writes it; the year may be missing.
pub(crate) fn day_first(text: &[u8], context: &TimeContext) -> Option<Read> {
    let &[d1, d2, b' ', m1, m2, m3, b' ', ref rest @ ..] = text else {
        return None;
    };
    let month = month([m1, m2, m3])?;
    let day = match d1 {
        b' ' => digit(d2)?.cast_signed(),
        _ => two(d1, d2)?,
    };
    let (year, rest) = match *rest {
        [y1, y2, y3, y4, b' ', ref rest @ ..] => (
            Some(i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?)),
            rest,
        ),
        _ => (None, rest),
    };
    let (time, length) = clock(rest)?;
    let instant = match year {
        Some(year) => {
            let date = jiff::civil::Date::new(year, month, day).ok()?;
            context.instant(date.to_datetime(time))?
        }
        None => context.with_year(month, day, time)?,
    };
    Some((instant, text.len() - rest.len() + length))
}

/// `Sun Nov 22 02:10:03.123`, as old MongoDB writes it.
pub(crate) fn month_first(text: &[u8], context: &TimeContext) -> Option<Read> {
    let &[a, b, c, b' ', m1, m2, m3, b' ', d1, d2, b' ', ref rest @ ..] = text else {
        return None;
    };
    let weekday = [a, b, c];
    if !b"MonTueWedThuFriSatSun"
        .chunks(3)
        .any(|known| known == weekday)
    {
        return None;
    }
    let month = month([m1, m2, m3])?;
    let day = match d1 {
        b' ' => digit(d2)?.cast_signed(),
        _ => two(d1, d2)?,
    };
    let (time, length) = clock(rest)?;
    let instant = context.with_year(month, day, time)?;
    Some((instant, text.len() - rest.len() + length))
}

/// Seconds since 1970 with a fraction, `1795314153.123`, as PostgreSQL's `%n` writes it.
pub(crate) fn epoch(text: &[u8]) -> Option<Read> {
    const DIGITS: usize = 10;
    let whole = text.get(..DIGITS)?;
    let mut seconds: i64 = 0;
    for byte in whole {
        seconds = seconds * 10 + i64::from(digit(*byte)?);
    }
    let (nanoseconds, length) = fraction(text.get(DIGITS..)?);
    if length < 2 {
        return None;
    }
    Some((Timestamp::new(seconds, nanoseconds).ok()?, DIGITS + length))
}

/// The time of an API's entry: with an offset, or in UTC, or a number of seconds or milliseconds since 1970.
pub(crate) fn of_api(text: &[u8]) -> Option<Timestamp> {
    static UTC: LazyLock<TimeContext> = LazyLock::new(|| TimeContext {
        zone: TimeZone::UTC,
        near: Timestamp::UNIX_EPOCH,
    });
    let text = text.trim_ascii();
    if let Some((time, length)) = iso(text, &UTC)
        && length == text.len()
    {
        return Some(time);
    }
    let number: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    // As seconds, this would be in the year 5138.
    match number.unsigned_abs() < 100_000_000_000 {
        true => Timestamp::from_second(number).ok(),
        false => Timestamp::from_millisecond(number).ok(),
    }
}

/// `SET timestamp=1795314153;`, as MySQL's slow log has it.
pub(crate) fn set_timestamp(line: &[u8]) -> Option<Timestamp> {
    const SET: &[u8] = b"SET timestamp=";
    if !line.get(..SET.len())?.eq_ignore_ascii_case(SET) {
        return None;
    }
    let rest = line.get(SET.len()..)?;
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let seconds = std::str::from_utf8(rest.get(..digits)?)
        .ok()?
        .parse()
        .ok()?;
    let (nanoseconds, _) = fraction(rest.get(digits..)?);
    Timestamp::new(seconds, nanoseconds).ok()
}

/// The first ISO time within the beginning of a line, and where it ends.
pub(crate) fn iso_within(text: &[u8], context: &TimeContext) -> Option<Read> {
    static DASH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-"));
    let mut from = 0;
    while let Some(at) = DASH.find(text.get(from..)?) {
        let dash = from + at;
        if let Some(start) = dash.checked_sub(4)
            && let Some((time, length)) = iso(text.get(start..)?, context)
        {
            return Some((time, start + length));
        }
        from = dash + 1;
    }
    None
}

fn month(name: [u8; 3]) -> Option<i8> {
    const NAMES: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let at = NAMES.chunks(3).position(|known| known == name)?;
    i8::try_from(at + 1).ok()
}

/// `02:10:03.123`.
fn clock(text: &[u8]) -> Option<(jiff::civil::Time, usize)> {
    let &[h1, h2, b':', m1, m2, b':', s1, s2, ref rest @ ..] = text else {
        return None;
    };
    let (nanoseconds, length) = fraction(rest);
    let time = jiff::civil::Time::new(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?, nanoseconds);
    Some((time.ok()?, 8 + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc() -> TimeContext {
        TimeContext {
            zone: TimeZone::UTC,
            near: "2026-11-22T12:00:00Z".parse().unwrap(),
        }
    }

    fn read(read: Option<Read>) -> Option<(String, usize)> {
        read.map(|(time, length)| (time.to_string(), length))
    }

    #[test]
    fn iso_times_have_any_zone_or_none() {
        let time = "2026-11-22T02:10:03.123Z";
        for (text, length) in [
            ("2026-11-22T02:10:03.123Z", 24),
            ("2026-11-22 02:10:03.123 UTC [1] LOG:  x", 27),
            ("2026-11-22 02:10:03,123 LOG:  x", 23),
            ("2026-11-22 03:10:03.123 CET x", 27),
            ("2026-11-22T03:10:03.123+01:00 x", 29),
            ("2026-11-22T07:40:03.123+0530", 28),
            ("2026-11-21 18:10:03.123-08 x", 26),
            ("2026-11-22 02:10:03.123:10.0.0.1", 23),
            ("2026-11-22 02:10:03.123 XYZ", 23),
        ] {
            assert_eq!(
                read(iso(text.as_bytes(), &utc())),
                Some((time.to_owned(), length)),
                "{text}"
            );
        }
        for odd in [
            "2026-13-22 02:10:03",
            "2026-11-22 02:10",
            "2026-11-2202:10:03x",
            "",
        ] {
            assert_eq!(iso(odd.as_bytes(), &utc()), None, "{odd}");
        }
        let leap = iso(b"2016-12-31T23:59:60Z", &utc()).unwrap().0;
        assert_eq!(leap.to_string(), "2016-12-31T23:59:59Z");
        assert_eq!(iso(b"2016-12-31T23:59:61Z", &utc()), None);
    }

    #[test]
    fn a_time_in_the_same_minute_is_read_as_any_other() {
        let shanghai = TimeContext::new(TimeZone::posix("CST-8").unwrap(), Timestamp::UNIX_EPOCH);
        let mut texts = Vec::new();
        for minute in ["2026-11-22 02:10", "2026-11-22T02:10", "1969-12-31 23:59"] {
            for second in [":03", ":59", ":60", ":61", ":3x", ":0", " 03", ""] {
                for rest in [
                    "",
                    ".123",
                    ",5 x",
                    " UTC",
                    " UTC:",
                    "Z",
                    "Zx",
                    "+01:00",
                    "-0530",
                    " CST x",
                    " CET",
                    " LOG",
                    ":10.0.0.1",
                ] {
                    texts.push(format!("{minute}{second}{rest}"));
                }
            }
        }
        for context in [utc(), shanghai] {
            let mut minute = Minute::default();
            let both = texts.iter().chain(texts.iter().rev());
            for text in both {
                let read = minute.iso(text.as_bytes(), &context);
                assert_eq!(read, iso(text.as_bytes(), &context), "{text}");
            }
        }
    }

    #[test]
    fn other_forms_are_those_of_their_databases() {
        let expected = "2026-11-22T02:10:03Z".to_owned();
        let time = Some(expected.clone());
        let only = |read: Option<Read>| read.map(|(time, _)| time.to_string());
        assert_eq!(only(short(b"261122  2:10:03 x", &utc())), time);
        assert_eq!(only(short(b"261122 02:10:03", &utc())), time);
        assert_eq!(
            only(day_first(b"22 Nov 2026 02:10:03.000 * x", &utc())),
            time
        );
        assert_eq!(only(day_first(b"22 Nov 02:10:03.000 * x", &utc())), time);
        assert_eq!(
            only(month_first(b"Sun Nov 22 02:10:03.000 [a] x", &utc())),
            time
        );
        assert_eq!(only(epoch(b"1795313403.000 x")), time);
        assert_eq!(epoch(b"1795313403 x"), None);
        assert_eq!(
            set_timestamp(b"SET timestamp=1795313403;")
                .unwrap()
                .to_string(),
            expected
        );
        // At the turn of the year, the last day belongs to the year before.
        let turn = TimeContext {
            zone: TimeZone::UTC,
            near: "2027-01-01T00:10:00Z".parse().unwrap(),
        };
        let last = day_first(b"31 Dec 23:59:59.000 * x", &turn);
        assert_eq!(only(last).unwrap(), "2026-12-31T23:59:59Z");
    }

    #[test]
    fn an_abbreviation_is_that_of_the_chosen_zone_first() {
        let shanghai = TimeContext {
            zone: TimeZone::posix("CST-8").unwrap(),
            near: Timestamp::UNIX_EPOCH,
        };
        let time = |text: &[u8]| iso(text, &shanghai).unwrap().0.to_string();
        assert_eq!(time(b"2026-11-22 10:10:03 CST"), "2026-11-22T02:10:03Z");
        assert_eq!(time(b"2026-11-22 10:10:03"), "2026-11-22T02:10:03Z");
        assert_eq!(time(b"2026-11-22 02:10:03 UTC"), "2026-11-22T02:10:03Z");
    }

    #[test]
    fn entries_of_apis_are_in_utc() {
        let time = |text: &str| of_api(text.as_bytes()).map(|time| time.to_string());
        let expected = Some("2026-11-22T02:10:03Z".to_owned());
        for text in [
            "2026-11-22T02:10:03",
            "2026-11-22T03:10:03+0100",
            "1795313403",
            "1795313403000",
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
        for odd in ["", "1.04899 s", "2026-11-22T02:10:03 and more", "soon"] {
            assert_eq!(time(odd), None, "{odd}");
        }
    }
}
