//! Logs that are exported, such as the error and slow logs of RDS and DDS: the same call is repeated until it answers with a link.

mod response;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use otcdb_core::sync::unpoisoned;
use otcdb_core::waiter::Observation;
use otcdb_core::{Error, ErrorKind, Result, Secret};
use otcdb_openapi::Operation;
use serde_json::value::RawValue;

use super::link::CachedLink;
use super::{Context, Remote, Source};
use crate::announced::Announced;
use crate::clients::{described, document_now, operation};
use crate::event::Step;
use crate::failure::Failure;
use crate::fields;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::list::List;
use crate::means::{Exported, Size};
use response::{ExportResponse, File, is_silent, over, read};

/// How many times a new export may take the place of the one that is being fetched, before the file fails.
const REPLACEMENTS: u32 = 2;

/// What was seen of an export so far.
#[derive(Default)]
struct Seen {
    /// Its files that are over, by the newest response.
    over: Vec<File>,
    /// How many responses in a row said nothing.
    silent: u32,
}

/// A log that is exported.
struct Export<'a> {
    context: &'a Context<'a>,
    instance: &'a Instance,
    kind: LogKind,
    log: &'static Exported,
    operation: &'static Operation,
    /// The trace file of SQL Server.
    file: Option<&'a str>,
}

pub(super) async fn pull(source: &mut Source<'_>, log: &'static Exported) -> Result<()> {
    match log.files {
        None => fetch(source, log, None).await,
        Some(list) => each(source, log, list).await,
    }
}

/// Files that are exported one by one, such as the trace files of SQL Server. One that cannot be had does not cost the
/// others.
async fn each(source: &mut Source<'_>, log: &'static Exported, list: &'static str) -> Result<()> {
    let (files, listed) = List::new(source.instance.service, list)?
        .set("instance_id", source.instance.id.as_str())
        .gather(source.clients())
        .await;
    for (number, file) in (1..).zip(files) {
        let name = fields::string(&file, "file_name");
        let result = match &name {
            Some(name) => fetch(source, log, Some(name)).await,
            None => Err(Error::new(
                ErrorKind::UndocumentedResponse,
                format!(
                    "the file_name of item {number} of the list is {}, so it cannot be exported",
                    fields::quoted(&file, "file_name")
                ),
            )
            .with_operation(list)),
        };
        source.part(result, None, name.as_deref())?;
    }
    listed
}

async fn fetch(source: &mut Source<'_>, log: &'static Exported, file: Option<&str>) -> Result<()> {
    source.step(Step::Collect);
    let export = Export {
        context: source.context,
        instance: source.instance,
        kind: source.kind,
        log,
        operation: operation(source.instance.service, log.export)?,
        file,
    };
    let series = export.series();
    let mut replacements = 0;
    'anew: loop {
        let response = export.wait().await?;
        let ids = response.files.iter().filter_map(|one| one.id(file));
        source.discard(&series, ids.collect()).await?;
        source.step(Step::Download);
        for (number, exported) in (1..).zip(response.files) {
            let node = exported.node.clone();
            let (remote, link) = match exported.into_remote(number, &export) {
                Ok(file) => file,
                Err((name, error)) => {
                    source.part(Err(error), node.as_deref(), name.as_deref())?;
                    continue;
                }
            };
            let replaced = AtomicBool::new(false);
            let ask = || export.link_again(&remote.id, &replaced).boxed();
            let mut origin = CachedLink::new(&remote, ask).starting_with(link);
            let result = source.get(&remote, &mut origin).await;
            if result.is_err() && replaced.load(Ordering::Relaxed) && replacements < REPLACEMENTS {
                replacements += 1;
                tracing::debug!(
                    name = remote.name,
                    "an export has taken the place of this one"
                );
                continue 'anew;
            }
            source.part(result, node.as_deref(), Some(&remote.name))?;
        }
        return response.failed.map_or(Ok(()), Err);
    }
}

