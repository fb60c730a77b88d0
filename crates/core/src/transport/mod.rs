//! One call: sent, judged, and sent again where that is allowed.

pub(crate) mod body;
pub(crate) mod classify;
mod inspect;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use crate::clock::{Jitter, end_of, until};
use crate::error::{Answer, Error, ErrorKind, Result};
use crate::limits::{EXHAUSTED_PAUSE, is_exhausted};
use crate::operation::Expect;
use crate::redact;
use crate::retry::{Decision, RetryBudget, RetryPolicy};
use classify::{Failed, Loss};

/// How long a call may take. [`Duration::MAX`] is no limit, for any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the start of a connection until TLS is up.
    pub connect: Duration,
    /// Between two pieces of an answer, and until its first.
    pub read: Duration,
    /// The whole call, with all its attempts and pauses.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 10 seconds to connect, 60 to wait for data, 5 minutes in all.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(60),
            total: Duration::from_secs(300),
        }
    }
}

/// What the answer to a call was. Headers and body can hold secrets, so `Debug` shows neither.
#[derive(Clone)]
pub struct Received {
    /// A status of the 2xx class.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The id under which the cloud has recorded the request.
    pub request_id: Option<String>,
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
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// For messages: an operationId, or method and path.
    pub(crate) name: Cow<'static, str>,
    pub(crate) idempotent: bool,
    pub(crate) expect: Expect,
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

    async fn authorize(&self, request: &mut reqwest::Request, body: &Bytes) -> Result<Self::Grant>;

    /// After a 401: whether there is now something newer than what the grant stands for.
    async fn renew(&self, grant: Self::Grant) -> Result<bool>;
}

/// For the calls that obtain an identity.
pub(crate) struct Anonymous;

impl Authorize for Anonymous {
    type Grant = ();

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
    /// A call that is on its way holds one, from its first byte to the last of its answer, and waits for nothing else
    /// meanwhile.
    pub(crate) turns: Arc<Semaphore>,
    pub(crate) policy: RetryPolicy,
    pub(crate) budget: RetryBudget,
    pub(crate) total: Duration,
    pub(crate) jitter: Jitter,
}

/// How far a call has come, for the error that ends it when its time does.
#[derive(Default)]
struct Progress {
    /// How many times it was sent.
    sent: u32,
    /// The head of the answer whose body is being read.
    answer: Option<(StatusCode, Option<String>)>,
    /// How the last attempt failed.
    last: Option<Error>,
}

