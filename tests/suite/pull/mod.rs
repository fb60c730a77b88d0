//! Pulling logs from the simulated cloud.

mod between;
mod bucket;
mod case;
mod changed;
mod chosen;
mod faults;
mod first_version;
mod folders;
mod harness;
mod journal;
mod leftovers;
mod listed;
mod odd;
mod packed;
mod parts;
mod s3;
mod spans;
mod starts;
mod store;
mod waiting;
mod whole;
