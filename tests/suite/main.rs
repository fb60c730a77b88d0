//! Tests of behaviour across the crates.

mod generated;
