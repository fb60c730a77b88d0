//! `--record`: what goes over the wire, masked, as an HTTP archive.
//!
//! - [`mask`] decides what of an exchange may be told;
//! - [`Recorder`] keeps the exchanges of a run;
//! - [`file`] writes them, whole or not at all.

mod file;
mod mask;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use otcdb_core::sync::unpoisoned;
use otcdb_core::{Exchange, FileExchange, Observer, Result};
use otcdb_recording::Recording;

use crate::cli::{Cli, Command};
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt::Signals;
use crate::runtime::block_on;
use mask::Mask;

/// No more than this is kept of all exchanges together, in bytes. They are in memory until they are written.
const MOST: usize = 256 << 20;

/// Keeps the exchanges of a run, masked.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    mask: Mask,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    recording: Recording,
    bytes: usize,
    left_out: usize,
}

impl Observer for Recorder {
    fn observe(&self, exchange: &Exchange<'_>) {
        let size = exchange.request_body.len() + exchange.response_body.len();
        self.keep(size, || self.mask.exchange(exchange));
    }

    fn observe_file(&self, exchange: &FileExchange<'_>) {
        self.keep(exchange.url.as_str().len(), || self.mask.file(exchange));
    }
}

impl Recorder {
    /// Keeps an exchange of so many bytes, if there is room for it.
    fn keep(&self, size: usize, masked: impl FnOnce() -> otcdb_recording::Exchange) {
        let mut kept = unpoisoned(self.kept.lock());
        if kept.bytes.saturating_add(size) > MOST {
            kept.left_out += 1;
            return;
        }
        kept.bytes += size;
        kept.recording.exchanges.push(masked());
    }

    fn is_empty(&self) -> bool {
        let kept = unpoisoned(self.kept.lock());
        kept.recording.exchanges.is_empty() && kept.left_out == 0
    }

    /// What has been recorded, and how many exchanges there was no room for.
    pub(crate) fn recorded(&self) -> (Recording, usize) {
        let kept = unpoisoned(self.kept.lock());
        (kept.recording.clone(), kept.left_out)
    }
}

/// Begins to record, if that is asked for or needed. Nothing is written yet.
///
/// # Errors
/// The file is there already, or its folder is not.
pub(crate) fn begin(cli: &mut Cli) -> Result<()> {
    if let Some(path) = &cli.calls.record {
        file::check(path)?;
    }
    if cli.calls.record.is_some() || matches!(cli.command, Command::Doctor(_)) {
        cli.calls.recorder = Some(Arc::default());
    }
    Ok(())
}

/// Writes what was recorded, also of a run that failed, unless nothing was, and gives the code with which the program ends.
pub(crate) fn finish(cli: &Cli, console: &Console, code: Code) -> Code {
    let (Some(path), Some(recorder)) = (&cli.calls.record, &cli.calls.recorder) else {
        return code;
    };
    if recorder.is_empty() {
        console.note("nothing was recorded: no service has answered");
        return code;
    }
    match block_on(write(path.clone(), recorder, console)) {
        Ok(()) => code,
        Err(error) => {
            console.error(&error);
            match code {
                Code::Success => Code::of(error.kind()),
                code => code,
            }
        }
    }
}

async fn write(path: PathBuf, recorder: &Recorder, console: &Console) -> Result<()> {
    // From here on a signal ends nothing: the file is nearly there.
    let _caught = Signals::catch()?;
    let (recording, left_out) = recorder.recorded();
    file::write(&path, &recording)?;
    let count = recording.exchanges.len();
    console.note(&format!(
        "recorded {count} exchange{} in {}, with secrets, ids and contents masked",
        if count == 1 { "" } else { "s" },
        path.display()
    ));
    if left_out > 0 {
        console.note(&format!(
            "{left_out} exchanges are not in it: there is no room for more than {} MiB",
            MOST >> 20
        ));
    }
    Ok(())
}
