//! The ratios of a run, beside those that stand in BENCHMARKS.md.
//!
//! A ratio is the rate of otcdb over the rate of what a user would pick instead: the higher, the better. With `--check`, a
//! benchmark fails where one is below three quarters of what the page has.

use std::process::exit;

const PAGE: &str = include_str!("../../../BENCHMARKS.md");

/// What is left of a ratio at the least.
const LEFT: f64 = 0.75;

/// Whether this run decides something. It then leaves out what takes minutes.
pub(crate) fn is_checking() -> bool {
    std::env::args().any(|argument| argument == "--check")
}

/// The ratios of a run.
#[derive(Default)]
pub(crate) struct Ratios {
    fell: bool,
}

impl Ratios {
    /// Says a ratio by the name that it has on the page, and what it was made of.
    pub(crate) fn say(&mut self, name: &str, ratio: f64, of: &str) {
        let Some(page) = on_page(name) else {
            println!("{name}: {ratio:.2} ({of}); BENCHMARKS.md does not have it");
            self.fell = true;
            return;
        };
        let fell = ratio < page * LEFT;
        let note = if fell {
            ", less than three quarters of it"
        } else {
            ""
        };
        println!("{name}: {ratio:.2} ({of}); BENCHMARKS.md has {page}{note}");
        self.fell |= fell;
    }

    /// Ends the run: with a failure where it decides, and something fell.
    pub(crate) fn end(self) {
        if self.fell && is_checking() {
            exit(1);
        }
    }
}

/// The ratio that the page has for a name: the second column of its row.
fn on_page(name: &str) -> Option<f64> {
    PAGE.lines().find_map(|line| {
        let mut columns = line.strip_prefix('|')?.split('|').map(str::trim);
        (columns.next()? == name).then_some(())?;
        columns.next()?.parse().ok()
    })
}
