//! A call with `--wait`: made, waited for, and shown.

use futures_util::future::join_all;
use futures_util::stream;
use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Error, ErrorKind, Result, Session};
use otcdb_openapi::Link;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::console::Console;
use crate::exit::Code;
use crate::operations::build::flags;
use crate::operations::build::help;
use crate::operations::build::options::CommonOptions;
use crate::operations::call::links::{self, Job};
use crate::operations::call::request::Request;
use crate::operations::call::send;
use crate::operations::call::wait;
use crate::operations::show::table::Shape;
use crate::operations::show::write;

/// A call whose work is waited for.
#[derive(Debug)]
pub(crate) struct Waiting<'a> {
    pub(crate) session: &'a Session,
    pub(crate) request: &'a Request,
    pub(crate) policy: PollPolicy,
    pub(crate) cancel: CancellationToken,
    pub(crate) chosen: &'a CommonOptions,
    pub(crate) console: &'a Console,
}

impl Waiting<'_> {
    /// Makes the call until its own response says that the work is done, and shows that response.
    ///
    /// # Errors
    /// Those of the calls, of the waiting, and of showing.
    pub(crate) async fn repeat(&self) -> Result<Code> {
        let Self {
            session,
            request,
            policy,
            console,
            ..
        } = *self;
        let operation = request.operation;
        let mut done = wait::again(session, request, policy, &self.cancel, console)
            .await
            .map_err(|error| {
                self.advise(error, |error| match error.kind() {
                    ErrorKind::Timeout | ErrorKind::Cancelled => error.with_hint(
                        "the service goes on with its work; the same command asks again",
                    ),
                    _ => error,
                })
            })?;
        match &operation.pagination {
            None => write::response(operation, done.as_ref(), &self.chosen.view, console)?,
            Some(paging) => {
                let items = send::items(request, done.as_mut(), &paging.items)?;
                let shape = Shape::of(operation, paging);
                self.show_all(items, &shape).await?;
            }
        }
        Ok(Code::Success)
    }

    /// Makes the call, waits for all that it has begun, and shows what ended the waiting. Where it ends badly, what the
    /// call answered is shown instead: it has the ids that are needed to go on.
    ///
    /// # Errors
    /// Those of the call, of the waiting for one job, and of showing. Of several jobs, those that
    /// fail are told, and the code is that of work in parts.
    pub(crate) async fn finish(&self, link: &Link) -> Result<Code> {
        let operation = self.request.operation;
        if let Some(job) = links::adding(link, self.request)? {
            return self.finish_new(&job).await;
        }
        let response = send::send(self.session, self.request).await?;
        let jobs = match links::follow(link, self.request, response.as_ref()) {
            Ok(jobs) => jobs,
            Err(error) => {
                self.tell(self.show(response.as_ref()));
                return Err(error.with_hint(format!(
                    "{} was accepted: do not call it again, ask for its state later",
                    operation.id
                )));
            }
        };
        let waits = jobs.iter().map(|job| {
            let cancel = &self.cancel;
            wait::until_done(
                self.session,
                operation,
                job,
                self.policy,
                cancel,
                self.console,
            )
        });
        let mut ends: Vec<Result<Option<Value>>> = join_all(waits).await;
        for (job, end) in jobs.iter().zip(&mut ends) {
            if let Err(error) = end {
                *error = self.advise(error.clone(), |error| accepted(self.request, job, error));
            }
        }
        if jobs.len() > 1 {
            let list = link.list().unwrap_or_default();
            return self.show_parts(list, &jobs, ends).await;
        }
        match ends.into_iter().next().unwrap_or(Ok(None)) {
            Ok(done) => self.show(done.as_ref())?,
            Err(error) => {
                if response.is_some() {
                    self.tell(self.show(response.as_ref()));
                }
                return Err(error);
            }
        }
        Ok(Code::Success)
    }

    /// The same where no response names the work: it is what is new in a list.
    async fn finish_new(&self, job: &Job) -> Result<Code> {
        let before = wait::listed(self.session, &job.request).await?;
        send::send(self.session, self.request).await?;
        let new = wait::until_new(self.session, job, &before, self.policy, &self.cancel)
            .await
            .map_err(|error| self.advise(error, |error| accepted(self.request, job, error)))?;
        let told = job.request.operation;
        match &told.pagination {
            Some(paging) => self.show_all(new, &Shape::of(told, paging)).await?,
            None => self.show(Some(&Value::Array(new)))?,
        }
        Ok(Code::Success)
    }

    /// Shows the ends of several jobs as a list; of one that has no good end, what the call answered.
    async fn show_parts(
        &self,
        list: &str,
        jobs: &[Job],
        ends: Vec<Result<Option<Value>>>,
    ) -> Result<Code> {
        let mut shown = Vec::new();
        let mut errors = Vec::new();
        for (job, end) in jobs.iter().zip(ends) {
            let end = end.unwrap_or_else(|error| {
                errors.push(error);
                None
            });
            shown.push(end.unwrap_or_else(|| job.begun.clone()));
        }
        let items = list.trim_start_matches('/').replace('/', ".");
        let asked = jobs.first().map_or(self.request, |job| &job.request);
        let written = self
            .show_all(shown, &Shape::of_responses(asked.operation, &items))
            .await;
        if errors.is_empty() {
            written?;
        } else {
            self.tell(written);
        }
        for error in &errors {
            self.console.error(error);
        }
        Ok(Code::of_parts(errors.iter().map(Error::kind)))
    }

    fn show(&self, response: Option<&Value>) -> Result<()> {
        write::response(
            self.request.operation,
            response,
            &self.chosen.view,
            self.console,
        )
    }

    async fn show_all(&self, items: Vec<Value>, shape: &Shape) -> Result<()> {
        let items = stream::iter(items.into_iter().map(Ok));
        write::list(items, shape, &self.chosen.view, self.console).await
    }

    /// Reports what went wrong beside an error that matters more.
    fn tell(&self, written: Result<()>) {
        if let Err(error) = written {
            self.console.error(&error);
        }
    }

    /// What to do after waiting has ended badly. What a simulated cloud has begun ends with it.
    fn advise(&self, error: Error, advise: impl FnOnce(Error) -> Error) -> Error {
        match error.kind() {
            ErrorKind::Timeout if self.chosen.simulate => error.with_hint(
                "the simulated cloud has ended with this command; --wait-timeout allows more time",
            ),
            _ if self.chosen.simulate => error,
            _ => advise(error),
        }
    }
}

