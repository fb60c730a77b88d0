//! Times in requests, in the forms in which the services document them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::parse::number;

/// How a parameter has a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeForm {
    /// `2018-08-06T10:41:14+0800`.
    WithOffset,
    /// `20170718235959`, in UTC.
    Digits,
    /// Milliseconds since 1970.
    Milliseconds,
}

impl TimeForm {
    /// The form that a text has.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut forms = [Self::Digits, Self::Milliseconds, Self::WithOffset].into_iter();
        forms.find(|form| form.read(text).is_some())
    }

    /// The time that a text stands for.
    pub(crate) fn read(self, text: &str) -> Option<Timestamp> {
        match self {
            Self::WithOffset => {
                Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", as_documented(text)?).ok()
            }
            Self::Digits => {
                // Rust's reading of dates takes fewer digits, too.
                number::<u64>(text).filter(|_| text.len() == "20170718235959".len())?;
                let time = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
                TimeZone::UTC.to_timestamp(time).ok()
            }
            Self::Milliseconds => Timestamp::from_millisecond(number(text)?).ok(),
        }
    }

    /// What is wrong with a text that stands for no time.
    pub(crate) const fn validation_error(self) -> &'static str {
        match self {
            Self::WithOffset => "no time such as 2018-08-06T10:41:14+0800",
            Self::Digits => "no time such as 20170718235959",
            Self::Milliseconds => "no number of milliseconds",
        }
    }
}

/// A time with an offset as the documentation writes it. The plus of the offset may have come bare in a query, where it
/// means a space, and a time without an offset is one in UTC: clients send both.
pub(crate) fn as_documented(text: &str) -> Option<String> {
    const LENGTH: usize = "2018-08-06T10:41:14".len();
    let (time, offset) = text.split_at_checked(LENGTH)?;
    DateTime::strptime("%Y-%m-%dT%H:%M:%S", time).ok()?;
    Some(match offset.strip_prefix(' ') {
        Some(offset) => format!("{time}+{offset}"),
        None if offset.is_empty() => format!("{time}+0000"),
        None => text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_form_that_is_documented() {
        for (form, text, seconds) in [
            (
                TimeForm::WithOffset,
                "2018-08-06T10:41:14+0800",
                1_533_523_274,
            ),
            (
                TimeForm::WithOffset,
                "2018-08-06T10:41:14-0130",
                1_533_557_474,
            ),
            (TimeForm::Digits, "20180806024114", 1_533_523_274),
            (TimeForm::Milliseconds, "1533523274000", 1_533_523_274),
        ] {
            let read = form.read(text).map(Timestamp::as_second);
            assert_eq!(read, Some(seconds), "{text}");
        }
        for (form, text) in [
            (TimeForm::WithOffset, "2018-08-06"),
            (TimeForm::WithOffset, "2018-08-06T10:41:14+"),
            (TimeForm::WithOffset, "2018-08-06T10:41:14 "),
            (TimeForm::WithOffset, "2018-08-06T10:41:14 -0800"),
            (TimeForm::WithOffset, "2018-13-06T10:41:14+0800"),
            (TimeForm::WithOffset, "20180806024114"),
            (TimeForm::WithOffset, "2018-08-06T10:41:1ä"),
            (TimeForm::Digits, "2018-08-06T10:41:14+0800"),
            (TimeForm::Digits, "2018080602411"),
            (TimeForm::Milliseconds, "-1"),
            (TimeForm::Milliseconds, "99999999999999999"),
            (TimeForm::Milliseconds, ""),
        ] {
            assert_eq!(form.read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_bare_plus_and_a_missing_offset_are_understood() {
        let time = TimeForm::WithOffset.read("2018-08-06T02:41:14+0000");
        assert!(time.is_some());
        for text in [
            "2018-08-06T10:41:14 0800",
            "2018-08-06T02:41:14",
            "2018-08-06T02:41:14 0000",
        ] {
            assert_eq!(TimeForm::WithOffset.read(text), time, "{text}");
        }
    }
}
