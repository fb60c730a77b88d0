//! The log files and the object store that serves them.

pub(crate) mod link;
mod range;
pub(crate) mod serve;
mod store;

pub(crate) use crate::lines::Style;
pub(crate) use crate::log_file::LogFile;
pub(crate) use store::Store;
