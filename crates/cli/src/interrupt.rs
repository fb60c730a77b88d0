//! Ctrl-C: once to stop in order, twice to stop at once.

use std::io;

use otcdb_core::{Error, ErrorKind, Result};
use tokio_util::sync::CancellationToken;

use crate::console::Console;
use crate::exit::Code;

/// The signals that ask this program to stop.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// The terminal has gone. `None` for who was started not to care, as `nohup` does.
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    /// From now on these signals no longer end the process by themselves.
    ///
    /// # Errors
    /// The system does not allow it.
    pub(crate) fn catch() -> Result<Self> {
        Self::register().map_err(|error| {
            Error::new(
                ErrorKind::Internal,
                format!("signals cannot be caught: {error}"),
            )
        })
    }

    #[cfg(unix)]
    fn register() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: match minds_hangup() {
                true => Some(signal(SignalKind::hangup())?),
                false => None,
            },
        })
    }

    #[cfg(not(unix))]
    fn register() -> io::Result<Self> {
        Ok(Self {})
    }

    /// The next one.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }

    /// The next one.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// From now on a file that grows past the limit of this process (`ulimit -f`) is an error like that of a full disk, and
/// does not end the process in the middle of its work.
#[cfg(unix)]
pub(crate) fn outlive_file_limit() {
    use tokio::signal::unix::{SignalKind, signal};
    let exceeded = rustix::process::Signal::XFSZ.as_raw();
    // Without it, the limit is as it always was.
    if let Err(error) = signal(SignalKind::from_raw(exceeded)) {
        tracing::debug!(%error, "a limit of the size of files will end the program");
    }
}

#[cfg(not(unix))]
pub(crate) fn outlive_file_limit() {}

/// Whether the signal that a terminal has gone would end this process. Where that cannot be seen, it is left as it is.
#[cfg(unix)]
fn minds_hangup() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| !ignores_hangup(&status))
}

/// Reads the mask of ignored signals, in which SIGHUP is the first; `true` if there is none.
#[cfg(unix)]
fn ignores_hangup(status: &str) -> bool {
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_none_or(|mask| mask & 1 == 1)
}

/// Does work during which a signal ends the process at once: nothing has begun that would have to be told, and a thread
/// may be busy that cannot be stopped.
///
/// # Errors
/// That of the work.
pub(crate) async fn or_exit<T>(
    signals: &mut Signals,
    console: &Console,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        biased;
        () = signals.next() => {
            let what = "interrupted before anything had begun";
            console.error(&Error::new(ErrorKind::Cancelled, what));
            std::process::exit(Code::Interrupted.number().into());
        }
        result = work => result,
    }
}

/// A token that the first signal cancels. The second ends the process.
///
/// # Errors
/// The system does not allow signals to be caught.
pub(crate) fn cancellation(console: &Console) -> Result<CancellationToken> {
    let mut signals = Signals::catch()?;
    let token = CancellationToken::new();
    let cancelled = token.clone();
    let console = console.clone();
    tokio::spawn(async move {
        signals.next().await;
        // A task of its own: who does not read what is written must not keep the second signal from being heard. What is
        // cancelled is told after this.
        tokio::spawn(async move {
            console.note("interrupted: stopping in order; once more stops at once");
            cancelled.cancel();
        });
        signals.next().await;
        std::process::exit(Code::Interrupted.number().into());
    });
    Ok(token)
}

#[cfg(all(test, unix))]
mod tests {
    use super::ignores_hangup;

    #[test]
    fn a_hangup_that_is_ignored_stays_ignored() {
        assert!(!ignores_hangup(
            "Name:\tx\nSigIgn:\t0000000000001000\nSigCgt:\t1\n"
        ));
        assert!(ignores_hangup("SigIgn:\t0000000000001001\n"));
        assert!(ignores_hangup("") && ignores_hangup("SigIgn:\tx\n"));
    }
}
