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

mod outline;

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use otcdb_openapi::{Description, InvalidDescription, Operation};
use serde_json::Value;
use thiserror::Error;

pub use outline::{Outline, OutlinedOperation, OutlinedParameter, OutlinedSection};

/// A document as it is embedded.
struct Embedded {
    outline: Outline,
    /// Of the text, in bytes.
    size: usize,
    packed: &'static [u8],
    /// The same once more, a path and method in each.
    pieces: &'static [Piece],
    /// For each operation of the outline, the number of its piece.
    piece_of: &'static [usize],
    packs: &'static [Pack],
    packed_pieces: &'static [u8],
}

struct Piece {
    /// The number of the pack that it is in.
    pack: usize,
    /// Where it is in the text of that.
    text: Range<usize>,
}

/// Several pieces that are packed together.
struct Pack {
    packed: Range<usize>,
    /// Of the text, in bytes.
    size: usize,
}

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/bundles.rs"));

type Read = OnceLock<Result<Description, BundleError>>;

/// What was read so far of a document.
struct Opened {
    embedded: &'static Embedded,
    whole: Read,
    pieces: Vec<Read>,
}

static OPENED: LazyLock<Vec<Opened>> = LazyLock::new(|| {
    let opened = EMBEDDED.iter().map(|embedded| Opened {
        embedded,
        whole: Read::new(),
        pieces: embedded.pieces.iter().map(|_| Read::new()).collect(),
    });
    opened.collect()
});

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
    EMBEDDED.iter().map(|embedded| embedded.outline.service)
}

/// The description of a service. Reading all of it takes some milliseconds.
///
/// # Errors
///
/// There is no such service, or the description that was built into the program cannot be read.
pub fn bundle(service: &str) -> Result<&'static Description, BundleError> {
    let opened = opened(service)?;
    let Embedded { packed, size, .. } = opened.embedded;
    read(&opened.whole, opened.embedded, || unpack(packed, *size))
}

/// What a service has, without reading its description.
///
/// # Errors
///
/// There is no such service.
pub fn outline(service: &str) -> Result<Outline, BundleError> {
    Ok(opened(service)?.embedded.outline)
}

/// One operation of a service, by its operationId or by its name in kebab-case; `None` if it has none of this name. Only this
/// one is read.
///
/// # Errors
///
/// As [`bundle`].
pub fn operation(service: &str, name: &str) -> Result<Option<&'static Operation>, BundleError> {
    let opened = opened(service)?;
    let embedded = opened.embedded;
    let mut operations = embedded.outline.operations.iter().zip(embedded.piece_of);
    let found = operations.find(|(one, _)| one.id == name || one.name == name);
    let Some((outlined, number)) = found else {
        return Ok(None);
    };
    let (Some(piece), Some(place)) = (embedded.pieces.get(*number), opened.pieces.get(*number))
    else {
        return Err(BundleError::Packed(embedded.outline.service));
    };
    let unpack = || {
        let pack = embedded.packs.get(piece.pack)?;
        let packed = embedded.packed_pieces.get(pack.packed.clone())?;
        Some(unpack(packed, pack.size)?.get(piece.text.clone())?.to_vec())
    };
    Ok(read(place, embedded, unpack)?.operation(outlined.id))
}

/// The published document of a service as it is, unpacked and read anew.
///
/// # Errors
///
/// As [`bundle`].
pub fn document(service: &str) -> Result<Value, BundleError> {
    let Embedded {
        outline,
        packed,
        size,
        ..
    } = opened(service)?.embedded;
    unpack(packed, *size)
        .and_then(|text| serde_json::from_slice(&text).ok())
        .ok_or(BundleError::Packed(outline.service))
}

fn opened(service: &str) -> Result<&'static Opened, BundleError> {
    let mut all = OPENED.iter();
    all.find(|opened| opened.embedded.outline.service == service)
        .ok_or_else(|| BundleError::Unknown(service.to_owned()))
}

fn read<'r>(
    read: &'r Read,
    embedded: &Embedded,
    text: impl FnOnce() -> Option<Vec<u8>>,
) -> Result<&'r Description, BundleError> {
    let service = embedded.outline.service;
    let open = || {
        let text = text().ok_or(BundleError::Packed(service))?;
        Ok(Description::parse(service, &text)?)
    };
    read.get_or_init(open).as_ref().map_err(Clone::clone)
}

fn unpack(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    decompress_to_vec_zlib_with_limit(packed, size).ok()
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
    fn an_operation_alone_is_the_one_of_the_whole_description() {
        const DEPTH: usize = 16;
        let lines = |operation: &Operation| {
            let schemas = operation.responses.iter().map(|one| one.schema.as_ref());
            let schemas = schemas.chain([operation.body.as_ref().map(|body| &body.schema)]);
            let parameters = operation.parameters.iter().map(|one| Some(&one.schema));
            let schemas = schemas.chain(parameters).flatten();
            let schemas: Vec<_> = schemas.map(|schema| schema.outline(DEPTH)).collect();
            let Operation {
                method,
                path,
                pages,
                pagination,
                waiter,
                permissions,
                variant,
                idempotent,
                open,
                ..
            } = operation;
            let links = operation
                .responses
                .iter()
                .map(|one| (one.status, &one.links));
            let links: Vec<_> = links.collect();
            let facts = (method, path, pages, pagination, waiter, permissions);
            format!(
                "{facts:?} {:?} {links:?} {schemas:?}",
                (variant, idempotent, open)
            )
        };
        for service in services() {
            let whole = bundle(service).unwrap();
            let outline = outline(service).unwrap();
            let sections = outline.sections.iter();
            let sections: Vec<_> = sections.map(|one| (one.name, one.title)).collect();
            let expected = whole.sections.iter();
            let expected: Vec<_> = expected
                .map(|one| (one.name.as_str(), one.title.as_str()))
                .collect();
            assert_eq!(sections, expected);
            assert!(outline.operations.is_sorted_by_key(|one| one.name));
            assert_eq!(outline.operations.len(), whole.operations.len());
            for expected in &whole.operations {
                for name in [&expected.id, &expected.name] {
                    let found = operation(service, name).unwrap().unwrap();
                    assert_eq!(found.id, expected.id);
                    assert_eq!(lines(found), lines(expected));
                }
                let mut outlined = outline.operations.iter();
                let outlined = outlined.find(|one| one.id == expected.id).unwrap();
                assert_eq!(outlined.name, expected.name);
                assert_eq!(outlined.summary, expected.summary);
                assert_eq!(outlined.tag, expected.tag);
                assert_eq!(outlined.path, expected.path);
                let resource = expected.resource.as_ref();
                let resource = resource.map(|one| format!("{}#{}", one.name, one.verb.word()));
                assert_eq!(outlined.resource, resource.as_deref());
                for parameter in &expected.parameters {
                    let mut outlined = outline.parameters.iter();
                    let outlined = outlined.find(|one| one.name == parameter.name).unwrap();
                    let examples = parameter.examples.iter();
                    let examples = examples.map(|one| one.value.as_str().unwrap_or_default());
                    assert!(
                        examples
                            .into_iter()
                            .all(|one| outlined.examples.contains(&one))
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
        assert_eq!(operation("none", "ListInstances").unwrap_err(), error);
        assert!(operation("rds", "ListNothing").unwrap().is_none());
        assert_eq!(unpack(b"nothing that was packed", 100), None);
    }
}
