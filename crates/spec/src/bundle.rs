//! The descriptions that the program carries.

use std::fmt;
use std::sync::LazyLock;

use thiserror::Error;

use crate::load;
use crate::operation::Operation;

/// A service that is described.
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
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dcs, Self::Rds, Self::Iam];

    /// The name in lower case, as in `dcs.ListInstances`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dcs => "dcs",
            Self::Rds => "rds",
            Self::Iam => "iam",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Dcs => include_str!("../../../openapi/dist/dcs.json"),
            Self::Rds => include_str!("../../../openapi/dist/rds.json"),
            Self::Iam => include_str!("../../../openapi/dist/iam.json"),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A bundled description cannot be read, which is a fault of the build.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the bundle of {service}: {problem}")]
pub struct UnreadableBundle {
    pub(crate) service: Service,
    pub(crate) problem: String,
}

/// The description of one service.
#[derive(Debug)]
pub struct Bundle {
    /// The service.
    pub service: Service,
    /// Its operations, in the order of their paths.
    pub operations: Vec<Operation>,
}

impl Bundle {
    /// Reads a description: a self-contained OpenAPI 3.0 document in JSON.
    ///
    /// # Errors
    ///
    /// It is no JSON, or an operation or parameter in it has no name or an unknown place.
    pub fn parse(service: Service, text: &str) -> Result<Self, UnreadableBundle> {
        load::load(service, text)
            .map(|operations| Self {
                service,
                operations,
            })
            .map_err(|problem| UnreadableBundle { service, problem })
    }

    /// The operation with this operationId.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The operation with this name in kebab-case.
    pub fn named(&self, name: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
    }
}

/// The description of a service, read when it is first needed.
///
/// # Errors
///
/// The description that was built into the program cannot be read.
pub fn bundle(service: Service) -> Result<&'static Bundle, UnreadableBundle> {
    type Read = LazyLock<Result<Bundle, UnreadableBundle>>;
    static DCS: Read = LazyLock::new(|| Bundle::parse(Service::Dcs, Service::Dcs.text()));
    static RDS: Read = LazyLock::new(|| Bundle::parse(Service::Rds, Service::Rds.text()));
    static IAM: Read = LazyLock::new(|| Bundle::parse(Service::Iam, Service::Iam.text()));
    let read = match service {
        Service::Dcs => &DCS,
        Service::Rds => &RDS,
        Service::Iam => &IAM,
    };
    read.as_ref().map_err(Clone::clone)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::parameter::Place;

    #[test]
    fn every_operation_can_be_called_by_name() {
        for service in Service::ALL {
            let bundle = bundle(service).unwrap();
            let names: HashSet<_> = bundle.operations.iter().map(|one| &one.name).collect();
            assert_eq!(names.len(), bundle.operations.len());
            for operation in &bundle.operations {
                assert!(!operation.summary.is_empty(), "{}", operation.id);
                let is_named = |name: &str| {
                    let of_path =
                        |one: &&crate::Parameter| one.place == Place::Path && one.name == name;
                    operation.parameters.iter().filter(of_path).count() == 1
                };
                let names = operation.path.split(['{', '}']).skip(1).step_by(2);
                assert!(names.into_iter().all(is_named), "{}", operation.path);
            }
        }
    }

    #[test]
    fn what_waits_and_what_pages_names_what_there_is() {
        for service in Service::ALL {
            let bundle = bundle(service).unwrap();
            for operation in &bundle.operations {
                let links = operation.responses.iter().flat_map(|one| &one.links);
                for link in links {
                    let linked = bundle.operation(&link.operation);
                    assert!(linked.is_some(), "{}: {}", operation.id, link.operation);
                }
                if let Some(paging) = &operation.pagination {
                    let is_known = |name: &String| operation.takes(name);
                    assert!(
                        paging.position.iter().chain(&paging.limit).all(is_known),
                        "{}",
                        operation.id
                    );
                }
            }
        }
    }

    #[test]
    fn a_bundle_that_cannot_be_read_is_named() {
        let error = Bundle::parse(Service::Rds, "{").unwrap_err().to_string();
        assert!(error.starts_with("the bundle of rds: not JSON"), "{error}");
        let nameless = r#"{ "paths": { "/a": { "get": {} } } }"#;
        let error = Bundle::parse(Service::Iam, nameless).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the bundle of iam: an operation has no operationId"
        );
    }
}
