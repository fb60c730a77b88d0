//! `otcdb logs pull --out -`: the entries of each file as JSON lines, when it is whole.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use otcdb_core::sync::unpoisoned;
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_entries::Filter;
use otcdb_logs::{Folder, ManifestEntry, Sink};
use tokio_util::sync::CancellationToken;

use super::logs::{Chosen, Logs};
use super::printer::Printer;
use crate::args::Form;
use crate::console::Console;

/// The standard output stream, as what takes the files of a pull.
pub(crate) struct Stream {
    printer: Mutex<Printer>,
    from: Timestamp,
    to: Option<Timestamp>,
    console: Console,
    /// Ends the pull when nobody reads any more.
    cancel: CancellationToken,
    is_closed: AtomicBool,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

impl Stream {
    /// Of entries from one time on, and before another one if there is one.
    ///
    /// # Errors
    /// Entries cannot be written.
    pub(crate) fn new(
        from: Timestamp,
        to: Option<Timestamp>,
        console: &Console,
        cancel: &CancellationToken,
    ) -> Result<Self> {
        Ok(Self {
            printer: Mutex::new(Printer::new(Form::Jsonl, None)?),
            from,
            to,
            console: console.clone(),
            cancel: cancel.clone(),
            is_closed: AtomicBool::new(false),
        })
    }

    /// Whether nobody reads any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }
}

impl Sink for Stream {
    fn take(&self, folder: &Folder, log: &ManifestEntry) -> Result<()> {
        let filter = Filter::default().from(self.from).to(self.to);
        let mut logs = Logs::new(folder, [Chosen::whole(log)], &TimeZone::UTC, filter);
        let mut printer = unpoisoned(self.printer.lock());
        if !printer.print(&mut logs, |_| Ok(()))? {
            self.is_closed.store(true, Ordering::Relaxed);
            self.cancel.cancel();
            return Err(Error::new(ErrorKind::Cancelled, "nobody reads any more"));
        }
        drop(printer);
        match logs.tell_failures(&self.console).is_empty() {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::Storage,
                format!("{} cannot be read to its end", log.file),
            )),
        }
    }
}
