//! In which form a time is sent (`x-time`).

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// The key of a schema that says in which form its time is.
pub const TIME: &str = "x-time";

/// A form in which the services have times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads descriptions has to do something about each"
)]
pub enum TimeForm {
    /// `2019-05-10T08:31:16.166Z`: date and time with `Z` or an offset with a colon, of any fraction.
    Rfc3339,
    /// `2018-08-06T10:41:14+0800`: an offset without a colon.
    Offset,
    /// Date and time without an offset, in UTC: `2018-08-06T10:41:14`, `2018-08-06 10:41:14`, `2018/08/06 10:41:14`, or
    /// digits alone, down to seconds or minutes.
    Utc,
    /// The same where nobody says of which time zone it is.
    Local,
    /// `2021-04-16`.
    Date,
    /// Milliseconds since 1970-01-01 UTC, as a number or as a text.
    Milliseconds,
    /// Seconds since 1970-01-01 UTC, as a number or as a text.
    Seconds,
}

impl TimeForm {
    /// Every form.
    pub const ALL: [Self; 7] = [
        Self::Rfc3339,
        Self::Offset,
        Self::Utc,
        Self::Local,
        Self::Date,
        Self::Milliseconds,
        Self::Seconds,
    ];

    /// As a description has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rfc3339 => "rfc3339",
            Self::Offset => "offset",
            Self::Utc => "utc",
            Self::Local => "local",
            Self::Date => "date",
            Self::Milliseconds => "milliseconds",
            Self::Seconds => "seconds",
        }
    }

    /// What a person writes in this form, in words that follow `write`; `None` where the form has several.
    pub const fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Rfc3339 => Some("a time such as 2019-05-10T08:31:16Z"),
            Self::Offset => Some("a time such as 2018-08-06T10:41:14+0800"),
            Self::Date => Some("a date such as 2021-04-16"),
            Self::Milliseconds => Some("milliseconds since 1970, such as 1533423274000"),
            Self::Seconds => Some("seconds since 1970, such as 1533423274"),
            Self::Utc | Self::Local => None,
        }
    }

    /// The form of a value that is a time by its looks. Whether one without an offset is in UTC cannot be seen, so it is
    /// [`Local`](Self::Local); a number of seconds does not look like a time.
    pub fn of(value: &Value) -> Option<Self> {
        /// Digits of the milliseconds from 2001 to 2286.
        const MILLISECONDS: usize = 13;
        match value {
            Value::String(text) => {
                let begins = text.starts_with('1') || text.starts_with("20");
                match digits(text)? {
                    Digits::All(MILLISECONDS) if text.starts_with('1') => Some(Self::Milliseconds),
                    Digits::All(14) if begins => Some(Self::Local),
                    Digits::All(_) => None,
                    Digits::Date => Some(Self::Date),
                    Digits::Time(Zone::None) => Some(Self::Local),
                    Digits::Time(Zone::Colon) => Some(Self::Rfc3339),
                    Digits::Time(Zone::NoColon) => Some(Self::Offset),
                }
            }
            Value::Number(number) => {
                let text = number.as_u64()?.to_string();
                (text.len() == MILLISECONDS).then_some(Self::Milliseconds)
            }
            _ => None,
        }
    }

    /// Whether a value is of this form. A zero stands for no time where times are numbers.
    pub fn has(self, value: &Value) -> bool {
        let count = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        match self {
            Self::Milliseconds => count.is_some_and(|count| count == 0 || count >= 100_000_000_000),
            Self::Seconds => count.is_some_and(|count| count < 100_000_000_000),
            Self::Utc | Self::Local => {
                let found = value.as_str().and_then(digits);
                matches!(found, Some(Digits::Time(Zone::None) | Digits::All(12 | 14)))
            }
            Self::Rfc3339 | Self::Offset | Self::Date => Self::of(value) == Some(self),
        }
    }
}

impl fmt::Display for TimeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for TimeForm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|form| form.name() == text)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::name).join(", ");
                format!("{text:?} is no form of a time: write one of {names}")
            })
    }
}

/// What the digits of a text are.
enum Digits {
    /// So many, and nothing else.
    All(usize),
    Date,
    Time(Zone),
}

enum Zone {
    None,
    /// `Z`, or `+08:00`.
    Colon,
    /// `+0800`.
    NoColon,
}

fn digits(text: &str) -> Option<Digits> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Digits::All(text.len()));
    }
    let (date, rest) = text.split_at_checked("2018-08-06".len())?;
    match shape(date).as_str() {
        "0000-00-00" if rest.is_empty() => return Some(Digits::Date),
        "0000-00-00" | "0000/00/00" => {}
        _ => return None,
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let (time, rest) = rest.split_at_checked("10:41:14".len())?;
    if shape(time) != "00:00:00" {
        return None;
    }
    let rest = rest.strip_prefix('.').map_or(rest, |fraction| {
        fraction.trim_start_matches(|c: char| c.is_ascii_digit())
    });
    Some(Digits::Time(match shape(rest).as_str() {
        "" => Zone::None,
        "Z" | "+00:00" | "-00:00" => Zone::Colon,
        "+0000" | "-0000" => Zone::NoColon,
        _ => return None,
    }))
}

/// The text with a zero for each digit.
fn shape(text: &str) -> String {
    let zero = |c: char| if c.is_ascii_digit() { '0' } else { c };
    text.chars().map(zero).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_is_seen() {
        for (value, form) in [
            (json!("2019-05-10T08:31:16.166Z"), Some(TimeForm::Rfc3339)),
            (json!("2016-04-04T00:00:00+08:00"), Some(TimeForm::Rfc3339)),
            (json!("2018-08-06T10:41:14+0800"), Some(TimeForm::Offset)),
            (json!("2016-11-06T15:32:17.000000"), Some(TimeForm::Local)),
            (json!("2019/10/22 14:44:30"), Some(TimeForm::Local)),
            (json!("20200609160000"), Some(TimeForm::Local)),
            (json!("2021-04-16"), Some(TimeForm::Date)),
            (json!("1684191545379"), Some(TimeForm::Milliseconds)),
            (json!(1_589_529_991_385_u64), Some(TimeForm::Milliseconds)),
            (json!("19:00:00"), None),
            (json!("2021-04-16T"), None),
            (json!("2021-04-16T10:00:00 CET"), None),
            (json!("202404011057"), None),
            (json!("äääääääääää"), None),
            (json!(3), None),
            (json!(null), None),
        ] {
            assert_eq!(TimeForm::of(&value), form, "{value}");
            if let Some(form) = form {
                assert!(form.has(&value), "{value}");
            }
        }
    }

    #[test]
    fn a_value_is_held_to_its_form() {
        let utc = json!("2018-08-06T10:41:14");
        assert!(TimeForm::Utc.has(&utc) && TimeForm::Local.has(&json!("202404011057")));
        assert!(!TimeForm::Rfc3339.has(&utc) && !TimeForm::Offset.has(&utc));
        assert!(TimeForm::Seconds.has(&json!(1_589_529_991)));
        assert!(!TimeForm::Seconds.has(&json!(1_589_529_991_385_u64)));
        assert!(TimeForm::Milliseconds.has(&json!(0)));
        assert!(!TimeForm::Milliseconds.has(&json!("1589529991")));
    }

    #[test]
    fn a_form_is_named() {
        for form in TimeForm::ALL {
            assert_eq!(form.name().parse(), Ok(form));
        }
        let error = "iso".parse::<TimeForm>().unwrap_err();
        assert!(error.contains("rfc3339, offset"), "{error}");
    }
}
