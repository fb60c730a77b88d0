//! Tokens, and one renewal for any number of calls.

use std::fmt;
use std::future::Future;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::sync::unpoisoned;

/// A token is renewed when this much of its life is left, or a tenth of its life if that is less.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// How long an early renewal that failed is not tried again, while the old token still serves.
const PAUSE_AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(30);

/// A token that IAM issued.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) expires_at: Timestamp,
    renew_at: Timestamp,
    /// The project that it is scoped to.
    pub(crate) project_id: Option<String>,
    /// Tells tokens apart without looking at them.
    serial: u64,
}

impl Token {
    pub(crate) fn new(
        secret: Secret,
        issued_at: Timestamp,
        expires_at: Timestamp,
        project_id: Option<String>,
    ) -> Self {
        let life = expires_at.duration_since(issued_at);
        let margin = (life / 10).clamp(SignedDuration::ZERO, MARGIN);
        Self {
            secret,
            expires_at,
            renew_at: expires_at.checked_sub(margin).unwrap_or(expires_at),
            project_id,
            serial: 0,
        }
    }

    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("expires_at", &self.expires_at)
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}

/// The current token.
///
/// While one call renews it, calls that hold a token still good go on with that; the others wait and share
/// the outcome, a failure included. If the renewing call is dropped, the next waiting one takes over.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    current: RwLock<Option<Token>>,
    /// Held while renewing; keeps how the last renewal failed.
    gate: Mutex<Option<Error>>,
    /// Counts finished renewals, so that a waiting call sees whether one ended since it began to wait.
    finished: AtomicU64,
}

impl TokenCache {
    /// The token in hand, whatever its state.
    pub(crate) fn current(&self) -> Option<Token> {
        unpoisoned(self.current.read()).clone()
    }

    /// A token that is good now. `issue` is awaited only if a new one is needed and nobody else is at it.
    pub(crate) async fn get(
        &self,
        now: Timestamp,
        issue: impl Future<Output = Result<Token>>,
    ) -> Result<Token> {
        let seen = self.finished.load(Ordering::Acquire);
        let current = self.current();
        if let Some(token) = &current
            && now < token.renew_at
        {
            return Ok(token.clone());
        }
        let usable = current.filter(|token| now < token.expires_at);
        let gate = match (self.gate.try_lock(), usable.clone()) {
            (Ok(gate), _) => gate,
            (Err(_), Some(token)) => return Ok(token),
            (Err(_), None) => self.gate.lock().await,
        };
        match (self.settle(gate, seen, issue).await, usable) {
            (Err(error), Some(old)) => {
                tracing::warn!(%error, "the token could not be renewed early; the old one serves on");
                let renew_at = now.checked_add(PAUSE_AFTER_FAILURE).unwrap_or(now);
                let kept = Token { renew_at, ..old };
                *unpoisoned(self.current.write()) = Some(kept.clone());
                Ok(kept)
            }
            (outcome, _) => outcome,
        }
    }

    /// A token other than the one that was refused.
    pub(crate) async fn renew(
        &self,
        refused: u64,
        issue: impl Future<Output = Result<Token>>,
    ) -> Result<Token> {
        let seen = self.finished.load(Ordering::Acquire);
        if let Some(token) = self.current()
            && token.serial != refused
        {
            return Ok(token);
        }
        let gate = self.gate.lock().await;
        self.settle(gate, seen, issue).await
    }

    async fn settle(
        &self,
        mut failure: MutexGuard<'_, Option<Error>>,
        seen: u64,
        issue: impl Future<Output = Result<Token>>,
    ) -> Result<Token> {
        let finished = self.finished.load(Ordering::Acquire);
        if finished != seen {
            if let Some(error) = failure.as_ref() {
                return Err(error.clone());
            }
            if let Some(token) = self.current() {
                return Ok(token);
            }
        }
        let outcome = issue.await.map(|token| Token {
            serial: finished + 1,
            ..token
        });
        match &outcome {
            Ok(token) => {
                *failure = None;
                *unpoisoned(self.current.write()) = Some(token.clone());
            }
            Err(error) => *failure = Some(error.clone()),
        }
        self.finished.store(finished + 1, Ordering::Release);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use futures_util::future::join_all;

    use super::*;
    use crate::error::ErrorKind;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn token(issued: i64, expires: i64) -> Token {
        Token::new("t".into(), at(issued), at(expires), None)
    }

    /// An IAM that takes a second and counts.
    async fn issue(count: &AtomicUsize, outcome: Result<Token>) -> Result<Token> {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(1)).await;
        outcome
    }

