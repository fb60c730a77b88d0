//! Entries as text and as JSON.

mod json;
mod text;

pub use json::JsonLines;
pub use text::Text;

use crate::format::Format;

/// Whose log an entry is from.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Label {
    /// The name of the instance.
    pub name: String,
    /// What the log belongs to, by the names of OpenTelemetry's conventions for resources.
    pub resource: Vec<(&'static str, String)>,
    /// What all its entries have in common, likewise.
    pub attributes: Vec<(&'static str, String)>,
}

impl Label {
    /// An instance of this name, of which nothing more is known.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Sets [`resource`](Self::resource).
    #[must_use]
    pub fn resource(mut self, values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.resource = values.into_iter().collect();
        self
    }

    /// Sets [`attributes`](Self::attributes).
    #[must_use]
    pub fn attributes(mut self, values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.attributes = values.into_iter().collect();
        self
    }
}

/// An entry without its last line break.
fn without_end(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    raw.strip_suffix(b"\r").unwrap_or(raw)
}

/// The parts of a JSON document, if the entry is one.
fn members<'a>(format: Format, raw: &'a [u8]) -> Option<crate::format::Members<'a>> {
    match format {
        Format::Json => crate::format::Members::of(raw),
        _ => None,
    }
}
