//! Tests of the crate from outside, with nothing but loopback for a network.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod calls;
mod clouds;
mod config;
mod download;
mod fixture;
mod hooks;
mod identity;
mod one_identity;
mod responses;
mod secrets;
mod sign;
mod tls;