    #[tokio::test(start_paused = true)]
    async fn one_issue_serves_any_number_of_waiting_calls() {
        let cache = TokenCache::default();
        let count = AtomicUsize::new(0);
        let calls = (0..50).map(|_| cache.get(at(0), issue(&count, Ok(token(0, 86_400)))));
        let tokens: Vec<_> = join_all(calls)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert!(tokens.iter().all(|token| token.serial() == 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_and_not_remembered() {
        let cache = TokenCache::default();
        let count = AtomicUsize::new(0);
        let refused = || Err(Error::new(ErrorKind::Credentials, "wrong password"));
        let calls = (0..50).map(|_| cache.get(at(0), issue(&count, refused())));
        assert!(join_all(calls).await.iter().all(Result::is_err));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        let later = cache.get(at(0), issue(&count, Ok(token(0, 86_400)))).await;
        assert!(later.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_renewed_once() {
        let cache = TokenCache::default();
        let count = AtomicUsize::new(0);
        let first = cache
            .get(at(0), issue(&count, Ok(token(0, 86_400))))
            .await
            .unwrap();
        let calls =
            (0..50).map(|_| cache.renew(first.serial(), issue(&count, Ok(token(0, 86_400)))));
        for renewed in join_all(calls).await {
            assert_eq!(renewed.unwrap().serial(), 2);
        }
        // One that was refused long ago and only now says so.
        let late = cache
            .renew(first.serial(), issue(&count, Ok(token(0, 86_400))))
            .await;
        assert_eq!(late.unwrap().serial(), 2);
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_before_its_end_without_stopping_the_others() {
        let cache = TokenCache::default();
        let count = AtomicUsize::new(0);
        let get = |now, until| cache.get(at(now), issue(&count, Ok(token(now, until))));
        get(0, 86_400).await.unwrap();
        assert_eq!(get(86_400 - 601, 0).await.unwrap().serial(), 1);
        let both = join_all([get(86_400 - 600, 172_800), get(86_400 - 600, 172_800)]).await;
        let serials: Vec<_> = both
            .into_iter()
            .map(|token| token.unwrap().serial())
            .collect();
        assert_eq!(serials, [2, 1]);
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_early_renewal_is_put_off_but_one_after_the_end_is_an_error() {
        let cache = TokenCache::default();
        let count = AtomicUsize::new(0);
        let down = || issue(&count, Err(Error::new(ErrorKind::Connection, "down")));
        cache
            .get(at(0), issue(&count, Ok(token(0, 1000))))
            .await
            .unwrap();
        assert_eq!(cache.get(at(950), down()).await.unwrap().serial(), 1);
        assert_eq!(cache.get(at(979), down()).await.unwrap().serial(), 1);
        assert_eq!(count.load(Ordering::SeqCst), 2);
        assert!(cache.get(at(1000), down()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_renewal_is_taken_over() {
        let cache = Arc::new(TokenCache::default());
        let count = Arc::new(AtomicUsize::new(0));
        let call = || {
            let (cache, count) = (Arc::clone(&cache), Arc::clone(&count));
            tokio::spawn(async move { cache.get(at(0), issue(&count, Ok(token(0, 86_400)))).await })
        };
        let first = call();
        tokio::task::yield_now().await;
        let second = call();
        tokio::task::yield_now().await;
        first.abort();
        assert!(second.await.unwrap().is_ok());
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn debug_output_has_no_secret() {
        let token = Token::new("hunter2".into(), at(0), at(1), Some("p".into()));
        assert!(!format!("{token:?}").contains("hunter2"));
    }
}
