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
//! A test of a program that takes a [`Session`](otcdb_core::Session) gets one with `Simulator::start().await?.session()`.
//! With tokio's clock paused, work that takes minutes is done at once:
//!
//! ```
//! use otcdb_core::{ErrorKind, Service};
//! use otcdb_simulator::Simulator;
//! use reqwest::{Method, header::HeaderMap};
//!
//! #[tokio::main(flavor = "current_thread", start_paused = true)]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let cloud = Simulator::builder()
//!         .redis(0, 1, 0)
//!         .fault("ListInstances:404:code=DCS.3022".parse()?)
//!         .start()
//!         .await?;
//!     let dcs = cloud.session().service(Service::Dcs);
//!     let list = || dcs.execute_raw(Method::GET, "/v2/{project_id}/instances", &[], HeaderMap::new(), "".into());
//!     let error = list().await.unwrap_err();
//!     assert_eq!(error.kind(), ErrorKind::NotFound);
//!     assert_eq!(error.code(), Some("DCS.3022"));
//!     assert!(list().await.is_ok());
//!     assert_eq!(cloud.count("ListInstances"), 2);
//!     Ok(())
//! }
//! ```
//!
//! A client that is another process takes its settings from variables, such as those of [`Running::env_token`].

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
mod lines;
mod log_entries;
mod log_file;
mod model;
mod objects;
mod parse;
mod principal;
mod records;
mod replay;
mod request;
mod request_log;
mod response;
mod running;
mod seed;
mod server;
mod service_error;
mod services;
mod spec;
mod times;
mod yaml;

pub use accounts::{Accounts, Project};
pub use builder::{
    Builder, MOST_BYTES, MOST_ENTRIES, MOST_FILES, MOST_FILES_OF_ALL, MOST_INSTANCES, Simulator,
};
pub use clock::Clock;
pub use error::StartError;
pub use fault::{Fault, FaultError};
pub use fixtures::{Fixture, FixtureError, Ids, order};
pub use lines::Said;
pub use log_file::LogFile;
pub use otcdb_recording::Recording;
pub use request_log::{AuthUsed, RecordedRequest};
pub use running::Running;
pub use services::{DatabaseInstance, Engine, RedisInstance, RedisKind, Replica};
pub use spec::Service;
