//! Waiting for asynchronous work.
//!
//! The description says under `x-waiter` which field of a response tells how far work is, and which values mean that it
//! is done or has failed. A [`Waiter`] is made of that, and asks again and again until one of them appears.

mod meta;

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use serde::Serialize;
use tokio::time::Instant;
pub use tokio_util::sync::CancellationToken;

use crate::clock::{end_of, until};
use crate::error::{Error, ErrorKind, Result};
use crate::page::Stream;

pub use meta::{Step, WaiterMeta, id_at, ids_at};

/// How often to ask, and for how long. There is no jitter: one caller asks about one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PollPolicy {
    /// From the end of one question to the start of the next.
    pub interval: Duration,
    /// In all, from the first question; [`Duration::MAX`] is no limit.
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

impl PollPolicy {
    /// Sets [`interval`](Self::interval).
    #[must_use]
    pub fn interval(mut self, pause: Duration) -> Self {
        self.interval = pause;
        self
    }

    /// Sets [`deadline`](Self::deadline).
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// Sets [`transient_errors`](Self::transient_errors).
    #[must_use]
    pub fn transient_errors(mut self, count: u32) -> Self {
        self.transient_errors = count;
        self
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
                response = ask() => response,
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
                response = ask() => response,
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

    /// What a response says: that the work is done, or that it goes on.
    fn take<T>(
        &self,
        response: Result<Observation<T>>,
        errors: &mut u32,
        state: &mut Option<String>,
    ) -> Result<Option<T>> {
        match response {
            Ok(Observation::Done(result)) => return Ok(Some(result)),
            Ok(Observation::Failed(found)) => {
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
mod tests {
    use super::*;

    const POLICY: PollPolicy = PollPolicy {
        interval: Duration::from_secs(5),
        deadline: Duration::from_secs(60),
        transient_errors: 2,
    };

    async fn run(
        steps: impl IntoIterator<Item = Result<Observation<u8>>>,
    ) -> (Result<u8>, usize, Duration) {
        let mut steps = steps.into_iter();
        let mut asked = 0;
        let start = Instant::now();
        let outcome = Waiter::new("work", POLICY)
            .wait(|| {
                asked += 1;
                let running = || Ok(Observation::Continue(Some("RUNNING".into())));
                std::future::ready(steps.next().unwrap_or_else(running))
            })
            .await;
        (outcome, asked, start.elapsed())
    }

    fn transient() -> Result<Observation<u8>> {
        Err(Error::new(ErrorKind::Connection, "lost"))
    }

    #[tokio::test(start_paused = true)]
    async fn spans_without_an_end_are_no_limit() {
        let wait = async |interval, deadline| {
            let policy = PollPolicy {
                interval,
                deadline,
                ..POLICY
            };
            let mut asked = 0;
            Waiter::new("work", policy)
                .wait(|| {
                    asked += 1;
                    let done = asked == 1000;
                    std::future::ready(Ok(if done {
                        Observation::Done(())
                    } else {
                        Observation::Continue(None)
                    }))
                })
                .await
        };
        assert!(wait(POLICY.interval, Duration::MAX).await.is_ok());
        let never_again = wait(Duration::MAX, POLICY.deadline).await.unwrap_err();
        assert_eq!(never_again.kind(), ErrorKind::Timeout);
        let waits = tokio::time::timeout(POLICY.deadline, wait(Duration::MAX, Duration::MAX));
        assert!(waits.await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn watching_gives_the_response_that_says_done() {
        const META: WaiterMeta<'_> = WaiterMeta {
            path: &[
                Step::Choose {
                    list: "list",
                    key: "id",
                },
                Step::Field("status"),
            ],
            done: &["ON"],
            failed: &["BROKEN"],
        };
        let watch = async |states: [&'static str; 2]| {
            let mut states = states.into_iter();
            Waiter::new("work", POLICY)
                .watch(META, Some("a"), || {
                    let state = states.next().unwrap();
                    let response = serde_json::json!({"list": [{"id": "a", "status": state}]});
                    std::future::ready(Ok(response))
                })
                .await
        };
        let response = watch(["STARTING", "ON"]).await.unwrap();
        assert_eq!(response["list"][0]["status"], "ON");
        let error = watch(["STARTING", "BROKEN"]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
    }

    #[tokio::test(start_paused = true)]
    async fn an_element_is_looked_for_on_every_page_and_handed_on() {
        const META: WaiterMeta<'_> = WaiterMeta {
            path: &[
                Step::Choose {
                    list: "list",
                    key: "id",
                },
                Step::Field("status"),
            ],
            done: &["ON"],
            failed: &["BROKEN"],
        };
        let element = |id, status| serde_json::json!({"id": id, "status": status});
        let watch = async |states: [&'static str; 3]| {
            let mut states = states.into_iter();
            Waiter::new("work", POLICY)
                .watch_element(META, "b", || {
                    let all = match states.next().unwrap() {
                        "" => vec![Ok(element("a", "BROKEN"))],
                        state => vec![Ok(element("a", "BROKEN")), Ok(element("b", state))],
                    };
                    futures_util::stream::iter(all)
                })
                .await
        };
        let found = watch(["", "STARTING", "ON"]).await.unwrap();
        assert_eq!(found, element("b", "ON"));
        let error = watch(["", "BROKEN", "ON"]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        let whole = WaiterMeta {
            path: &[Step::Each("list"), Step::Field("status")],
            ..META
        };
        let none = Waiter::new("work", POLICY)
            .watch_element(whole, "b", futures_util::stream::empty::<Result<u8>>)
            .await;
        assert_eq!(none.unwrap_err().kind(), ErrorKind::InvalidArgument);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_new_in_a_list_is_handed_on_when_all_of_it_is_done() {
        const META: WaiterMeta<'_> = WaiterMeta {
            path: &[Step::Each("list"), Step::Field("status")],
            done: &["ON"],
            failed: &["BROKEN"],
        };
        let one = |id: &str, status: &str| serde_json::json!({"id": id, "status": status});
        let (old, lost) = (one("old", "ON"), one("lost", "BROKEN"));
        let watch = async |lists: Vec<Vec<serde_json::Value>>| {
            let mut lists = lists.into_iter().peekable();
            let mut last = Vec::new();
            let start = Instant::now();
            let before = Waiter::seen(&[old.clone(), lost.clone(), one("slow", "STARTING")]);
            let outcome = Waiter::new("work", POLICY)
                .watch_new(META, before, || {
                    last = lists.next().unwrap_or_else(|| last.clone());
                    std::future::ready(Ok(last.clone()))
                })
                .await;
            (outcome, start.elapsed())
        };
        let both = vec![one("a", "ON"), one("b", "ON"), old.clone()];
        let (outcome, took) = watch(vec![
            vec![old.clone(), lost.clone()],
            vec![one("a", "ON"), one("b", "STARTING"), old.clone()],
            both.clone(),
        ])
        .await;
        assert_eq!(outcome.unwrap(), both[..2]);
        assert_eq!(took, 2 * POLICY.interval);
        let (outcome, _) = watch(vec![vec![one("slow", "ON"), old.clone()]]).await;
        assert_eq!(
            outcome.unwrap(),
            [one("slow", "ON")],
            "its state has changed"
        );
        let (outcome, _) = watch(vec![vec![one("a", "BROKEN"), old.clone()]]).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Service);
        // What was there before counts once nothing else has shown up.
        let (outcome, took) = watch(vec![vec![old.clone(), lost.clone()]]).await;
        assert_eq!(outcome.unwrap(), std::slice::from_ref(&old));
        assert_eq!(took, SETTLE);
        let (outcome, _) = watch(vec![vec![lost.clone()]]).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Service);
        let (outcome, _) = watch(vec![vec![]]).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
        let none = WaiterMeta {
            path: &[Step::Field("status")],
            ..META
        };
        let list = || std::future::ready(Ok(vec![0]));
        let outcome = Waiter::new("work", POLICY)
            .watch_new(none, Seen::default(), list)
            .await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidArgument);
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
    async fn pieces_of_work_are_waited_for_at_once_and_one_that_fails_hides_none() {
        let waiter = Waiter::new("the resizing", POLICY);
        let ids = ["slow", "broken", "quick"].map(str::to_owned);
        let start = Instant::now();
        let ends = all(&ids, |id| {
            let waiter = waiter.of(id);
            let left = if id == "slow" { 3 } else { 1 };
            async move {
                let mut asked = 0;
                let question = || {
                    asked += 1;
                    std::future::ready(Ok(match id.as_str() {
                        "broken" => Observation::Failed("FAILED".into()),
                        _ if asked > left => Observation::Done(id.clone()),
                        _ => Observation::Continue(None),
                    }))
                };
                waiter.wait(question).await
            }
        })
        .await;
        assert_eq!(
            start.elapsed(),
            3 * POLICY.interval,
            "as long as the slowest"
        );
        let [slow, broken, quick] = ends.as_slice() else {
            panic!("{ends:?}");
        };
        assert_eq!(slow.as_deref().unwrap(), "slow");
        assert_eq!(quick.as_deref().unwrap(), "quick");
        let error = broken.as_ref().unwrap_err().to_string();
        assert!(error.contains("the resizing of broken failed"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn cancelling_ends_the_pause_and_the_question() {
        for question_hangs in [false, true] {
            let token = CancellationToken::new();
            let waiter = Waiter::new("work", POLICY).cancelled_by(token.clone());
            let waiting = waiter.wait(|| async move {
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

    #[test]
    fn waiting_can_move_between_threads() {
        fn is_send<T: Send>(_: &T) {}
        let waiter = Waiter::new("work", POLICY);
        let name = String::from("x");
        is_send(&waiter.wait(|| async {
            tokio::task::yield_now().await;
            Ok(Observation::Done(name.len()))
        }));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_a_turn_is_not_the_works_time_and_nothing_is_late_unasked() {
        let queue = || tokio::time::sleep(POLICY.deadline * 2);
        let pause = |_| tokio::time::sleep(POLICY.interval);
        let waiter = Waiter::new("work", POLICY);
        let mut asked = 0;
        let late: Result<()> = waiter
            .wait_in_turns(queue, pause, || {
                asked += 1;
                std::future::ready(Ok(Observation::Continue(Some("RUNNING".into()))))
            })
            .await;
        assert_eq!(asked, 2, "at its turn, and once the time is up");
        let error = late.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("RUNNING"), "{error}");

        let mut asked = 0;
        let done = waiter.wait_in_turns(queue, pause, || {
            asked += 1;
            std::future::ready(Ok(match asked {
                1 => Observation::Continue(None),
                _ => Observation::Done(7),
            }))
        });
        assert_eq!(done.await.unwrap(), 7);
        let hangs: Result<()> = waiter
            .wait_in_turns(|| std::future::ready(()), pause, std::future::pending)
            .await;
        assert_eq!(hangs.unwrap_err().kind(), ErrorKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_hangs_ends_at_the_deadline() {
        let start = Instant::now();
        let outcome: Result<()> = Waiter::new("work", POLICY).wait(std::future::pending).await;
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(start.elapsed(), POLICY.deadline);
    }
}
