//! What is pulled, and how.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Error, Result, Service};

use crate::engine::Engine;
use crate::files::FILE_MODE;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::packing::Compression;
use crate::pattern;
use crate::shard::Shard;
use crate::sink::Sink;
use crate::time::Interval;

/// Which logs are pulled. Empty lists choose everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selection {
    /// Services.
    pub services: Vec<Service>,
    /// Instances, each by its id, by its name, or by a pattern of either in which `*` is any text and `?` any character.
    /// For every one there has to be an instance.
    pub instances: Vec<String>,
    /// Kinds of log.
    pub kinds: Vec<LogKind>,
    /// Engines.
    pub engines: Vec<Engine>,
    /// Tags, each with its value. An instance needs all of them.
    pub tags: Vec<(String, String)>,
}

impl Selection {
    /// Whether an instance has a chosen engine, and all chosen tags.
    pub(crate) fn has(&self, instance: &Instance) -> bool {
        (self.engines.is_empty() || self.engines.contains(&instance.engine))
            && self.tags.iter().all(|tag| instance.tags.contains(tag))
    }

    /// Whether some instances of a service may not be chosen.
    pub(crate) fn is_of_all(&self) -> bool {
        self.instances.is_empty() && self.engines.is_empty() && self.tags.is_empty()
    }

    /// Whether a kind of log is chosen.
    pub(crate) fn has_kind(&self, kind: LogKind) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && (self.services.is_empty() || self.services.contains(&kind.service()))
    }

    /// Whether anything of a service is chosen.
    pub(crate) fn has_service(&self, service: Service) -> bool {
        LogKind::ALL
            .into_iter()
            .any(|kind| kind.service() == service && self.has_kind(kind))
    }
}

/// How logs are pulled.
///
/// ```
/// use std::time::Duration;
///
/// use otcdb_logs::{LogKind, Options};
///
/// let options = Options::new("logs")
///     .instances(["orders-db", "session-cache"])
///     .kinds([LogKind::RedisSlow, LogKind::RdsError])
///     .since(Duration::from_secs(2 * 60 * 60));
/// assert_eq!(options.selection.kinds.len(), 2);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct Options {
    /// The folder that files are written below.
    pub out: PathBuf,
    /// The bucket that files are brought to, each when it is whole. The folder then has only what is on its way, and the
    /// manifest is in the bucket, too. An interrupted download goes on only where the folder is the same one.
    #[cfg(feature = "s3")]
    pub bucket: Option<crate::Bucket>,
    /// Which logs.
    pub selection: Selection,
    /// How far back. RDS exports ignore it: they hold what the service keeps.
    pub since: Duration,
    /// When the time begins whose logs are pulled, in the place of [`since`](Self::since).
    pub from: Option<Timestamp>,
    /// When it ends; now, if that is not said. Files that hold later entries, too, are pulled whole.
    pub to: Option<Timestamp>,
    /// The share of the instances that is pulled, where several machines pull together; all of them, if that is not said.
    pub shard: Option<Shard>,
    /// How far before its end an interval that was covered earlier is asked for again, so that entries that the service
    /// shows late are found. Those that were fetched already are dropped.
    pub overlap: Duration,
    /// Whether a file that is not there any more was moved away on purpose. It is then not fetched again.
    pub no_refetch: bool,
    /// How many calls each service is asked at once, and how many files are fetched at once. Sources that wait for a service
    /// do not count.
    pub concurrency: usize,
    /// How collections and exports are waited for. Its interval is the longest: what is quicker is asked about sooner.
    pub poll: PollPolicy,
    /// How long a repeated Redis collection may show nothing new before what it collected earlier counts as its result.
    pub settle: Duration,
    /// The pause before the first repetition of a failed download; it doubles each time.
    pub backoff: Duration,
    /// How many times in a row a download may fail without progress that is worth the name.
    pub attempts: u32,
    /// How many bytes a second a file has to get on by at least, else the download has failed; 0 is no limit.
    pub min_rate: u64,
    /// Over which time that is measured.
    pub min_rate_over: Duration,
    /// The largest file that is fetched, in bytes.
    pub max_file_size: u64,
    /// Who may read the files that are made, as Unix writes it; folders may be entered by those who may read files. Files
    /// and folders that are there keep what they have.
    pub file_mode: u32,
    /// Who takes the files in the place of the folder, which then has the manifest alone.
    pub sink: Option<Arc<dyn Sink>>,
    /// How files are packed when they are whole, if they are. What a service has packed stays as it is.
    pub compression: Option<Compression>,
    /// Whether the cloud is a simulated one. Its logs are kept apart from those of real clouds.
    pub simulated: bool,
}

