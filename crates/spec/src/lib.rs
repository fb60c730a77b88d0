//! The bundled descriptions of DCS, RDS and IAM at run time.
//!
//! `openapi/dist` is embedded in the program and read service by service, when [`bundle`] is first asked for one. This
//! is the one place that reads OpenAPI where something other than a generated client needs it: the simulator serves the
//! [operations](Operation), the program makes a command of each, and both check values against the [schemas](Schema).
//!
//! ```
//! use otcdb_spec::{Service, bundle};
//!
//! let rds = bundle(Service::Rds)?;
//! let list = rds.named("list-instances").ok_or("no such operation")?;
//! assert_eq!((list.id.as_str(), list.path.as_str()), ("ListInstances", "/v3/{project_id}/instances"));
//! let limit = list.parameters.iter().find(|parameter| parameter.name == "limit").ok_or("no limit")?;
//! assert_eq!(limit.schema.allowed().as_deref(), Some("a whole number from 1 to 100"));
//! assert!(limit.parse("0").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bundle;
mod check;
mod convert;
mod load;
mod node;
mod operation;
mod outline;
mod parameter;
mod schema;

pub use bundle::{Bundle, Service, UnreadableBundle, bundle};
pub use check::Complaint;
pub use operation::{
    Example, Expected, Link, Operation, Page, Pagination, PagingStyle, RequestBody, Resource,
    Response, Verb, Waiter,
};
pub use outline::{Field, shown};
pub use parameter::{Parameter, Place};
pub use schema::Schema;
