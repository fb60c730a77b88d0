//! What the simulated services remember.

pub(crate) mod accounts;
pub(crate) mod dcs;
pub(crate) mod entries;
pub(crate) mod rds;
