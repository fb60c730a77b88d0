//! The way of a command: read, check, ask, call, wait, show.

use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Result, Session};
use otcdb_spec::{Link, Operation};
use serde_json::Value;

use super::call;
use super::expression;
use super::options::{self, Chosen};
use super::request::Request;
use super::show::{self, Shape};
use super::{Called, confirm, pages, wait};
use crate::args::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt;
use crate::output;
use crate::session;
use crate::simulated;

/// Does what was typed.
///
/// # Errors
/// Before anything is sent: a body that does not fit, a question that nobody can answer or that is answered with no.
/// Then those of the session.
pub(crate) async fn run(cli: &Cli, called: &Called, console: &Console) -> Result<Code> {
    let operation = called.operation;
    let chosen = Chosen::of(&called.matches);
    if let Some(name) = &chosen.body_example {
        return body_example(operation, name);
    }
    let request = Request::read(operation, &called.matches, chosen.body.as_deref(), console)?;
    if chosen.simulate {
        // What is destroyed there is no data.
        let (cloud, session) = simulated::start(cli, console).await?;
        let code = carry_out(&session, &request, &chosen, console).await;
        cloud.shutdown().await;
        return code;
    }
    if !chosen.yes {
        confirm::possible(&request)?;
    }
    let session = session::session(&cli.calls, &session::settings(cli)?)?;
    if !chosen.yes {
        confirm::ask(&request, &session, console).await?;
    }
    carry_out(&session, &request, &chosen, console).await
}

fn body_example(operation: &Operation, name: &str) -> Result<Code> {
    let examples = operation.body.iter().flat_map(|body| &body.examples);
    for example in examples.into_iter().filter(|example| example.name == name) {
        output::write(output::json(&example.value)?.as_bytes())?;
    }
    Ok(Code::Success)
}

async fn carry_out(
    session: &Session,
    request: &Request,
    chosen: &Chosen,
    console: &Console,
) -> Result<Code> {
    let operation = request.operation;
    let link = options::finished(operation);
    if let (Some(policy), None) = (chosen.wait, link) {
        let cancel = interrupt::cancellation(console)?;
        let done = wait::again(session, request, policy, &cancel, console).await?;
        if operation.pagination.is_none() {
            show::answer(operation, done.as_ref(), chosen.format, console)?;
            return Ok(Code::Success);
        }
    }
    if let Some(paging) = &operation.pagination {
        let items = pages::items(session, request, paging);
        show::list(items, &Shape::of(operation, paging), chosen.format, console).await?;
        return Ok(Code::Success);
    }
    let answer = call::send(session, request).await?;
    match (chosen.wait, link) {
        (Some(policy), Some(link)) => {
            finish(session, request, link, answer, policy, chosen, console).await?;
        }
        _ => show::answer(operation, answer.as_ref(), chosen.format, console)?,
    }
    Ok(Code::Success)
}

/// Waits for what the call has begun, and shows what ended the waiting. If it ends badly, what the call answered is
/// shown: it has the ids that are needed to go on.
async fn finish(
    session: &Session,
    request: &Request,
    link: &Link,
    answer: Option<Value>,
    policy: PollPolicy,
    chosen: &Chosen,
    console: &Console,
) -> Result<()> {
    let operation = request.operation;
    let waited = async {
        let followed = expression::follow(link, request, answer.as_ref())?;
        let cancel = interrupt::cancellation(console)?;
        wait::until_done(session, operation, &followed, policy, &cancel, console).await
    };
    match waited.await {
        Ok(done) => show::answer(operation, done.as_ref(), chosen.format, console),
        Err(error) => {
            if answer.is_some() {
                show::answer(operation, answer.as_ref(), chosen.format, console)?;
            }
            Err(error)
        }
    }
}
