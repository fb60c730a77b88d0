//! Analyses of keys, and their daily schedules.

use jiff::Timestamp;

use super::span::Span;

/// Which keys are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Looked {
    Big,
    Hot,
    Expired,
}

/// An analysis.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) id: String,
    pub(crate) what: Looked,
    pub(crate) span: Span,
}

/// When analyses begin by themselves.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) enabled: bool,
    /// Times of day such as `21:00`.
    pub(crate) at: Vec<String>,
    pub(crate) updated: Timestamp,
}
