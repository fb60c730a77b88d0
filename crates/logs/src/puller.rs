//! A pull: all sources of all chosen instances, some of them at once.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::{StreamExt as _, stream};
use otcdb_core::{Error, Result, Service, Session};
use tokio_util::sync::CancellationToken;

use crate::call::Clients;
use crate::discover::instances;
use crate::download;
use crate::event::{Event, Observer};
use crate::files::Files;
use crate::instance::Instance;
use crate::intact;
use crate::kind::LogKind;
use crate::layout;
use crate::manifest::{Manifest, Record};
use crate::options::Options;
use crate::source::{Context, Pulled, Source, cancelled};
use crate::time::not_after;

/// A source that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The instance.
    pub instance: Instance,
    /// The kind of log.
    pub kind: LogKind,
    /// Why.
    pub error: Error,
}

/// What a pull did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The files that were fetched.
    pub files: Vec<Record>,
    /// How many files were there already.
    pub skipped: usize,
    /// How many sources were worked on.
    pub sources: usize,
    /// The sources that failed.
    pub failures: Vec<Failure>,
    /// What stopped nothing, but what a reader of the logs should know: one sentence each.
    pub notes: Vec<String>,
}

impl Summary {
    /// Bytes of the files that were fetched.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|record| record.size).sum()
    }
}

/// Pulls logs with a session's identity.
#[derive(Clone, Debug)]
pub struct Puller {
    session: Session,
    options: Options,
}

impl Puller {
    /// A pull that has not begun.
    ///
    /// # Errors
    /// Options that nothing can be pulled with.
    pub fn new(session: Session, options: Options) -> Result<Self> {
        options.validate()?;
        Ok(Self { session, options })
    }

    /// Pulls until everything is there or has failed, or until `cancel` is cancelled.
    ///
    /// # Errors
    /// What keeps a pull from beginning: the identity is refused, the list of instances cannot be read, a chosen
    /// instance does not exist, the folder cannot be written. The failure of a single source is in the [`Summary`].
    pub async fn run(
        &self,
        observer: &dyn Observer,
        cancel: &CancellationToken,
    ) -> Result<Summary> {
        let now = crate::time::now(self.session.clock())?;
        let clients = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            clients = Clients::connect(&self.session) => clients?,
        };
        let found = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            found = instances(&clients, &self.options.selection) => found?,
        };
        // Only now, so that a pull that cannot begin leaves no folder.
        let files = Files::new(&self.options.out, self.options.file_mode);
        let manifest = Manifest::open_in(files)?.moved_away(self.options.no_refetch);
        let manifest = Arc::new(manifest);
        manifest.keep_apart(self.options.simulated)?;
        let altered = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            altered = intact::look(&manifest) => altered?,
        };
        for service in [Service::Dcs, Service::Rds] {
            // Whoever looks for some services, or cannot list one, does not know what the others have.
            let complete = self.options.selection.has_service(service);
            let of_service = found.iter().filter(|instance| instance.service == service);
            let known = of_service.map(|instance| layout::component(&instance.id));
            let known =
                (complete && self.options.selection.instances.is_empty()).then(|| known.collect());
            download::sweep(manifest.files(), service.as_str(), known).await?;
        }
        // What is not over by the service's clock was not asked for, whatever this machine's clock shows.
        let now = not_after(now, self.session.clock_offset());
        manifest.take_back_after(now)?;
        let sources: Vec<(Instance, LogKind)> = found
            .iter()
            .flat_map(|instance| LogKind::ALL.map(|kind| (instance.clone(), kind)))
            .filter(|(instance, kind)| {
                kind.applies_to(instance) && self.options.selection.has_kind(*kind)
            })
            .collect();
        observer.event(Event::Planned {
            instances: found.len(),
            sources: sources.len(),
        });
        let context = Context {
            clients: &clients,
            options: &self.options,
            manifest: &manifest,
            observer,
            cancelled: cancel,
            now,
            files: &AtomicU64::new(0),
        };
        let mut summary = Summary {
            sources: sources.len(),
            notes: [manifest.notes(), altered].concat(),
            ..Summary::default()
        };
        for text in &summary.notes {
            observer.event(Event::Note { text });
        }
        let mut running = stream::iter(sources)
            .map(|(instance, kind)| pull(&context, instance, kind))
            .buffer_unordered(self.options.concurrency);
        while let Some((pulled, failure)) = running.next().await {
            summary.files.extend(pulled.records);
            summary.skipped += pulled.skipped;
            summary.notes.extend(pulled.notes);
            summary.failures.extend(failure);
        }
        drop(running);
        // What a source that was stopped has left is on the disk before another run may come.
        manifest.files().settled().await;
        manifest.close()?;
        summary.files.sort_by(|a, b| a.file.cmp(&b.file));
        summary.failures.sort_by(|a, b| {
            (&a.instance.name, &a.instance.id, a.kind).cmp(&(
                &b.instance.name,
                &b.instance.id,
                b.kind,
            ))
        });
        Ok(summary)
    }
}

async fn pull(
    context: &Context<'_>,
    instance: Instance,
    kind: LogKind,
) -> (Pulled, Option<Failure>) {
    let mut source = Source {
        context,
        instance: &instance,
        kind,
        pulled: Pulled::default(),
    };
    // Dropped wherever it is: files in progress are made for that.
    let result = tokio::select! {
        biased;
        () = context.cancelled.cancelled() => Err(cancelled()),
        result = source.pull() => result,
    };
    let failure = match result {
        Ok(()) => {
            context.observer.event(Event::SourceDone {
                instance: &instance,
                kind,
            });
            None
        }
        Err(error) => {
            context.observer.event(Event::SourceFailed {
                instance: &instance,
                kind,
                error: &error,
            });
            Some(Failure {
                instance: instance.clone(),
                kind,
                error,
            })
        }
    };
    (source.pulled, failure)
}
