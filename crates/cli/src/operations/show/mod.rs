//! Responses as they are written.

pub(super) mod fields;
pub(super) mod query;
pub(super) mod table;
pub(super) mod view;
pub(super) mod write;
