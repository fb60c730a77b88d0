//! The sources: an instance with a kind of log, and how each kind becomes files.

mod entries;
mod export;
mod link;
mod listed;
mod lists;
mod polls;
mod redis_run;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use otcdb_core::Result;
use otcdb_core::waiter::Waiter;
use tokio_util::sync::CancellationToken;

use crate::announced::{Announced, Change};
use crate::clients::Clients;
use crate::download::{self, Fetched, Origin, Progress, Store, fetch};
use crate::event::{Event, Observer, Step};
use crate::failure::Failure;
use crate::files::Finished;
use crate::folders::Folders;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::layout;
use crate::manifest::{Manifest, ManifestEntry};
use crate::means::Means;
use crate::options::Options;
use crate::packing;
use crate::time::Interval;
pub(crate) use lists::Lists;
pub(crate) use polls::Polls;

/// What a source works with.
pub(crate) struct Context<'a> {
    /// Those of its project.
    pub(crate) clients: &'a Clients,
    pub(crate) common: &'a Common<'a>,
}

impl<'a> Deref for Context<'a> {
    type Target = Common<'a>;

    fn deref(&self) -> &Common<'a> {
        self.common
    }
}

/// What all sources work with.
pub(crate) struct Common<'a> {
    pub(crate) options: &'a Options,
    pub(crate) manifest: &'a Arc<Manifest>,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) cancelled: &'a CancellationToken,
    pub(crate) now: Timestamp,
    /// The time whose logs are wanted.
    pub(crate) window: Interval,
    /// What is said of the time after it was said by a wrong clock.
    pub(crate) known_until: Timestamp,
    pub(crate) files: &'a AtomicU64,
    pub(crate) folders: &'a Folders,
    pub(crate) lists: &'a Lists,
    pub(crate) polls: &'a Polls,
}

impl Context<'_> {
    fn step(&self, instance: &Instance, kind: LogKind, step: Step) {
        self.observer.event(Event::Step {
            instance,
            kind,
            step,
        });
    }

    fn waiter(&self, what: &str, instance: &Instance) -> Waiter {
        Waiter::new(format!("{what} of {}", instance.name), self.options.poll)
            .cancelled_by(self.cancelled.clone())
    }
}

/// What a source gave.
#[derive(Debug, Default)]
pub(crate) struct Pulled {
    pub(crate) records: Vec<ManifestEntry>,
    pub(crate) skipped: usize,
    pub(crate) failures: Vec<Failure>,
    /// What stops nothing; see [`Event::Note`].
    pub(crate) notes: Vec<String>,
}

/// A file that a service lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remote {
    /// What the service calls it.
    pub(crate) id: String,
    /// The name that it is to have here.
    pub(crate) name: String,
    /// The replica or node it is from, if it is from one.
    pub(crate) replica: Option<String>,
    /// What it is the latest version of, see [`Origin::series`].
    pub(crate) series: Option<String>,
    /// What the service says of it.
    pub(crate) announced: Announced,
    /// Whether [`Announced::size`] is the length of the file, byte for byte.
    pub(crate) exact: bool,
}

/// The bytes by which a size that is given in KB may be wrong.
const ROUNDED: u64 = 1024;

/// After so many files in a row that could not be had for a passing reason, such as a host that is down, each of the
/// others is tried once, so that they do not take the same time each.
const PATIENCE: u32 = 3;

/// One source at work.
pub(crate) struct Source<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) instance: &'a Instance,
    pub(crate) kind: LogKind,
    pub(crate) pulled: Pulled,
    /// How many downloads in a row failed for a passing reason.
    in_vain: u32,
}

impl<'a> Source<'a> {
    /// A source that has not begun.
    pub(crate) fn new(context: &'a Context<'a>, instance: &'a Instance, kind: LogKind) -> Self {
        Self {
            context,
            instance,
            kind,
            pulled: Pulled::default(),
            in_vain: 0,
        }
    }