impl Export<'_> {
    /// What all exports of the log have in common; each has another name.
    fn series(&self) -> String {
        match self.file {
            None => self.kind.to_string(),
            Some(file) => format!("{} {file}", self.kind),
        }
    }

    /// Waits until the export is over. Where it does not end, its files that are over by then are what it gave.
    async fn wait(&self) -> Result<ExportResponse> {
        let waiting = AtomicBool::new(false);
        let waiting = &waiting;
        let seen = Mutex::new(Seen::default());
        let seen = &seen;
        let patience = self.context.options.poll.transient_errors;
        let what = format!("the export of the {} log", self.log.log);
        let polls = self.context.polls.wait(self.kind);
        let polls = &polls;
        let waited = self
            .context
            .waiter(&what, self.instance)
            .wait_in_turns(
                || self.context.clients.turn(self.instance.service),
                |since| polls.pause(since),
                || async move {
                    let response = self.ask().await?;
                    let observation = read(self.log, self.operation, &response)?;
                    let mut seen = unpoisoned(seen.lock());
                    seen.over = over(self.log, &response);
                    seen.silent = match is_silent(self.operation, &response) {
                        true => seen.silent + 1,
                        false => 0,
                    };
                    if seen.silent > patience {
                        return Err(self.says_nothing());
                    }
                    if matches!(observation, Observation::Continue(_))
                        && !waiting.swap(true, Ordering::Relaxed)
                    {
                        self.context.step(self.instance, self.kind, Step::Wait);
                    }
                    if matches!(observation, Observation::Done(_)) {
                        polls.over();
                    }
                    Ok(observation)
                },
            )
            .await;
        let mut seen = unpoisoned(seen.lock());
        let any_link = seen.over.iter().any(|file| file.link.is_some());
        match waited {
            Err(error) if any_link && !Failure::ends_all(&error) => Ok(ExportResponse {
                files: std::mem::take(&mut seen.over),
                failed: Some(error),
            }),
            waited => waited,
        }
    }

    /// The error of responses that are those of something else.
    fn says_nothing(&self) -> Error {
        Error::new(
            ErrorKind::UndocumentedResponse,
            "the response says neither how far the export is nor what it has made",
        )
        .with_operation(self.operation.id.as_str())
    }

    async fn ask(&self) -> Result<Box<RawValue>> {
        let values = [("instance_id", self.instance.id.clone())];
        let mut call = described(self.operation, &values)?;
        if self.operation.body.is_some() {
            let body = match self.file {
                None => serde_json::json!({}),
                Some(file) => serde_json::json!({ "file_name": file }),
            };
            call = call.body(body.to_string());
        }
        let session = &self.context.clients.session;
        document_now(session, self.instance.service, self.operation, call).await
    }

    /// A new link for a file of this id means waiting for the export again. The service may have forgotten it, and made
    /// another one.
    async fn link_again(&self, id: &str, replaced: &AtomicBool) -> Result<Secret> {
        let files = self.wait().await?.files;
        let same = files
            .into_iter()
            .find(|file| file.id(self.file).as_deref() == Some(id))
            .and_then(|file| file.link);
        replaced.store(same.is_none(), Ordering::Relaxed);
        same.ok_or_else(|| {
            Error::new(
                ErrorKind::Service,
                "the link expired, and the service has exported the log anew meanwhile",
            )
            .with_hint("run it again to fetch the new export")
        })
    }
}

impl File {
    /// What the service calls it. A trace file has a name even where the response leaves it out.
    fn name<'a>(&'a self, asked: Option<&'a str>) -> Option<&'a str> {
        self.name.as_deref().or(asked)
    }

    /// What it is known by: files of two nodes may have one name.
    fn id(&self, asked: Option<&str>) -> Option<String> {
        let name = self.name(asked)?;
        Some(match &self.node {
            Some(node) => format!("{node} {name}"),
            None => name.to_owned(),
        })
    }

    /// The file and its link.
    ///
    /// # Errors
    /// It cannot be fetched; the name is that of the file, as far as it is known.
    fn into_remote(
        self,
        number: usize,
        export: &Export<'_>,
    ) -> Result<(Remote, Secret), (Option<String>, Error)> {
        let id = self.id(export.file).unwrap_or_default();
        let name = self.name(export.file).map(str::to_owned);
        let (name, link) = match (name, self.link, self.failed) {
            (name, _, true) => {
                let what = "the service says that the export of this file failed";
                let error = Error::new(ErrorKind::Service, what);
                return Err((name, error.with_operation(export.operation.id.as_str())));
            }
            (Some(name), Some(link), false) => (name, link),
            (name, link, false) => {
                let missing = if link.is_none() { "link" } else { "name" };
                let what =
                    format!("the export is finished, but its file {number} has no {missing}");
                let error = Error::new(ErrorKind::UndocumentedResponse, what);
                return Err((name, error.with_operation(export.operation.id.as_str())));
            }
        };
        let remote = Remote {
            name,
            id,
            replica: self.node,
            series: Some(export.series()),
            announced: Announced {
                size: self.size,
                created: self.created,
                etag: self.etag,
                ..Announced::default()
            },
            exact: export.log.size == Size::Bytes,
        };
        Ok((remote, link))
    }
}
