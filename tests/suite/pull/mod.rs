//! Pulling logs from the simulated cloud.

mod between;
mod case;
mod changed;
mod chosen;
mod faults;
mod harness;
mod leftovers;
mod odd;
mod parts;
mod starts;
mod store;
mod whole;