    /// Pulls everything that is new.
    ///
    /// # Errors
    /// What kept the rest of the source from being pulled. What was fetched before it, and the parts that failed by
    /// themselves, are in [`Self::pulled`].
    pub(crate) async fn pull(&mut self) -> Result<()> {
        // Boxed: else each would be as large as the largest.
        let work = match self.kind.means(&self.instance.engine) {
            None => return Ok(()),
            Some(Means::Collected(log)) => redis_run::pull(self, log).boxed(),
            Some(Means::Entries(log)) => entries::pull(self, log).boxed(),
            Some(Means::Exported(log)) => export::pull(self, log).boxed(),
            Some(Means::Listed(log)) => listed::pull(self, log).boxed(),
        };
        work.await
    }

    fn clients(&self) -> &'a Clients {
        self.context.clients
    }

    fn interval(&self) -> Interval {
        self.context.window
    }

    /// The folder of the instance, with `/` as separator.
    fn folder(&self) -> String {
        self.context.folders.of(self.instance)
    }

    fn file_name(&self, remote: &Remote) -> String {
        let means = self.kind.means(&self.instance.engine);
        let extension = means.map_or("log", Means::extension);
        let said = &remote.announced;
        let time = said.created.as_deref().or(said.begin.as_deref());
        let node = remote.replica.as_deref();
        layout::file_name(self.kind, node, time, &remote.name, extension)
    }

    fn step(&self, step: Step) {
        self.context.step(self.instance, self.kind, step);
    }

    /// Keeps the error of a replica, or of a file, as one of that part alone.
    ///
    /// # Errors
    /// The same error, if it says that the other parts fail too.
    fn part(
        &mut self,
        result: Result<()>,
        replica: Option<&str>,
        file: Option<&str>,
    ) -> Result<()> {
        let Err(error) = result else {
            return Ok(());
        };
        if Failure::ends_all(&error) {
            return Err(error);
        }
        let failure = Failure {
            replica: replica.map(str::to_owned),
            file: file.map(str::to_owned),
            ..Failure::of_source(self.instance.clone(), self.kind, error)
        };
        let event = Event::PartFailed { failure: &failure };
        self.context.observer.event(event);
        self.pulled.failures.push(failure);
        Ok(())
    }

    fn skip(&mut self, path: &str) {
        self.context.observer.event(Event::FileSkipped { path });
        self.pulled.skipped += 1;
    }

    /// Fetches a file that is not there yet, or has changed since it was fetched, and records it. What has changed takes
    /// another name: what is there stays.
    async fn get(&mut self, remote: &Remote, origin: &mut impl Origin) -> Result<()> {
        let (kind, instance, id) = (self.kind, &self.instance.id, &remote.id);
        let manifest = self.context.manifest;
        let wanted = format!("{}/{}", self.folder(), self.file_name(remote));
        let there = manifest.find(kind, instance, id);
        let slack = if remote.exact { 0 } else { ROUNDED };
        let (wanted, before) = match manifest.newest(kind, instance, id) {
            None => (wanted, None),
            Some(record) => {
                let said = record.announced.as_ref();
                match remote.announced.since(said, record.sent_size(), slack) {
                    Change::None if there.is_some() => {
                        self.skip(&record.file);
                        return Ok(());
                    }
                    // It is fetched again to where it was.
                    Change::None if record.sent.is_some() => {
                        (packing::unpacked(&record.file).to_owned(), None)
                    }
                    Change::None => (record.file, None),
                    Change::Perhaps | Change::Certain => {
                        let version = format!("{kind} {id} {}", remote.announced.mark());
                        (layout::variant(&wanted, &version), Some(record))
                    }
                }
            }
        };
        let path = manifest.claim(kind, instance, id, &wanted);
        let shown = Shown::new(self.context, &path);
        let options = self.context.options;
        let session = &self.clients().session;
        let store = Store {
            session,
            files: manifest.files(),
            options,
            attempts: match self.in_vain < PATIENCE {
                true => options.attempts,
                false => 1,
            },
        };
        let named = |wanted: String| manifest.claim(kind, instance, id, &wanted);
        let (finished, sent, path, _turn) = match fetch(&store, origin, &path, named, &shown).await
        {
            Ok(Fetched::File {
                finished,
                sent,
                path,
                notes,
                turn,
            }) => {
                for note in notes {
                    self.note(format!("{path}: {note}"));
                }
                (finished, sent, path, turn)
            }
            Ok(Fetched::Nothing) => {
                self.in_vain = 0;
                self.context
                    .observer
                    .event(Event::FileEmpty { file: shown.file });
                // Where the service says so, the log of a quiet node is empty.
                if remote.announced.size != Some(0) {
                    self.note(format!(
                        "{path}: the store has nothing in it, so there is no file"
                    ));
                }
                return Ok(());
            }
            Err(error) => {
                self.in_vain += u32::from(error.is_transient());
                self.context
                    .observer
                    .event(Event::FileFailed { file: shown.file });
                return Err(error);
            }
        };
        self.in_vain = 0;
        let Some(before) = before else {
            return self
                .record(remote, &path, (finished, sent), None, &shown)
                .await;
        };
        let came = sent.as_ref().unwrap_or(&finished);
        if there.is_none() || came.sha256 != before.sent_sha256() {
            let supersedes = Some(before.file);
            return self
                .record(remote, &path, (finished, sent), supersedes, &shown)
                .await;
        }
        // It was made anew with the same content.
        let event = Event::FileEmpty { file: shown.file };
        self.context.observer.event(event);
        manifest.files().remove(&path)?;
        self.skip(&before.file);
        manifest.change(vec![ManifestEntry {
            announced: Some(remote.announced.clone()),
            ..before
        }])
    }

    /// The same; what keeps the file from being fetched costs this file alone.
    ///
    /// # Errors
    /// See [`Self::part`].
    async fn get_or_go_on(&mut self, remote: &Remote, origin: &mut impl Origin) -> Result<()> {
        let result = self.get(remote, origin).await;
        self.part(result, remote.replica.as_deref(), Some(&remote.name))
    }

    /// Tells what stops nothing, but what a reader of the logs should know.
    fn note(&mut self, text: String) {
        self.context.observer.event(Event::Note { text: &text });
        self.pulled.notes.push(text);
    }

    /// Removes what is unfinished of a series, but for the files with these ids.
    async fn discard(&self, series: &str, but: Vec<String>) -> Result<()> {
        let folder = self.folder();
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
        let manifest = self.context.manifest;
        let seen = manifest.files().look(path).ok()??;
        manifest.is_here().then_some(seen.modified)
    }

    async fn record(
        &mut self,
        remote: &Remote,
        path: &str,
        (finished, sent): (Finished, Option<Finished>),
        supersedes: Option<String>,
        shown: &Shown<'_>,
    ) -> Result<()> {
        let announced = &remote.announced;
        let record = ManifestEntry {
            kind: self.kind,
            instance: self.instance.id.clone(),
            instance_name: self.instance.name.clone(),
            realm: self.instance.realm.clone(),
            node: remote.replica.clone(),
            id: remote.id.clone(),
            name: (remote.name != remote.id).then(|| remote.name.clone()),
            file: path.to_owned(),
            size: finished.size,
            sha256: finished.sha256,
            sent: sent.map(Into::into),
            from: None,
            until: None,
            oldest: None,
            newest: None,
            announced: (!announced.is_empty()).then(|| announced.clone()),
            supersedes,
            fetched_at: crate::time::now(self.clients().session.clock())?,
            modified: self.modified(path),
            pruned_at: None,
            simulated: self.context.options.simulated,
            other: <_>::default(),
        };
        if let Err(error) = self.context.manifest.deliver(record.clone(), None).await {
            let file = shown.file;
            self.context.observer.event(Event::FileFailed { file });
            return Err(error);
        }
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
