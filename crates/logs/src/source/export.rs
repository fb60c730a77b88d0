//! RDS error and slow logs that are exported: the same call is repeated until it answers with a link.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::TryStreamExt as _;
use otcdb_core::error::value;
use otcdb_core::waiter::Observation;
use otcdb_core::{Error, ErrorKind, OperationMeta, Result, Secret};
use otcdb_rds::types::{
    DownloadSlowlogRequest, ErrorLogLinkStatus, SlowLogFile, SlowLogLinkStatus,
};
use serde::Serialize;

use super::Source;
use crate::download::Origin;
use crate::event::Step;
use crate::kind::LogKind;

/// An exported file with its link, which is good for 5 minutes.
#[derive(Clone, Debug)]
struct Exported {
    name: String,
    link: Secret,
    /// In bytes, as announced.
    size: Option<u64>,
}

/// How many times a new export may take the place of the one that is being fetched, before the source fails.
const REPLACEMENTS: u32 = 2;

/// One answer of an export, whichever operation gave it.
struct Answer {
    state: Observation<()>,
    links: Vec<FileLink>,
}

/// What an answer says of one file.
struct FileLink {
    name: Option<String>,
    link: Option<Secret>,
    size: Option<String>,
    failed: bool,
}

#[derive(Clone, Copy)]
enum Export<'a> {
    /// `DownloadErrorlog`
    Error,
    /// `DownloadSlowlog`, for SQL Server with the name of a file.
    Slow(Option<&'a str>),
}

impl Export<'_> {
    /// What all exports of the log have in common; each has another name.
    fn series(self, kind: LogKind) -> String {
        match self {
            Self::Error | Self::Slow(None) => kind.to_string(),
            Self::Slow(Some(file)) => format!("{kind} {file}"),
        }
    }
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
    let instance = source.instance;
    let files: Vec<SlowLogFile> = clients
        .rds
        .list_slow_log_file()
        .project_id(&clients.project)
        .instance_id(&instance.id)
        .stream()
        .try_collect()
        .await?;
    for name in files.into_iter().filter_map(|file| file.file_name) {
        pull(source, Export::Slow(Some(&name))).await?;
    }
    Ok(())
}

async fn pull(source: &mut Source<'_>, export: Export<'_>) -> Result<()> {
    source.step(Step::Collect);
    let series = export.series(source.kind);
    let mut replacements = 0;
    'anew: loop {
        let files = wait(source, export).await?;
        let names = files.iter().map(|file| file.name.clone()).collect();
        source.discard(&series, names).await?;
        source.step(Step::Download);
        for file in files {
            if source.has(&file.name) {
                continue;
            }
            let name = file.name.clone();
            // The origin asks for new links while the source records the file.
            let mut origin = Link {
                asks: Source {
                    pulled: <_>::default(),
                    ..*source
                },
                export,
                series: &series,
                file,
                used: false,
                replaced: false,
            };
            if let Err(error) = source.download(&name, &mut origin).await {
                replacements += 1;
                if !origin.replaced || replacements > REPLACEMENTS {
                    return Err(error);
                }
                tracing::debug!(name, "an export has taken the place of this one");
                continue 'anew;
            }
        }
        return Ok(());
    }
}

async fn wait(source: &Source<'_>, export: Export<'_>) -> Result<Vec<Exported>> {
    let waiting = AtomicBool::new(false);
    let waiting = &waiting;
    source
        .waiter(match export {
            Export::Error => "the export of the error log",
            Export::Slow(_) => "the export of the slow log",
        })
        .wait(|| async move {
            let observation = observe(ask(source, export).await?)?;
            if matches!(observation, Observation::Continue(_))
                && !waiting.swap(true, Ordering::Relaxed)
            {
                source.step(Step::Wait);
            }
            Ok(observation)
        })
        .await
}

/// Whether the export is over, and what it gave. An export without any file is over too: the log is empty.
fn observe(answer: Answer) -> Result<Observation<Vec<Exported>>> {
    if answer.links.iter().any(|link| link.failed) {
        return Ok(Observation::Failed("FAILED".to_owned()));
    }
    match answer.state {
        Observation::Failed(state) => Ok(Observation::Failed(state)),
        Observation::Continue(state) => Ok(Observation::Continue(state)),
        Observation::Done(()) => {
            let files = answer
                .links
                .into_iter()
                .map(|file| match (file.name, file.link) {
                    (Some(name), Some(link)) => {
                        let size = file.size.and_then(|size| size.parse().ok());
                        Ok(Exported { name, link, size })
                    }
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
    let state = state("DownloadErrorlog", &answer)?;
    let links = answer.list.unwrap_or_default().into_iter().map(|link| {
        let failed = link
            .status
            .is_some_and(|status| status == ErrorLogLinkStatus::Failed);
        FileLink {
            name: link.file_name,
            link: link.file_link,
            size: link.file_size,
            failed,
        }
    });
    Ok(Answer {
        state,
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
        .body(DownloadSlowlogRequest {
            file_name: name.map(str::to_owned),
        });
    let answer = value(call.send().await).await?;
    let state = state("DownloadSlowlog", &answer)?;
    let links = answer.list.unwrap_or_default().into_iter().map(|link| {
        let failed = link
            .status
            .is_some_and(|status| status == SlowLogLinkStatus::Failed);
        FileLink {
            name: link.file_name,
            link: link.file_link,
            size: link.file_size,
            failed,
        }
    });
    Ok(Answer {
        state,
        links: links.collect(),
    })
}

/// How far the work is, as the operation's `x-waiter` reads its answer.
fn state(operation: &str, answer: &impl Serialize) -> Result<Observation<()>> {
    let waiter = otcdb_rds::OPERATIONS
        .iter()
        .find(|known| known.id() == operation)
        .and_then(OperationMeta::waits_for);
    match waiter {
        Some(waiter) => waiter.observe(answer),
        None => Err(Error::new(
            ErrorKind::Internal,
            format!("{operation} has no x-waiter"),
        )),
    }
}

/// The link of the export; a new one means waiting for the export again.
struct Link<'a> {
    asks: Source<'a>,
    export: Export<'a>,
    series: &'a str,
    file: Exported,
    used: bool,
    /// Whether the service has forgotten this export and made another one.
    replaced: bool,
}

impl Origin for Link<'_> {
    fn id(&self) -> &str {
        &self.file.name
    }

    fn series(&self) -> Option<&str> {
        Some(self.series)
    }

    fn size(&self) -> Option<u64> {
        self.file.size
    }

    async fn link(&mut self, fresh: bool) -> Result<Secret> {
        if fresh && self.used {
            let files = wait(&self.asks, self.export).await?;
            let same = files.into_iter().find(|file| file.name == self.file.name);
            self.replaced = same.is_none();
            self.file = same.ok_or_else(|| {
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
