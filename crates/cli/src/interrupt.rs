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
        })
    }

    #[cfg(not(unix))]
    fn register() -> io::Result<Self> {
        Ok(Self {})
    }

    /// The next one.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
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
        cancelled.cancel();
        console.note("interrupted: stopping in order; once more stops at once");
        signals.next().await;
        std::process::exit(Code::Interrupted.number().into());
    });
    Ok(token)
}