fn note<T>(progress: &Mutex<Progress>, change: impl FnOnce(&mut Progress) -> T) -> T {
    change(&mut progress.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Transport {
    /// Makes the call.
    ///
    /// # Errors
    ///
    /// Any answer but a success as documented, and none at all.
    pub(crate) async fn send<A: Authorize>(&self, call: &Call, identity: &A) -> Result<Received> {
        let deadline = end_of(self.total);
        let progress = Mutex::new(Progress::default());
        // Boxed: it is tens of kilobytes, which every future that makes a call would otherwise hold, and copy.
        let attempts = Box::pin(self.attempts(call, identity, deadline, &progress));
        let outcome = tokio::select! {
            biased;
            outcome = attempts => outcome,
            () = until(deadline) => Err(self.late(&progress)),
        };
        outcome.map_err(|error| error.with_operation(call.name.clone()))
    }

    /// The error of a call whose time ended, with what its last attempt had to say.
    fn late(&self, progress: &Mutex<Progress>) -> Error {
        let Progress { sent, answer, last } = note(progress, std::mem::take);
        let mut message = format!(
            "no success within {} s, retries included",
            self.total.as_secs_f32()
        );
        if let Some(last) = &last {
            message.push_str("; the last failure: ");
            message.push_str(last.message());
        }
        let error = Error::new(ErrorKind::Timeout, message).with_attempts(sent);
        // The head of an answer whose body did not come is newer than the last failure.
        match (answer, last) {
            (Some((status, id)), Some(last)) => error.with_answer(status, id).with_source(last),
            (Some((status, id)), None) => error.with_answer(status, id),
            (None, Some(last)) => error.with_last(last),
            (None, None) => error,
        }
    }

    async fn attempts<A: Authorize>(
        &self,
        call: &Call,
        identity: &A,
        deadline: Option<Instant>,
        progress: &Mutex<Progress>,
    ) -> Result<Received> {
        let mut attempt = 1;
        let mut sent = 0;
        let mut renewed = false;
        let mut last_loss: Option<Loss> = None;
        loop {
            let mut request = call.request();
            let grant = identity.authorize(&mut request, &call.body).await?;
            sent += 1;
            note(progress, |progress| progress.sent = sent);
            let Failed { loss, error } = match self.attempt(call, request, progress).await {
                Ok(received) => {
                    self.budget.refund(last_loss.map(Loss::as_failure));
                    return Ok(received);
                }
                Err(failed) => *failed,
            };
            let error = error.with_attempts(sent);
            note(progress, |progress| {
                progress.answer = None;
                progress.last = Some(error.clone());
            });
            if error.status() == Some(StatusCode::UNAUTHORIZED) && !renewed {
                renewed = true;
                if identity.renew(grant).await? {
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

    /// Sends a request. Where the system has no descriptor for a connection it waits for one: nothing was sent then,
    /// and the time of the call ends the wait.
    async fn execute(&self, mut request: reqwest::Request) -> Result<reqwest::Response, Failed> {
        loop {
            let again = request.try_clone();
            match (self.client.execute(request).await, again) {
                (Err(error), Some(again)) if is_exhausted(&error) => {
                    tracing::debug!("no descriptor for a connection; waiting for one");
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                    request = again;
                }
                (outcome, _) => return outcome.map_err(Failed::from),
            }
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        request: reqwest::Request,
        progress: &Mutex<Progress>,
    ) -> Result<Received, Box<Failed>> {
        // Nobody closes it: then all calls go at once.
        let _turn = self.turns.acquire().await.ok();
        // Boxed: what waits for its turn holds nothing of it.
        Box::pin(self.exchange(call, request, progress)).await
    }

    async fn exchange(
        &self,
        call: &Call,
        request: reqwest::Request,
        progress: &Mutex<Progress>,
    ) -> Result<Received, Box<Failed>> {
        tracing::trace!(
            headers = ?redact::headers(request.headers()),
            body = %redact::body(&call.body, 2000),
            "request",
        );
        let started = Instant::now();
        let response = self.execute(request).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let request_id = crate::error::request_id_of(&headers);
        let number = note(progress, |progress| {
            progress.answer = Some((status, request_id.clone()));
            progress.sent
        });
        tracing::debug!(
            method = %call.method,
            url = %redact::url(&call.url),
            attempt = number,
            status = status.as_u16(),
            request_id = request_id.as_deref(),
            elapsed = ?started.elapsed(),
            "answer",
        );
        if !status.is_success() {
            let body = body::read_up_to(response, body::ERROR_BYTES).await;
            let error = Answer {
                status,
                headers: &headers,
                body: &body,
            }
            .to_error();
            return Err(Failed::answered(error));
        }
        let body = match body::read_whole(response, body::SUCCESS_BYTES).await {
            Ok(body) => body,
            Err(body::Unread::TooLong) => {
                let error = Answer {
                    status,
                    headers: &headers,
                    body: b"",
                }
                .to_undocumented("the answer is longer than any documented one");
                return Err(Failed::answered(error));
            }
            Err(body::Unread::Broken(error)) => {
                return Err(Failed::from(error).with_answer(status, request_id));
            }
        };
        tracing::trace!(body = %redact::body(&body, 2000), "answer body");
        inspect::inspect(
            call,
            Received {
                status,
                headers,
                body,
                request_id,
            },
        )
    }
}
