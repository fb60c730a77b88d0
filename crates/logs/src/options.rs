//! What is pulled, and how.

use std::path::PathBuf;
use std::time::Duration;

use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Error, Result, Service};

use crate::files::FILE_MODE;
use crate::kind::LogKind;

/// Which logs are pulled. Empty lists choose everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Services.
    pub services: Vec<Service>,
    /// Instances, each by its id or by its name. Every one has to exist.
    pub instances: Vec<String>,
    /// Kinds of log.
    pub kinds: Vec<LogKind>,
}

impl Selection {
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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The folder that files are written below.
    pub out: PathBuf,
    /// Which logs.
    pub selection: Selection,
    /// How far back. RDS exports ignore it: they hold what the service keeps.
    pub since: Duration,
    /// How far before its end an interval that was covered earlier is asked for again, so that entries that the service
    /// shows late are found. Those that were fetched already are dropped.
    pub overlap: Duration,
    /// Whether a file that is not there any more was moved away on purpose. It is then not fetched again.
    pub no_refetch: bool,
    /// How many sources are worked on at once.
    pub concurrency: usize,
    /// How collections and exports are waited for.
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
    /// Whether the cloud is a simulated one. Its logs are kept apart from those of real clouds.
    pub simulated: bool,
}

impl Options {
    /// Everything of the last day into a folder.
    pub fn new(out: impl Into<PathBuf>) -> Self {
        Self {
            out: out.into(),
            selection: Selection::default(),
            since: Duration::from_secs(24 * 60 * 60),
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
            simulated: false,
        }
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
        Ok(())
    }
}
