//! What a description documents, as its parts are read one after another.

use crate::facts::{Limit, Stated};

/// No description documents more; the bound keeps odd input cheap.
const MOST_VALUES: usize = 200;

/// What a description documents besides prose.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct StatedValues {
    /// Values.
    pub(crate) values: Vec<String>,
    /// Ranges.
    pub(crate) limits: Vec<Limit>,
    /// Defaults.
    pub(crate) default: Stated<Vec<String>>,
}

impl StatedValues {
    /// Adds what another cell documents.
    pub(crate) fn merge(&mut self, other: StatedValues) {
        for value in other.values {
            self.value(value);
        }
        for limit in other.limits {
            if !self.limits.contains(&limit) {
                self.limits.push(limit);
            }
        }
    }

    /// Adds a value, each once.
    pub(crate) fn value(&mut self, value: String) {
        let value = value.trim().trim_matches('"').to_owned();
        let room = self.values.len() < MOST_VALUES;
        if room && !value.is_empty() && !value.starts_with('.') && !self.values.contains(&value) {
            self.values.push(value);
        }
    }
}

/// Whether a word can be a value where no mark says so.
pub(crate) fn is_value_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 60
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && text.chars().any(|c| c.is_ascii_alphanumeric())
}
