//! One call: sent, judged, and sent again where that is allowed.

pub(crate) mod body;
mod census;
pub(crate) mod classify;
mod encoding;
mod gate;
mod inspect;
mod observe;
mod pace;
mod services;
mod timeouts;

use std::borrow::Cow;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::Instrument as _;
use url::Url;

use crate::clock::{Clock, Jitter, end_of, until};
use crate::error::{Error, ErrorKind, RawResponse, Result};
use crate::limits::{EXHAUSTED_PAUSE, is_exhausted};
use crate::operation::{Expect, ListMeta};
use crate::redact;
use crate::retry::{Decision, RetryBudget, RetryPolicy};
use crate::service::Service;
use crate::sync::unpoisoned;
use classify::{FailedAttempt, Reached};
pub(crate) use classify::{NO_AUTHORITIES, NO_AUTHORITIES_HINT};
use gate::Pass;
pub use observe::{Exchange, FileExchange, Observer};
use pace::Spacing;
pub(crate) use services::Services;
pub use timeouts::Timeouts;

/// The header in which an issued token comes.
pub(crate) const X_SUBJECT_TOKEN: &str = "x-subject-token";

/// The response to a call. Headers and body can hold secrets, so `Debug` shows neither.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// A status of the 2xx class.
    pub status: StatusCode,
    /// The response's headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The id under which the cloud has recorded the request.
    pub request_id: Option<String>,
}

impl Received {
    /// A response of this status; its headers say under which id it is recorded.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            request_id: crate::error::request_id_of(&headers),
            headers,
            body: body.into(),
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A request that can be made any number of times.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) service: Service,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// For messages: an operationId, or method and path.
    pub(crate) name: Cow<'static, str>,
    pub(crate) idempotent: bool,
    pub(crate) expect: Expect,
    /// Where the list is, if it lists.
    pub(crate) list: Option<ListMeta>,
    /// Whether the body is decoded as a type here, which finds what is wrong with a text that only looks like JSON.
    pub(crate) is_typed: bool,
}

impl Call {
    pub(crate) fn request(&self) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        *request.headers_mut() = self.headers.clone();
        if !self.body.is_empty() {
            *request.body_mut() = Some(self.body.clone().into());
        }
        request
    }
}

/// Puts proof of identity on a request, afresh for each attempt.
pub(crate) trait Authorize {
    /// What was used, so that it can be told to be stale.
    type Grant;

    /// Whether its calls wait while the service refuses others for being too many.
    const WAITS: bool = true;

    async fn authorize(&self, request: &mut reqwest::Request, body: &Bytes) -> Result<Self::Grant>;

    /// After a 401: whether there is now something newer than what the grant stands for.
    async fn renew(&self, grant: Self::Grant) -> Result<bool>;
}

/// For the calls that obtain an identity.
pub(crate) struct Anonymous;

impl Authorize for Anonymous {
    type Grant = ();

    /// Whoever has the turn may be waiting for the token that such a call obtains.
    const WAITS: bool = false;

    async fn authorize(&self, _: &mut reqwest::Request, _: &Bytes) -> Result<()> {
        Ok(())
    }

