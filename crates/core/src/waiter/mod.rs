//! Waiting for asynchronous work.
//!
//! The description says under `x-waiter` which field of a response tells how far work is, and which values mean that it
//! is done or has failed. A [`Waiter`] is made of that, and asks again and again until one of them appears.

mod meta;
mod policy;

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use serde::Serialize;
use tokio::time::Instant;
pub use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::clock::{end_of, until};
use crate::error::{Error, ErrorKind, Result};
use crate::page::Stream;

pub use meta::{Step, WaiterMeta, id_at, ids_at};
pub use policy::PollPolicy;

/// What one question found out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation<T> {
    /// The work goes on; the text says where it is, if anything does.
    Continue(Option<String>),
    /// The work is done.
    Done(T),
    /// The work has failed, in this state.
    Failed(String),
}

impl<T> Observation<T> {
    /// The same with what is made of the outcome, if the work is done.
    pub fn map<U>(self, outcome: impl FnOnce(T) -> U) -> Observation<U> {
        match self {
            Self::Continue(state) => Observation::Continue(state),
            Self::Done(value) => Observation::Done(outcome(value)),
            Self::Failed(state) => Observation::Failed(state),
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
///     .wait(|| {
///         left -= 1;
///         async move {
///             Ok(if left == 0 { Observation::Done("run.log") } else { Observation::Continue(None) })
///         }
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
    settle: Duration,
    cancelled: CancellationToken,
}

/// How long work may take to show itself in a list: then what was there before is taken for what it gave.
pub const SETTLE: Duration = Duration::from_secs(30);

/// The elements that a list had before work was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(HashSet<String>);

impl Seen {
    fn has(&self, element: &impl Serialize) -> bool {
        self.0.contains(&text(element))
    }
}

/// What tells an element from others, and from itself in another state.
fn text(element: &impl Serialize) -> String {
    serde_json::to_string(element).unwrap_or_default()
}

impl Waiter {
    /// A waiter for work that messages call `what`.
    pub fn new(what: impl Into<String>, policy: PollPolicy) -> Self {
        Self {
            what: what.into(),
            policy,
            settle: SETTLE,
            cancelled: CancellationToken::new(),
        }
    }

    /// How long work may take to show itself in a list where nothing but being new tells it from what was there before;
    /// [`SETTLE`] if not given.
    #[must_use]
    pub fn settle(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }

    /// What is in a list before work is begun, for [`watch_new`](Self::watch_new).
    pub fn seen(elements: &[impl Serialize]) -> Seen {
        Seen(elements.iter().map(text).collect())
    }

    /// The same for one of several jobs, which messages tell by its id.
    #[must_use]
    pub fn of(&self, id: &str) -> Self {
        Self {
            what: format!("{} of {id}", self.what),
            ..self.clone()
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
    pub async fn wait<T, F, Fut>(&self, mut ask: F) -> Result<T>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Observation<T>>>,
    {
        let deadline = end_of(self.policy.deadline);
        let mut errors = 0;
        let mut state = None;
        loop {
            let response = tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(self.stopped()),
                () = until(deadline) => return Err(self.late(state.as_deref())),
                response = ask().instrument(self.span()) => response,
            };
            if let Some(result) = self.take(response, &mut errors, &mut state)? {
                return Ok(result);
            }
            let next = end_of(self.policy.interval);
            // An interval without an end is past every deadline; without a deadline too it would wait for ever.
            if deadline.is_some_and(|deadline| next.is_none_or(|next| next >= deadline)) {
                return Err(self.late(state.as_deref()));
            }
            tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(self.stopped()),
                () = until(next) => {}
            }
        }
    }

    /// Asks likewise where many wait for their turn to ask. Each question waits for what `turn` gives, and holds it; that
    /// time does not count. After an answer that the work goes on, `pause` decides when the next question may come; it is
    /// told how long ago the first one had its turn. Nothing is late before it was asked about at the deadline.
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait).
    pub async fn wait_in_turns<T, Turn, TurnFut, PauseFut, Fut>(
        &self,
        mut turn: impl FnMut() -> TurnFut,
        mut pause: impl FnMut(Duration) -> PauseFut,
        mut ask: impl FnMut() -> Fut,
    ) -> Result<T>
    where
        TurnFut: Future<Output = Turn>,
        PauseFut: Future<Output = ()>,
        Fut: Future<Output = Result<Observation<T>>>,
    {
        let mut begun = None;
        let mut errors = 0;
        let mut state = None;
        loop {
            let turn = tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(self.stopped()),
                turn = turn() => turn,
            };
            let (first, deadline) =
                *begun.get_or_insert_with(|| (Instant::now(), end_of(self.policy.deadline)));
            let is_over = || deadline.is_some_and(|deadline| deadline <= Instant::now());
            let is_last = is_over();
            let response = tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(self.stopped()),
                () = until(deadline), if !is_last => return Err(self.late(state.as_deref())),
                response = ask().instrument(self.span()) => response,
            };
            drop(turn);
            if let Some(result) = self.take(response, &mut errors, &mut state)? {
                return Ok(result);
            }
            if is_last || is_over() {
                return Err(self.late(state.as_deref()));
            }
            tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(self.stopped()),
                () = until(deadline) => {}
                () = pause(first.elapsed()) => {}
            }
        }
    }

    /// What the questions are asked in.
    fn span(&self) -> tracing::Span {
        tracing::debug_span!("wait", what = self.what)
    }

    /// What a response says: that the work is done, or that it goes on.
    fn take<T>(
        &self,
        response: Result<Observation<T>>,
        errors: &mut u32,
        state: &mut Option<String>,
    ) -> Result<Option<T>> {
        match response {
            Ok(Observation::Done(result)) => {
                tracing::debug!(what = self.what, "done");
                return Ok(Some(result));
            }
            Ok(Observation::Failed(found)) => {
                tracing::debug!(what = self.what, state = found, "failed");
                return Err(Error::new(
                    ErrorKind::Service,
                    format!("{} failed; its state is {found}", self.what),
                ));
            }
            Ok(Observation::Continue(found)) => {
                tracing::debug!(what = self.what, state = found.as_deref(), "not done yet");
                *errors = 0;
                *state = found.or(state.take());
            }
            Err(error) if error.is_transient() && *errors < self.policy.transient_errors => {
                *errors += 1;
                tracing::debug!(what = self.what, %error, errors, "asking again in spite of an error");
            }
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    /// Asks until the response says that the work is done, and hands that response on. `item` is the id of the element
    /// that is waited for, where `meta` chooses one.
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait), and of [`WaiterMeta::observe_item`].
    pub async fn watch<T, F, Fut>(
        &self,
        meta: WaiterMeta<'_>,
        item: Option<&str>,
        mut ask: F,
    ) -> Result<T>
    where
        T: Serialize,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        self.wait(|| {
            let response = ask();
            async move {
                let response = response.await?;
                Ok(match meta.observe_item(&response, item)? {
                    Observation::Done(()) => Observation::Done(response),
                    Observation::Continue(state) => Observation::Continue(state),
                    Observation::Failed(state) => Observation::Failed(state),
                })
            }
        })
        .await
    }

    /// Asks until an element of a list says that the work is done, and hands that element on. `meta` chooses it by
    /// `id`; the pages are read up to it.
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait), and a `meta` that chooses no element ([`ErrorKind::InvalidArgument`]).
    pub async fn watch_element<T, F, S>(
        &self,
        meta: WaiterMeta<'_>,
        id: &str,
        mut list: F,
    ) -> Result<T>
    where
        T: Serialize,
        F: FnMut() -> S,
        S: Stream<Item = Result<T>>,
    {
        let (key, state) = meta.of_element()?;
        self.wait(|| {
            let (list, key) = (list(), &key);
            async move {
                let mut elements = pin!(list);
                while let Some(element) = elements.try_next().await? {
                    if id_at(&element, key).is_ok_and(|found| found == id) {
                        return Ok(match state.observe(&element)? {
                            Observation::Done(()) => Observation::Done(element),
                            Observation::Continue(state) => Observation::Continue(state),
                            Observation::Failed(state) => Observation::Failed(state),
                        });
                    }
                }
                Ok(Observation::Continue(None))
            }
        })
        .await
    }

    /// Asks until a list has elements that were not there `before`, and all of them say that their work is done; hands
    /// these on. An element whose state has changed counts as new.
    ///
    /// Work may give nothing new, as where it was done before. What the list has is handed on then, once the work has had
    /// [time to show itself](Self::settle).
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait), and a `meta` that looks into no list ([`ErrorKind::InvalidArgument`]).
    pub async fn watch_new<T, F, Fut>(
        &self,
        meta: WaiterMeta<'_>,
        before: Seen,
        mut list: F,
    ) -> Result<Vec<T>>
    where
        T: Serialize,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Vec<T>>>,
    {
        let state = meta.of_each()?;
        let begun = Instant::now();
        let before = &before;
        self.wait(|| {
            let (listed, has_settled) = (list(), begun.elapsed() >= self.settle);
            async move {
                let (old, new): (Vec<T>, Vec<T>) = listed
                    .await?
                    .into_iter()
                    .partition(|element| before.has(element));
                let is_old = new.is_empty() && has_settled;
                let (mut going_on, mut failed, mut done) = (None, None, Vec::new());
                for element in if is_old { old } else { new } {
                    match state.observe(&element)? {
                        Observation::Done(()) => done.push(element),
                        Observation::Failed(found) => failed = Some(found),
                        Observation::Continue(found) => going_on = Some(found),
                    }
                }
                Ok(match (failed, going_on) {
                    // What failed earlier does not matter beside what is there.
                    (Some(found), _) if !is_old || done.is_empty() => Observation::Failed(found),
                    (_, Some(found)) => Observation::Continue(found),
                    _ if done.is_empty() => Observation::Continue(None),
                    _ => Observation::Done(done),
                })
            }
        })
        .await
    }

    fn late(&self, state: Option<&str>) -> Error {
        let seconds = self.policy.deadline.as_secs_f32();
        let state = state.map_or_else(String::new, |state| format!("; its last state is {state}"));
        Error::new(
            ErrorKind::Timeout,
            format!("{} did not end within {seconds} s{state}", self.what),
        )
        .with_hint("the service goes on with it: do not begin it again, ask for its state later or allow more time")
    }

    fn stopped(&self) -> Error {
        Error::new(
            ErrorKind::Cancelled,
            format!("waiting for {} was cancelled", self.what),
        )
    }
}

/// Waits for several jobs at once, and gives the end of each in the order of their ids: one that fails hides
/// none of the others.
pub async fn all<'a, T, F, Fut>(ids: &'a [String], wait: F) -> Vec<Result<T>>
where
    F: FnMut(&'a String) -> Fut,
    Fut: Future<Output = Result<T>>,
{
    join_all(ids.iter().map(wait)).await
}

#[cfg(test)]
mod tests;
