//! `otcdb logs show`, `follow` and `top`: entries of pulled logs.

pub(crate) mod follow;
mod logs;
mod printer;
pub(crate) mod show;
mod shown;
pub(crate) mod stream;
pub(crate) mod top;

use std::path::{Path, PathBuf};
use std::time::Duration;

use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_logs::{Event, Options, Puller, Summary};
use tokio_util::sync::CancellationToken;

use crate::args::{Choice, FOLDER, First};
use crate::cli::Cli;
use crate::console::Console;
use crate::progress;
use crate::realms::{self, Realms};
use crate::rights;
use crate::simulated;

/// The folder of a command, which is removed at the end if it is a temporary one.
enum Place {
    Given(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Place {
    fn of(dir: Option<&Path>, is_simulated: bool) -> Result<Self> {
        match dir {
            Some(dir) => Ok(Self::Given(dir.to_owned())),
            None if is_simulated => tempfile::tempdir().map(Self::Temporary).map_err(|error| {
                Error::new(
                    ErrorKind::Storage,
                    format!("cannot make a temporary folder: {error}"),
                )
                .with_hint("name a folder")
            }),
            None => Ok(Self::Given(PathBuf::from(FOLDER))),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// Pulls what is chosen, if that is wanted. What fails is told; the rest is there.
async fn pull_first(
    cli: &Cli,
    first: &First,
    choice: &Choice,
    since: Option<Duration>,
    out: &Path,
    console: &Console,
) -> Result<usize> {
    if !first.pull && !first.simulate {
        cli.refuse_identity("reading pulled logs")?;
        return Ok(0);
    }
    let mut options = options(choice, out, first.simulate).attempts(cli.calls.attempts);
    if let Some(since) = since {
        options = options.since(since);
    }
    let cancel = crate::interrupt::cancellation(console)?;
    let summary = if first.simulate {
        let (cloud, session) = simulated::start(cli, console).await?;
        let summary = pull(Realms::only(session), options, console, &cancel).await;
        cloud.shutdown().await;
        summary
    } else {
        let realms = realms::chosen(cli, first.all_projects, console).await?;
        pull(realms, options, console, &cancel).await
    }?;
    if cancel.is_cancelled() {
        return Err(Error::new(ErrorKind::Cancelled, "the pull was interrupted"));
    }
    tell(console, &summary);
    Ok(summary.failures.len())
}

async fn pull(
    realms: Realms,
    options: Options,
    console: &Console,
    cancel: &CancellationToken,
) -> Result<Summary> {
    let observer = progress::observer(console);
    let puller = Puller::of(realms.sessions.clone(), options)
        .observer(|event: Event<'_>| observer.event(event))
        .cancel(cancel);
    match puller.run().await {
        Ok(summary) => Ok(summary),
        Err(error) => Err(rights::told(realms.explained(error).await)),
    }
}

/// How logs are pulled before they are shown: as `otcdb logs pull` does it by default.
fn options(choice: &Choice, out: &Path, is_simulated: bool) -> Options {
    let options = Options::new(out)
        .instances(&choice.instance)
        .kinds(choice.kind.iter().copied())
        .simulated(is_simulated);
    if !is_simulated {
        return options;
    }
    options
        .poll(PollPolicy::default().interval(Duration::from_millis(100)))
        .settle(Duration::from_secs(1))
}

/// Tells what failed.
fn tell(console: &Console, summary: &Summary) {
    for failure in &summary.failures {
        let error = rights::told(failure.error.clone());
        console.failure(&format!("{failure}: {error}"), error.hint());
    }
}
