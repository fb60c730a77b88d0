//! Tests of the crate from outside, with nothing but loopback for a network.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod call;
mod calls;
#[cfg(feature = "files")]
mod clouds;
#[cfg(feature = "files")]
mod config;
mod download;
mod fixture;
mod http;
mod identity;
mod limits;
#[cfg(not(feature = "files"))]
mod no_files;
#[cfg(feature = "files")]
mod one_identity;
mod responses;
mod secrets;
mod sign;
mod tls;
