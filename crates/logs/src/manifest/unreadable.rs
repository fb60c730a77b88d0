//! Lines that cannot be read, and what is said of them.

use crate::files::Files;

/// Lines that cannot be read.
#[derive(Default)]
pub(super) struct Unreadable {
    numbers: Vec<usize>,
    /// Why the first one cannot be.
    why: String,
}

impl Unreadable {
    pub(super) fn add(&mut self, number: usize, why: &serde_json::Error) {
        if self.numbers.is_empty() {
            // Without what stands there: it may be anything.
            self.why = otcdb_core::redact::decode_error(why);
        }
        self.numbers.push(number);
    }

    /// One sentence, if there are any.
    pub(super) fn note(&self, files: &Files, name: &str) -> Option<String> {
        const SHOWN: usize = 5;
        let count = self.numbers.len();
        let numbers = self.numbers.iter().take(SHOWN);
        let numbers: Vec<_> = numbers.map(ToString::to_string).collect();
        let more = match count.checked_sub(SHOWN) {
            None | Some(0) => String::new(),
            Some(more) => format!(" and {more} more"),
        };
        let (lines, named) = match count {
            0 => return None,
            1 => ("line", "what it names"),
            _ => ("lines", "what they name"),
        };
        Some(format!(
            "{lines} {}{more} of {} cannot be read ({}); {named} may be fetched again",
            numbers.join(", "),
            files.full(name).display(),
            self.why
        ))
    }
}
