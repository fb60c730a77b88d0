//! Waiting for asynchronous work.
//!
//! The description says under `x-waiter` which field of an answer tells how far work is, and which values mean that it
//! is done or has failed. A [`Waiter`] is made of that, and asks again and again until one of them appears.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind, Result};

/// How often to ask, and for how long. There is no jitter: one caller asks about one piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollPolicy {
    /// From the end of one question to the start of the next.
    pub interval: Duration,
    /// In all, from the first question.
    pub deadline: Duration,
    /// How many transient errors in a row are passed over. These are errors that were left after the retries of
    /// the call itself.
    pub transient_errors: u32,
}

impl Default for PollPolicy {
    /// Every 5 seconds for half an hour, passing over 3 errors in a row.
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            deadline: Duration::from_secs(30 * 60),
            transient_errors: 3,
        }
    }
}

/// What one question found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation<T> {
    /// The work goes on; the text says where it is, if anything does.
    Continue(Option<String>),
    /// The work is done.
    Done(T),
    /// The work has failed, in this state.
    Failed(String),
}

/// The content of `x-waiter`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiterMeta {
    /// Where the state is: field names joined by dots, with `[]` after a list of which every element counts, as in
    /// `list[].status`.
    pub field: String,
    /// The values that mean that the work is done. Letter case does not matter.
    pub done: Vec<String>,
    /// The values that mean that it has failed.
    #[serde(default)]
    pub failed: Vec<String>,
}

impl WaiterMeta {
    /// Reads the state out of an answer. With several elements, one that has failed decides, and all have to be done.
    /// No element at all, or a missing or null field, means that the work has not shown itself yet.
    pub fn observe(&self, answer: &Value) -> Observation<()> {
        let mut states = Vec::new();
        collect(answer, &self.field, &mut states);
        let is_in = |values: &[String], state: &str| {
            values.iter().any(|value| value.eq_ignore_ascii_case(state))
        };
        if let Some(state) = states.iter().find(|state| is_in(&self.failed, state)) {
            return Observation::Failed(crate::redact::identifier(state));
        }
        match states.iter().find(|state| !is_in(&self.done, state)) {
            Some(state) => Observation::Continue(Some(crate::redact::identifier(state))),
            None if states.is_empty() => Observation::Continue(None),
            None => Observation::Done(()),
        }
    }
}

fn collect(value: &Value, path: &str, states: &mut Vec<String>) {
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let (name, is_list) = match step.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (step, false),
    };
    let found = if name.is_empty() {
        Some(value)
    } else {
        value.get(name)
    };
    let items: &[Value] = match found {
        Some(Value::Array(items)) if is_list => items,
        Some(item) if !is_list => std::slice::from_ref(item),
        _ => &[],
    };
    for item in items {
        if !rest.is_empty() {
            collect(item, rest, states);
            continue;
        }
        match item {
            Value::String(state) => states.push(state.clone()),
            Value::Bool(_) | Value::Number(_) => states.push(item.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
    }
}

/// Asks until work is done.
///
/// ```
/// use otcdb_core::waiter::{Observation, PollPolicy, Waiter};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
/// # runtime.block_on(async {
/// let mut left = 2;
/// let file = Waiter::new("collection of run logs", PollPolicy::default())
///     .wait(async || {
///         left -= 1;
///         Ok(if left == 0 { Observation::Done("run.log") } else { Observation::Continue(None) })
///     })
///     .await?;
/// assert_eq!(file, "run.log");
/// # Ok::<(), otcdb_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Waiter {
    what: String,
    policy: PollPolicy,
    cancelled: CancellationToken,
}

impl Waiter {
    /// A waiter for work that messages call `what`.
    pub fn new(what: impl Into<String>, policy: PollPolicy) -> Self {
        Self {
            what: what.into(),
            policy,
            cancelled: CancellationToken::new(),
        }
    }

