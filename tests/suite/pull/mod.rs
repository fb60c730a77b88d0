//! Pulling logs from the simulated cloud.

mod case;
mod faults;
mod harness;
mod leftovers;
mod starts;
mod store;
mod whole;
