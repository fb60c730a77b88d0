//! Bars: one for all sources, and one for each file on its way, up to a number that fits a terminal.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressStyle};
use otcdb_core::sync::unpoisoned;
use otcdb_logs::{Event, Observer};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use crate::columns;
use crate::output::clean;

/// Files that are shown at once.
const SHOWN: usize = 10;

const OVERALL: &str = "{spinner} {pos}/{len} sources  {wide_msg}";
const SIZED: &str = "  [{bar:16}] {bytes:>10} {bytes_per_sec:>12}  {wide_msg}";
const UNSIZED: &str = "  {spinner:18} {bytes:>10} {bytes_per_sec:>12}  {wide_msg}";

/// Shows bars until it is dropped.
pub(super) struct Bars {
    bars: MultiProgress,
    overall: ProgressBar,
    ticks: Option<AbortHandle>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    shown: HashMap<u64, ProgressBar>,
    files: u64,
    bytes: u64,
    /// What has arrived of each file on its way.
    arrived: HashMap<u64, u64>,
    failed: u64,
}

impl Bars {
    pub(super) fn new(bars: &MultiProgress) -> Self {
        let overall = bars.add(ProgressBar::new(0).with_style(style(OVERALL)));
        let ticks = ticks(&overall);
        Self {
            bars: bars.clone(),
            overall,
            ticks,
            state: Mutex::default(),
        }
    }