    /// Ends the waiting when the token is cancelled. Dropping the future of [`wait`](Self::wait) does so too.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancelled = token;
        self
    }

    /// Asks at once and then at each interval.
    ///
    /// # Errors
    ///
    /// - the work has failed ([`ErrorKind::Service`]);
    /// - it did not end before the deadline ([`ErrorKind::Timeout`]);
    /// - it was cancelled ([`ErrorKind::Cancelled`]);
    /// - a question failed with an error that is not transient, or more transient errors came in a row than the
    ///   policy passes over: that error.
    pub async fn wait<T, F>(&self, mut ask: F) -> Result<T>
    where
        F: AsyncFnMut() -> Result<Observation<T>>,
    {
        let deadline = Instant::now() + self.policy.deadline;
        let mut errors = 0;
        let mut state = None;
        loop {
            let answer = tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(self.stopped()),
                () = tokio::time::sleep_until(deadline) => return Err(self.late(state.as_deref())),
                answer = ask() => answer,
            };
            match answer {
                Ok(Observation::Done(result)) => return Ok(result),
                Ok(Observation::Failed(found)) => {
                    return Err(Error::new(
                        ErrorKind::Service,
                        format!("{} failed; its state is {found}", self.what),
                    ));
                }
                Ok(Observation::Continue(found)) => {
                    errors = 0;
                    state = found.or(state);
                }
                Err(error) if error.is_transient() && errors < self.policy.transient_errors => {
                    errors += 1;
                    tracing::debug!(what = self.what, %error, errors, "asking again in spite of an error");
                }
                Err(error) => return Err(error),
            }
            let next = Instant::now() + self.policy.interval;
            if next >= deadline {
                return Err(self.late(state.as_deref()));
            }
            tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(self.stopped()),
                () = tokio::time::sleep_until(next) => {}
            }
        }
    }

    fn late(&self, state: Option<&str>) -> Error {
        let seconds = self.policy.deadline.as_secs_f32();
        let state = state.map_or_else(String::new, |state| format!("; its last state is {state}"));
        Error::new(
            ErrorKind::Timeout,
            format!("{} did not end within {seconds} s{state}", self.what),
        )
        .with_hint("the service goes on with it: run it again later, or allow more time")
    }

    fn stopped(&self) -> Error {
        Error::new(
            ErrorKind::Cancelled,
            format!("waiting for {} was cancelled", self.what),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const POLICY: PollPolicy = PollPolicy {
        interval: Duration::from_secs(5),
        deadline: Duration::from_secs(60),
        transient_errors: 2,
    };

    fn meta(field: &str) -> WaiterMeta {
        serde_json::from_value(json!({"field": field, "done": ["FINISH"], "failed": ["FAILED"]}))
            .unwrap()
    }

    async fn run(
        steps: impl IntoIterator<Item = Result<Observation<u8>>>,
    ) -> (Result<u8>, usize, Duration) {
        let mut steps = steps.into_iter();
        let mut asked = 0;
        let start = Instant::now();
        let outcome = Waiter::new("work", POLICY)
            .wait(async || {
                asked += 1;
                steps
                    .next()
                    .unwrap_or(Ok(Observation::Continue(Some("RUNNING".into()))))
            })
            .await;
        (outcome, asked, start.elapsed())
    }

    fn transient() -> Result<Observation<u8>> {
        Err(Error::new(ErrorKind::Connection, "lost"))
    }

    #[test]
    fn the_state_is_found_wherever_it_is_and_in_any_case() {
        for (field, answer, expected) in [
            ("status", json!({"status": "finish"}), Observation::Done(())),
            (
                "status",
                json!({"status": "FAILED"}),
                Observation::Failed("FAILED".into()),
            ),
            (
                "status",
                json!({"status": "x"}),
                Observation::Continue(Some("x".into())),
            ),
            ("status", json!({}), Observation::Continue(None)),
            ("status", json!(null), Observation::Continue(None)),
            ("a.b", json!({"a": {"b": "FINISH"}}), Observation::Done(())),
            (
                "list[].status",
                json!({"list": []}),
                Observation::Continue(None),
            ),
            (
                "list[].status",
                json!({"list": [{"status": "FINISH"}, {"status": "FINISH"}]}),
                Observation::Done(()),
            ),
            (
                "list[].status",
                json!({"list": [{"status": "FINISH"}, {"status": "EXPORTING"}]}),
                Observation::Continue(Some("EXPORTING".into())),
            ),
            (
                "list[].status",
                json!({"list": [{"status": "EXPORTING"}, {"status": "failed"}]}),
                Observation::Failed("failed".into()),
            ),
            ("[].s", json!([{"s": "FINISH"}]), Observation::Done(())),
        ] {
            assert_eq!(meta(field).observe(&answer), expected, "{field} {answer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_asks_at_each_interval_until_done() {
        let steps = vec![
            Ok(Observation::Continue(None)),
            Ok(Observation::Continue(None)),
            Ok(Observation::Done(7)),
        ];
        let (outcome, asked, took) = run(steps).await;
        assert_eq!(outcome.unwrap(), 7);
        assert_eq!((asked, took), (3, Duration::from_secs(10)));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_fails_or_never_ends_is_an_error_that_tells_its_state() {
        let (outcome, ..) = run(vec![Ok(Observation::Failed("FAILED".into()))]).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        assert!(error.to_string().contains("FAILED"), "{error}");

        let (outcome, asked, took) = run(vec![]).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("RUNNING"), "{error}");
        assert_eq!((asked, took), (12, Duration::from_secs(55)));
    }

    #[tokio::test(start_paused = true)]
    async fn transient_errors_are_passed_over_up_to_the_bound_in_a_row() {
        let go_on = || Ok(Observation::Continue(None));
        let scattered = vec![
            transient(),
            transient(),
            go_on(),
            transient(),
            Ok(Observation::Done(1)),
        ];
        assert_eq!(run(scattered).await.0.unwrap(), 1);
        let (outcome, asked, _) = run(vec![transient(), transient(), transient()]).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Connection);
        assert_eq!(asked, 3);
        let forbidden = vec![Err(Error::new(ErrorKind::Permission, "no"))];
        let (outcome, asked, _) = run(forbidden).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Permission);
        assert_eq!(asked, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn cancelling_ends_the_pause_and_the_question() {
        for question_hangs in [false, true] {
            let token = CancellationToken::new();
            let waiter = Waiter::new("work", POLICY).cancelled_by(token.clone());
            let waiting = waiter.wait(async || {
                if question_hangs {
                    std::future::pending::<()>().await;
                }
                Ok(Observation::<()>::Continue(None))
            });
            let cancel = async {
                tokio::time::sleep(Duration::from_secs(2)).await;
                token.cancel();
            };
            let start = Instant::now();
            let (outcome, ()) = tokio::join!(waiting, cancel);
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
            assert_eq!(start.elapsed(), Duration::from_secs(2));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_hangs_ends_at_the_deadline() {
        let start = Instant::now();
        let outcome: Result<()> = Waiter::new("work", POLICY)
            .wait(async || std::future::pending().await)
            .await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(start.elapsed(), POLICY.deadline);
    }
}
