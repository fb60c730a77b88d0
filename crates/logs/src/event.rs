//! What happens during a pull, for those who show it.

use otcdb_core::Error;

use crate::failure::Failure;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::manifest::ManifestEntry;

/// Where a source is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The service is asked to prepare the log.
    Collect,
    /// The service prepares it.
    Wait,
    /// The files are fetched.
    Download,
}

impl Step {
    /// A word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collecting",
            Self::Wait => "waiting",
            Self::Download => "downloading",
        }
    }
}

/// One thing that happened. Nothing in an event is secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The sources are known; as many of them will be worked on.
    Planned {
        /// Number of instances.
        instances: usize,
        /// Number of sources: an instance with a kind of log.
        sources: usize,
    },
    /// A source took a step.
    Step {
        /// The instance.
        instance: &'a Instance,
        /// The kind of log.
        kind: LogKind,
        /// The step.
        step: Step,
    },
    /// A file is being fetched.
    FileStarted {
        /// A number that the events of this file share.
        file: u64,
        /// The path below the output folder.
        path: &'a str,
        /// The size in bytes, once it is known.
        size: Option<u64>,
        /// How many bytes an earlier run left.
        resumed: u64,
    },
    /// Bytes of a file arrived.
    FileAdvanced {
        /// The number of the file.
        file: u64,
        /// How many bytes.
        bytes: u64,
    },
    /// A file begins again: what had arrived is void.
    FileRestarted {
        /// The number of the file.
        file: u64,
    },
    /// A file has its final name.
    FileDone {
        /// The number of the file.
        file: u64,
        /// Its entry in the manifest.
        record: &'a ManifestEntry,
    },
    /// A file could not be fetched.
    FileFailed {
        /// The number of the file.
        file: u64,
    },
    /// There was nothing to write, so there is no file.
    FileEmpty {
        /// The number of the file.
        file: u64,
    },
    /// A file is there already.
    FileSkipped {
        /// The path below the output folder.
        path: &'a str,
    },
    /// Something that stops nothing, but that its reader should know.
    Note {
        /// One sentence, without a line break at its end.
        text: &'a str,
    },
    /// A source is finished.
    SourceDone {
        /// The instance.
        instance: &'a Instance,
        /// The kind of log.
        kind: LogKind,
    },
    /// A part of a source failed, a replica or a file; the rest of the source goes on.
    PartFailed {
        /// Which, and why.
        failure: &'a Failure,
    },
    /// A source has ended, and it or a part of it failed; the others go on.
    SourceFailed {
        /// The instance.
        instance: &'a Instance,
        /// The kind of log.
        kind: LogKind,
        /// Why; of several parts, why the first one did.
        error: &'a Error,
    },
}

/// Someone who shows what happens. Calls come from several tasks at once. Closures are observers, too.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

impl<F: Fn(Event<'_>) + Send + Sync> Observer for F {
    fn event(&self, event: Event<'_>) {
        self(event);
    }
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: Event<'_>) {}
}
