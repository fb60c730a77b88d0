//! A pull: all sources of all chosen instances, some of them at once.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result, Service, Session};
use tokio_util::sync::CancellationToken;

use crate::clients::Clients;
use crate::download;
use crate::event::{Event, Observer, Silent};
use crate::failure::Failure;
use crate::files::Files;
use crate::folders::Folders;
use crate::intact;
use crate::kind::LogKind;
use crate::listing::{self, Listing};
use crate::manifest::{Manifest, ManifestEntry, folder_of_manifests};
use crate::options::{Options, Selection};
use crate::plan::{Plan, Planned};
use crate::realm::Realm;
use crate::remote::Remote;
use crate::sink;
use crate::source::{Common, Context, Lists, Polls, Pulled, Source, cancelled};
use crate::time::{later, not_after};

/// How many sources are begun and not yet over. Each waits for the service most of its time, and then holds next to nothing;
/// what it calls and fetches has turns of its own.
const AT_ONCE: usize = 4096;

/// What a pull did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Summary {
    /// The files that were fetched.
    pub files: Vec<ManifestEntry>,
    /// How many files were there already.
    pub skipped: usize,
    /// How many sources were worked on.
    pub sources: usize,
    /// How many sources failed, or failed in part.
    pub sources_failed: usize,
    /// The parts that failed. All others were pulled.
    pub failures: Vec<Failure>,
    /// What stopped nothing, but what a reader of the logs should know: one sentence each.
    pub notes: Vec<String>,
}

impl Summary {
    /// Bytes of the files that were fetched.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|record| record.size).sum()
    }

    fn note(&mut self, observer: &dyn Observer, text: String) {
        observer.event(Event::Note { text: &text });
        self.notes.push(text);
    }

    fn take(&mut self, pulled: Pulled) {
        self.files.extend(pulled.records);
        self.skipped += pulled.skipped;
        self.notes.extend(pulled.notes);
        self.sources_failed += usize::from(!pulled.failures.is_empty());
        self.failures.extend(pulled.failures);
    }
}

/// Pulls logs with a session's identity.
///
/// ```
/// use std::time::Duration;
///
/// use otcdb_core::{Result, Session};
/// use otcdb_logs::{Event, LogKind, Options, Puller, Summary};
///
/// async fn slow_commands(session: &Session) -> Result<Summary> {
///     let options = Options::new("logs")
///         .kinds([LogKind::RedisSlow])
///         .since(Duration::from_secs(2 * 60 * 60));
///     Puller::new(session, options)
///         .observer(|event: Event<'_>| println!("{event:?}"))
///         .run()
///         .await
/// }
/// ```
#[derive(Clone)]
#[must_use = "nothing is pulled until run is called"]
pub struct Puller<O = Silent> {
    sessions: Vec<(Realm, Result<Session>)>,
    options: Options,
    observer: O,
    cancelled: CancellationToken,
}

impl<O> fmt::Debug for Puller<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Puller")
            .field("sessions", &self.sessions)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Puller {
    /// A pull that has not begun, and that shows nothing.
    pub fn new(session: &Session, options: Options) -> Self {
        Self::of([(Realm::default(), Ok(session.clone()))], options)
    }

    /// A pull from several projects, of one cloud or more, that share folder, manifest and bounds. One that cannot be asked, or
    /// has no session for the reason that is given, is a failure of the [`Summary`]; the others are pulled. A bucket that says
    /// nothing of its own is that of the first session.
    pub fn of(
        sessions: impl IntoIterator<Item = (Realm, Result<Session>)>,
        options: Options,
    ) -> Self {
        Self {
            sessions: sessions.into_iter().collect(),
            options,
            observer: Silent,
            cancelled: CancellationToken::new(),
        }
    }
}

impl<O: Observer> Puller<O> {
    /// Shows what happens to this observer, and to no other: a closure that takes an [`Event`], or what implements
    /// [`Observer`].
    pub fn observer<P: Observer>(self, observer: P) -> Puller<P> {
        Puller {
            sessions: self.sessions,
            options: self.options,
            observer,
            cancelled: self.cancelled,
        }
    }

    /// Ends the pull when this token is cancelled. What has arrived by then is kept for the next one, and so it is when the
    /// future of [`run`](Self::run) is dropped.
    pub fn cancel(mut self, token: &CancellationToken) -> Self {
        self.cancelled = token.clone();
        self
    }

    /// Pulls until everything is there or has failed, or until the pull is [cancelled](Self::cancel).
    ///
    /// # Errors
    /// What keeps a pull from beginning: options that nothing can be pulled with, an identity that is refused, a chosen
    /// instance that does not exist or has none of the chosen kinds of log, a folder that cannot be written. The failure
    /// of a part, be it a whole service, is in the [`Summary`].
    pub async fn run(&self) -> Result<Summary> {
        // Boxed: whoever awaits it would hold its kilobytes, and copy them.
        Box::pin(self.run_now()).await
    }