    async fn renew(&self, (): ()) -> Result<bool> {
        Ok(false)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Transport {
    pub(crate) client: reqwest::Client,
    /// A call that is on its way holds one, from its first byte to the last of its response, and waits for nothing else
    /// meanwhile.
    pub(crate) turns: Arc<Semaphore>,
    pub(crate) policy: RetryPolicy,
    pub(crate) budget: RetryBudget,
    pub(crate) total: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) clock: Clock,
    pub(crate) services: Services,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// How far a call has come, for the error that ends it when its time does.
#[derive(Default)]
struct Progress {
    /// How many times it was sent.
    sent: u32,
    /// The head of the response whose body is being read.
    response: Option<(StatusCode, Option<String>)>,
    /// How the last attempt failed.
    last: Option<Error>,
}

fn note<T>(progress: &Mutex<Progress>, change: impl FnOnce(&mut Progress) -> T) -> T {
    let mut progress = unpoisoned(progress.lock());
    change(&mut progress)
}

/// A body for the log. To mask what is in it, it is decoded, which costs many times its size.
fn shown(body: &[u8]) -> String {
    const LARGE: usize = 1 << 20;
    if body.len() > LARGE {
        format!("{} bytes", body.len())
    } else {
        redact::body(body, 2000)
    }
}

/// A pause that a person would take for a hang is said.
fn held_back_is_said(call: &Call, pause: Duration, error: &Error) {
    const LONG: Duration = Duration::from_secs(5);
    if pause >= LONG {
        tracing::warn!(
            service = %call.service,
            pause_s = pause.as_secs(),
            "the service refuses calls for being too many; they wait"
        );
    }
    tracing::debug!(operation = %call.name, ?pause, %error, "held back with all calls of the service");
}

impl Transport {
    /// Makes the call.
    ///
    /// # Errors
    ///
    /// Any response but a success as documented, and none at all.
    pub(crate) async fn send<A: Authorize>(&self, call: &Call, identity: &A) -> Result<Received> {
        let progress = Mutex::new(Progress::default());
        // Boxed: it is tens of kilobytes, which every future that makes a call would otherwise hold, and copy.
        let span = tracing::debug_span!("call", service = %call.service, operation = %call.name);
        let attempts = Box::pin(self.attempts(call, identity, &progress));
        let outcome = attempts.instrument(span).await;
        outcome.map_err(|error| error.with_call(call.service, call.name.clone()))
    }

    /// Does a part of a call's work, while its time lasts. The work is pinned elsewhere, else there would be two places
    /// for it.
    async fn within<T>(
        &self,
        deadline: Option<Instant>,
        progress: &Mutex<Progress>,
        work: Pin<&mut impl Future<Output = T>>,
    ) -> Result<T> {
        tokio::select! {
            biased;
            outcome = work => Ok(outcome),
            () = until(deadline) => Err(self.late(progress)),
        }
    }

    /// The error of a call whose time ended, with what its last attempt had to say.
    fn late(&self, progress: &Mutex<Progress>) -> Error {
        let Progress {
            sent,
            response,
            last,
        } = note(progress, std::mem::take);
        let mut message = format!(
            "no success within {} s, retries included",
            self.total.as_secs_f32()
        );
        if let Some(last) = &last {
            message.push_str("; the last failure: ");
            message.push_str(last.message());
        }
        let kind = match &last {
            Some(last) if last.kind() == ErrorKind::Throttled => ErrorKind::Throttled,
            _ => ErrorKind::Timeout,
        };
        let error = Error::new(kind, message).with_attempts(sent);
        // The head of a response whose body did not come is newer than the last failure.
        match (response, last) {
            (Some((status, id)), Some(last)) => error.with_response(status, id).with_source(last),
            (Some((status, id)), None) => error.with_response(status, id),
            (None, Some(last)) => error.with_last(last),
            (None, None) => error,
        }
    }

    async fn attempts<A: Authorize>(
        &self,
        call: &Call,
        identity: &A,
        progress: &Mutex<Progress>,
    ) -> Result<Received> {
        let mut deadline = end_of(self.total);
        let mut attempt = 1;
        let mut sent = 0;
        let mut refusals = 0;
        let mut refused_since = None;
        let mut held_back = Duration::ZERO;
        let mut renewed = false;
        let mut last_loss: Option<Reached> = None;
        loop {
            let pass = if A::WAITS {
                let begun = Instant::now();
                let pass = self.enter(call, progress).await?;
                // Behind others it waits for its turn, which is not its own time.
                let behind = begun.elapsed().saturating_sub(held_back);
                deadline = deadline.and_then(|deadline| deadline.checked_add(behind));
                Some(pass)
            } else {
                None
            };
            held_back = Duration::ZERO;
            let (grant, signed, outcome) = {
                let work = pin!(async {
                    let mut request = call.request();
                    let grant = identity.authorize(&mut request, &call.body).await?;
                    sent += 1;
                    note(progress, |progress| progress.sent = sent);
                    let signed = request.headers().contains_key(AUTHORIZATION);
                    Ok::<_, Error>((
                        grant,
                        signed,
                        self.attempt(call, request, progress, pass.as_ref()).await,
                    ))
                });
                self.within(deadline, progress, work).await??
            };
            let FailedAttempt { loss, error } = match outcome {
                Ok(received) => {
                    self.budget.refund(last_loss.map(Reached::as_failure));
                    return Ok(received);
                }
                Err(failed) => *failed,
            };
            let error = error.with_attempts(sent);
            let error = if signed {
                self.with_clock_hint(error)
            } else {
                error
            };
            note(progress, |progress| {
                progress.response = None;
                progress.last = Some(error.clone());
            });
            if error.kind() == ErrorKind::Throttled {
                let spacing = Spacing::of(&self.policy);
                let before = pass.as_ref().map_or(0, Pass::refusals);
                let now = Instant::now();
                let is_hopeless = pass
                    .as_ref()
                    .is_some_and(|pass| pass.is_hopeless(self.patience()));
                let gone = now.duration_since(*refused_since.get_or_insert(now));
                let left = self.policy.patience.saturating_sub(gone);
                let left = match deadline {
                    _ if is_hopeless => Some(Duration::ZERO),
                    Some(end) => Some(left.min(end.saturating_duration_since(now))),
                    None if self.policy.patience == Duration::MAX => None,
                    None => Some(left),
                };
                let asked = error.retry_after();
                let decision = self.policy.hold_back(
                    before.max(refusals + 1),
                    asked,
                    left,
                    self.jitter.next(),
                );
                let Decision::RetryAfter(pause) = decision else {
                    if let Some(pass) = &pass {
                        // The others learn of it, and find out for themselves how long they can wait.
                        pass.refused(self.policy.first_held_back, None, spacing, &error);
                    }
                    tracing::debug!(operation = %call.name, ?decision, %error, "refused for too many calls");
                    return Err(error);
                };
                let is_news = match &pass {
                    Some(pass) => pass.refused(pause, asked, spacing, &error),
                    None => true,
                };
                if is_news {
                    refusals += 1;
                    held_back = pause;
                    held_back_is_said(call, pause, &error);
                }
                if pass.is_none() {
                    tokio::time::sleep(pause).await;
                }
                continue;
            }
            if let Some(pass) = &pass
                && loss == Reached::Answered
            {
                pass.taken();
            }
            if error.status() == Some(StatusCode::UNAUTHORIZED) && !renewed {
                renewed = true;
                let renewal = pin!(identity.renew(grant));
                if self.within(deadline, progress, renewal).await?? {
                    tracing::debug!(operation = %call.name, "renewed the token after a 401");
                    continue;
                }
            }
            let decision = self.policy.decide(
                attempt,
                loss.failure(&error),
                call.idempotent,
                &self.budget,
                self.jitter.next(),
            );
            drop(pass);
            match decision {
                Decision::RetryAfter(pause)
                    if deadline
                        .is_none_or(|deadline| end_of(pause).is_some_and(|end| end < deadline)) =>
                {
                    tracing::debug!(operation = %call.name, attempt, ?pause, %error, "will be sent again");
                    tokio::time::sleep(pause).await;
                    attempt += 1;
                    last_loss = Some(loss);
                }
                Decision::RetryAfter(_) => return Err(error),
                Decision::Stop(reason) => {
                    tracing::debug!(operation = %call.name, attempt, ?reason, %error, "failed");
                    return Err(error);
                }
            }
        }
    }

    /// For how long a service that refuses everything is waited for.
    fn patience(&self) -> Duration {
        self.total.min(self.policy.patience)
    }

    /// Waits for the call's turn.
    async fn enter(&self, call: &Call, progress: &Mutex<Progress>) -> Result<Pass<'_>> {
        let gate = &self.services.of(call.service).gate;
        gate.enter(self.patience()).await.map_err(|said| {
            let sent = note(progress, |progress| progress.sent);
            Error::new(
                ErrorKind::Throttled,
                format!(
                    "the service has refused every call for more than {} s",
                    self.patience().as_secs_f32()
                ),
            )
            .with_attempts(sent)
            .with_last(*said)
        })
    }

    /// Signatures are dated, so a refused one may be the clock's fault.
    fn with_clock_hint(&self, error: Error) -> Error {
        const SKEW: SignedDuration = SignedDuration::from_mins(5);
        let offset = error.clock_offset();
        match offset {
            Some(offset)
                if offset.abs() >= SKEW
                    && matches!(error.kind(), ErrorKind::Credentials | ErrorKind::Permission) =>
            {
                let way = if offset.is_negative() {
                    "ahead of"
                } else {
                    "behind"
                };
                let minutes = offset.abs().as_mins();
                error.with_hint(format!(
                    "this machine's clock is {minutes} minutes {way} the service's, and signatures are dated: set the clock"
                ))
            }
            _ => error,
        }
    }

    /// Sends a request. Where the system has no descriptor for a connection it waits for one: nothing was sent then,
    /// and the time of the call ends the wait.
    async fn execute(
        &self,
        mut request: reqwest::Request,
    ) -> Result<reqwest::Response, FailedAttempt> {
        loop {
            let again = request.try_clone();
            match (self.client.execute(request).await, again) {
                (Err(error), Some(again)) if is_exhausted(&error) => {
                    tracing::debug!("no descriptor for a connection; waiting for one");
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                    request = again;
                }
                (outcome, _) => return outcome.map_err(FailedAttempt::from),
            }
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        request: reqwest::Request,
        progress: &Mutex<Progress>,
        pass: Option<&Pass<'_>>,
    ) -> Result<Received, Box<FailedAttempt>> {
        // Nobody closes it: then all calls go at once.
        let _turn = self.turns.acquire().await.ok();
        // Boxed: what waits for its turn holds nothing of it.
        Box::pin(self.exchange(call, request, progress, pass)).await
    }

    async fn exchange(
        &self,
        call: &Call,
        request: reqwest::Request,
        progress: &Mutex<Progress>,
        pass: Option<&Pass<'_>>,
    ) -> Result<Received, Box<FailedAttempt>> {
        tracing::trace!(
            operation = %call.name,
            method = %call.method,
            url = %redact::url(&call.url),
            headers = ?redact::headers(request.headers()),
            body = %redact::body(&call.body, 2000),
            "request",
        );
        let started = Instant::now();
        let sent = self
            .observer
            .as_ref()
            .map(|_| (request.headers().clone(), self.clock.now()));
        let mut response = self.execute(request).await?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let show = |body: &Bytes| {
            if let (Some(observer), Some((request_headers, at))) = (&self.observer, &sent) {
                observer.observe(&Exchange {
                    service: call.service,
                    operation: &call.name,
                    method: &call.method,
                    url: &call.url,
                    request_headers,
                    request_body: &call.body,
                    status,
                    response_headers: &headers,
                    response_body: &observe::plain(&headers, body),
                    started: *at,
                    elapsed: started.elapsed(),
                });
            }
        };
        // Before anything of the response is said, which may repeat it.
        if let Some(Ok(token)) = headers.get(X_SUBJECT_TOKEN).map(|token| token.to_str()) {
            redact::register(token);
        }
        let request_id = crate::error::request_id_of(&headers);
        let number = note(progress, |progress| {
            progress.response = Some((status, request_id.clone()));
            progress.sent
        });
        tracing::debug!(
            operation = %call.name,
            method = %call.method,
            url = %redact::url(&call.url),
            attempt = number,
            status = status.as_u16(),
            request_id = request_id.as_deref(),
            elapsed = ?started.elapsed(),
            "response",
        );
        if !status.is_success() {
            let body = body::read_up_to(response, body::ERROR_BYTES).await;
            show(&body);
            tracing::trace!(body = %shown(&body), "response body");
            let error = RawResponse {
                status,
                headers: &headers,
                body: &body,
            }
            .to_error()
            .with_clock_offset(services::offset(&headers, &self.clock));
            return Err(FailedAttempt::answered(error));
        }
        self.services.note_time(call.service, &headers, &self.clock);
        if let Some(pass) = pass {
            pass.taken();
        }
        let body = match body::read_whole(response, body::SUCCESS_BYTES).await {
            Ok(body) => body,
            Err(body::Unread::TooLong) => {
                let error = RawResponse {
                    status,
                    headers: &headers,
                    body: b"",
                }
                .to_undocumented(format!(
                    "the response is longer than {} MiB, which is more than any documented one",
                    body::SUCCESS_BYTES >> 20
                ));
                return Err(FailedAttempt::answered(error));
            }
            Err(body::Unread::Broken(error)) => {
                return Err(FailedAttempt::from(error).with_response(status, request_id));
            }
        };
        show(&body);
        let received = Received {
            status,
            headers,
            body,
            request_id,
        };
        let received = inspect::inspect(call, received)?;
        tracing::trace!(body = %shown(&received.body), "response body");
        Ok(received)
    }
}
