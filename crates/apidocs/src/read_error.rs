//! Why a page was not read.

use std::fmt;

/// A page was refused: reading it would have meant guessing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadError {
    /// The rule that refused it.
    pub reason: Reason,
    /// Line of the page, counted from 1, where that is known.
    pub line: Option<u32>,
    /// What was found, and what to do about it.
    pub detail: String,
}

/// The rules by which a page is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The page is larger than this library reads.
    TooLarge,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// Nothing is in it.
    Empty,
    /// Lists, tables or elements are nested deeper than any page's.
    TooDeep,
    /// A table that cannot be read cell by cell.
    Table,
    /// A construct that may hide facts and is not understood.
    Construct,
    /// No method and path are stated: not the page of an operation.
    NoOperation,
    /// Several different methods and paths are stated.
    SeveralOperations,
    /// A table of fields whose columns or place cannot be told.
    FieldTable,
    /// A field whose cells contradict their column.
    Field,
}

impl Reason {
    /// The stable name of the rule.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::TooLarge => "too-large",
            Reason::NotUtf8 => "not-utf8",
            Reason::Empty => "empty",
            Reason::TooDeep => "too-deep",
            Reason::Table => "table",
            Reason::Construct => "construct",
            Reason::NoOperation => "no-operation",
            Reason::SeveralOperations => "several-operations",
            Reason::FieldTable => "field-table",
            Reason::Field => "field",
        }
    }
}

impl ReadError {
    /// A refusal at a line.
    pub(crate) fn at(reason: Reason, line: u32, detail: impl Into<String>) -> Self {
        Self {
            reason,
            line: Some(line),
            detail: detail.into(),
        }
    }

    /// A refusal of the page as a whole.
    pub(crate) fn page(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            line: None,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page refused ({})", self.reason.as_str())?;
        if let Some(line) = self.line {
            write!(f, " at line {line}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl std::error::Error for ReadError {}
