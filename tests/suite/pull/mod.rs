//! Pulling logs from the simulated cloud.

mod between;
mod case;
mod changed;
mod chosen;
mod faults;
mod first_version;
mod folders;
mod harness;
mod journal;
mod leftovers;
mod odd;
mod parts;
mod spans;
mod starts;
mod store;
mod waiting;
mod whole;
