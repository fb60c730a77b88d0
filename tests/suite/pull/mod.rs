//! Pulling logs from the simulated cloud.

mod between;
mod case;
mod changed;
mod chosen;
mod faults;
mod harness;
mod journal;
mod leftovers;
mod odd;
mod parts;
mod spans;
mod starts;
mod store;
mod whole;
