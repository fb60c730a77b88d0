//! Tests of behaviour across the crates.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod copy;
mod dcs;
mod docs;
mod generated;
mod models;
mod new_service;
mod published;
mod pull;
mod sdk;
