//! `otcdb doctor`: what the services really send, against their descriptions.
//!
//! - [`found`] knows what responses have told of: ids, and what they belong to;
//! - [`values`] gives the parameters of a call values;
//! - [`visit`] makes the calls of a service;
//! - [`report`] says what came of it, from nothing but the masked exchanges.

mod found;
mod report;
mod values;
mod visit;

use std::sync::Arc;

use otcdb_core::{Error, ErrorKind, Result, Service, Session};

use crate::args::Doctor;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::record::Recorder;
use crate::{interrupt, output, session, simulated};
use report::Report;
use visit::Visit;

/// Makes the calls, and writes the report.
///
/// # Errors
/// The identity is refused, or see [`session`].
pub(crate) async fn run(cli: &Cli, args: &Doctor, console: &Console) -> Result<Code> {
    let recorder = cli.calls.recorder.clone();
    let recorder = recorder.ok_or_else(|| {
        Error::new(
            ErrorKind::Internal,
            "nothing records what the services send",
        )
    })?;
    if args.simulate {
        let (cloud, session) = simulated::start(cli, console).await?;
        let code = examine(&session, args, &recorder, console).await;
        cloud.shutdown().await;
        return code;
    }
    let session = session::session(&cli.calls, &session::settings(cli, console)?)?;
    examine(&session, args, &recorder, console).await
}

async fn examine(
    session: &Session,
    args: &Doctor,
    recorder: &Arc<Recorder>,
    console: &Console,
) -> Result<Code> {
    // From here on the first signal ends the calls and not the program: what has come is reported.
    let cancel = interrupt::cancellation(console)?;
    session.project_id().await?;
    let mut visits = Vec::new();
    for service in Service::ALL {
        if !args.service.is_empty() && !args.service.contains(&service) {
            continue;
        }
        let mut visit = Visit::new(session, service, args.each)?;
        tokio::select! {
            () = visit.make(console) => {}
            () = cancel.cancelled() => {}
        }
        visits.push(visit.outcome());
        if cancel.is_cancelled() {
            break;
        }
    }
    let (recording, _) = recorder.recorded();
    let report = Report::of(session, visits, &recording, cancel.is_cancelled());
    output::write(report.render(args.output)?.as_bytes())?;
    Ok(report.code())
}
