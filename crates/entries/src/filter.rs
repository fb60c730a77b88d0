//! Which entries are shown.

use jiff::Timestamp;
use regex::bytes::Regex;

use crate::reader::Entry;
use crate::severity::Severity;

/// A choice of entries. What is not set chooses all.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Filter {
    /// The first time.
    pub from: Option<Timestamp>,
    /// The first time that is too late.
    pub to: Option<Timestamp>,
    /// The least severity.
    pub severity: Option<Severity>,
    /// What is found in an entry, in any of its lines.
    pub pattern: Option<Regex>,
}

impl Filter {
    /// Sets [`from`](Self::from).
    #[must_use]
    pub fn from(mut self, time: impl Into<Option<Timestamp>>) -> Self {
        self.from = time.into();
        self
    }

    /// Sets [`to`](Self::to).
    #[must_use]
    pub fn to(mut self, time: impl Into<Option<Timestamp>>) -> Self {
        self.to = time.into();
        self
    }

    /// Sets [`severity`](Self::severity).
    #[must_use]
    pub fn severity(mut self, least: impl Into<Option<Severity>>) -> Self {
        self.severity = least.into();
        self
    }

    /// Sets [`pattern`](Self::pattern).
    #[must_use]
    pub fn pattern(mut self, pattern: impl Into<Option<Regex>>) -> Self {
        self.pattern = pattern.into();
        self
    }

    /// Whether nothing from this time on is chosen.
    pub fn is_over(&self, time: Timestamp) -> bool {
        self.to.is_some_and(|to| time >= to)
    }

    /// Whether an entry is chosen.
    pub fn takes(&self, entry: &Entry<'_>) -> bool {
        self.from.is_none_or(|from| entry.time >= from)
            && !self.is_over(entry.time)
            && self
                .severity
                .is_none_or(|least| entry.severity.unwrap_or(Severity::INFO) >= least)
            && self
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(entry.raw))
    }
}
