//! The services of the cloud.

use std::fmt;

pub use crate::generated::Service;

impl Service {
    /// The one that gives out tokens and knows projects, which the runtime calls for the others.
    pub const IDENTITY: Self = Self::Iam;
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
