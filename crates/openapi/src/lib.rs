//! The one reading of OpenAPI: documents and what they say.
//!
//! - A [`Bundle`] is a service's document, put together from the files that a person writes, which knows
//!   [where](Location) each of its parts was written.
//! - [`written`] is a document operation by operation, [`walk`] and [`grammar`] are its parts by their kind, and
//!   [`mod@reference`] and [`mod@pointer`] lead from one to another, [`place`] from a value to what describes it: for those who judge or rewrite documents.
//! - A [`Description`] is what a document says when it is right: [operations](Operation) with parameters, bodies,
//!   responses, pages, waiters and links, and [schemas](Schema) that values are checked against. The simulator serves
//!   them, the program makes commands of them, and clients are generated from them.
//!
//! No document is embedded here, and nothing is sent.
//!
//! ```
//! use otcdb_openapi::Description;
//!
//! let text = br#"{ "paths": { "/v3/instances": { "get": { "operationId": "ListInstances", "parameters": [
//!     { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } }
//! ] } } } }"#;
//! let description = Description::parse("databases", text)?;
//! let list = description.named("list-instances").ok_or("no such operation")?;
//! assert_eq!((list.id.as_str(), list.path.as_str()), ("ListInstances", "/v3/instances"));
//! let limit = list.parameters.first().ok_or("no limit")?;
//! assert_eq!(limit.schema.allowed().as_deref(), Some("a whole number from 1 to 100"));
//! assert!(limit.parse("0").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod alternatives;
mod check;
mod choices;
mod description;
mod diagnostic;
pub mod documented;
mod example;
pub mod examples;
pub mod grammar;
mod judge;
mod leaves;
mod limits;
mod link;
mod listed;
mod load;
mod node;
pub mod nulls;
mod operation;
mod outline;
mod paging;
mod parameter;
pub mod place;
pub mod pointer;
pub mod reachable;
pub mod reference;
mod response;
mod route;
mod rule;
mod schema;
#[cfg(feature = "source")]
mod source;
mod state_path;
mod time;
mod type_names;
mod unwritten;
pub mod variants;
mod waiter;
pub mod walk;
pub mod written;
#[cfg(feature = "source")]
pub mod yaml;

pub use check::{ValidationError, Violation};
pub use description::{Description, InvalidDescription, Section};
pub use diagnostic::{Diagnostic, Diagnostics};
pub use example::Example;
pub use leaves::{Leaf, Rewrite, rewrite_undescribed};
pub use limits::Limits;
pub use link::{Expression, FINISHED, InvalidExpression, Link};
pub use listed::{Listed, OPEN};
pub use operation::{Expected, Operation, Page, RequestBody, Resource, Response, Verb};
pub use outline::{Field, allowed_by, shown};
pub use paging::{PAGE, Pagination, PagingStyle};
pub use parameter::{Parameter, Place};
pub use response::{Body, Difference, DifferenceKind};
pub use schema::Schema;
#[cfg(feature = "source")]
pub use source::{Bundle, Location};
pub use state_path::{InvalidStatePath, StatePath, Step};
pub use time::{TIME, TimeForm};
pub use type_names::is_type_elsewhere;
pub use unwritten::UNWRITTEN;
pub use waiter::Waiter;
