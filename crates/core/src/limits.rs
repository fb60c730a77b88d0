//! How much of what the system lends may be used at once.
//!
//! A process may have so many files and connections open and no more (`ulimit -n`). Whoever asks for one more is refused,
//! in the middle of whatever he does. Therefore work waits for its turn before it opens anything, and what holds
//! a turn never waits for another.

use std::io;
use std::time::Duration;

/// The pause before something is tried again that the system had no descriptor for.
pub const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);

/// What a program has open besides: standard streams, events, a terminal, files that are read at its start.
const RESERVED: usize = 24;

/// How many calls of a session may be on their way at once. More would not be answered sooner.
const CALLS: usize = 64;

/// How many files may be fetched at once. Each holds two connections at times, one of them kept for the next, a
/// file, and what has arrived and is not yet written.
const DOWNLOADS: usize = 16;

/// Shares of what is left, for whoever is on either side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Calls to services that are on their way at once.
    pub calls: usize,
    /// Files that are fetched at once.
    pub downloads: usize,
}

impl Limits {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self::of(descriptors())
    }

    /// Those of a process that may have so many descriptors open.
    pub fn of(descriptors: usize) -> Self {
        let free = descriptors.saturating_sub(RESERVED);
        Self {
            calls: (free / 4).clamp(1, CALLS),
            downloads: (free / 10).clamp(1, DOWNLOADS),
        }
    }
}

/// Whether the system had no descriptor left: a passing condition, since everything that is open is closed again.
pub fn is_exhausted(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<io::Error>();
        if io.is_some_and(of_descriptors) {
            return true;
        }
        // An I/O error names its own cause's cause.
        cause = match io.and_then(io::Error::get_ref) {
            Some(within) => Some(within),
            None => inner.source(),
        };
    }
    false
}

#[cfg(unix)]
fn of_descriptors(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Errno::MFILE, Errno::NFILE]
        .iter()
        .any(|no| error.raw_os_error() == Some(no.raw_os_error()))
}

#[cfg(not(unix))]
fn of_descriptors(error: &io::Error) -> bool {
    // WSAEMFILE
    error.raw_os_error() == Some(10024)
}

#[cfg(unix)]
fn descriptors() -> usize {
    use rustix::process::{Resource, getrlimit};
    let soft = getrlimit(Resource::Nofile).current;
    soft.map_or(usize::MAX, |soft| {
        usize::try_from(soft).unwrap_or(usize::MAX)
    })
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_has_its_turn_even_where_next_to_nothing_may_be_open() {
        let limits = |descriptors| {
            let limits = Limits::of(descriptors);
            (limits.calls, limits.downloads)
        };
        assert_eq!(limits(0), (1, 1));
        assert_eq!(limits(64), (10, 4));
        assert_eq!(limits(256), (58, 16));
        assert_eq!(limits(usize::MAX), (CALLS, DOWNLOADS));
        for descriptors in 40..5000 {
            let Limits { calls, downloads } = Limits::of(descriptors);
            // Both sides of the connections, and a file each, as with a simulated cloud in the same process.
            let open = 2 * calls + 5 * downloads;
            assert!(open + RESERVED <= descriptors, "{descriptors}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_lack_of_descriptors_is_seen_behind_other_errors() {
        let none = || io::Error::from_raw_os_error(24);
        assert!(is_exhausted(&none()));
        assert!(is_exhausted(&io::Error::other(none())));
        let error =
            crate::Error::new(crate::ErrorKind::Storage, "x").with_source(io::Error::other(none()));
        assert!(is_exhausted(&error));
        assert!(!is_exhausted(&io::Error::from_raw_os_error(2)));
    }
}
