//! The program as its users see it: streams, files and exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod calls;
mod completions;
mod destinations;
mod doctor;
mod documents;
mod entries;
mod exit;
mod field_tools;
mod follow;
mod identity;
mod interrupt;
mod limits;
mod listing;
mod many;
mod memory;
mod odd;
mod operations;
mod parts;
mod pull;
mod realms;
mod record;
mod rights;
mod storage;
mod streams;
mod support;
mod surface;
mod unattended;