    /// The place that files go to, if they do not stay in the folder.
    #[allow(
        clippy::unnecessary_wraps,
        reason = "without buckets there is no such place"
    )]
    fn remote(&self) -> Result<Option<Arc<dyn Remote>>> {
        #[cfg(feature = "s3")]
        if let Some(bucket) = &self.options.bucket {
            let sessions = self.sessions.iter();
            let mut sessions = sessions.map(|(_, session)| session);
            let good = sessions.clone().find(|session| session.is_ok());
            let session = good.or_else(|| sessions.next());
            let none = || Error::invalid_argument("there is no session to pull with");
            return bucket
                .open(session.ok_or_else(none)?.as_ref().map_err(Clone::clone)?)
                .map(Some);
        }
        Ok(None)
    }

    /// What [`run`](Self::run) would pull from, and what of it is there already. Nothing is written, and no log is asked for.
    ///
    /// # Errors
    /// As [`run`](Self::run): what keeps a pull from beginning, and a manifest that cannot be read.
    pub async fn list(&self) -> Result<Listing> {
        let mut plan = self.plan().await?;
        plan.now = self.known_until(over(&plan.clients, plan.now));
        let remote = self.remote()?;
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => Err(cancelled()),
            listing = listing::list(plan, &self.options, remote).boxed() => listing,
        }
    }

    /// The end of what earlier runs can have covered. How late a response comes is not known, so that the present may seem to be
    /// before that of an earlier run; what is this near is asked for again anyway.
    fn known_until(&self, now: Timestamp) -> Timestamp {
        later(now, self.options.overlap)
    }

    async fn plan(&self) -> Result<Plan> {
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => Err(cancelled()),
            plan = Plan::make(&self.sessions, &self.options).boxed() => plan,
        }
    }

    async fn run_now(&self) -> Result<Summary> {
        let (observer, cancel): (&dyn Observer, _) = (&self.observer, &self.cancelled);
        let Plan {
            now,
            clients,
            calls,
            all,
            mut ids,
            instances,
            sources,
            failures,
            notes,
        } = self.plan().await?;
        let selection = &self.options.selection;
        let mut summary = Summary {
            sources: sources.len(),
            failures,
            ..Summary::default()
        };
        for note in notes {
            summary.note(observer, note);
        }
        observer.event(Event::Planned {
            instances,
            sources: sources.len(),
        });
        // A pull that cannot begin leaves no folder.
        if sources.is_empty() && !summary.failures.is_empty() {
            summary.failures.sort_by(Failure::order);
            return Ok(summary);
        }
        let files = Files::new(&self.options.out, self.options.file_mode)
            .open_at_once(self.options.concurrency);
        let remote = self.remote()?;
        let (manifest, mut names) = match remote {
            None => (Manifest::open_in(files)?, HashMap::new()),
            Some(remote) => {
                let names = tokio::select! {
                    biased;
                    () = cancel.cancelled() => return Err(cancelled()),
                    names = folders(&*remote, selection, &mut ids) => names?,
                };
                (Manifest::open_away(files, remote)?, names)
            }
        };
        let manifest = Arc::new(
            manifest
                .moved_away(self.options.no_refetch)
                .handed_to(self.options.sink.clone().map(sink::taker)),
        );
        for service in Service::ALL {
            let here = manifest.files().names(service.as_str());
            let names: &mut Vec<String> = names.entry(service).or_default();
            names.extend(here.unwrap_or_default());
        }
        let there = |service: Service| names.get(&service).cloned().unwrap_or_default();
        let folders = Folders::choose(&all, &ids, &manifest.records(), there);
        manifest.keep_apart(self.options.simulated)?;
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            kept = manifest.keep_apart_away(self.options.simulated) => kept?,
        }
        let altered = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            altered = intact::look(&manifest) => altered?,
        };
        for service in LogKind::services() {
            // Whoever looks for some instances, or cannot list all, does not know what else the service has.
            let complete = selection.has_service(service)
                && selection.is_of_all()
                && !summary
                    .failures
                    .iter()
                    .any(|failure| failure.hides(service));
            let known = complete.then(|| {
                let mut known: Vec<String> = (all.iter())
                    .filter(|instance| instance.service == service)
                    .filter_map(|instance| Some(folders.of(instance).split_once('/')?.1.to_owned()))
                    .collect();
                known.sort();
                known
            });
            download::sweep(manifest.files(), service.as_str(), known).await?;
        }
        // What is not over by the services' clocks was not asked for, whatever this machine's clock shows.
        let now = over(&clients, now);
        let window = self.options.window(now)?;
        let known_until = self.known_until(now);
        manifest.take_back_after(known_until)?;
        for note in manifest.notes().into_iter().chain(altered) {
            summary.note(observer, note);
        }
        let common = Common {
            options: &self.options,
            manifest: &manifest,
            observer,
            cancelled: cancel,
            now,
            window,
            known_until,
            folders: &folders,
            files: &AtomicU64::new(0),
            lists: &Lists::new(calls),
            polls: &Polls::new(self.options.poll.interval),
        };
        let mut running = stream::iter(sources)
            .map(|planned| pull(&common, planned).boxed())
            .buffer_unordered(AT_ONCE);
        while let Some(pulled) = running.next().await {
            summary.take(pulled);
        }
        drop(running);
        // What a source that was stopped has left is on the disk before another run may come.
        manifest.files().settled().await;
        manifest.close()?;
        summary.files.sort_by(|a, b| a.file.cmp(&b.file));
        summary.failures.sort_by(Failure::order);
        Ok(summary)
    }
}

