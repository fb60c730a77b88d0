//! The services of the cloud.

use std::fmt;

pub use crate::generated::Service;

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
