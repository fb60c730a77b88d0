//! RDS error and slow logs that are exported: the same call is repeated until it answers with a link.

use otcdb_core::waiter::Observation;
use otcdb_core::{Error, ErrorKind, Open, Result, Secret};
use otcdb_rds::types::{
    DownloadSlowlogRequest, ErrorLogDownloadStatus, ErrorLogLinkStatus, SlowLogDownloadStatus,
    SlowLogLinkStatus,
};

use super::Source;
use crate::call::value;
use crate::download::Origin;
use crate::event::Step;

/// An exported file with its link, which is good for 5 minutes.
#[derive(Clone, Debug)]
struct Exported {
    name: String,
    link: Secret,
}

/// One answer of an export, whichever operation gave it.
struct Answer {
    finished: Option<bool>,
    state: Option<String>,
    links: Vec<(Option<String>, Option<Secret>, Option<bool>)>,
}

#[derive(Clone, Copy)]
enum Export<'a> {
    /// `DownloadErrorlog`
    Error,
    /// `DownloadSlowlog`, for SQL Server with the name of a file.
    Slow(Option<&'a str>),
}

/// The error log of a PostgreSQL instance.
pub(super) async fn error_log(source: &mut Source<'_>) -> Result<()> {
    pull(source, Export::Error).await
}

/// The slow log of a MySQL or PostgreSQL instance.
pub(super) async fn slow_log(source: &mut Source<'_>) -> Result<()> {
    pull(source, Export::Slow(None)).await
}

/// The trace files of a SQL Server instance, as `ListSlowLogFile` names them.
pub(super) async fn trace_files(source: &mut Source<'_>) -> Result<()> {
    let clients = source.clients();
    let call = clients
        .rds
        .list_slow_log_file()
        .project_id(&clients.project)
        .instance_id(&source.instance.id);
    let files = value(call.send().await).await?.list.unwrap_or_default();
    for name in files.into_iter().filter_map(|file| file.file_name) {
        pull(source, Export::Slow(Some(&name))).await?;
    }
    Ok(())
}

async fn pull(source: &mut Source<'_>, export: Export<'_>) -> Result<()> {
    source.step(Step::Collect);
    let files = wait(source, export).await?;
    source.step(Step::Download);
    for file in files {
        if source.has(&file.name) {
            continue;
        }
        let name = file.name.clone();
        // The origin asks for new links while the source records the file.
        let mut origin = Link { asks: Source { pulled: <_>::default(), ..*source }, export, file, used: false };
        source.download(&name, &mut origin).await?;
    }
    Ok(())
}

async fn wait(source: &Source<'_>, export: Export<'_>) -> Result<Vec<Exported>> {
    let mut waiting = false;
    source
        .waiter(match export {
            Export::Error => "the export of the error log",
            Export::Slow(_) => "the export of the slow log",
        })
        .wait(async || {
            let observation = observe(ask(source, export).await?)?;
            if !waiting && matches!(observation, Observation::Continue(_)) {
                source.step(Step::Wait);
                waiting = true;
            }
            Ok(observation)
        })
        .await
}

/// Whether the export is over, and what it gave. An export without any file is over too: the log is empty.
fn observe(answer: Answer) -> Result<Observation<Vec<Exported>>> {
    let state = answer.state.clone();
    let failed = answer.links.iter().any(|(_, _, success)| *success == Some(false));
    match answer.finished {
        _ if failed => Ok(Observation::Failed(state.unwrap_or_else(|| "FAILED".to_owned()))),
        Some(false) => Ok(Observation::Failed(state.unwrap_or_default())),
        None => Ok(Observation::Continue(state)),
        Some(true) => {
            let files = answer.links.into_iter().map(|(name, link, _)| match (name, link) {
                (Some(name), Some(link)) => Ok(Exported { name, link }),
                _ => Err(Error::new(
                    ErrorKind::UndocumentedAnswer,
                    "the export is finished, but a file has no name or link",
                )),
            });
            files.collect::<Result<_>>().map(Observation::Done)
        }
    }
}

async fn ask(source: &Source<'_>, export: Export<'_>) -> Result<Answer> {
    match export {
        Export::Error => ask_error(source).await,
        Export::Slow(name) => ask_slow(source, name).await,
    }
}

async fn ask_error(source: &Source<'_>) -> Result<Answer> {
    let clients = source.clients();
    let call = clients
        .rds
        .download_errorlog()
        .project_id(&clients.project)
        .instance_id(&source.instance.id);
    let answer = value(call.send().await).await?;
    let status = answer.status.as_ref();
    let links = answer.list.unwrap_or_default().into_iter().map(|link| {
        let success = link.status.as_ref().and_then(Open::known).map(|status| match status {
            ErrorLogLinkStatus::Success => true,
            ErrorLogLinkStatus::Failed => false,
        });
        (link.file_name, link.file_link, success)
    });
    Ok(Answer {
        finished: status.and_then(Open::known).and_then(|status| match status {
            ErrorLogDownloadStatus::Finish => Some(true),
            ErrorLogDownloadStatus::Failed => Some(false),
            ErrorLogDownloadStatus::Creating => None,
        }),
        state: status.map(|status| status.as_str().to_owned()),
        links: links.collect(),
    })
}

async fn ask_slow(source: &Source<'_>, name: Option<&str>) -> Result<Answer> {
    let clients = source.clients();
    let call = clients
        .rds
        .download_slowlog()
        .project_id(&clients.project)
        .instance_id(&source.instance.id)
        .body(DownloadSlowlogRequest { file_name: name.map(str::to_owned) });
    let answer = value(call.send().await).await?;
    let status = answer.status.as_ref();
    let links = answer.list.unwrap_or_default().into_iter().map(|link| {
        let success = link.status.as_ref().and_then(Open::known).and_then(|status| match status {
            SlowLogLinkStatus::Success => Some(true),
            SlowLogLinkStatus::Failed => Some(false),
            SlowLogLinkStatus::Exporting => None,
        });
        (link.file_name, link.file_link, success)
    });
    Ok(Answer {
        finished: status.and_then(Open::known).and_then(|status| match status {
            SlowLogDownloadStatus::Finish => Some(true),
            SlowLogDownloadStatus::Failed => Some(false),
            SlowLogDownloadStatus::Creating => None,
        }),
        state: status.map(|status| status.as_str().to_owned()),
        links: links.collect(),
    })
}

/// The link of the export; a new one means waiting for the export again.
struct Link<'a> {
    asks: Source<'a>,
    export: Export<'a>,
    file: Exported,
    used: bool,
}

impl Origin for Link<'_> {
    fn id(&self) -> &str {
        &self.file.name
    }

    async fn link(&mut self, fresh: bool) -> Result<Secret> {
        if fresh && self.used {
            let files = wait(&self.asks, self.export).await?;
            self.file = files.into_iter().find(|file| file.name == self.file.name).ok_or_else(|| {
                Error::new(
                    ErrorKind::Service,
                    "the link expired, and the service has exported the log anew meanwhile",
                )
                .with_hint("run it again to fetch the new export")
            })?;
        }
        self.used = true;
        Ok(self.file.link.clone())
    }
}
