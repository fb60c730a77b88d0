//! The program as its users see it: streams, files and exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod calls;
mod documents;
mod exit;
mod interrupt;
mod memory;
mod operations;
mod parts;
mod pull;
mod streams;
mod support;
mod surface;
