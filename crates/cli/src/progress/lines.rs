//! One line for each step.

use indicatif::HumanBytes;
use otcdb_logs::{Event, Observer};

use crate::console::Console;

/// Writes lines, unless the console is quiet.
pub(super) struct Lines(Console);

impl Lines {
    pub(super) fn new(console: Console) -> Self {
        Self(console)
    }
}

impl Observer for Lines {
    fn event(&self, event: Event<'_>) {
        let line = match event {
            Event::Planned { instances, sources } => {
                format!("instances: {instances}, sources: {sources}")
            }
            Event::Step {
                instance,
                kind,
                step,
            } => {
                format!("{} {kind}: {}", instance.shown(), step.as_str())
            }
            Event::FileStarted {
                path, resumed: 1.., ..
            } => format!("{path}: goes on where it stopped"),
            Event::FileDone { record, .. } => {
                format!("{}: {}", record.file, HumanBytes(record.size))
            }
            Event::SourceDone { instance, kind } => {
                format!("{} {kind}: done", instance.shown())
            }
            Event::PartFailed { failure } => {
                format!("{failure}: failed ({})", failure.error.kind())
            }
            Event::SourceFailed {
                instance,
                kind,
                error,
            } => {
                format!("{} {kind}: failed ({})", instance.shown(), error.kind())
            }
            Event::Note { text } => text.to_owned(),
            _ => return,
        };
        self.0.note(&line);
    }
}