/// What of the time before now is over by the clocks of all services.
fn over(clients: &[Arc<Clients>], now: Timestamp) -> Timestamp {
    let clients = clients.iter();
    let ends = clients.map(|one| not_after(now, one.session.clock_offset()));
    ends.min().unwrap_or(now)
}

/// The names of the folders in the place that files go to. Adds the ids of the instances that have any.
async fn folders(
    remote: &dyn Remote,
    selection: &Selection,
    ids: &mut HashSet<(Service, String)>,
) -> Result<HashMap<Service, Vec<String>>> {
    let mut names = HashMap::new();
    for service in Service::ALL {
        if selection.has_service(service) {
            names.insert(service, remote.folders(service.as_str()).await?);
            let of_manifests = folder_of_manifests(service);
            let own = remote.folders(&of_manifests).await?;
            ids.extend(own.into_iter().map(|id| (service, id)));
        }
    }
    Ok(names)
}

async fn pull(common: &Common<'_>, planned: Planned) -> Pulled {
    let Planned {
        clients,
        instance,
        kind,
    } = planned;
    let context = &Context {
        clients: &clients,
        common,
    };
    let mut source = Source::new(context, &instance, kind);
    // Dropped wherever it is: files in progress are made for that. A fault of ours, or of a library, costs this source.
    let result = tokio::select! {
        biased;
        () = context.cancelled.cancelled() => Err(cancelled()),
        result = AssertUnwindSafe(pull_source(context, &mut source)).catch_unwind() => {
            result.unwrap_or_else(|panic| Err(defect(&*panic)))
        }
    };
    let mut pulled = source.pulled;
    if let Err(error) = result {
        let failure = Failure::of_source(instance.clone(), kind, error);
        pulled.failures.push(failure);
    }
    let instance = &instance;
    context.observer.event(match pulled.failures.first() {
        None => Event::SourceDone { instance, kind },
        Some(Failure { error, .. }) => Event::SourceFailed {
            instance,
            kind,
            error,
        },
    });
    pulled
}

async fn pull_source(context: &Context<'_>, source: &mut Source<'_>) -> Result<()> {
    let (instance, kind, manifest) = (source.instance, source.kind, context.manifest);
    let begun = manifest.begin(instance, kind, context.known_until);
    begun.boxed().await?;
    let pulled = source.pull().await;
    // What was fetched counts, whatever failed after it.
    let ended = manifest.end(instance, kind).boxed().await;
    pulled.and(ended)
}

/// The error of a panic.
fn defect(panic: &(dyn Any + Send)) -> Error {
    let said = (panic.downcast_ref::<&str>().copied())
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it says nothing");
    Error::new(
        ErrorKind::Internal,
        format!(
            "the program itself failed here: {}",
            otcdb_core::redact::line(said)
        ),
    )
    .with_hint("this is a fault of the program, not of the service: report it with these words")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_can_move_between_threads_and_is_small() {
        fn is_send<T: Send>(value: &T) -> usize {
            size_of_val(value)
        }
        fn size(puller: &Puller) -> usize {
            is_send(&puller.run())
        }
        let session = Session::builder(
            otcdb_core::Credentials::Token("t".into()),
            otcdb_core::Region::new("eu-de").unwrap(),
        );
        let session = session.build().unwrap();
        assert!(size(&Puller::new(&session, Options::new("logs"))) < 256);
    }

    #[test]
    fn a_panic_is_told_with_its_words() {
        let said: [Box<dyn Any + Send>; 3] = [Box::new("a"), Box::new("b".to_owned()), Box::new(7)];
        let said = said.iter().map(|panic| defect(&**panic).to_string());
        let said: Vec<String> = said.collect();
        assert!(
            said[0].ends_with(": a") && said[1].ends_with(": b"),
            "{said:?}"
        );
    }
}
