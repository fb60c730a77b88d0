//! The values that a schema lists.

use serde_json::{Map, Value};

/// The keyword for values that are known of what the service sends: it may send others, and no tool refuses those.
pub const OPEN: &str = "x-extensible-enum";

/// The values that a schema lists.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Listed<'a> {
    /// The values.
    pub values: &'a [Value],
    /// Whether there may be others.
    pub is_open: bool,
}

impl<'a> Listed<'a> {
    /// What a schema lists itself, under `enum` or [`OPEN`].
    pub fn of(schema: &'a Map<String, Value>) -> Option<Self> {
        let closed = schema.get("enum").map(|values| (values, false));
        let (values, is_open) = closed.or_else(|| Some((schema.get(OPEN)?, true)))?;
        Some(Self {
            values: values.as_array()?,
            is_open,
        })
    }

    /// The keyword that they stand under.
    pub fn keyword(self) -> &'static str {
        if self.is_open { OPEN } else { "enum" }
    }
}
