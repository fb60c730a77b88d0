//! A simulated cloud on loopback.
//!
//! It serves the operations of the bundled descriptions of DCS, RDS and IAM, each service at an address of its own:
//! every request is checked against its operation, and refused in the service's own form. The operations around logs
//! have real state: a Redis collection takes time and then shows in a list, a database export goes from `CREATING` to
//! `FINISH`, tokens, links and signatures end, and links lead to an object store that serves real-looking log files of
//! any size with ranges.
//!
//! Clients of every make are to get along with it, so it takes what the services take beside what is described: a
//! signature of the date alone, times with a bare plus or without an offset, null for what is absent. Query parameters
//! that are not described are ignored and [counted](Running::unknown_parameters). A page in a browser finds the
//! description of each service at `/openapi.json` of its address, and may call it from another origin.
//!
//! All of DCS has state: instances are made, resized, restarted and deleted, with their tags, backups, parameters,
//! whitelists, SSL, background tasks, migrations and analyses of keys. What was made is listed, what was deleted is
//! gone, states move with the clock, and what is wrong is refused with the documented code. VPCs, subnets and zones
//! are not looked up: any name of them is good. There are single-node, primary/standby and cluster instances from the
//! start, of version 6.0, each with something in every list. Passwords have to be as complex as documented. Taking the
//! address of a replica out of the read-only domain name needs a primary/standby instance with two replicas, which
//! ResizeInstance makes, or a cluster.
//!
//! What each operation does is said by models of resources, in YAML beside the code, and by Rust where a model cannot say
//! it. What has no state answers from its documented example. [Faults](fault) come on demand.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use otcdb_simulator::{Clock, Simulator};
//! use std::time::Duration;
//!
//! let cloud = Simulator::builder()
//!     .clock(Clock::auto(Duration::from_secs(5)))
//!     .fault("ListRedislog:429:times=2:retry-after=1".parse()?)
//!     .start()
//!     .await?;
//! for (name, value) in cloud.env_token() {
//!     // Set the variable for the client under test.
//! #   drop((name, value));
//! }
//! cloud.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod accounts;
mod auth;
mod builder;
mod call;
mod clock;
mod cloud;
mod engine;
mod error;
pub mod fault;
mod fixtures;
mod log_entries;
mod log_file;
mod model;
mod objects;
mod parse;
mod principal;
mod records;
mod request;
mod request_log;
mod response;
mod running;
mod seed;
mod server;
mod service_error;
mod services;
mod spec;
mod style;
mod times;

pub use accounts::Accounts;
pub use builder::{
    Builder, MOST_BYTES, MOST_ENTRIES, MOST_FILES, MOST_FILES_OF_ALL, MOST_INSTANCES, Simulator,
};
pub use clock::Clock;
pub use error::StartError;
pub use fault::{Fault, FaultError};
pub use fixtures::{Fixture, FixtureError, Ids, order};
pub use log_file::LogFile;
pub use request_log::{AuthUsed, RecordedRequest};
pub use running::{Entries, Running};
pub use services::{DatabaseInstance, Engine, RedisInstance, RedisKind, Replica};
pub use spec::Service;
