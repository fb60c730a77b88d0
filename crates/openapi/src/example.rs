//! Documented payloads and values.

use serde_json::Value;

/// A documented payload or value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Example {
    /// The name under which entries of one example belong together.
    pub name: String,
    /// One line about it; may be empty.
    pub summary: String,
    /// The payload or value.
    pub value: Value,
}
