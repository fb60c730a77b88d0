//! One self-contained document per service, from files that refer to each other.

mod loader;
mod resolver;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Faults};
use loader::Loader;
pub use loader::Location;
use resolver::Resolver;

/// A description without external references.
#[derive(Debug)]
pub struct Bundle {
    /// Name of the service: the folder's name.
    pub service: String,
    /// The document, in the order in which OpenAPI documents are usually read.
    pub document: Value,
    /// Where the parts of the document were written, by pointer into the document.
    origins: BTreeMap<String, Location>,
}

impl Bundle {
    /// Bundles `<openapi>/<service>/openapi.yaml`.
    ///
    /// # Errors
    /// Every broken file, reference or name clash that was found.
    pub fn load(openapi: &Path, service: &str) -> Result<Self, Faults> {
        let mut loader = Loader::new(openapi);
        let root = Location::new(&format!("{service}/openapi.yaml"), "");
        let mut resolver = Resolver::new(&mut loader);
        let document = resolver.document(&root);
        let (document, origins, mut faults) = resolver.finish(document);
        match document {
            Some(document) if faults.is_empty() => Ok(Self {
                service: service.to_owned(),
                document,
                origins,
            }),
            _ => {
                faults.sort();
                faults.dedup();
                Err(Faults(faults))
            }
        }
    }

    /// Says where the value at a pointer into [`Self::document`] was written.
    pub fn origin(&self, pointer: &str) -> Location {
        let mut prefix = pointer;
        loop {
            if let Some(origin) = self.origins.get(prefix) {
                let rest = pointer.strip_prefix(prefix).unwrap_or_default();
                return Location::new(&origin.file, &format!("{}{rest}", origin.pointer));
            }
            match prefix.rfind('/') {
                Some(end) => prefix = prefix.get(..end).unwrap_or_default(),
                None => return Location::new(&format!("{}/openapi.yaml", self.service), pointer),
            }
        }
    }

    /// A fault at a pointer into [`Self::document`], reported where that part was written.
    pub fn fault(
        &self,
        rule: &'static str,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        self.origin(pointer).fault(rule, message, help)
    }

    /// A bundle of one document that was not read from files.
    #[cfg(test)]
    pub(crate) fn of(document: Value) -> Self {
        Self {
            service: "test".to_owned(),
            document,
            origins: BTreeMap::new(),
        }
    }
}

/// The services under `openapi`: every folder with an `openapi.yaml`, sorted by name.
///
/// # Errors
/// When the folder cannot be read or holds no service.
pub fn services(openapi: &Path) -> anyhow::Result<Vec<String>> {
    use anyhow::Context as _;
    let mut names = Vec::new();
    let entries = std::fs::read_dir(openapi)
        .with_context(|| format!("cannot list the services in {}", openapi.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.path().join("openapi.yaml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    anyhow::ensure!(
        !names.is_empty(),
        "{} holds no service: a service is a folder with an openapi.yaml",
        openapi.display()
    );
    names.sort();
    Ok(names)
}
