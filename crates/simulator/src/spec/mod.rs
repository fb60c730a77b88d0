//! The bundled descriptions: which operations there are, and whether a request or an answer keeps to them.

mod load;
mod operation;
mod route;
mod schema;
mod validate;

use std::sync::LazyLock;

pub(crate) use operation::{Operation, Place};
pub(crate) use route::{Found, Spec};
pub(crate) use validate::{Invalid, InvalidBecause, Params};

/// One of the simulated services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// Distributed Cache Service.
    Dcs,
    /// Relational Database Service.
    Rds,
    /// Identity and Access Management.
    Iam,
}

impl Service {
    /// The name in lower case, as in `dcs.ListInstances`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dcs => "dcs",
            Self::Rds => "rds",
            Self::Iam => "iam",
        }
    }
}

/// All bundles, read once per process.
pub(crate) fn bundled() -> Result<&'static Spec, String> {
    static SPEC: LazyLock<Result<Spec, String>> = LazyLock::new(|| {
        load::load(&[
            (
                Service::Dcs,
                include_str!("../../../../openapi/dist/dcs.json"),
            ),
            (
                Service::Rds,
                include_str!("../../../../openapi/dist/rds.json"),
            ),
            (
                Service::Iam,
                include_str!("../../../../openapi/dist/iam.json"),
            ),
        ])
    });
    SPEC.as_ref().map_err(Clone::clone)
}
