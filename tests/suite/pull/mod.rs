//! Pulling logs from the simulated cloud.

mod case;
mod faults;
mod first_version;
mod harness;
mod journal;
mod leftovers;
mod spans;
mod starts;
mod store;
mod whole;
