//! The database services of Open Telekom Cloud and Huawei Cloud: typed clients, each behind a feature of its own, over one
//! runtime.
//!
//! ```toml
//! [dependencies]
//! otcdb = { version = "0.1", features = ["dcs", "files"] }
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! A [`Session`] is an identity with a region. A client is connected with one, and has a method for each operation:
//!
//! ```no_run
//! use otcdb::Session;
//! use otcdb::dcs::Client;
//!
//! #[tokio::main]
//! async fn main() -> otcdb::Result<()> {
//!     let session = Session::from_env().await?;
//!     let dcs = Client::connect(&session);
//!     let mut instances = dcs.list_instances().stream();
//!     while let Some(instance) = instances.try_next().await? {
//!         println!("{} is {}", instance.name, instance.status);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! | Feature | What |
//! | --- | --- |
//! | `dcs`, `iam`, `rds`, … | the client of a service, as a module of that name |
//! | `logs` | `logs`, which pulls the logs of all services |
//! | `files` | clouds.yaml and the credentials file of the Huawei Cloud SDKs, for [`Session::from_env`] |
//! | `ring` (default) | TLS by ring |
//! | `aws-lc` | TLS by AWS-LC, which comes before ring where both are on |
//! | `schemars` | `schemars::JsonSchema` for every model |
//!
//! Everything of the runtime, [`otcdb_core`], is here under its own name.
//!
//! # TLS
//!
//! A session brings its provider of cryptography along and installs nothing, unless reqwest's builder is configured with
//! [`SessionBuilder::http`]. A [`rustls` provider](https://docs.rs/rustls/latest/rustls/crypto/struct.CryptoProvider.html)
//! that the program has installed comes first. With neither `ring` nor `aws-lc` the program has to install one.
//!
//! A program that uses reqwest for its own ends, too, names its TLS itself: with reqwest's default features, or by
//! installing a provider. Features of one crate are shared by a whole program, and here reqwest is built without a provider.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[rustfmt::skip]
mod generated;

#[allow(
    unused_imports,
    unreachable_pub,
    reason = "without features there is no service"
)]
pub use generated::*;
#[doc(no_inline)]
pub use otcdb_core;
pub use otcdb_core::*;
#[cfg(feature = "logs")]
pub use otcdb_logs as logs;
