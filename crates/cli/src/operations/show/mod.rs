//! Responses as they are written.

pub(super) mod table;
pub(super) mod write;
