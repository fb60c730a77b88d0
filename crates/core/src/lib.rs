//! The runtime under the otcdb service clients for Open Telekom Cloud and Huawei Cloud.
//!
//! - [`config`] finds credentials, region and endpoints in flags, environment and files, and
//!   remembers where each came from.
//! - [`Session`] makes calls with them: it proves identity with tokens it keeps fresh or with
//!   [signatures](sign), repeats what is [safe to repeat](retry), and turns every other outcome
//!   into one [`Error`].
//! - [`call`] is what the calls of generated clients are made of.
//! - [`waiter`] and [`page`] are for asynchronous work and for long lists.
//! - [`download`] gets files at presigned links, and [`files`] reads files that a person names.
//! - [`Open`] holds values of an enumeration that the server may extend, [`lenient`] reads texts that came as something
//!   else, [`time`] reads times in the forms in which services have them, and [`redact`] shows what may be shown.
//!
//! Secrets are held in [`Secret`], go only to the endpoint of the service they are for, and appear in no
//! error, log or debug output.

pub mod call;
pub mod clock;
pub mod config;
pub mod credentials;
pub mod download;
pub mod endpoint;
pub mod error;
pub mod files;
#[rustfmt::skip]
mod generated;
mod identity;
pub mod lenient;
pub mod limits;
pub mod open_enum;
pub mod operation;
pub mod page;
mod project;
pub mod redact;
pub mod region;
pub mod retry;
pub mod secret;
mod service;
mod session;
pub mod sign;
pub mod sync;
pub mod time;
mod transport;
pub mod waiter;

pub use call::Response;
pub use credentials::Credentials;
pub use download::Download;
pub use endpoint::Endpoints;
pub use error::{Error, ErrorKind, Result};
pub use identity::Proof;
pub use open_enum::{Open, TextEnum};
pub use operation::{Expect, ListMeta, OperationMeta};
pub use project::Project;
pub use region::{Cloud, Region};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use service::Service;
pub use session::{RawCall, ServiceSession, Session, SessionBuilder};
pub use transport::{Exchange, FileExchange, Observer, Received, Timeouts};

pub use jiff;
pub use reqwest;
