//! Behaviour of the reader, the comparisons and the commands, on small pages
//! of a made-up API.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod check;
mod commands;
mod common;
mod contradictions;
mod deviations;
mod diff;
mod forms;
mod layouts;
mod lost_types;
mod odd_layouts;
mod other_services;
mod permissions;
mod properties;
mod several_pages;
mod values;
