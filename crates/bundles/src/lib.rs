//! The published descriptions of the services, embedded and read when they are first asked for.
//!
//! What is in `documents` when this crate is built is in it: nothing here names a service. `cargo xtask publish` writes the
//! same there and into `openapi/dist`.
//!
//! ```
//! for service in otcdb_bundles::services() {
//!     let operations = &otcdb_bundles::bundle(service)?.operations;
//!     assert!(operations.iter().all(|operation| operation.service.as_ref() == service));
//! }
//! # Ok::<(), otcdb_bundles::BundleError>(())
//! ```

use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use otcdb_openapi::{Description, InvalidDescription};
use serde_json::Value;
use thiserror::Error;

/// A document as it is embedded.
struct Embedded {
    service: &'static str,
    /// Of the text, in bytes.
    size: usize,
    packed: &'static [u8],
}

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/bundles.rs"));

/// Why there is no description.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BundleError {
    /// No service has this name.
    #[error("no service is called {0:?}")]
    Unknown(String),
    /// What is embedded cannot be unpacked, which is a fault of the build.
    #[error("the bundle of {0} cannot be unpacked")]
    Packed(&'static str),
    /// What is embedded cannot be read, which is a fault of the build.
    #[error(transparent)]
    Invalid(#[from] InvalidDescription),
}

/// The names of the services that are described, sorted.
pub fn services() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|embedded| embedded.service)
}

/// The description of a service.
///
/// # Errors
///
/// There is no such service, or the description that was built into the program cannot be read.
pub fn bundle(service: &str) -> Result<&'static Description, BundleError> {
    type Read = OnceLock<Result<Description, BundleError>>;
    static READ: OnceLock<Vec<Read>> = OnceLock::new();
    let read = READ.get_or_init(|| EMBEDDED.iter().map(|_| Read::new()).collect());
    let found = EMBEDDED
        .iter()
        .zip(read)
        .find(|(embedded, _)| embedded.service == service);
    let Some((embedded, read)) = found else {
        return Err(BundleError::Unknown(service.to_owned()));
    };
    read.get_or_init(|| open(embedded))
        .as_ref()
        .map_err(Clone::clone)
}

/// The published document of a service as it is, unpacked and read anew.
///
/// # Errors
///
/// As [`bundle`].
pub fn document(service: &str) -> Result<Value, BundleError> {
    let mut all = EMBEDDED.iter();
    let embedded = all.find(|embedded| embedded.service == service);
    let embedded = embedded.ok_or_else(|| BundleError::Unknown(service.to_owned()))?;
    serde_json::from_slice(&unpack(embedded)?).map_err(|_| BundleError::Packed(embedded.service))
}

fn open(embedded: &Embedded) -> Result<Description, BundleError> {
    Ok(Description::parse(embedded.service, &unpack(embedded)?)?)
}

fn unpack(embedded: &Embedded) -> Result<Vec<u8>, BundleError> {
    decompress_to_vec_zlib_with_limit(embedded.packed, embedded.size)
        .map_err(|_| BundleError::Packed(embedded.service))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use otcdb_openapi::{Parameter, Place};

    use super::*;

    #[test]
    fn every_operation_can_be_called_by_name() {
        assert!(services().is_sorted() && services().count() > 0);
        for service in services() {
            let bundle = bundle(service).unwrap();
            assert_eq!(&*bundle.service, service);
            let names: HashSet<_> = bundle.operations.iter().map(|one| &one.name).collect();
            assert_eq!(names.len(), bundle.operations.len());
            for operation in &bundle.operations {
                assert!(!operation.summary.is_empty(), "{}", operation.id);
                let is_named = |name: &str| {
                    let of_path = |one: &&Parameter| one.place == Place::Path && one.name == name;
                    operation.parameters.iter().filter(of_path).count() == 1
                };
                let names = operation.path.split(['{', '}']).skip(1).step_by(2);
                assert!(names.into_iter().all(is_named), "{}", operation.path);
            }
        }
    }

    #[test]
    fn what_waits_and_what_pages_names_what_there_is() {
        for service in services() {
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
    fn what_is_not_there_or_broken_is_named() {
        let error = bundle("none").unwrap_err();
        assert_eq!(error.to_string(), "no service is called \"none\"");
        assert_eq!(document("none").unwrap_err(), error);
        let broken = Embedded {
            service: "rds",
            size: 100,
            packed: b"nothing that was packed",
        };
        assert_eq!(open(&broken).unwrap_err(), BundleError::Packed("rds"));
    }
}
