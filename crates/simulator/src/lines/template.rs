//! An entry whose times are open.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Said;

/// Stands for the date and the time of day with milliseconds, in the form of the log.
pub(super) const TIME: char = '\u{1}';
/// Stands for the seconds since 1970.
pub(super) const SECONDS: char = '\u{2}';
/// Stands for as many letters as are missing.
pub(super) const PADDING: char = '\u{3}';

/// The length of `HH:MM:SS.mmm`.
const CLOCK: usize = 12;
/// The length of the seconds since 1970, until the year 2286.
const DIGITS: usize = 10;

/// The text of an entry with [`TIME`], [`SECONDS`] and [`PADDING`] in it.
#[derive(Clone, Debug)]
pub(super) struct Template {
    text: String,
    /// Where what is open stands, in its order: it is written for each of thousands of entries.
    open: Vec<(usize, Open)>,
    pub(super) said: Said,
}

#[derive(Clone, Copy, Debug)]
enum Open {
    Time,
    Seconds,
    Padding,
}

/// What the times of one file have in common.
pub(crate) struct Times {
    /// What stands before the time of day.
    date: String,
    /// The beginning of the day in seconds since 1970.
    midnight: u64,
}

impl Times {
    pub(super) fn new(day: Date, date: String) -> Self {
        let midnight = TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
        let midnight = midnight.map_or(0, |time| time.as_second());
        Self {
            date,
            midnight: u64::try_from(midnight).unwrap_or(0),
        }
    }
}

impl Template {
    pub(super) fn new(text: impl Into<String>, said: Said) -> Self {
        let text = text.into();
        let open = |(at, mark)| match mark {
            TIME => Some((at, Open::Time)),
            SECONDS => Some((at, Open::Seconds)),
            PADDING => Some((at, Open::Padding)),
            _ => None,
        };
        Self {
            open: text.char_indices().filter_map(open).collect(),
            text,
            said,
        }
    }

    /// How long it is without padding.
    pub(super) fn length(&self, times: &Times) -> usize {
        let filled = self.open.iter().map(|(_, open)| match open {
            Open::Time => times.date.len() + CLOCK,
            Open::Seconds => DIGITS,
            Open::Padding => 0,
        });
        self.text.len() - self.open.len() + filled.sum::<usize>()
    }

    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        milliseconds: u64,
        times: &Times,
        padding: usize,
    ) {
        let text = self.text.as_bytes();
        let mut from = 0;
        for (at, open) in &self.open {
            out.extend_from_slice(&text[from..*at]);
            match open {
                Open::Time => {
                    out.extend_from_slice(times.date.as_bytes());
                    push_clock(out, milliseconds);
                }
                Open::Seconds => push_digits(out, times.midnight + milliseconds / 1000, DIGITS),
                Open::Padding => out.resize(out.len() + padding, b'x'),
            }
            from = at + 1;
        }
        out.extend_from_slice(&text[from..]);
    }
}

/// Writes `HH:MM:SS.mmm`.
fn push_clock(out: &mut Vec<u8>, milliseconds: u64) {
    let seconds = milliseconds / 1000;
    push_digits(out, seconds / 3600, 2);
    out.push(b':');
    push_digits(out, seconds / 60 % 60, 2);
    out.push(b':');
    push_digits(out, seconds % 60, 2);
    out.push(b'.');
    push_digits(out, milliseconds % 1000, 3);
}

fn push_digits(out: &mut Vec<u8>, mut number: u64, digits: usize) {
    let start = out.len();
    out.resize(start + digits, b'0');
    for digit in out.iter_mut().skip(start).rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_padding_are_filled_in() {
        let times = Times::new(jiff::civil::date(2026, 4, 16), "2026-04-16 ".to_owned());
        let template = Template::new(format!("{TIME} a {SECONDS} <{PADDING}>\n"), Said::Other);
        let mut out = Vec::new();
        template.write(&mut out, 3_723_004, &times, 3);
        assert_eq!(out, b"2026-04-16 01:02:03.004 a 1776301323 <xxx>\n");
        assert_eq!(template.length(&times) + 3, out.len());
    }
}
