//! Logs as they are found: whole, odd, compressed, many at once.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bytes;
mod forms;
mod merging;
mod support;
mod written;
