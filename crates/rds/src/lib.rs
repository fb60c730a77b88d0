//! Typed client of the Relational Database Service (RDS) of Open Telekom Cloud and Huawei Cloud.
//!
//! [`Client`] and everything in [`types`] and [`builder`] is generated from the description in `openapi/rds`; each
//! operation is a method of `Client` that begins a call, whose parameters are set by name. Signing, tokens, retries
//! and redaction are those of the [`Session`](otcdb_core::Session) that the client is connected with.
//!
//! ```no_run
//! # async fn example() -> otcdb_core::Result<()> {
//! use otcdb_core::{Credentials, Region, Session, error::from_client};
//! use otcdb_rds::{Client, types::ErrorLogDownloadStatus};
//!
//! let session = Session::builder(Credentials::Token("…".into()), Region::new("eu-de")?).build()?;
//! let rds = Client::connect(&session);
//! let project = session.project_id().await?;
//! let answer = match rds.download_errorlog().project_id(project).instance_id("3d39c188…in03").send().await {
//!     Ok(answer) => answer.into_inner(),
//!     Err(error) => return Err(from_client(error).await),
//! };
//! // The service writes FINISH in the documentation and finish on the wire; both are the same value.
//! if answer.status.is_some_and(|status| status == ErrorLogDownloadStatus::Finish) {
//!     println!("{} links", answer.count.unwrap_or_default());
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
