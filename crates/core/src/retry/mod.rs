//! When a call is sent again, and after how long.
//!
//! The decision is a pure function of what happened, so tests need neither clock nor network:
//!
//! | What happened | Sent again |
//! |---|---|
//! | the request never left (no connection) | always |
//! | 429, or a code of the gateway for too many calls | any call, all calls of the service after a common pause |
//! | a code that means "nothing was done, try later" | any call: it is answered before work begins |
//! | 503, 500, 502, 504 and other 5xx, 408, a timeout, a lost connection | only calls that are idempotent |
//! | anything else | never |
//!
//! A call is idempotent if the description declares it to be (`x-idempotent: true`), is not if it declares that
//! (`x-idempotent: false`, as of a PUT that empties an instance), and else is what its method is. A 503 does not prove
//! that nothing was done: a gateway also sends it when the service behind it fell silent half way.
//!
//! Too many calls are no fault: they use up neither attempts nor budget. The call waits, first for a second and then
//! twice as long each time, up to a minute as the services ask for, and goes on for as long as its own time lasts; see
//! [`RetryPolicy::hold_back`]. All other calls of the service wait with it.
//!
//! All the rest holds only while attempts, the budget and the call's total time last. The pause doubles with each
//! attempt up to a bound, of which a random part is taken (full jitter); a `Retry-After` that is
//! longer wins.

mod after;
mod budget;

use std::time::Duration;

use reqwest::StatusCode;

pub use after::parse_retry_after;
pub use budget::RetryBudget;

/// Service codes with a status that would not be retried, although the service says to try later and that it
/// did nothing. `DCS.4104` (with 400): the instance recovers from an internal fault.
const TRANSIENT_CODES: [&str; 1] = ["DCS.4104"];

/// Codes of the API gateway for too many calls, whatever status they come with. `APIG.` is how newer gateways spell it.
const THROTTLING_CODES: [&str; 4] = ["APIGW.0308", "APIGW.0309", "APIG.0308", "APIG.0309"];

/// Whether a response says that there were too many calls: nothing was done, and all calls of the service are to pause.
pub fn is_throttling(status: StatusCode, code: Option<&str>) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || (!status.is_success() && code.is_some_and(|code| THROTTLING_CODES.contains(&code)))
}

/// Whether a service's code alone means that the same call may succeed later.
pub fn is_transient_code(code: &str) -> bool {
    TRANSIENT_CODES.contains(&code)
}

/// How often and how fast a call is repeated.
///
/// ```
/// use std::time::Duration;
///
/// use otcdb_core::RetryPolicy;
///
/// let patient = RetryPolicy::default().attempts(8).longest_pause(Duration::from_secs(60));
/// assert_eq!(patient.attempts, 8);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many times a call is sent at most, the first time included. 1 switches retries off.
    pub attempts: u32,
    /// The bound of the first pause; each further one is twice as long.
    pub first_pause: Duration,
    /// The bound of any pause.
    pub longest_pause: Duration,
    /// The bound of the first pause after a refusal for too many calls; each further one is twice as long.
    pub first_held_back: Duration,
    /// The bound of any pause after such a refusal, unless the service asks for a longer one.
    pub longest_held_back: Duration,
    /// How long a call goes on in all while it is refused for too many calls. Its own time bounds this too.
    pub patience: Duration,
    /// The longest `Retry-After` that is waited for. A service that asks for more gets no retry, and the
    /// error says how long it asked for.
    pub longest_retry_after: Duration,
}

impl Default for RetryPolicy {
    /// Four attempts, pauses of up to 0.5, 1 and 2 seconds, bounded by 20; after too many calls 1, 2, 4 seconds and so
    /// on, bounded by a minute; `Retry-After` up to a minute.
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(20),
            first_held_back: Duration::from_secs(1),
            longest_held_back: Duration::from_secs(60),
            patience: Duration::MAX,
            longest_retry_after: Duration::from_secs(60),
        }
    }
}

