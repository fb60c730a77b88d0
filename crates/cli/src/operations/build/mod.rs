//! Commands, flags and help made of operations.

pub(super) mod command;
pub(super) mod flags;
pub(super) mod help;
pub(super) mod invocation;
pub(super) mod named;
pub(super) mod options;
