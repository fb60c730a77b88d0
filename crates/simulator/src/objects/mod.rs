//! The log files and the object store that serves them.

pub(crate) mod link;
mod range;
pub(crate) mod serve;
mod store;
mod style;
mod text;

pub(crate) use store::Store;
pub(crate) use style::Style;
pub use text::LogFile;
