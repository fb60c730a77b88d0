//! Every described operation as a command: `otcdb SERVICE list-instances`.
//!
//! The commands are not written down anywhere, nor are the services: they are made from the bundled descriptions, those
//! of a service when one of them, or their list, is asked for.
//!
//! - [`build`] makes commands, flags and help of operations;
//! - [`call`] makes a request of what was typed, checks it, and sends it, page by page or until its work has ended;
//! - [`show`] writes the response.

mod build;
mod call;
mod show;

pub(crate) use build::command::{of_service_for, of_service_to_parse};
pub(crate) use build::flags::is_of_the_session;
pub(crate) use build::invocation::Invocation;
pub(crate) use build::named::{Lookup, instances, is_id};
pub(crate) use call::names::{Named, list};
pub(crate) use call::request::Request;
pub(crate) use call::run::run;
pub(crate) use call::send::send;
