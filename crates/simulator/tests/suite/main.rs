//! The simulator as clients see it, over real connections.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

mod browser;
mod contract;
mod dcs;
mod dcs_deletion;
mod dcs_faults;
mod dcs_instance_settings;
mod dcs_instances;
mod dcs_jobs;
mod dcs_resize;
mod every_operation;
mod exports;
mod extremes;
mod faults;
mod identity;
mod objects;
mod rds;
mod rds_backups;
mod rds_instances;
mod rds_parameters;
mod requests;
mod session;
mod support;
mod tables;
mod validation;
