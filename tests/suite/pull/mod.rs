//! Pulling logs from the simulated cloud.

mod faults;
mod harness;
mod whole;
