//! What happens during a pull, for people: bars on a terminal, lines elsewhere.

mod bars;
mod lines;

use otcdb_logs::Observer;

use crate::console::Console;

/// The fitting way to show progress.
pub(crate) fn observer(console: &Console) -> Box<dyn Observer> {
    match console.bars() {
        Some(bars) => Box::new(bars::Bars::new(bars)),
        None => Box::new(lines::Lines::new(console.clone())),
    }
}
