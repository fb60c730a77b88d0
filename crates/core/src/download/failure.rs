//! Why an attempt failed, and what may come of another one.

use crate::error::Error;

/// What may come of another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// It may go better.
    Retry,
    /// It may go better with another link: this one is refused, as when it has expired.
    Relink,
    /// None will go better.
    Stop,
}

/// Why an attempt ended before the file did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptError {
    /// What may come of another attempt.
    pub next: Next,
    /// Whether what is there is void: it is of another file, or no file at all.
    pub void: bool,
    /// The error.
    pub error: Error,
}

impl AttemptError {
    fn new(next: Next, error: Error) -> Self {
        Self {
            next,
            void: false,
            error,
        }
    }

    /// Another attempt may go better.
    pub fn retry(error: Error) -> Self {
        Self::new(Next::Retry, error)
    }

    /// No attempt will go better.
    pub fn stop(error: Error) -> Self {
        Self::new(Next::Stop, error)
    }

    pub(super) fn relink(error: Error) -> Self {
        Self::new(Next::Relink, error)
    }

    pub(super) fn void(self) -> Self {
        Self { void: true, ..self }
    }
}
