//! Locks.

use std::sync::{LockResult, PoisonError};

/// What a lock guards, even if a thread panicked while it had it: for changes that leave nothing half done.
pub fn unpoisoned<G>(guard: LockResult<G>) -> G {
    guard.unwrap_or_else(PoisonError::into_inner)
}
