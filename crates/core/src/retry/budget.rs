//! A bound on how much of a client's traffic may be retries.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::AttemptError;

const CAPACITY: u32 = 500;
const RETRY_COST: u32 = 5;
const TIMEOUT_COST: u32 = 10;
const SUCCESS_REFUND: u32 = 1;

/// A token bucket that all calls of a client share.
///
/// A retry takes 5 tokens out, one after a timeout 10; a call that succeeds at the first attempt puts 1 back,
/// one that succeeded after retries puts back what its last retry cost. While a service is down, a full
/// bucket of 500 lets about a hundred retries pass and then one for every few successes, so that many
/// workers do not keep it down. Clones share the bucket.
#[derive(Clone, Debug)]
pub struct RetryBudget(Arc<Bucket>);

#[derive(Debug)]
struct Bucket {
    capacity: u32,
    tokens: AtomicU32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(CAPACITY)
    }
}

impl RetryBudget {
    /// A full bucket of this many tokens.
    pub fn new(capacity: u32) -> Self {
        Self(Arc::new(Bucket {
            capacity,
            tokens: AtomicU32::new(capacity),
        }))
    }

    /// How many tokens are left.
    pub fn tokens(&self) -> u32 {
        self.0.tokens.load(Ordering::Relaxed)
    }

    /// Pays for a retry; false, and nothing taken, if there is not enough.
    pub(super) fn withdraw(&self, failure: AttemptError<'_>) -> bool {
        let cost = cost(failure);
        self.0
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| {
                tokens.checked_sub(cost)
            })
            .is_ok()
    }

    /// Records a success, after the failure that the last retry paid for, if there was one.
    pub(crate) fn refund(&self, last_failure: Option<AttemptError<'_>>) {
        let amount = last_failure.map_or(SUCCESS_REFUND, cost);
        let capacity = self.0.capacity;
        let _ = self
            .0
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| {
                Some(tokens.saturating_add(amount).min(capacity))
            });
    }
}

fn cost(failure: AttemptError<'_>) -> u32 {
    match failure {
        AttemptError::TimedOut => TIMEOUT_COST,
        AttemptError::NotSent | AttemptError::Lost | AttemptError::Answered { .. } => RETRY_COST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_cost_and_successes_refund_never_past_the_brim() {
        let budget = RetryBudget::new(20);
        assert!(budget.withdraw(AttemptError::TimedOut));
        assert!(budget.clone().withdraw(AttemptError::Lost));
        assert_eq!(budget.tokens(), 5);
        assert!(!budget.withdraw(AttemptError::TimedOut));
        assert_eq!(budget.tokens(), 5);
        budget.refund(None);
        assert_eq!(budget.tokens(), 6);
        budget.refund(Some(AttemptError::TimedOut));
        budget.refund(Some(AttemptError::Lost));
        assert_eq!(budget.tokens(), 20);
    }
}