    fn end(&self, file: u64, state: &mut State) {
        state.arrived.remove(&file);
        if let Some(bar) = state.shown.remove(&file) {
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
    }

    fn source_ended(&self, state: &State) {
        self.overall.inc(1);
        self.tell(state);
    }

    fn tell(&self, state: &State) {
        let failed = match state.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        self.overall.set_message(format!(
            "{} files, {}{failed}",
            state.files,
            HumanBytes(state.bytes)
        ));
    }
}

/// Turns the spinner. A task does it: the library's own ticking needs a thread, and panics where there is none.
fn ticks(bar: &ProgressBar) -> Option<AbortHandle> {
    const PAUSE: Duration = Duration::from_millis(120);
    let bar = bar.clone();
    let runtime = Handle::try_current().ok()?;
    let task = runtime.spawn(async move {
        loop {
            tokio::time::sleep(PAUSE).await;
            bar.tick();
        }
    });
    Some(task.abort_handle())
}

/// A template that cannot be read would leave the plain bar.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

/// The file's name behind the beginning of its instance's.
fn short(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    let instance = clean(parts.next().unwrap_or_default());
    format!("{}…/{}", columns::fitting(&instance, 8), clean(name))
}

impl Observer for Bars {
    fn event(&self, event: Event<'_>) {
        let mut state = unpoisoned(self.state.lock());
        match event {
            Event::Planned { sources, .. } => {
                self.overall.set_length(sources as u64);
                self.tell(&state);
            }
            Event::FileStarted {
                file,
                path,
                size,
                resumed,
            } if state.shown.len() < SHOWN || state.shown.contains_key(&file) => {
                let bar = state.shown.entry(file).or_insert_with(|| {
                    self.bars
                        .add(ProgressBar::no_length().with_message(short(path)))
                });
                // The event comes again when the size has become known.
                bar.set_style(style(if size.is_some() { SIZED } else { UNSIZED }));
                if let Some(size) = size {
                    bar.set_length(size);
                }
                bar.set_position(resumed);
            }
            Event::FileAdvanced { file, bytes } => {
                state.bytes += bytes;
                *state.arrived.entry(file).or_default() += bytes;
                if let Some(bar) = state.shown.get(&file) {
                    bar.inc(bytes);
                }
            }
            Event::FileRestarted { file } => {
                let void = state.arrived.remove(&file).unwrap_or_default();
                state.bytes = state.bytes.saturating_sub(void);
                if let Some(bar) = state.shown.get(&file) {
                    bar.set_position(0);
                }
            }
            Event::FileDone { file, .. } => {
                state.files += 1;
                self.end(file, &mut state);
                self.tell(&state);
            }
            Event::FileFailed { file } | Event::FileEmpty { file } => self.end(file, &mut state),
            // A line that cannot be written has no other place to go to.
            Event::Note { text } => {
                let _ = self.bars.println(clean(text));
            }
            Event::SourceDone { .. } => self.source_ended(&state),
            Event::SourceFailed { .. } => {
                state.failed += 1;
                self.source_ended(&state);
            }
            _ => {}
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        if let Some(ticks) = &self.ticks {
            ticks.abort();
        }
        let state = unpoisoned(self.state.get_mut());
        for bar in state.shown.values() {
            bar.finish_and_clear();
        }
        self.overall.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use indicatif::{ProgressDrawTarget, TermLike};
    use otcdb_core::{Error, Service};
    use otcdb_logs::{Engine, Instance, LogKind};

    use super::*;

    /// A terminal that keeps what is written to it.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)?;
            self.write_str("\n")
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            self.write_str("\n")
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn bars_fit_the_terminal_whatever_a_file_is_called() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let bars = Bars::new(&MultiProgress::with_draw_target(target));
        let name = "生产缓存".repeat(20);
        bars.event(Event::FileStarted {
            file: 0,
            path: &format!("dcs/生产生产生产/\u{1b}[2J\u{200b}{name}.log"),
            size: Some(10),
            resumed: 0,
        });
        let written = screen.0.lock().unwrap().clone();
        let lines: Vec<&str> = written.lines().map(str::trim_end).collect();
        let line = lines.iter().find(|line| line.contains("生产生产…/[2J生产"));
        assert!(line.is_some(), "{written:?}");
        for line in lines {
            assert!(columns::of(line) <= 80, "{line}");
        }
    }

    #[test]
    fn bars_are_bounded_and_end_with_their_files() {
        let bars = Bars::new(&MultiProgress::with_draw_target(
            ProgressDrawTarget::hidden(),
        ));
        bars.event(Event::Planned {
            instances: 1,
            sources: 2,
        });
        let started = |file, size, resumed| {
            bars.event(Event::FileStarted {
                file,
                path: "dcs/i/a.log",
                size,
                resumed,
            });
        };
        for file in 0..100 {
            started(file, None, 0);
        }
        started(3, Some(50), 20);
        bars.event(Event::FileAdvanced { file: 3, bytes: 10 });
        let position = |file| {
            bars.state
                .lock()
                .unwrap()
                .shown
                .get(&file)
                .map(|bar| (bar.position(), bar.length()))
        };
        assert_eq!(position(3), Some((30, Some(50))));
        assert_eq!(short("dcs/0123456789/a.log"), "01234567…/a.log");
        assert_eq!(bars.state.lock().unwrap().shown.len(), SHOWN);
        bars.event(Event::FileRestarted { file: 3 });
        assert_eq!(position(3), Some((0, Some(50))));
        assert_eq!(
            bars.state.lock().unwrap().bytes,
            0,
            "what had arrived is void"
        );
        bars.event(Event::FileAdvanced { file: 3, bytes: 10 });
        for file in 0..100 {
            bars.event(Event::FileEmpty { file });
        }
        assert!(bars.state.lock().unwrap().shown.is_empty());
        assert!(bars.state.lock().unwrap().arrived.is_empty());

        let instance = Instance::new(Service::Dcs, "i", "a", Engine::Redis);
        let error = Error::invalid_argument("no");
        let kind = LogKind::RedisRun;
        bars.event(Event::SourceDone {
            instance: &instance,
            kind,
        });
        bars.event(Event::SourceFailed {
            instance: &instance,
            kind,
            error: &error,
        });
        assert_eq!(
            (bars.overall.position(), bars.overall.length()),
            (2, Some(2))
        );
        assert_eq!(bars.overall.message(), "0 files, 10 B, 1 failed");
    }
}