/// How one attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptError<'a> {
    /// There was no connection, so nothing was sent.
    NotSent,
    /// The connection was lost after something was sent, before the whole response was there.
    Lost,
    /// No response, or no more of it, in time.
    TimedOut,
    /// The service answered.
    Answered {
        /// The HTTP status.
        status: StatusCode,
        /// The service's own code, if the body had one.
        code: Option<&'a str>,
        /// What the service asked for.
        retry_after: Option<Duration>,
    },
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Send it again after this pause.
    RetryAfter(Duration),
    /// Give up, for this reason.
    Stop(Stop),
}

/// Why a call is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// Repeating would not help, or might do the same thing twice.
    NotRetryable,
    /// All attempts are used up.
    Attempts,
    /// Too many calls of this client failed lately.
    Budget,
    /// The service asks to wait longer than the policy allows.
    RetryAfterTooLong,
    /// The call's own time does not last for another pause.
    Time,
}

impl RetryPolicy {
    /// A policy that sends everything once.
    pub fn never() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// Sets [`attempts`](Self::attempts).
    #[must_use]
    pub fn attempts(mut self, count: u32) -> Self {
        self.attempts = count;
        self
    }

    /// Sets [`first_pause`](Self::first_pause).
    #[must_use]
    pub fn first_pause(mut self, bound: Duration) -> Self {
        self.first_pause = bound;
        self
    }

    /// Sets [`longest_pause`](Self::longest_pause).
    #[must_use]
    pub fn longest_pause(mut self, bound: Duration) -> Self {
        self.longest_pause = bound;
        self
    }

    /// Sets [`first_held_back`](Self::first_held_back).
    #[must_use]
    pub fn first_held_back(mut self, bound: Duration) -> Self {
        self.first_held_back = bound;
        self
    }

    /// Sets [`longest_held_back`](Self::longest_held_back).
    #[must_use]
    pub fn longest_held_back(mut self, bound: Duration) -> Self {
        self.longest_held_back = bound;
        self
    }

    /// Sets [`patience`](Self::patience).
    #[must_use]
    pub fn patience(mut self, bound: Duration) -> Self {
        self.patience = bound;
        self
    }

    /// Sets [`longest_retry_after`](Self::longest_retry_after).
    #[must_use]
    pub fn longest_retry_after(mut self, bound: Duration) -> Self {
        self.longest_retry_after = bound;
        self
    }

    /// Decides about the next attempt. `attempt` counts from 1; `random` is in `0.0..1.0`. Only when
    /// everything else speaks for a retry is it paid for from the budget.
    pub fn decide(
        &self,
        attempt: u32,
        failure: AttemptError<'_>,
        idempotent: bool,
        budget: &RetryBudget,
        random: f64,
    ) -> Decision {
        if !is_retryable(failure, idempotent) {
            return Decision::Stop(Stop::NotRetryable);
        }
        if attempt >= self.attempts {
            return Decision::Stop(Stop::Attempts);
        }
        let mut pause = self.pause(attempt, random);
        if let AttemptError::Answered {
            retry_after: Some(asked),
            ..
        } = failure
        {
            if asked > self.longest_retry_after {
                return Decision::Stop(Stop::RetryAfterTooLong);
            }
            pause = pause.max(asked);
        }
        if budget.withdraw(failure) {
            Decision::RetryAfter(pause)
        } else {
            Decision::Stop(Stop::Budget)
        }
    }

    /// Decides about a call that was refused for too many calls, `refusals` times in a row with this one. `left` is what
    /// is left of its time, if that ends. At least half of the bound of a pause is waited for, and at most half of what is
    /// left, so that the end of the time sees some more tries. A policy of one attempt tries nothing again.
    pub fn hold_back(
        &self,
        refusals: u32,
        asked: Option<Duration>,
        left: Option<Duration>,
        random: f64,
    ) -> Decision {
        if self.attempts <= 1 {
            return Decision::Stop(Stop::Attempts);
        }
        let asked = asked.unwrap_or_default();
        if asked > self.longest_retry_after {
            return Decision::Stop(Stop::RetryAfterTooLong);
        }
        let bound = doubled(self.first_held_back, refusals).min(self.longest_held_back);
        let pause = bound / 2 + part(bound / 2, random);
        let Some(left) = left else {
            return Decision::RetryAfter(pause.max(asked));
        };
        if asked >= left || left < self.first_held_back / 4 {
            return Decision::Stop(Stop::Time);
        }
        Decision::RetryAfter(pause.min(left / 2).max(asked))
    }

