//! The way of a command: read, check, ask, call, wait, show.

use otcdb_core::{Result, Session};
use otcdb_openapi::Operation;

use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt;
use crate::operations::Invocation;
use crate::operations::build::options::CommonOptions;
use crate::operations::call::names;
use crate::operations::call::pages;
use crate::operations::call::prompt;
use crate::operations::call::request::Request;
use crate::operations::call::send;
use crate::operations::call::wait_command::Waiting;
use crate::operations::show::table::Shape;
use crate::operations::show::write;
use crate::output;
use crate::session;
use crate::simulated;

/// Does what was typed.
///
/// # Errors
/// Before anything is sent: a body that does not fit, a question that nobody can answer or that is answered with no.
/// Then those of the session.
pub(crate) async fn run(cli: &Cli, called: &Invocation, console: &Console) -> Result<Code> {
    let operation = called.operation;
    let chosen = CommonOptions::of(&called.matches);
    if let Some(name) = &chosen.body_example {
        return body_example(operation, name);
    }
    chosen.view.check()?;
    let mut request = Request::read(operation, &called.matches, chosen.body.as_deref(), console)?;
    if chosen.simulate {
        // What is destroyed there is no data.
        let (cloud, session) = simulated::start(cli, console).await?;
        let code = match names::resolve(&mut request, &session, console).await {
            Ok(()) => carry_out(&session, &request, &chosen, console).await,
            Err(error) => Err(error),
        };
        cloud.shutdown().await;
        return code;
    }
    if !chosen.yes {
        prompt::possible(&request)?;
    }
    let session = session::session(&cli.calls, &session::settings(cli, console)?)?;
    names::resolve(&mut request, &session, console).await?;
    if !chosen.yes {
        prompt::ask(&request, &session, console).await?;
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
    chosen: &CommonOptions,
    console: &Console,
) -> Result<Code> {
    let operation = request.operation;
    if let Some(policy) = chosen.wait {
        // From here on the first signal ends the waiting and not the program, so that what was begun is told.
        let cancel = interrupt::cancellation(console)?;
        let waiting = Waiting {
            session,
            request,
            policy,
            cancel,
            chosen,
            console,
        };
        return match operation.finished() {
            Some(link) => waiting.finish(link).await,
            None => waiting.repeat().await,
        };
    }
    if let Some(paging) = &operation.pagination {
        let items = pages::items(session, request, paging)?;
        write::list(items, &Shape::of(operation, paging), &chosen.view, console).await?;
        return Ok(Code::Success);
    }
    let response = send::send(session, request).await?;
    write::response(operation, response.as_ref(), &chosen.view, console)?;
    Ok(Code::Success)
}
