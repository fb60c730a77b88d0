//! The commands.

pub(crate) mod api;
pub(crate) mod auth;
pub(crate) mod documents;
pub(crate) mod entries;
pub(crate) mod list;
pub(crate) mod prune;
pub(crate) mod pull;
pub(crate) mod simulate;