impl Options {
    /// Everything of the last day into a folder.
    pub fn new(out: impl Into<PathBuf>) -> Self {
        Self {
            out: out.into(),
            #[cfg(feature = "s3")]
            bucket: None,
            selection: Selection::default(),
            since: Duration::from_secs(24 * 60 * 60),
            from: None,
            to: None,
            shard: None,
            overlap: Duration::from_secs(10 * 60),
            no_refetch: false,
            concurrency: 8,
            poll: PollPolicy::default(),
            settle: Duration::from_secs(30),
            backoff: Duration::from_millis(500),
            attempts: 5,
            min_rate: 1024,
            min_rate_over: Duration::from_secs(60),
            max_file_size: 100 << 30,
            file_mode: FILE_MODE,
            sink: None,
            compression: None,
            simulated: false,
        }
    }

    /// The bucket that files are brought to; by default they stay in the folder. See [`bucket`](Self#structfield.bucket).
    #[cfg(feature = "s3")]
    pub fn bucket(mut self, bucket: Option<crate::Bucket>) -> Self {
        self.bucket = bucket;
        self
    }

    /// The services whose logs are pulled; none means all. See [`Selection::services`].
    pub fn services(mut self, services: impl IntoIterator<Item = Service>) -> Self {
        self.selection.services = services.into_iter().collect();
        self
    }

    /// The instances whose logs are pulled, each by its id or name; none means all. See [`Selection::instances`].
    pub fn instances(mut self, instances: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.selection.instances = instances.into_iter().map(Into::into).collect();
        self
    }

