//! The services of the cloud.

use std::fmt;

/// A service of the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// Distributed Cache Service.
    Dcs,
    /// Relational Database Service.
    Rds,
    /// Identity and Access Management.
    Iam,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dcs, Self::Rds, Self::Iam];

    /// The name in host names, settings and signatures: `dcs`, `rds` or `iam`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dcs => "dcs",
            Self::Rds => "rds",
            Self::Iam => "iam",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
