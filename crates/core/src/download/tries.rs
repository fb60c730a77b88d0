//! How often a file is asked for again, and after which pauses.

use std::time::Duration;

use crate::error::{Error, Result};

/// How many other links are asked for because the one before is refused.
const RENEWALS: u32 = 3;

/// A host that asks for a longer pause is not waited for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// New bytes that make a failed attempt count as progress: a host that sends less over each connection does not get on.
const PROGRESS: u64 = 512;

/// Counts the attempts of one download. Those that bring it further do not count.
#[derive(Clone, Debug)]
pub struct Tries {
    pub(super) attempts: u32,
    pub(super) backoff: Duration,
    failures: u32,
    renewals: u32,
    furthest: u64,
}

impl Tries {
    /// So many attempts in a row may bring nothing. The first pause has this length, and each one twice that of the one
    /// before; half of it is chance. `length` is how many bytes are there already.
    pub fn new(attempts: u32, backoff: Duration, length: u64) -> Self {
        Self {
            attempts,
            backoff,
            failures: 0,
            renewals: 0,
            furthest: length,
        }
    }

    /// Whether the next failure is the last one.
    pub fn is_last(&self) -> bool {
        self.failures + 1 >= self.attempts
    }

    /// Counts a link that was refused.
    ///
    /// # Errors
    /// Its own, where another link would be one too many.
    pub fn renew(&mut self, error: Error) -> Result<()> {
        tracing::debug!(%error, "a link is refused; asking for a new one");
        self.renewals += 1;
        match self.renewals > RENEWALS {
            true => Err(error.with_hint(
                "links expire; a new one was asked for and refused as well, so check this machine's clock and proxy",
            )),
            false => Ok(()),
        }
    }

    /// Counts an attempt that failed when `length` bytes were there, and pauses before the next one.
    ///
    /// # Errors
    /// Its own, where no other attempt is due.
    pub async fn pause(&mut self, length: u64, error: Error) -> Result<()> {
        // Only what was never there before is progress: a host that sends the beginning again and again makes none.
        if length >= self.furthest.saturating_add(PROGRESS) {
            self.furthest = length;
            self.failures = 0;
            self.renewals = 0;
        }
        self.failures += 1;
        let asked = error.retry_after().unwrap_or_default();
        if self.failures >= self.attempts || asked > LONGEST_RETRY_AFTER {
            return Err(error);
        }
        let pause = pause(self.backoff, self.failures).max(asked);
        tracing::debug!(%error, failures = self.failures, ?pause, "a download goes on after a pause");
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// Doubles each time up to half a minute; half of it is chance, so that many downloads do not come back at once.
fn pause(base: Duration, failures: u32) -> Duration {
    let longest = base
        .saturating_mul(1 << failures.min(16).saturating_sub(1))
        .min(Duration::from_secs(30));
    longest.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let base = Duration::from_millis(100);
        assert!(pause(base, 1) <= base);
        let last = pause(base, 40);
        assert!(last <= Duration::from_secs(30) && last >= Duration::from_secs(15));
    }
}