    /// The kinds of log that are pulled; none means all. See [`Selection::kinds`].
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = LogKind>) -> Self {
        self.selection.kinds = kinds.into_iter().collect();
        self
    }

    /// How far back; a day by default. See [`since`](Self#structfield.since).
    pub fn since(mut self, since: Duration) -> Self {
        self.since = since;
        self
    }

    /// When the time begins whose logs are pulled; [`since`](Self::since) says it by default.
    pub fn from(mut self, from: Option<Timestamp>) -> Self {
        self.from = from;
        self
    }

    /// When the time ends whose logs are pulled; now by default. See [`to`](Self#structfield.to).
    pub fn to(mut self, to: Option<Timestamp>) -> Self {
        self.to = to;
        self
    }

    /// The share of the instances that is pulled; all by default.
    pub fn shard(mut self, shard: Option<Shard>) -> Self {
        self.shard = shard;
        self
    }

    /// The engines of the instances whose logs are pulled; none means all. See [`Selection::engines`].
    pub fn engines(mut self, engines: impl IntoIterator<Item = Engine>) -> Self {
        self.selection.engines = engines.into_iter().collect();
        self
    }

    /// The tags, with their values, of the instances whose logs are pulled; none means all. See [`Selection::tags`].
    pub fn tags(mut self, tags: impl IntoIterator<Item = (String, String)>) -> Self {
        self.selection.tags = tags.into_iter().collect();
        self
    }

    /// How much of what was covered earlier is asked for again; 10 minutes by default. See
    /// [`overlap`](Self#structfield.overlap).
    pub fn overlap(mut self, overlap: Duration) -> Self {
        self.overlap = overlap;
        self
    }

    /// Whether a file that is not there any more stays away; `false` by default. See
    /// [`no_refetch`](Self#structfield.no_refetch).
    pub fn no_refetch(mut self, no_refetch: bool) -> Self {
        self.no_refetch = no_refetch;
        self
    }

    /// How many calls of a service are made, and files fetched, at once; at least 1, 8 by default. See
    /// [`concurrency`](Self#structfield.concurrency).
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// How collections and exports are waited for.
    pub fn poll(mut self, poll: PollPolicy) -> Self {
        self.poll = poll;
        self
    }

    /// How long a repeated Redis collection may show nothing new; 30 s by default. See
    /// [`settle`](Self#structfield.settle).
    pub fn settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// The pause before the first repetition of a failed download; 500 ms by default.
    pub fn backoff(mut self, backoff: Duration) -> Self {
        self.backoff = backoff;
        self
    }

    /// How many times in a row a download may fail without progress, at least 1; 5 by default.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// How many bytes a second a file has to get on by; 1024 by default, and 0 is no limit.
    pub fn min_rate(mut self, min_rate: u64) -> Self {
        self.min_rate = min_rate;
        self
    }

    /// Over which time [`min_rate`](Self::min_rate) is measured; a minute by default.
    pub fn min_rate_over(mut self, min_rate_over: Duration) -> Self {
        self.min_rate_over = min_rate_over;
        self
    }

    /// The largest file that is fetched, in bytes; 100 GiB by default.
    pub fn max_file_size(mut self, max_file_size: u64) -> Self {
        self.max_file_size = max_file_size;
        self
    }

    /// Who may read the files that are made, as Unix writes it; `0o600` by default. See
    /// [`file_mode`](Self#structfield.file_mode).
    pub fn file_mode(mut self, file_mode: u32) -> Self {
        self.file_mode = file_mode;
        self
    }

    /// Who takes the files in the place of the folder; by default nobody does.
    pub fn sink(mut self, sink: Arc<dyn Sink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// How files are packed when they are whole; by default they are not.
    pub fn compression(mut self, compression: Option<Compression>) -> Self {
        self.compression = compression;
        self
    }

    /// Whether the cloud is a simulated one; `false` by default.
    pub fn simulated(mut self, simulated: bool) -> Self {
        self.simulated = simulated;
        self
    }

    /// The time whose logs are pulled.
    ///
    /// # Errors
    /// There is none: it begins in the future, or after its end.
    pub(crate) fn window(&self, now: Timestamp) -> Result<Interval> {
        let mut window = Interval::last(self.since, now);
        window.to = self.to.map_or(now, |to| to.min(now));
        if let Some(from) = self.from {
            window.from = from.max(Timestamp::UNIX_EPOCH);
        }
        if window.from > window.to || (self.from.is_some() && window.is_empty()) {
            let (from, to) = (window.from, window.to);
            let what =
                format!("nothing can be pulled of a time that begins at {from} and ends at {to}");
            return Err(Error::invalid_argument(what)
                .with_hint("let it begin before it ends, and before now"));
        }
        Ok(window)
    }

    /// # Errors
    /// A value that nothing can be pulled with.
    pub(crate) fn validate(&self) -> Result<()> {
        if self.concurrency == 0 {
            return Err(Error::invalid_argument(
                "a concurrency of 0 pulls nothing; give 1 or more",
            ));
        }
        if self.attempts == 0 {
            return Err(Error::invalid_argument(
                "0 attempts download nothing; give 1 or more",
            ));
        }
        if let Some(kind) = self
            .selection
            .kinds
            .iter()
            .find(|kind| !self.selection.has_kind(**kind))
        {
            return Err(Error::invalid_argument(format!(
                "logs of the kind {kind} belong to {}, which is not among the chosen services",
                kind.service()
            )));
        }
        if let Some(empty) = self
            .selection
            .instances
            .iter()
            .find(|wanted| pattern::is_of_anything(wanted))
        {
            return Err(Error::invalid_argument(format!(
                "{empty:?} is every instance; leave it out to pull the logs of all"
            )));
        }
        Ok(())
    }
}
