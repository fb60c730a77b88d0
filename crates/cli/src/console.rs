//! What goes to the standard error stream: errors, notes, progress and the log of calls.

use std::io::{self, IsTerminal as _, Write};

use anstyle::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressDrawTarget};
use otcdb_core::{Error, Service, redact};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

use crate::args::Global;
use crate::output::{clean, escaped};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// The standard error stream. Text and progress bars share it: bars step aside while text is written.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    bars: MultiProgress,
    quiet: bool,
    terminal: bool,
}

impl Console {
    pub(crate) fn new(global: &Global) -> Self {
        let terminal = io::stderr().is_terminal();
        let target = if terminal && !global.quiet {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            bars: MultiProgress::with_draw_target(target),
            quiet: global.quiet,
            terminal,
        }
    }

    /// The bars, if there is someone to see them.
    pub(crate) fn bars(&self) -> Option<&MultiProgress> {
        (self.terminal && !self.quiet).then_some(&self.bars)
    }

    /// Starts the log of calls as far as it is asked for. Only events of this project are shown, since only they
    /// are known to be redacted.
    pub(crate) fn trace(&self, global: &Global) {
        let level = match (global.debug, global.verbose, global.quiet) {
            (true, ..) | (false, 2.., _) => LevelFilter::TRACE,
            (false, 1, _) => LevelFilter::DEBUG,
            (false, 0, false) => LevelFilter::WARN,
            (false, 0, true) => LevelFilter::ERROR,
        };
        let crates = ["core", "logs", "cli"];
        let clients = Service::ALL.map(|service| service.as_str().replace('-', "_"));
        let targets = (crates.iter().map(ToString::to_string).chain(clients))
            .map(|name| (format!("otcdb_{name}"), level));
        let filter = targets.collect::<Targets>();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(self.clone())
            .with_filter(filter);
        // A second call would only be that of a test in the same process.
        let _ = tracing_subscriber::registry().with(layer).try_init();
    }

    /// One line that is no error, unless it should be quiet. Control characters in it are removed.
    pub(crate) fn note(&self, line: &str) {
        if !self.quiet {
            self.write(&format!("{}\n", clean(line)));
        }
    }

    /// A question to the person at the terminal, who answers on the same line. Control characters but the ends of lines
    /// are removed.
    pub(crate) fn prompt(&self, question: &str) {
        let lines: Vec<String> = question.split('\n').map(clean).collect();
        self.write(&lines.join("\n"));
    }

    /// An error with its hint. Its text holds no secret.
    pub(crate) fn error(&self, error: &Error) {
        self.failure(&error.to_string(), error.hint());
    }

    /// What went wrong and what to do about it.
    pub(crate) fn failure(&self, what: &str, hint: Option<&str>) {
        let mut text = format!("{ERROR}error:{ERROR:#} {}\n", clean(what));
        if let Some(hint) = hint {
            text.push_str(&format!("{HINT}hint:{HINT:#} {}\n", clean(hint)));
        }
        self.write(&text);
    }

    /// All text on this stream but the log of calls passes here, and loses what it may hold of the session's secrets.
    fn write(&self, text: &str) {
        let text = redact::values(text);
        // There is nobody left to tell when this stream is closed.
        let _ = self
            .bars
            .suspend(|| anstream::stderr().lock().write_all(text.as_bytes()));
    }
}

/// One event of the log at a time.
pub(crate) struct Event<'a>(&'a Console);

impl Write for Event<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The whole event, so that no secret is cut in two where it could not be found.
        let mut shown = redact::values_of_bytes(bytes);
        if self.0.terminal {
            // It has what services answered.
            shown = escaped(&String::from_utf8_lossy(&shown))
                .into_bytes()
                .into();
        }
        self.0
            .bars
            .suspend(|| io::stderr().lock().write_all(&shown))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Console {
    type Writer = Event<'a>;

    fn make_writer(&'a self) -> Event<'a> {
        Event(self)
    }
}
