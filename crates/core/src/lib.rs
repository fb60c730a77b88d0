//! The runtime under the otcdb service clients.

pub mod clock;
pub mod config;
pub mod credentials;
pub mod endpoint;
pub mod error;
mod identity;
pub mod open;
pub mod operation;
pub mod page;
pub mod redact;
pub mod region;
pub mod retry;
pub mod secret;
mod session;
pub mod sign;
mod transport;
pub mod waiter;

pub use credentials::Credentials;
pub use endpoint::{Endpoints, Service};
pub use error::{Error, ErrorKind, Result};
pub use identity::Proof;
pub use open::Open;
pub use operation::{Expect, OperationMeta, decodes_as};
pub use region::{Cloud, Region};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use session::{ServiceSession, Session, SessionBuilder};
pub use transport::{Received, Timeouts};

#[doc(hidden)]
pub use progenitor_client;
