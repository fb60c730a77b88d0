//! The sources: an instance with a kind of log, and how each kind becomes files.

mod audit;
mod entries;
mod error_entries;
mod export;
mod redis_run;
mod redis_slow;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use otcdb_core::Result;
use otcdb_core::waiter::Waiter;
use tokio_util::sync::CancellationToken;

use crate::call::Clients;
use crate::download::{self, Fetched, Finished, Origin, Progress, Store, fetch};
use crate::event::{Event, Observer, Step};
use crate::instance::{Engine, Instance};
use crate::kind::LogKind;
use crate::layout;
use crate::manifest::{Manifest, Record};
use crate::options::Options;
use crate::time::Span;

/// What every source works with.
pub(crate) struct Context<'a> {
    pub(crate) clients: &'a Clients,
    pub(crate) options: &'a Options,
    pub(crate) manifest: &'a Arc<Manifest>,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) cancelled: &'a CancellationToken,
    pub(crate) now: Timestamp,
    pub(crate) files: &'a AtomicU64,
}

/// What a source gave.
#[derive(Debug, Default)]
pub(crate) struct Pulled {
    pub(crate) records: Vec<Record>,
    pub(crate) skipped: usize,
    /// What stops nothing; see [`Event::Note`].
    pub(crate) notes: Vec<String>,
}

/// One source at work.
pub(crate) struct Source<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) instance: &'a Instance,
    pub(crate) kind: LogKind,
    pub(crate) pulled: Pulled,
}

impl<'a> Source<'a> {
    /// Pulls everything that is new.
    ///
    /// # Errors
    /// Anything that kept a file from being fetched; files that were fetched before it are in [`Self::pulled`].
    pub(crate) async fn pull(&mut self) -> Result<()> {
        match (self.kind, &self.instance.engine) {
            (LogKind::RedisRun, _) => redis_run::pull(self).await,
            (LogKind::RedisSlow, _) => redis_slow::pull(self).await,
            (LogKind::RdsError, Engine::PostgreSql) => export::error_log(self).await,
            (LogKind::RdsError, _) => error_entries::pull(self).await,
            (LogKind::RdsSlow, Engine::SqlServer) => export::trace_files(self).await,
            (LogKind::RdsSlow, _) => export::slow_log(self).await,
            (LogKind::RdsAudit, _) => audit::pull(self).await,
        }
    }

    fn clients(&self) -> &'a Clients {
        self.context.clients
    }

    fn span(&self) -> Span {
        Span::last(self.context.options.since, self.context.now)
    }

    fn step(&self, step: Step) {
        let (instance, kind) = (self.instance, self.kind);
        self.context.observer.event(Event::Step {
            instance,
            kind,
            step,
        });
    }

    fn waiter(&self, what: &str) -> Waiter {
        Waiter::new(
            format!("{what} of {}", self.instance.name),
            self.context.options.poll,
        )
        .cancelled_by(self.context.cancelled.clone())
    }

    /// Whether a file is there already; it then counts as skipped.
    fn has(&mut self, id: &str) -> bool {
        let Some(record) = self.context.manifest.find(self.kind, &self.instance.id, id) else {
            return false;
        };
        self.context
            .observer
            .event(Event::FileSkipped { path: &record.file });
        self.pulled.skipped += 1;
        true
    }

    /// Fetches a file to its place, and records it.
    async fn download(&mut self, name: &str, origin: &mut impl Origin) -> Result<()> {
        let name = layout::component(name);
        let wanted = format!("{}/{name}", layout::folder(self.instance));
        let manifest = self.context.manifest;
        let path = manifest.claim(self.kind, &self.instance.id, origin.id(), &wanted);
        let shown = Shown::new(self.context, &path);
        let session = &self.clients().session;
        let store = Store {
            client: session.download_client(),
            destinations: session.destinations(),
            files: self.context.manifest.files(),
            options: self.context.options,
        };
        let (kind, instance) = (self.kind, &self.instance.id);
        let id = origin.id().to_owned();
        let named = |wanted: String| manifest.claim(kind, instance, &id, &wanted);
        match fetch(&store, origin, &path, named, &shown).await {
            Ok(Fetched::File {
                finished,
                path,
                notes,
            }) => {
                for note in notes {
                    self.note(format!("{path}: {note}"));
                }
                self.record(origin.id(), &path, finished, None, &shown)
            }
            Ok(Fetched::Nothing) => {
                self.context
                    .observer
                    .event(Event::FileEmpty { file: shown.file });
                self.note(format!(
                    "{path}: the store has nothing in it, so there is no file"
                ));
                Ok(())
            }
            Err(error) => {
                self.context
                    .observer
                    .event(Event::FileFailed { file: shown.file });
                Err(error)
            }
        }
    }

    /// Tells what stops nothing, but what a reader of the logs should know.
    fn note(&mut self, text: String) {
        self.context.observer.event(Event::Note { text: &text });
        self.pulled.notes.push(text);
    }

    /// Removes what is unfinished of a series, but for the files with these ids.
    async fn discard(&self, series: &str, but: Vec<String>) -> Result<()> {
        let folder = layout::folder(self.instance);
        download::discard(
            self.context.manifest.files(),
            folder,
            series.to_owned(),
            but,
        )
        .await
    }

    /// When a file was written, if the file system says.
    fn modified(&self, path: &str) -> Option<i64> {
        let seen = self.context.manifest.files().look(path).ok()??;
        Some(seen.modified)
    }

    fn record(
        &mut self,
        id: &str,
        path: &str,
        finished: Finished,
        until: Option<Timestamp>,
        shown: &Shown<'_>,
    ) -> Result<()> {
        let record = Record {
            kind: self.kind,
            instance: self.instance.id.clone(),
            instance_name: self.instance.name.clone(),
            id: id.to_owned(),
            file: path.to_owned(),
            size: finished.size,
            sha256: finished.sha256,
            from: None,
            until,
            oldest: None,
            newest: None,
            fetched_at: crate::time::now(self.clients().session.clock())?,
            modified: self.modified(path),
            pruned_at: None,
            simulated: self.context.options.simulated,
            other: <_>::default(),
        };
        self.context.manifest.add(record.clone())?;
        self.context.observer.event(Event::FileDone {
            file: shown.file,
            record: &record,
        });
        self.pulled.records.push(record);
        Ok(())
    }
}

/// The error of work that the caller stopped.
pub(crate) fn cancelled() -> otcdb_core::Error {
    otcdb_core::Error::new(otcdb_core::ErrorKind::Cancelled, "the pull was interrupted")
        .with_hint("run it again: it goes on where it stopped")
}

/// The events of one file.
struct Shown<'a> {
    observer: &'a dyn Observer,
    file: u64,
    path: &'a str,
}

impl<'a> Shown<'a> {
    fn new(context: &Context<'a>, path: &'a str) -> Self {
        let file = context.files.fetch_add(1, Ordering::Relaxed);
        Self {
            observer: context.observer,
            file,
            path,
        }
    }
}

impl Progress for Shown<'_> {
    fn started(&self, resumed: u64, size: Option<u64>) {
        let (file, path) = (self.file, self.path);
        self.observer.event(Event::FileStarted {
            file,
            path,
            size,
            resumed,
        });
    }

    fn advanced(&self, bytes: u64) {
        self.observer.event(Event::FileAdvanced {
            file: self.file,
            bytes,
        });
    }

    fn restarted(&self) {
        self.observer
            .event(Event::FileRestarted { file: self.file });
    }
}
