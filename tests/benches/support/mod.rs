//! What the benchmarks share: rounds in turns, medians, ratios.
//!
//! No absolute time decides anything. What is measured and its peer work in turns, so that whatever else the machine does
//! strikes both, and what counts is the ratio of the medians.

#![allow(dead_code, reason = "no benchmark uses all that benchmarks share")]

pub(crate) mod apart;
pub(crate) mod ratios;

use std::time::{Duration, Instant};

/// The median of some figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Seconds that something takes by the clock.
pub(crate) fn clock(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

/// The medians of what two things take that are done in turns, after one round that does not count.
pub(crate) fn in_turns<W>(
    rounds: usize,
    work: &mut W,
    mut ours: impl FnMut(&mut W) -> f64,
    mut peer: impl FnMut(&mut W) -> f64,
) -> (f64, f64) {
    let mut figures = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let both = (ours(work), peer(work));
        if round > 0 {
            figures.0.push(both.0);
            figures.1.push(both.1);
        }
    }
    (median(figures.0), median(figures.1))
}

/// As people read it.
pub(crate) fn shown(seconds: f64) -> String {
    format!("{:.3?}", Duration::from_secs_f64(seconds))
}