/// An error of waiting for work that a call has begun: the call must not be made again, since it would begin the work
/// again.
fn accepted(request: &Request, job: &Job, error: Error) -> Error {
    let id = &request.operation.id;
    // Errors of calls name their operation, those of the waiting do not.
    let hint = if error.kind() == ErrorKind::Service && error.operation().is_none() {
        format!(
            "{id} was accepted and its work has failed; see {}",
            follow_up(job, false)
        )
    } else {
        let goes_on = format!(
            "{id} was accepted and goes on: do not call it again, follow it with {}",
            follow_up(job, true)
        );
        let is_of_calls = matches!(
            error.kind(),
            ErrorKind::Credentials | ErrorKind::Permission | ErrorKind::Connection
        );
        match error.hint().filter(|_| is_of_calls) {
            Some(hint) => format!("{hint}; {goes_on}"),
            None => goes_on,
        }
    };
    error.with_hint(hint)
}

/// The command that asks after a job.
fn follow_up(job: &Job, wait: bool) -> String {
    let operation = job.request.operation;
    let mut line = format!("`otcdb {} {}", operation.service, operation.name);
    let names = flags::names(operation);
    for (parameter, value) in job.request.values() {
        let named = names
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, parameter));
        if let Some((_, long)) = named {
            line.push_str(&format!(" --{long} {}", help::word(value)));
        }
    }
    if wait && operation.watches_itself() {
        line.push_str(" --wait");
    }
    line.push('`');
    let waiter = operation.waiter.as_ref();
    let key = waiter.and_then(|waiter| waiter.path.key());
    if let (Some(key), Some(item)) = (key, &job.item) {
        line.push_str(&format!(", where {key} is {item}"));
    }
    line
}
