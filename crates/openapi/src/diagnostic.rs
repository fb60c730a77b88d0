//! What is wrong in the description, where, and what to write instead.

use std::fmt;

/// One mistake in a hand-written description file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Diagnostic {
    /// File, relative to the workspace, with `/` as separator.
    pub file: String,
    /// JSON pointer inside that file (RFC 6901); empty for the whole file.
    pub pointer: String,
    /// Stable name of the rule that found it.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Diagnostic {
    /// A mistake that is a whole file's.
    pub fn of_file(
        file: impl Into<String>,
        rule: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            pointer: String::new(),
            rule,
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}#{}: {} [{}]\n  help: {}",
            self.file, self.pointer, self.message, self.rule, self.help
        )
    }
}

/// Every diagnostic that was found, sorted by file and pointer. Never empty as an error.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "it is its list")]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Wraps a single diagnostic.
    pub fn one(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0 {
            writeln!(f, "{diagnostic}")?;
        }
        let n = self.0.len();
        write!(
            f,
            "{n} error{} in the description",
            if n == 1 { "" } else { "s" }
        )
    }
}

impl std::error::Error for Diagnostics {}
