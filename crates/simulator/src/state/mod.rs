//! What the simulated services remember.

pub(crate) mod dcs;
pub(crate) mod entries;
pub(crate) mod iam;
pub(crate) mod rds;
