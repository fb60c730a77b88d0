//! How grave an entry is.

use std::fmt;
use std::str::FromStr;

/// A severity, by the numbers of [OpenTelemetry's log data
/// model](https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Severity(u8);

impl Severity {
    /// `TRACE`.
    pub const TRACE: Self = Self(1);
    /// `DEBUG`.
    pub const DEBUG: Self = Self(5);
    /// `INFO`, which an entry has that states none.
    pub const INFO: Self = Self(9);
    /// `INFO2`: what the databases call a notice.
    pub const NOTICE: Self = Self(10);
    /// `WARN`.
    pub const WARN: Self = Self(13);
    /// `ERROR`.
    pub const ERROR: Self = Self(17);
    /// `FATAL`.
    pub const FATAL: Self = Self(21);
    /// `FATAL2`: more than one session ends.
    pub const PANIC: Self = Self(22);

    /// The number, from 1 to 24.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The name that all of the range share.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0..=4 => "TRACE",
            5..=8 => "DEBUG",
            9..=12 => "INFO",
            13..=16 => "WARN",
            17..=20 => "ERROR",
            _ => "FATAL",
        }
    }

    /// The severity that a database means by a word, in any letter case.
    pub fn of_word(word: &[u8]) -> Option<Self> {
        const WORDS: [(&str, Severity); 33] = [
            ("LOG", Severity::INFO),
            ("ERROR", Severity::ERROR),
            ("WARNING", Severity::WARN),
            ("NOTE", Severity::INFO),
            ("FATAL", Severity::FATAL),
            ("INFO", Severity::INFO),
            ("NOTICE", Severity::NOTICE),
            ("WARN", Severity::WARN),
            ("PANIC", Severity::PANIC),
            ("SYSTEM", Severity::INFO),
            ("DEBUG", Severity::DEBUG),
            ("DEBUG1", Severity::DEBUG),
            ("DEBUG2", Severity::DEBUG),
            ("DEBUG3", Severity::DEBUG),
            ("DEBUG4", Severity::DEBUG),
            ("DEBUG5", Severity::DEBUG),
            ("TRACE", Severity::TRACE),
            ("VERBOSE", Severity::DEBUG),
            ("CRITICAL", Severity(18)),
            ("CRIT", Severity(18)),
            ("ALERT", Severity(19)),
            ("EMERGENCY", Severity::PANIC),
            ("EMERG", Severity::PANIC),
            // MongoDB's.
            ("F", Severity::FATAL),
            ("E", Severity::ERROR),
            ("W", Severity::WARN),
            ("I", Severity::INFO),
            ("D", Severity::DEBUG),
            ("D1", Severity::DEBUG),
            ("D2", Severity::DEBUG),
            ("D3", Severity::DEBUG),
            ("D4", Severity::DEBUG),
            ("D5", Severity::DEBUG),
        ];
        let mut words = WORDS.iter();
        words
            .find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(word))
            .map(|(_, severity)| *severity)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::of_word(text.as_bytes())
            .filter(|_| text.len() > 2)
            .ok_or_else(|| {
                "write a level such as debug, info, notice, warning, error, fatal or panic"
                    .to_owned()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_databases_have_the_numbers_of_the_data_model() {
        let number = |word: &str| Severity::of_word(word.as_bytes()).map(Severity::number);
        assert_eq!(number("Note"), Some(9));
        assert_eq!(number("WARNING"), Some(13));
        assert_eq!(number("error"), Some(17));
        assert_eq!(number("PANIC"), Some(22));
        assert_eq!(number("DETAIL"), None);
        assert_eq!("warn".parse(), Ok(Severity::WARN));
        assert!("w".parse::<Severity>().is_err());
        assert!(Severity::NOTICE > Severity::INFO && Severity::NOTICE.name() == "INFO");
    }
}
