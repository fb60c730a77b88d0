//! Typed client of the Distributed Cache Service (DCS, Redis) of Open Telekom Cloud and Huawei Cloud.
//!
//! [`Client`] and everything in [`types`] and [`builder`] is generated from the description in `openapi/dcs`; each
//! operation is a method of `Client` that begins a call, whose parameters are set by name. Signing, tokens, retries
//! and redaction are those of the [`Session`](otcdb_core::Session) that the client is connected with.
//!
//! ```no_run
//! # async fn example() -> otcdb_core::Result<()> {
//! use otcdb_core::{Credentials, Region, Session, error::from_client};
//! use otcdb_dcs::{Client, types::LogType};
//!
//! let session = Session::builder(Credentials::Token("…".into()), Region::new("eu-de")?).build()?;
//! let dcs = Client::connect(&session);
//! let project = session.project_id().await?;
//! let answer = match dcs.list_redislog().project_id(project).instance_id("5560df16-…").log_type(LogType::Run).send().await {
//!     Ok(answer) => answer.into_inner(),
//!     Err(error) => return Err(from_client(error).await),
//! };
//! // 204, no log collected yet, is None.
//! for log in answer.and_then(|page| page.file_list).unwrap_or_default() {
//!     println!("{} {}", log.file_name.unwrap_or_default(), log.status.unwrap_or_default());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Values of an enum that the service sends are [`Open`](otcdb_core::Open): a value or letter case that the
//! documentation does not list is kept, not refused. Enums that the caller sends are strict. Passwords and presigned
//! links are [`Secret`](otcdb_core::Secret) and never printed.
//!
//! With the feature `schemars` every model derives `schemars::JsonSchema`.

mod hooks;

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "generated: progenitor documents what the description does, and its Client::new unwraps"
)]
#[rustfmt::skip]
mod generated;

pub use generated::*;

/// The README's example is compiled as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