    /// A random part of the bound that belongs to the attempt.
    fn pause(&self, attempt: u32, random: f64) -> Duration {
        let bound = doubled(self.first_pause, attempt).min(self.longest_pause);
        part(bound, random)
    }
}

/// Twice as long for each time after the first.
fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.saturating_sub(1).min(31))
}

fn part(bound: Duration, random: f64) -> Duration {
    // The longest durations are rounded up by the conversion, past what a duration can hold.
    Duration::try_from_secs_f64(bound.as_secs_f64() * random.clamp(0.0, 1.0))
        .map_or(bound, |pause| pause.min(bound))
}

fn is_retryable(failure: AttemptError<'_>, idempotent: bool) -> bool {
    match failure {
        AttemptError::NotSent => true,
        AttemptError::Lost | AttemptError::TimedOut => idempotent,
        AttemptError::Answered {
            code: Some(code), ..
        } if is_transient_code(code) => true,
        AttemptError::Answered { status, .. } => match status.as_u16() {
            429 => true,
            408 => idempotent,
            // Not implemented and version not supported will not change.
            501 | 505 => false,
            500..=599 => idempotent,
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answered(status: u16) -> AttemptError<'static> {
        AttemptError::Answered {
            status: StatusCode::from_u16(status).unwrap(),
            code: None,
            retry_after: None,
        }
    }

    fn retries(failure: AttemptError<'_>, idempotent: bool) -> bool {
        let budget = RetryBudget::default();
        let decision = RetryPolicy::default().decide(1, failure, idempotent, &budget, 0.5);
        matches!(decision, Decision::RetryAfter(_))
    }

    #[test]
    fn what_is_repeated_depends_on_what_may_have_happened() {
        for (failure, any_call, idempotent_call) in [
            (AttemptError::NotSent, true, true),
            (AttemptError::Lost, false, true),
            (AttemptError::TimedOut, false, true),
            (answered(429), true, true),
            (answered(503), false, true),
            (answered(408), false, true),
            (answered(500), false, true),
            (answered(502), false, true),
            (answered(504), false, true),
            (answered(501), false, false),
            (answered(400), false, false),
            (answered(401), false, false),
            (answered(403), false, false),
            (answered(404), false, false),
            (answered(409), false, false),
        ] {
            assert_eq!(retries(failure, false), any_call, "{failure:?}");
            assert_eq!(retries(failure, true), idempotent_call, "{failure:?}");
        }
    }

    #[test]
    fn a_code_that_says_try_later_is_believed_whatever_its_status() {
        let failure = AttemptError::Answered {
            status: StatusCode::BAD_REQUEST,
            code: Some("DCS.4104"),
            retry_after: None,
        };
        assert!(retries(failure, false));
    }

    #[test]
    fn the_pause_doubles_up_to_its_bound_and_jitter_takes_a_part() {
        let policy = RetryPolicy {
            attempts: 99,
            ..RetryPolicy::default()
        };
        let pause = |attempt, random| policy.pause(attempt, random).as_millis();
        let bounds: Vec<_> = (1..=8).map(|attempt| pause(attempt, 1.0)).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
        assert_eq!(pause(3, 0.25), 500);
        assert_eq!(pause(3, 0.0), 0);
        assert_eq!(pause(u32::MAX, 1.0), 20000);
        let unbounded = RetryPolicy {
            first_pause: Duration::MAX,
            longest_pause: Duration::MAX,
            ..policy
        };
        assert_eq!(unbounded.pause(1, 1.0), Duration::MAX);
    }

    #[test]
    fn retry_after_is_honoured_up_to_its_bound() {
        let policy = RetryPolicy::default();
        let budget = RetryBudget::default();
        let decide = |seconds| {
            let failure = AttemptError::Answered {
                status: StatusCode::TOO_MANY_REQUESTS,
                code: None,
                retry_after: Some(Duration::from_secs(seconds)),
            };
            policy.decide(1, failure, false, &budget, 1.0)
        };
        assert_eq!(decide(0), Decision::RetryAfter(Duration::from_millis(500)));
        assert_eq!(decide(7), Decision::RetryAfter(Duration::from_secs(7)));
        assert_eq!(decide(60), Decision::RetryAfter(Duration::from_secs(60)));
        assert_eq!(decide(61), Decision::Stop(Stop::RetryAfterTooLong));
    }

    #[test]
    fn attempts_and_budget_end_the_retries() {
        let policy = RetryPolicy::default();
        let budget = RetryBudget::new(7);
        let decide = |attempt| policy.decide(attempt, AttemptError::NotSent, true, &budget, 0.0);
        assert_eq!(decide(4), Decision::Stop(Stop::Attempts));
        assert_eq!(decide(1), Decision::RetryAfter(Duration::ZERO));
        assert_eq!(decide(2), Decision::Stop(Stop::Budget));
    }

    #[test]
    fn refusals_for_too_many_calls_are_waited_out_for_as_long_as_there_is_time() {
        let policy = RetryPolicy::default();
        let decide = |refusals, asked: Option<u64>, left: Option<u64>, random| {
            let seconds = |seconds: Option<u64>| seconds.map(Duration::from_secs);
            match policy.hold_back(refusals, seconds(asked), seconds(left), random) {
                Decision::RetryAfter(pause) => Ok(pause.as_secs_f64()),
                Decision::Stop(stop) => Err(stop),
            }
        };
        let bounds: Vec<_> = (1..=8)
            .map(|times| decide(times, None, None, 1.0).unwrap())
            .collect();
        assert_eq!(bounds, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]);
        assert_eq!(decide(7, None, None, 0.0), Ok(30.0), "never less than half");
        assert_eq!(
            decide(u32::MAX, None, Some(40), 1.0),
            Ok(20.0),
            "half of what is left"
        );
        assert_eq!(decide(1, Some(7), None, 1.0), Ok(7.0));
        assert_eq!(decide(5, Some(7), None, 1.0), Ok(16.0));
        assert_eq!(decide(9, Some(60), Some(61), 1.0), Ok(60.0));
        assert_eq!(decide(1, Some(61), None, 1.0), Err(Stop::RetryAfterTooLong));
        assert_eq!(decide(1, Some(20), Some(20), 1.0), Err(Stop::Time));
        assert_eq!(decide(1, None, Some(0), 1.0), Err(Stop::Time));
        let stop = RetryPolicy::never().hold_back(1, None, None, 1.0);
        assert_eq!(stop, Decision::Stop(Stop::Attempts));
    }

    #[test]
    fn codes_of_the_gateway_tell_too_many_calls_whatever_the_status() {
        let of = |status, code| is_throttling(StatusCode::from_u16(status).unwrap(), code);
        assert!(of(429, None));
        for code in ["APIGW.0308", "APIG.0308", "APIGW.0309"] {
            assert!(of(503, Some(code)) && of(403, Some(code)), "{code}");
            assert!(!of(200, Some(code)));
        }
        assert!(!of(503, None) && !of(503, Some("APIGW.0301")));
    }

    proptest! {
        #[test]
        fn no_pause_is_longer_than_the_policy_allows(attempt in 1u32.., random in 0.0f64..1.0) {
            let policy = RetryPolicy { attempts: u32::MAX, ..RetryPolicy::default() };
            prop_assert!(policy.pause(attempt, random) <= policy.longest_pause);
        }
    }
}
